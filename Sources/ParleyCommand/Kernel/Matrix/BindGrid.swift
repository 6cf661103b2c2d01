import ParleyKernel
import ParleyTypes

/// What the old socket is, where it is, and every new socket that wants its port: four times four flags, by the same
/// user and by another one.
struct BindGrid: Sendable, Hashable {
    var old: Old
    var pair: AddressPair

    /// What stands at the port.
    enum Old: String, Sendable, Hashable, CaseIterable {
        case listener = "tcp/listen"
        case child = "tcp/established"
        case timeWait = "tcp/time-wait"
        case nothing = "tcp/closed"
        case bound = "tcp/bound"
        case client = "tcp/client"
        case datagram = "udp/bound"
        case connected = "udp/connected"

        var kind: KernelSocket.Kind { self == .datagram || self == .connected ? .udp : .tcp }

        var state: KernelSocket.State? {
            switch self {
            case .listener: .listen
            case .child, .client, .connected: .established
            case .timeWait: .timeWait
            case .nothing: nil
            case .bound: .boundInactive
            case .datagram: .closed
            }
        }

        var title: String {
            switch self {
            case .listener: "TCP: the old socket listens"
            case .child: "TCP: the listener is closed, a connection that it accepted is ESTABLISHED"
            case .timeWait: "TCP: the listener is closed, a connection waits in TIME_WAIT"
            case .nothing: "TCP: the listener is closed, and nobody ever connected"
            case .bound: "TCP: the old socket is bound and does not listen"
            case .client: "TCP: the old socket is a client's, and connect chose its port"
            case .datagram: "UDP: the old socket is bound"
            case .connected: "UDP: the old socket is bound and connected to a peer"
            }
        }

        /// A few words of a question.
        var noun: String {
            switch self {
            case .listener: "a listener"
            case .child: "a closed listener's ESTABLISHED connection"
            case .timeWait: "a closed listener's connection in TIME_WAIT"
            case .nothing: "a closed listener"
            case .bound: "a socket that is only bound"
            case .client: "a client's connection"
            case .datagram: "a socket"
            case .connected: "a connected socket"
            }
        }
    }

    /// All that there are. A client has no wildcard.
    static let every: [BindGrid] = Old.allCases.flatMap { old in
        AddressPair.every.compactMap { pair in
            if old == .client, pair.old.isWildcard { return nil }
            // A listener at `::` is one, whichever way it is reached.
            if pair.name == AddressPair.byIPv6, old != .child, old != .timeWait { return nil }
            return BindGrid(old: old, pair: pair)
        }
    }

    func name(isOtherUser: Bool) -> String {
        "\(old.rawValue)/\(pair.name)/\(isOtherUser ? "other-user" : "own-user")"
    }

    func oldPlan(_ flags: ReuseFlags) -> SocketPlan {
        SocketPlan(kind: old.kind, address: pair.old, reuse: flags, isIPv6Only: pair.isOldIPv6Only)
    }

    func newPlan(_ flags: ReuseFlags, isOtherUser: Bool) -> SocketPlan {
        SocketPlan(
            kind: old.kind,
            address: pair.new,
            reuse: flags,
            isIPv6Only: pair.isNewIPv6Only,
            isOtherUser: isOtherUser
        )
    }

    /// The case, before anything is tried.
    func fresh(_ oldFlags: ReuseFlags, _ newFlags: ReuseFlags, isOtherUser: Bool) -> MatrixCase {
        let request = newPlan(newFlags, isOtherUser: isOtherUser).request(port: 9, user: isOtherUser ? 2 : 1)
        let verdict = BindVerdict(request, among: occupant(oldFlags).map { [$0] } ?? [])
        let user = isOtherUser ? "another user" : "the same user"
        let question =
            "\(old.kind.rawValue): \(old.noun) with \(oldFlags.inWords), then \(user) binds with "
            + "\(newFlags.inWords) (\(pair.inWords))"
        return MatrixCase(
            name: "\(name(isOtherUser: isOtherUser))/\(oldFlags.spelled):\(newFlags.spelled)",
            question: question,
            expected: MatrixOutcome(verdict)
        )
    }

    /// What the rules know of the old socket.
    private func occupant(_ flags: ReuseFlags) -> Occupant? {
        guard let state = old.state else { return nil }
        var plan = oldPlan(flags)
        let isBoundByHand = state != .established && state != .timeWait || !pair.old.isWildcard
        if old == .child || old == .timeWait { plan.address = shown(pair.reached) }
        let user: UInt32? = state == .timeWait ? nil : 1
        var occupant = plan.occupant(state, port: 9, user: user)
        if old == .client || !isBoundByHand, case .ipv6 = plan.address {
            // connect(2) and accept(2) leave it as it was.
            occupant.socket.isIPv6Only = pair.isOldIPv6Only
        }
        if old == .connected {
            // A wildcard becomes one address with connect(2).
            occupant.socket.local = shown(pair.reached).with(port: 9)
        }
        return occupant
    }

    /// How a socket of the old one's family has an address.
    private func shown(_ address: SocketAddress) -> SocketAddress {
        guard case .ipv6 = pair.old, case .ipv4(let host, let port) = address else { return address }
        return .ipv6(IPv6Address(mapping: host), port: port, zone: 0)
    }
}
