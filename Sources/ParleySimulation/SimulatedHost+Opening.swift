public import ParleyNetwork
public import ParleyTypes
internal import Synchronization

extension SimulatedHost {
    // MARK: Names

    /// The addresses of an endpoint, in the order in which to try them; none for every local one.
    func addresses(of endpoint: Endpoint) throws(SocketError) -> [SocketAddress] {
        if let name = endpoint.unixAddress { return [.unix(name)] }
        switch endpoint.host?.unmapped {
        case .any: return []
        case .ipv4(let address): return [.ipv4(address, port: endpoint.port)]
        case .ipv6(let address, _): return [.ipv6(address, port: endpoint.port, zone: 0)]
        case .name("localhost"):
            return [.ipv4(.loopback, port: endpoint.port), .ipv6(.loopback, port: endpoint.port, zone: 0)]
        case .name(let name):
            let places = loop.world.withLock { world in
                world.places(named: name, for: index)
            }
            guard let places else { throw SocketError(.resolve, .nameNotFound, subject: name) }
            return places.map { $0.with(port: endpoint.port).address }
        case nil: throw unsupported(endpoint)
        }
    }

    private func unsupported(_ endpoint: Endpoint) -> SocketError {
        SocketError(.open, .protocolNotSupported, subject: "\(endpoint.transport) on a simulated network")
    }

    /// An endpoint as simulated hosts take it.
    private func grounded(_ endpoint: Endpoint) throws(SocketError) -> Endpoint {
        noteCaller()
        let own: [Transport] = [.udp, .tcp, .unix, .unixgram, .seqpacket]
        guard own.contains(endpoint.transport) else { throw unsupported(endpoint) }
        return endpoint.unmapped
    }

    /// Where a port is to be, with no port yet where the system chooses.
    private func local(_ endpoint: Endpoint) throws(SocketError) -> Place {
        var address = try addresses(of: endpoint).first
        if address == nil || address?.isWildcard == true, let other = endpoint.options.localAddress {
            address = other.with(port: other.port == 0 ? endpoint.port : other.port ?? 0)
        }
        guard let place = address.flatMap(Place.init) else { return Place(port: endpoint.port) }
        let isHere = loop.world.withLock { $0.hosts[Int(index)].hasAddress(place) }
        guard isHere || place.isWildcard || place.isMulticast || place.ip == World.broadcast else {
            throw SocketError(.bind, .addressNotAvailable, local: place.address)
        }
        return place
    }

    // MARK: Opening

    public func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any MessagePort
    {
        let endpoint = try grounded(endpoint)
        guard !endpoint.transport.isConnectionOriented else { throw unsupported(endpoint) }
        if endpoint.unixAddress != nil { return try openLocally(endpoint, peer: nil) }
        let place = try local(endpoint)
        try checkReuse(endpoint, at: place)
        let port = try openDatagrams(endpoint, place, peer: nil)
        guard place.isMulticast, let group = place.address.ip else { return port }
        var sources: [IPAddress] = []
        for source in endpoint.options.groupSources {
            switch source {
            case .ipv4(let address): sources.append(.ipv4(address))
            case .ipv6(let address, _): sources.append(.ipv6(address))
            case .any, .name:
                throw SocketError(.join, .invalidArgument, local: place.address, subject: "\(source)")
            }
        }
        try port.join(GroupMembership(group, on: endpoint.options.interface, from: sources))
        return port
    }

    /// As on Linux: what goes to many is shared by its members, what goes to one is not.
    private func checkReuse(_ endpoint: Endpoint, at place: Place) throws(SocketError) {
        let isForMany = place.isMulticast || place.ip == World.broadcast
        let policy = endpoint.options.loops == nil ? endpoint.options.reuse : .loadBalanced
        let isRefused =
            switch policy {
            case .restartable: true
            case .loadBalanced: isForMany
            case .groupMember: !isForMany
            case .exclusive, nil: false
            }
        guard !isRefused else {
            throw SocketError(.bind, .operationNotSupported, local: place.address, subject: policy?.rawValue)
        }
    }

    private func openDatagrams(
        _ endpoint: Endpoint,
        _ wanted: Place,
        peer: Place?
    ) throws(SocketError) -> SimulatedDatagramPort {
        let isPlain = endpoint.options.checksumCoverage == nil
        let isShared = wanted.isMulticast || endpoint.options.reuse == .groupMember
        return try loop.world.withLock { (world) throws(SocketError) in
            let own = Int(index)
            try checkIsUp(world, .bind, wanted)
            var place = wanted
            if place.port == 0 {
                let port = world.hosts[own].choosePort { $0.datagrams[$1] == nil }
                guard let port else { throw SocketError(.bind, .addressInUse, local: wanted.address) }
                place = place.with(port: port)
            } else if !isShared {
                let others = world.hosts[own].datagrams[place.port] ?? []
                guard
                    others.allSatisfy({
                        !$0.place.overlaps(place) || $0.place.isMulticast || ($0.coverage == nil) != isPlain
                    })
                else {
                    throw SocketError(.bind, .addressInUse, local: place.address)
                }
            }
            let port = SimulatedDatagramPort(self, place, peer: peer, endpoint, &world)
            world.hosts[own].datagrams[place.port, default: []].append(port)
            return port
        }
    }

    /// Nothing is opened on a host that has crashed: its programs are about to end.
    func checkIsUp(
        _ world: borrowing World,
        _ operation: SocketError.Operation,
        _ place: Place
    ) throws(SocketError) {
        if world.hosts[Int(index)].isDown { throw SocketError(operation, .networkDown, local: place.address) }
    }

