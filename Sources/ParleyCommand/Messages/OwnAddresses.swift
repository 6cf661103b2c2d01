import ParleyCore
import ParleySockets
import ParleyTypes

/// Whether a datagram's sender is the socket that received it: a stranger who forges it would have a service
/// answer itself for ever.
struct OwnAddresses {
    private let own: SocketAddress
    /// This host's addresses, looked up at most once in so long: a flood must not make us ask for each.
    private var addresses: Set<IPAddress> = []
    private var asksAt = MonotonicInstant(nanoseconds: .min)
    private static let interval = Duration.seconds(1)

    init(_ own: SocketAddress) {
        self.own = own.unmapped
    }

    /// Whether `sender` is this socket, or nobody that one could answer: a group, everybody, no port.
    mutating func include(_ sender: SocketAddress, at now: MonotonicInstant) -> Bool {
        let sender = sender.unmapped
        if sender == own || sender.port == 0 || sender.isMulticast || sender.isWildcard { return true }
        if case .ipv4(.broadcast, _) = sender { return true }
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
