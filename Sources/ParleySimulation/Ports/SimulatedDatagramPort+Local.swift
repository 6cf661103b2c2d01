internal import ParleyNetwork
internal import ParleyTypes

// Unix datagrams: within the host, in order, never lost.

extension SimulatedDatagramPort {
    /// - Returns: false when the recipient has no room; it is waited for then.
    func sendLocally(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        _ world: inout World
    ) throws(SocketError) -> Bool {
        let destination: Place
        if let recipient {
            guard case .unix(let name) = recipient else { throw failure(.invalidArgument, recipient) }
            guard let place = world.names.find(name) else {
                throw failure(World.absence(of: name), recipient)
            }
            destination = place
        } else {
            guard let peer else { throw failure(.destinationRequired, recipient) }
            destination = peer
        }
        guard bytes.byteCount <= min(sendBytesMax - 32, PacketPool.bytesMax) else {
            throw failure(.messageTooLong, recipient)
        }
        guard let target = world.hosts[Int(host.index)].locals[destination] as? SimulatedDatagramPort else {
            // A socket that it was connected to is refused, whatever its name was.
            guard peer == nil, case .unix(let name)? = recipient else {
                throw failure(.connectionRefused, recipient)
            }
            throw failure(World.absence(of: name), recipient)
        }
        guard target.peer == nil || target.peer == place else { throw failure(.notPermitted, recipient) }
        guard target.reserve(bytes.byteCount, for: self) else { return false }
        var packet = Packet()
        packet.source = place
        packet.destination = destination
        packet.flow = try route(to: destination, recipient, &world)
        world.send(world.make(packet, bytes))
        return true
    }
}

extension World {
    /// What the kernel says where a name has no socket.
    static func absence(of name: UnixAddress) -> ErrorCode {
        if case .path = name { return .noSuchFile }
        return .connectionRefused
    }
}
