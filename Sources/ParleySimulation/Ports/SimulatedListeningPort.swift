internal import ParleyNetwork
internal import ParleyTypes

/// A listening socket of a simulated host. What comes while its queue is full is dropped, as Linux does: whoever
/// connects tries again.
final class SimulatedListeningPort: SimulatedPort, ListeningPort, @unchecked Sendable {
    let options: Endpoint.Options
    private let takesIPv4: Bool
    /// Connections whose peers do not know yet that they were heard.
    var halfOpen = 0
    private var queue: [SimulatedPipe] = []
    private var hasLeft = false

    let transport: Transport

    init(_ host: SimulatedHost, _ place: Place, _ endpoint: Endpoint, _ world: borrowing World) {
        options = endpoint.options
        transport = endpoint.transport
        takesIPv4 = place.isIPv4 || endpoint.host == .any
        let address = world.address(of: place)
        super.init(host, place, address, "connections to \(address)")
    }

    override var isReadable: Bool { !queue.isEmpty || readiness.isClosed }

    func suits(_ destination: Place) -> Bool {
        if place.isLocal { return place == destination }
        guard destination.isIPv4 ? takesIPv4 : !place.isIPv4 else { return false }
        return place.isWildcard || place.ip == destination.ip
    }

    var isFull: Bool { queue.count + halfOpen > Int(options.backlog ?? Endpoint.backlogDefault) }

    /// Has a connection to accept; nobody does any more where it is closed.
    func append(_ port: SimulatedPipe, _ world: inout World) {
        guard !readiness.isClosed else { return port.refuse(&world) }
        queue.append(port)
        readiness.becameReadable()
    }

    func accept() async throws(SocketError) -> PeerPort {
        while true {
            let port = try withWorld { (_) throws(SocketError) -> SimulatedPipe? in
                if readiness.isClosed { throw SocketError(.accept, .badDescriptor, local: localAddress) }
                return queue.isEmpty ? nil : queue.removeFirst()
            }
            if let port { return port.peerPort }
            try await waitUntilReadable(until: .distantFuture)
        }
    }

    var waitingPeers: Int? { withWorld { _ in queue.count } }

    func close() { withWorld { world in vanish(&world) } }

    override func vanish(_ world: inout World) {
        guard !hasLeft else { return }
        hasLeft = true
        readiness.end()
        world.leave(self)
        let unserved = queue
        queue = []
        for port in unserved { port.refuse(&world) }
    }
}

extension SimulatedPipe {
    /// Ends a connection that nobody has accepted.
    func refuse(_ world: inout World) {
        if world.hosts[Int(host.index)].isDown { return vanish(&world) }
        send(.reset, &world)
        vanish(&world)
    }
}
