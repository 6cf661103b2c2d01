import ParleyCore
import ParleySockets
import ParleyTypes

/// Whether a datagram's sender is the socket that received it, or nobody's: a stranger who forges it would have a
/// service answer itself for ever.
struct OwnAddresses {
    private let own: SocketAddress
    /// This host's addresses, looked up at most once in so long: a flood must not make us ask for each.
    private var addresses: Set<IPAddress> = []
    private var asksAt = MonotonicInstant(nanoseconds: .min)
    private static let interval = Duration.seconds(1)

    init(_ own: SocketAddress) {
        self.own = own.unmapped
    }

    /// Why a sender is not answered.
    enum Reason: Hashable, CaseIterable {
        case own, noPort, group, wildcard, broadcast

        /// `it is a group`.
        var sentence: String {
            switch self {
            case .own: "it is this service's own address"
            case .noPort: "nobody has port 0"
            case .group: "it is a group, everybody in it would hear the answer"
            case .wildcard: "it is the address of no host"
            case .broadcast: "everybody would hear the answer"
            }
        }
    }

    /// What `sender` is, if it is this socket or nobody that one could answer.
    mutating func reason(against sender: SocketAddress, at now: MonotonicInstant) -> Reason? {
        let sender = sender.unmapped
        if sender.isMulticast { return .group }
        if sender.isWildcard { return .wildcard }
        if case .ipv4(.broadcast, _) = sender { return .broadcast }
        if sender.port == 0 { return .noPort }
        return isOwn(sender, at: now) ? .own : nil
    }

    private mutating func isOwn(_ sender: SocketAddress, at now: MonotonicInstant) -> Bool {
        if sender == own { return true }
        guard let port = sender.port, port == own.port, let address = sender.ip else { return false }
        // Bound to every address, or as a member of a group.
        guard own.isWildcard || own.isMulticast else { return address == own.ip }
        if case .ipv4(let address) = address, address.isLoopback { return true }
        if now >= asksAt {
            addresses = Set(Interfaces.addresses)
            asksAt = now.advanced(by: Self.interval)
        }
        return addresses.contains(address)
    }
}
