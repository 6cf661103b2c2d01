internal import ParleySockets
internal import ParleyTypes

/// How a packet would leave for an address, as far as diagnosis says it.
struct Way {
    /// The interface that it leaves by; loopback for the host's own addresses.
    var interface: String?
    /// The largest packet, in bytes with all headers.
    var packetBytesMax: UInt32?

    /// Nil where there is no way.
    init?(to address: SocketAddress) {
        let zone: UInt32 = if case .ipv6(_, _, let zone) = address { zone } else { 0 }
        guard let ip = address.unmapped.ip, let route = try? Route.lookup(to: ip, interface: zone) else {
            return nil
        }
        interface = Interfaces.name(of: route.interface)
        packetBytesMax = route.packetBytesMax
    }
}
