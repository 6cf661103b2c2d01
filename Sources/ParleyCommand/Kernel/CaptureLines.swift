import ParleyCapture
import ParleyText
import ParleyTypes

/// A line a packet: datagrams, segments, and what is neither.
struct CaptureLines {
    private let console: Console
    private(set) var count = 0
    /// The widest ends so far, so that columns stand below each other.
    private var leftWidth = 0
    private var rightWidth = 0

    /// Wider names push their own line alone.
    private static let widthMax = 47
    private static let stateWidth = 12

    init(console: Console) { self.console = console }

    // MARK: Datagrams

    mutating func datagram(byteCount: Int, _ origin: Origin) -> String {
        count += 1
        if console.isJSON {
            return "\(packet(origin, protocol: "udp", byteCount: byteCount))"
        }
        let ends = ends("\(origin.flow.source)", ">", "\(origin.flow.destination)")
        return "\(Self.clock(origin.time))  \(ends)  UDP  \(plural(byteCount, "byte"))"
    }

    private func packet(_ origin: Origin, protocol name: String, byteCount: Int) -> JSONLine {
        JSONLine(
            schema: "parley.packet/1",
            [.init("protocol", .string(name)), .init("size", .integer(byteCount))] + origin.members
        )
    }

    // MARK: Segments

    /// The opener stands left whoever sends: what follows each other stands below each other, as RFC 9293 draws
    /// it.
    mutating func segment(_ seen: TCPObservation, _ origin: Origin) -> String {
        count += 1
        if console.isJSON { return "\(object(seen, origin))" }
        let arrow = seen.isFromOpener ? ">" : "<"
        let ends = ends("\(seen.opening.source)", arrow, "\(seen.opening.destination)")
        let states =
            "\(Self.pad(seen.openerState.rawValue, Self.stateWidth)) \(arrow) "
            + Self.pad(seen.answererState.rawValue, Self.stateWidth)
        var text = "\(Self.clock(origin.time))  \(ends)  \(states)  "
        text += "[\(seen.flags.names.joined(separator: " "))] seq \(seen.sequence)"
        if let acknowledgement = seen.acknowledgement { text += " ack \(acknowledgement)" }
        text += " len \(seen.byteCount) win \(seen.window)"
        guard !seen.remarks.isEmpty else { return text }
        return text + "  " + console.style.remark(seen.remarks.map(\.description).joined(separator: ", "))
    }

    private func object(_ seen: TCPObservation, _ origin: Origin) -> JSONLine {
        let states =
            seen.isFromOpener
            ? (seen.openerState, seen.answererState) : (seen.answererState, seen.openerState)
        func name(_ state: TCPState) -> JSONValue {
            .string(state == .unknown ? "UNKNOWN" : state.rawValue)
        }
        var members: [JSONValue.Member] = [
            .init("flags", .array(seen.flags.names.map { .string($0) })),
            .init("sequence", .integer(seen.sequence)),
        ]
        if let acknowledgement = seen.acknowledgement {
            members.append(.init("acknowledgement", .integer(acknowledgement)))
        }
        members += [
            .init("size", .integer(seen.byteCount)), .init("window", .integer(seen.window)),
            .init("sourceState", name(states.0)), .init("destinationState", name(states.1)),
            .init("remarks", .array(seen.remarks.map { .string($0.name) })),
        ]
        return JSONLine(schema: "parley.segment/1", members + origin.members)
    }

    // MARK: Others

    /// - Parameter network: the packet from its IP header on; empty where it is not IP.
    mutating func other(
        _ reason: Dissection.Reason,
        _ network: [UInt8],
        byteCount: Int,
        packet number: Int,
        at time: WallTime
    ) -> String {
        count += 1
        let addresses = Self.addresses(network)
        if console.isJSON {
            var members: [JSONValue.Member] = [
                .init("protocol", .string(Self.name(reason))), .init("size", .integer(byteCount)),
                .init("time", .string(time.exactDescription)),
            ]
            if let (source, destination) = addresses {
                members += [.init("source", .string(source)), .init("destination", .string(destination))]
            }
            members.append(.init("packet", .integer(number)))
            return "\(JSONLine(schema: "parley.packet/1", members))"
        }
        let ends = addresses.map { self.ends($0, ">", $1) + "  " } ?? ""
        let what = Self.icmp(reason, network) ?? "\(reason)"
        return "\(Self.clock(time))  \(ends)\(what)  \(plural(byteCount, "byte"))"
    }

    private static func name(_ reason: Dissection.Reason) -> String {
        switch reason {
        case .networkProtocol(0x0806): "arp"
        case .networkProtocol(let number): "0x" + String(number, radix: 16)
        case .transportProtocol(1): "icmp"
        case .transportProtocol(58): "icmp6"
        case .transportProtocol(let number): "ip-\(number)"
        case .linkType, .malformed, .badFragment, .tooManyFragments: "malformed"
        }
    }

    private static func addresses(_ network: [UInt8]) -> (String, String)? {
        func number(_ place: Int, _ size: Int) -> UInt64 {
            network[place..<place + size].reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch network.first.map({ $0 >> 4 }) {
        case 4? where network.count >= 20:
            return (
                "\(IPv4Address(rawValue: UInt32(number(12, 4))))",
                "\(IPv4Address(rawValue: UInt32(number(16, 4))))"
            )
        case 6? where network.count >= 40:
            return (
                "\(IPv6Address(high: number(8, 8), low: number(16, 8)))",
                "\(IPv6Address(high: number(24, 8), low: number(32, 8)))"
            )
        default: return nil
        }
    }

    /// ICMP's kinds that explain why a program fails (RFC 792, RFC 4443).
    private static func icmp(_ reason: Dissection.Reason, _ network: [UInt8]) -> String? {
        let isIPv6 = reason == .transportProtocol(58)
        guard isIPv6 || reason == .transportProtocol(1), let first = network.first else { return nil }
        let place = first >> 4 == 4 ? 4 * Int(first & 0xF) : 40
        guard place + 1 < network.count else { return nil }
        let (type, code) = (network[place], network[place + 1])
        let words: String? =
            switch (isIPv6, type, code) {
            case (false, 8, _), (true, 128, _): "echo request"
            case (false, 0, _), (true, 129, _): "echo reply"
            case (false, 3, 3), (true, 1, 4): "port unreachable"
            case (false, 3, 1), (true, 1, 3): "host unreachable"
            case (false, 3, 0), (true, 1, 0): "network unreachable"
            case (false, 3, 4), (true, 2, _): "packet too big"
            case (false, 3, 10), (false, 3, 13), (true, 1, 1): "prohibited"
            case (false, 11, _), (true, 3, _): "time exceeded"
            case (true, 133, _): "router solicitation"
            case (true, 134, _): "router advertisement"
            case (true, 135, _): "neighbour solicitation"
            case (true, 136, _): "neighbour advertisement"
            default: nil
            }
        return "ICMP" + (isIPv6 ? "v6" : "") + " " + (words ?? "type \(type) code \(code)")
    }

    // MARK: Columns

    private mutating func ends(_ left: String, _ arrow: String, _ right: String) -> String {
        leftWidth = max(leftWidth, min(left.utf8.count, Self.widthMax))
        rightWidth = max(rightWidth, min(right.utf8.count, Self.widthMax))
        let style = console.style
        return style.peer(Self.pad(left, leftWidth)) + " \(arrow) " + style.peer(Self.pad(right, rightWidth))
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }

    /// `04:05:06.123456Z`: the day is of no use to who watches.
    private static func clock(_ time: WallTime?) -> String {
        time.map { String($0.description.dropFirst(11)) } ?? ""
    }
}
