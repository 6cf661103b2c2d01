internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

// Unix sockets: names of this host, which files need not stand behind.

extension SimulatedHost {
    /// The name of a new socket, which nobody else has.
    private func enter(_ endpoint: Endpoint, _ world: inout World) throws(SocketError) -> Place {
        try checkIsUp(world, .bind, Place())
        guard let name = endpoint.unixAddress, name != .unnamed else { return world.names.choose() }
        try check(name)
        let place = world.names.place(of: name)
        guard world.hosts[Int(index)].locals[place] == nil else {
            throw SocketError(.bind, .addressInUse, local: .unix(name))
        }
        return place
    }

    private func check(_ name: UnixAddress) throws(SocketError) {
        let length =
            switch name {
            case .path(let path): path.utf8.count
            case .abstract(let bytes): bytes.count
            case .unnamed: 0
            }
        if length > UnixAddress.lengthMax { throw SocketError(.bind, .nameTooLong, local: .unix(name)) }
    }

    func openLocally(_ endpoint: Endpoint, peer: Place?) throws(SocketError) -> SimulatedDatagramPort {
        try loop.world.withLock { (world) throws(SocketError) in
            let place = try enter(endpoint, &world)
            let port = SimulatedDatagramPort(self, place, peer: peer, endpoint, &world)
            world.hosts[Int(index)].locals[place] = port
            return port
        }
    }

    func listenLocally(_ endpoint: Endpoint) throws(SocketError) -> SimulatedListeningPort {
        try loop.world.withLock { (world) throws(SocketError) in
            let place = try enter(endpoint, &world)
            let port = SimulatedListeningPort(self, place, endpoint, world)
            world.hosts[Int(index)].locals[place] = port
            return port
        }
    }

    func connectLocally(
        _ endpoint: Endpoint,
        to name: UnixAddress,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> PeerPort {
        let remote = SocketAddress.unix(name)
        let peer = try loop.world.withLock { (world) throws(SocketError) in
            guard let peer = world.names.find(name), let target = world.hosts[Int(index)].locals[peer] else {
                throw SocketError(.connect, World.absence(of: name), remote: remote)
            }
            let listens = (target as? SimulatedListeningPort)?.transport
            guard listens == endpoint.transport || listens == nil && target is SimulatedDatagramPort,
                listens == nil || endpoint.transport.isConnectionOriented
            else {
                // Abstract names are those of their kind of socket.
                let isPath = if case .path = name { true } else { false }
                throw SocketError(.connect, isPath ? .wrongProtocolType : .connectionRefused, remote: remote)
            }
            return peer
        }
        guard endpoint.transport.isConnectionOriented else {
            var own = endpoint
            own.unixAddress = .unnamed
            return .messages(try openLocally(own, peer: peer))
        }
        let port = loop.world.withLock { world in
            let place = world.names.place(of: .unnamed)
            return world.connect(self, place, to: peer, at: index, endpoint)
        }
        return try await finishConnecting(port, until: deadline)
    }
}
