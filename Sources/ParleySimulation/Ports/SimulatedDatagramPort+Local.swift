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
            destination = world.names.place(of: name)
        } else {
            guard let peer else { throw failure(.destinationRequired, recipient) }
            destination = peer
        }
        guard bytes.byteCount <= messageBytesMax else { throw failure(.messageTooLong, recipient) }
        guard let target = world.hosts[Int(host.index)].locals[destination] as? SimulatedDatagramPort else {
            throw failure(world.absence(of: destination, peer != nil), recipient)
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
    func absence(of place: Place, _ wasThere: Bool = false) -> ErrorCode {
        if case .path = names.address(of: place), !wasThere { return .noSuchFile }
        return .connectionRefused
    }
}
