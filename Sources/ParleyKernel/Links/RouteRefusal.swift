internal import ParleySockets
internal import ParleyTypes

/// A route or a rule whose purpose is to refuse what it matches.
struct RouteRefusal {
    var kind: Kind
    var isRule: Bool
    /// Everything where there is none.
    var destination: IPAddress?
    var prefixLength = 0
    /// Of a rule: the senders that it is for.
    var source: IPAddress?
    var sourceLength = 0
    /// Of a route: the number of its table.
    var table: UInt32 = 254
    /// Of a rule: its place in the order.
    var priority: UInt32 = 0
    /// Whether a rule asks for more than addresses (a mark, a user, a port), which is not looked at here.
    var asksForMore = false

    enum Kind: String, Sendable {
        case blackhole, prohibit, unreachable

        /// By RTN_… and FR_ACT_…, whose numbers are the same.
        init?(number: UInt8) {
            switch number {
            case 6: self = .blackhole
            case 7: self = .unreachable
            case 8: self = .prohibit
            default: return nil
            }
        }

        /// By what a sender is told.
        init?(code: ErrorCode) {
            switch code {
            case .invalidArgument: self = .blackhole
            case .permissionDenied: self = .prohibit
            case .hostUnreachable, .networkUnreachable: self = .unreachable
            default: return nil
            }
        }

        /// What it does with packets.
        var deed: String {
            switch self {
            case .blackhole: "throws away"
            case .prohibit: "forbids"
            case .unreachable: "gives no way to"
            }
        }
    }

    /// Whether it stands in the way of a packet, as far as its addresses tell. IPv4 rules say "unreachable" by
    /// another code than routes.
    func matches(_ remote: IPAddress, from local: IPAddress?, as code: ErrorCode) -> Bool {
        if let destination, !destination.shares(prefixLength, with: remote) { return false }
        if isRule, asksForMore { return false }
        if let source {
            guard let local, source.shares(sourceLength, with: local) else { return false }
        }
        return kind != .unreachable || (code == .networkUnreachable) == (isRule && remote.isIPv4)
            || isRule && !remote.isIPv4
    }
}

extension RouteRefusal: CustomStringConvertible {
    private var target: String { destination.map { "\($0)/\(prefixLength)" } ?? "default" }

    private var selectors: String {
        let from = source.map { "from \($0)/\(sourceLength) " } ?? ""
        return from + (destination == nil ? "" : "to \(target) ")
    }

    /// `route “blackhole 10.7.0.0/16”`
    var description: String {
        guard isRule else {
            return "route “\(kind.rawValue) \(target)”" + (table == 254 ? "" : " (table \(table))")
        }
        return "rule “\(selectors)\(kind.rawValue)” (priority \(priority))"
    }

    /// What follows `ip` in the line that takes it away.
    var removal: String {
        guard isRule else {
            return "route del \(kind.rawValue) \(target)" + (table == 254 ? "" : " table \(table)")
        }
        return "rule del priority \(priority)"
    }
}
