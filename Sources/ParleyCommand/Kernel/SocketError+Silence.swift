import ParleySockets
import ParleyTypes

extension SocketError {
    /// That nothing came from an endpoint, as an error whose cause can be looked for; nil where the endpoint has no
    /// address of its own, but a name that may have many.
    init?(silenceOf endpoint: Endpoint, _ operation: Operation, from peer: SocketAddress? = nil) {
        let remote: SocketAddress
        switch (peer, endpoint.host) {
        case (let peer?, _): remote = peer
        case (nil, .ipv4(let ip)?): remote = .ipv4(ip, port: endpoint.port)
        case (nil, .ipv6(let ip, let zone)?):
            let index = zone.flatMap { try? Interfaces.index(of: "\($0)") } ?? 0
            remote = .ipv6(ip, port: endpoint.port, zone: index)
        default: return nil
        }
        let interface = endpoint.options.interface.flatMap { try? Interfaces.index(of: $0) } ?? 0
        let isBound = endpoint.transport.isConnectionOriented
        self.init(
            operation,
            .timedOut,
            local: endpoint.options.localAddress,
            remote: remote,
            traits: SocketTraits(
                transport: endpoint.transport,
                interface: isBound ? interface : 0,
                outgoingInterface: isBound ? 0 : interface
            )
        )
    }
}
