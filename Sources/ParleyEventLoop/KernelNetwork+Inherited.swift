internal import ParleyNetwork
internal import ParleySockets
public import ParleyTypes

// Sockets that this process was started with become ports. Their files, where they are Unix sockets, belong to
// whoever made them and stay when the port is closed.

extension KernelNetwork {
    public func settled(_ endpoint: Endpoint) throws(SocketError) -> Endpoint {
        guard let inherited = endpoint.inherited else { return endpoint }
        let kind = try InheritedSockets.shared.kind(of: inherited)
        guard let transport = kind.transport else {
            throw SocketError(.adopt, .wrongProtocolType, subject: "\(inherited) (\(kind))")
        }
        var endpoint = endpoint
        endpoint.transport = transport
        return endpoint
    }

    func adoptDatagrams(_ inherited: InheritedSocket) throws(SocketError) -> any MessagePort {
        let socket = try InheritedSockets.shared.take(inherited) {
            $0.kind == .datagram && $0.transport != nil
        }
        if socket.family != .unix {
            try socket.setReportsArrival(true)
            try socket.setReportsDrops(true)
        }
        let local = try socket.localAddress
        let port = try KernelDatagramPort(socket, on: loop(), local: local, remote: nil)
        port.joinDatagrams()
        return port
    }

    func adoptListener(_ inherited: InheritedSocket) throws(SocketError) -> any ListeningPort {
        let transport = try InheritedSockets.shared.kind(of: inherited).transport ?? .tcp
        let socket = try InheritedSockets.shared.take(inherited) {
            $0.isListening && $0.transport?.isConnectionOriented == true
        }
        let local = try socket.localAddress
        return try KernelListeningPort(
            socket,
            on: loop(),
            of: self,
            over: transport,
            local: local,
            file: nil
        )
    }

    func adoptConnection(_ inherited: InheritedSocket) throws(SocketError) -> PeerPort {
        let transport = try InheritedSockets.shared.kind(of: inherited).transport ?? .tcp
        let socket = try InheritedSockets.shared.take(inherited) {
            $0.isConnected && $0.transport?.isConnectionOriented == true
        }
        let remote = try socket.remoteAddress
        return transport.isStream
            ? .stream(try streamPort(socket, remote: remote))
            : .messages(try packetPort(socket, remote: remote))
    }
}
