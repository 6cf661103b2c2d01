internal import ParleySockets
internal import ParleyTypes

/// How a packet would leave for an address: asked of the routing table by a datagram socket that connects and sends nothing.
struct Way {
    /// Our address on that way.
    var source: SocketAddress?
    /// The interface that has this address, which is the one it leaves by on most hosts.
    var interface: String?
    /// The largest packet, in bytes with all headers.
    var packetBytesMax: Int32?

    /// Nil where there is no way.
    init?(to address: SocketAddress) {
        guard address.ip != nil else { return nil }
        do throws(SocketError) {
            let family: SocketFamily = if case .ipv4 = address { .ipv4 } else { .ipv6 }
            let socket = try Socket(family, .datagram)
            if family == .ipv6 { try socket.setIPv6Only(false) }
            _ = try socket.connect(to: (address.port ?? 0) == 0 ? address.with(port: 9) : address)
            source = try? socket.localAddress
            packetBytesMax = try? socket.pathPacketBytesMax
        } catch {
            return nil
        }
        guard let ip = source?.unmapped.ip else { return }
        let interfaces = HostInterface.all
        // What goes to one of our own addresses never leaves.
        let isOurs = interfaces.contains { $0.addresses.contains { $0 == address.unmapped.ip } }
        interface =
            isOurs
            ? interfaces.first(where: \.isLoopback)?.name
            : interfaces.first { $0.addresses.contains(ip) }?.name
    }
}