    public func listen(at endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any ListeningPort
    {
        let endpoint = try grounded(endpoint)
        guard endpoint.transport.isConnectionOriented else { throw unsupported(endpoint) }
        if endpoint.unixAddress != nil { return try listenLocally(endpoint) }
        let wanted = try local(endpoint)
        return try loop.world.withLock { (world) throws(SocketError) in
            let own = Int(index)
            try checkIsUp(world, .bind, wanted)
            var place = wanted
            if place.port == 0 {
                let port = world.hosts[own].choosePort { $0.listeners[$1] == nil }
                guard let port else { throw SocketError(.bind, .addressInUse, local: wanted.address) }
                place = place.with(port: port)
            } else {
                let others = world.hosts[own].listeners[place.port] ?? []
                guard others.allSatisfy({ !$0.place.overlaps(place) }) else {
                    throw SocketError(.listen, .addressInUse, local: place.address)
                }
            }
            let port = SimulatedListeningPort(self, place, endpoint, world)
            world.hosts[own].listeners[place.port, default: []].append(port)
            return port
        }
    }

    // MARK: Connecting

    public func connect(to endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> PeerPort
    {
        let endpoint = try grounded(endpoint)
        if let name = endpoint.unixAddress {
            return try await connectLocally(endpoint, to: name, until: deadline)
        }
        let addresses = try addresses(of: endpoint)
        guard let first = addresses.first else {
            throw SocketError(.connect, .destinationRequired, subject: endpoint.description)
        }
        guard endpoint.transport == .tcp else { return .messages(try connectDatagrams(endpoint, to: first)) }
        if addresses.count == 1 { return try await connectStream(endpoint, to: first, until: deadline) }
        return try await race(addresses) { [self] (address) async throws(SocketError) in
            try await connectStream(endpoint, to: address, until: deadline)
        }
    }

    private func connectDatagrams(_ endpoint: Endpoint, to address: SocketAddress) throws(SocketError)
        -> SimulatedDatagramPort
    {
        guard let peer = Place(address)?.target, peer.port != 0 else {
            throw SocketError(.connect, .invalidArgument, remote: address)
        }
        let place = try source(endpoint, to: peer)
        return try openDatagrams(endpoint, place, peer: peer)
    }

    /// The local end of what goes to a place; its port may be 0.
    private func source(_ endpoint: Endpoint, to peer: Place) throws(SocketError) -> Place {
        try loop.world.withLock { (world) throws(SocketError) in
            try checkIsUp(world, .connect, peer)
            guard peer.isMulticast || peer.ip == World.broadcast || world.host(at: peer, for: index) != nil
            else {
                throw SocketError(.connect, .hostUnreachable, remote: peer.address)
            }
            let own = world.hosts[Int(index)]
            let automatic = peer.isLoopback ? peer.with(port: 0) : own.address(toReach: peer)
            guard let asked = endpoint.options.localAddress.flatMap(Place.init) else { return automatic }
            guard !asked.isWildcard else { return automatic.with(port: asked.port) }
            guard own.hasAddress(asked) else {
                throw SocketError(.bind, .addressNotAvailable, local: asked.address)
            }
            return asked
        }
    }

    private func connectStream(
        _ endpoint: Endpoint,
        to address: SocketAddress,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> PeerPort {
        guard let peer = Place(address)?.target, peer.port != 0 else {
            throw SocketError(.connect, .connectionRefused, remote: address)
        }
        let source = try source(endpoint, to: peer)
        let port = try loop.world.withLock { (world) throws(SocketError) in
            let own = Int(index)
            var place = source
            if place.port == 0 {
                let port = world.hosts[own].choosePort { host, port in
                    host.streams[StreamKey(local: source.with(port: port), remote: peer)] == nil
                }
                guard let port else { throw SocketError(.connect, .addressNotAvailable, remote: address) }
                place = place.with(port: port)
            }
            if place == peer {
                throw SocketError(.connect, .connectionAborted, local: address, remote: address)
            }
            guard world.hosts[own].streams[StreamKey(local: place, remote: peer)] == nil else {
                throw SocketError(.bind, .addressInUse, local: place.address)
            }
            guard let target = world.host(at: peer, for: index) else {
                throw SocketError(.connect, .hostUnreachable, remote: address)
            }
            return world.connect(self, place, to: peer, at: target, endpoint)
        }
        return try await finishConnecting(port, until: deadline)
    }

    /// Waits until the peer has taken a connection up, or has not.
    func finishConnecting(_ port: SimulatedPipe, until deadline: MonotonicInstant) async throws(SocketError)
        -> PeerPort
    {
        do throws(SocketError) {
            try await port.waitUntilWritable(until: deadline)
        } catch {
            port.abort()
            throw error
        }
        if let code = port.takeFate() {
            port.abort()
            throw SocketError(.connect, code, local: port.localAddress, remote: port.remoteAddress)
        }
        return port.peerPort
    }
}

extension Place {
    /// Whether two sockets at the same port would take each other's datagrams, or connections.
    func overlaps(_ other: Place) -> Bool {
        guard port == other.port else { return false }
        let isDual = high == 0 && low == 0 || other.high == 0 && other.low == 0
        guard isDual || isIPv4 == other.isIPv4 else { return false }
        return isWildcard || other.isWildcard || ip == other.ip
    }
}
