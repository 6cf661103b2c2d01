internal import ParleyNetwork
internal import ParleyTypes

/// A datagram socket of a simulated host.
final class SimulatedDatagramPort: SimulatedPort, MessagePort, GroupPort, DrivenPort, @unchecked Sendable {
    /// The one peer, if it has one.
    let peer: Place?
    let remoteAddress: SocketAddress?
    /// Which of its host's sockets it is.
    private let serial: UInt64
    /// UDP-Lite's coverage, 0 for all of a datagram; nil for UDP, whose ports are others.
    let coverage: UInt16?
    private let reportsArrival: Bool
    private let allowsBroadcast: Bool
    /// Whether this host's members hear what it sends to a group.
    private let hearsOwnHost: Bool
    /// Datagrams stay on the host where it is 0, for groups.
    private let timeToLive: UInt8?
    /// What takes an IPv4 peer for its own: every address but `::` alone.
    private let families: (ipv4: Bool, ipv6: Bool)
    private let queueBytesMax: Int
    let sendBytesMax: Int
    private var queue = PacketQueue()
    private var queueBytes = 0
    private var lost = 0
    private var isFinished = false
    private var pendingError: ErrorCode?
    private var services: MessageServices = []
    private var groups = GroupList()
    /// The flows to whom it has sent.
    private var routes: [Place: Int32] = [:]
    private var lastRoute: (destination: Place, flow: Int32)?
    private var hasLeft = false
    /// What is on its way to a Unix socket, which never loses any.
    private var reservedBytes = 0
    /// Those who found no room here.
    private var blocked: [SimulatedDatagramPort] = []
    /// Whether this one found none at its recipient.
    private var isBlocked = false

    /// As Linux has it (net.core.rmem_default).
    static let queueBytesDefault = 212_992
    /// What a datagram counts in the queue besides its bytes.
    private static let recordBytes = 256
    /// More recipients than a socket remembers its ways to; beyond, it begins anew.
    private static let routesMax = 65_536

    init(_ host: SimulatedHost, _ place: Place, peer: Place?, _ endpoint: Endpoint, _ world: inout World) {
        self.peer = peer
        serial = world.nextSerial(of: host.index)
        remoteAddress = peer.map { world.address(of: $0) }
        let options = endpoint.options
        allowsBroadcast = endpoint.isBroadcast
        coverage = options.checksumCoverage
        hearsOwnHost = options.hearsOwnHost ?? true
        timeToLive = options.timeToLive
        let usual = Self.queueBytesDefault
        queueBytesMax = SimulatedPort.queueBytes(options.receiveBufferBytes, least: 2304, usual: usual)
        sendBytesMax = SimulatedPort.queueBytes(options.sendBufferBytes, least: 4608, usual: usual)
        let isAny = place.high == 0 && place.low == 0
        families = (ipv4: isAny && endpoint.host == .any || place.isIPv4, ipv6: isAny || !place.isIPv4)
        reportsArrival = options.reportsArrivalTime ?? false
        let address = world.address(of: place)
        super.init(host, place, address, "datagrams at \(address)")
    }

    var messageBytesMax: Int { place.isLocal ? PacketPool.bytesMax : 65_507 }

    /// Unix datagrams are never lost: who finds the recipient's queue full waits for it.
    var hasRoomPerRecipient: Bool { place.isLocal && peer == nil }

    var queuedBytes: Int? { withWorld { _ in queueBytes } }

    var lostMessages: Int { withWorld { _ in lost } }

    func enable(_ services: MessageServices) -> MessageServices {
        // Departures are for senders who have a clock of their own; here time stands while they run.
        withWorld { _ in self.services = services.intersection(.ecn) }
        return services.intersection(.ecn)
    }

    // MARK: Receiving

    override var isReadable: Bool {
        !queue.isEmpty || pendingError != nil || isFinished || readiness.isClosed
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        try withWorld { (world) throws(SocketError) in
            if readiness.isClosed { return .over }
            if let code = pendingError.take() {
                throw SocketError(.receive, code, local: localAddress, remote: remoteAddress)
            }
            if queue.isEmpty { return isFinished ? .over : .wouldBlock }
            batch.count = 0
            while batch.count < batch.slots, let id = queue.popFirst() {
                let packet = world.packets[id]
                let recipient =
                    packet.destination.isLocal ? nil : answerPlace(packet.destination, world).address
                batch.append(world.packets.content(id), from: world.address(of: packet.source), to: recipient)
                if services.contains(.ecn) { unsafe batch.entries[batch.count - 1].ecn = packet.ecn }
                if reportsArrival {
                    let time = MonotonicInstant(nanoseconds: packet.arrivedAt)
                    unsafe batch.entries[batch.count - 1].arrival = PacketMemory.wallTime(time)
                }
                queueBytes -= Int(packet.byteCount) + Self.recordBytes
                world.release(id)
            }
            tellOfRoomHere()
            return .received(batch.count)
        }
    }

    /// Where to answer from: of what went to many, this host's address.
    private func answerPlace(_ destination: Place, _ world: borrowing World) -> Place {
        let isOwn = !destination.isMulticast && destination.ip != World.broadcast
        return isOwn ? destination : address(toReach: destination, world).with(port: place.port)
    }

    func finishReceiving() {
        let drive = withWorld { _ in
            isFinished = true
            readiness.becameReadable()
            return readiness.drive
        }
        drive?.signal()
    }

    /// How well it suits a datagram: 0 where it is not for it.
    func rank(for packet: Packet) -> Int {
        let (source, destination) = (packet.source, packet.destination)
        guard speaks(packet), !readiness.isClosed, !place.isMulticast, !place.isLocal else { return 0 }
        guard destination.isIPv4 ? families.ipv4 : families.ipv6 else { return 0 }
        if !place.isWildcard, place.ip != destination.ip { return 0 }
        if let peer { return peer == source ? 3 : 0 }
        return place.isWildcard ? 1 : 2
    }

    /// Whether it hears what goes to a group, or to everybody.
    func hears(_ packet: Packet) -> Bool {
        let (source, destination) = (packet.source, packet.destination)
        guard speaks(packet), !readiness.isClosed, peer == nil || peer == source else { return false }
        guard destination.isIPv4 ? families.ipv4 || place.isMulticast : families.ipv6 else { return false }
        guard destination.isMulticast else { return place.isWildcard }
        guard place.isWildcard || place.ip == destination.ip else { return false }
        return groups.hears(source, in: destination)
    }

    func isMember(of group: Place) -> Bool { groups.contains(group) }

    /// Takes a packet over.
    func enqueue(_ id: UInt32, _ world: inout World) {
        let bytes = Int(world.packets[id].byteCount) + Self.recordBytes
        // One that was meant for an earlier socket of this name has reserved nothing here.
        if place.isLocal { reservedBytes = max(0, reservedBytes - bytes) }
        guard !isFinished, !readiness.isClosed, covers(world.packets[id]) else {
            if place.isLocal { tellOfRoomHere() }
            return world.release(id)
        }
        guard queue.isEmpty || queueBytes + bytes <= queueBytesMax || place.isLocal else {
            lost += 1
            world.counts.lost += 1
            world.note(.lost, id)
            return world.release(id)
        }
        if reportsArrival { world.packets[id].arrivedAt = world.time(at: host.index).nanoseconds }
        queue.append(id)
        queueBytes += bytes
        readiness.becameReadable()
    }

    /// Whether the checksum of a datagram covers what this socket asks for.
    private func covers(_ packet: Packet) -> Bool {
        guard let coverage, packet.coverage > 0 else { return true }
        return coverage > 0 && packet.coverage >= coverage
    }

    /// Whether it has the protocol of a packet: UDP-Lite is another one than UDP.
    private func speaks(_ packet: Packet) -> Bool { (coverage != nil) == (packet.coverage >= 0) }

    /// The peer's host says that nobody listens there.
    func refused(by source: Place, _ world: inout World) {
        guard peer == source, !readiness.isClosed else { return }
        pendingError = .connectionRefused
        readiness.becameReadable()
    }

    // MARK: Sending

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try withWorld { (world) throws(SocketError) in
            try send(bytes, to: recipient, from: source, nil, &world)
        }
    }

    func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition
    ) throws(SocketError) -> Int {
        try withWorld { (world) throws(SocketError) in
            var count = 0
            while position.index < list.count {
                let train = list[position.index]
                repeat {
                    let datagram = train.datagram(at: position.offset)
                    do throws(SocketError) {
                        let part = bytes.extracting(datagram)
                        guard try send(part, to: train.recipient, from: train.source, train.ecn, &world)
                        else {
                            return count
                        }
                    } catch {
                        guard count > 0 else { throw error }
                        return count
                    }
                    let index = position.index
                    position.advance(by: datagram.count, in: train)
                    if datagram.isEmpty, position.index == index { position.skip(train) }
                    count += 1
                } while position.offset > 0
            }
            return count
        }
    }

    private func send(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?,
        _ ecn: ECN?,
        _ world: inout World
    ) throws(SocketError) -> Bool {
        if readiness.isClosed { throw SocketError(.send, .badDescriptor) }
        if let code = pendingError.take() { throw failure(code, recipient) }
        if place.isLocal { return try sendLocally(bytes, to: recipient, &world) }
        guard let destination = recipient.map({ Place($0.unmapped)?.target }) ?? peer else {
            throw failure(recipient == nil ? .destinationRequired : .addressFamilyNotSupported, recipient)
        }
        guard destination.port != 0 else { throw failure(.invalidArgument, recipient) }
        guard destination.isIPv4 || destination.isLoopback || world.hosts[Int(host.index)].ipv6 != nil else {
            throw failure(.networkUnreachable, recipient)
        }
        guard bytes.byteCount <= (destination.isIPv4 ? 65_507 : 65_527) else {
            throw failure(.messageTooLong, recipient)
        }
        guard destination.isIPv4 ? families.ipv4 : families.ipv6 else {
            throw failure(destination.isIPv4 ? .networkUnreachable : .addressFamilyNotSupported, recipient)
        }
        var packet = Packet()
        packet.ecn = ecn ?? .notCapable
        if let coverage { packet.coverage = coverage > bytes.byteCount + 8 ? 0 : Int32(coverage) }
        packet.destination = destination
        let isEverybody = destination.ip == World.broadcast
        if isEverybody || destination.isMulticast {
            if isEverybody, !allowsBroadcast { throw failure(.permissionDenied, recipient) }
            sendToAll(packet, bytes, isEverybody: isEverybody, &world)
            return true
        }
        if let last = lastRoute, last.destination == destination {
            packet.flow = last.flow
        } else {
            packet.flow = try route(to: destination, recipient, &world)
            lastRoute = (destination, packet.flow)
        }
        packet.source = sourcePlace(for: destination, source, world)
        world.send(world.make(packet, bytes))
        return true
    }

    func route(
        to destination: Place,
        _ recipient: SocketAddress?,
        _ world: inout World
    ) throws(SocketError) -> Int32 {
        if let flow = routes[destination] { return flow }
        guard let target = world.host(at: destination, for: host.index) else {
            throw failure(.hostUnreachable, recipient)
        }
        if routes.count >= Self.routesMax { forgetRoutes(&world) }
        let source = sourcePlace(for: destination, nil, world)
        let flow = world.flow(from: host.index, source, to: target, destination, of: serial)
        routes[destination] = flow
        return flow
    }

    private func sourcePlace(for destination: Place, _ source: SocketAddress?, _ world: borrowing World)
        -> Place
    {
        if let source = source.flatMap(Place.init), !source.isWildcard {
            return source.with(port: place.port)
        }
        if !place.isWildcard, !place.isMulticast { return place }
        if destination.isLoopback { return destination.with(port: place.port) }
        return address(toReach: destination, world).with(port: place.port)
    }

    private func address(toReach destination: Place, _ world: borrowing World) -> Place {
        world.hosts[Int(host.index)].address(toReach: destination)
    }

    /// A copy to every host that has a member, each on its own way.
    private func sendToAll(_ packet: Packet, _ bytes: RawSpan, isEverybody: Bool, _ world: inout World) {
        var packet = packet
        let gateway = world.hosts[Int(host.index)].gateway
        // Routers that translate addresses keep what goes to many on their side.
        for target in world.hosts.indices where world.hosts[target].gateway == gateway {
            let isOwn = target == Int(host.index)
            if isOwn ? !hearsOwnHost && !isEverybody : timeToLive == 0 { continue }
            let sockets = world.hosts[target].datagrams[packet.destination.port] ?? []
            guard sockets.contains(where: { isEverybody || $0.isMember(of: packet.destination) }) else {
                continue
            }
            packet.source = sourcePlace(for: packet.destination, nil, world)
            let key = Place(
                high: packet.destination.high ^ UInt64(target) << 32,
                low: packet.destination.low,
                port: packet.destination.port
            )
            if let flow = routes[key] {
                packet.flow = flow
            } else {
                packet.flow = world.flow(
                    from: host.index,
                    packet.source,
                    to: Int32(target),
                    packet.destination,
                    of: serial
                )
                routes[key] = packet.flow
            }
            world.send(world.make(packet, bytes))
        }
    }

    func failure(_ code: ErrorCode, _ recipient: SocketAddress?) -> SocketError {
        SocketError(.send, code, local: localAddress, remote: recipient ?? remoteAddress)
    }

    // MARK: Room

    override var isWritable: Bool { !isBlocked }

    /// Keeps room for a datagram that is about to be sent here, or notes who waits for it.
    func reserve(_ byteCount: Int, for sender: SimulatedDatagramPort) -> Bool {
        let bytes = byteCount + Self.recordBytes
        guard queueBytes + reservedBytes == 0 || queueBytes + reservedBytes + bytes <= queueBytesMax else {
            if !sender.isBlocked { blocked.append(sender) }
            sender.isBlocked = true
            return false
        }
        reservedBytes += bytes
        return true
    }

    private func tellOfRoomHere() {
        guard !blocked.isEmpty else { return }
        let senders = blocked
        blocked = []
        for sender in senders {
            sender.isBlocked = false
            sender.readiness.becameWritable()
        }
    }

    // MARK: Groups

    func join(_ membership: GroupMembership) throws(SocketError) {
        try withWorld { (_) throws(SocketError) in
            if readiness.isClosed { throw SocketError(.join, .badDescriptor) }
            let isHeard = place.isWildcard || place.ip == Place(SocketAddress(membership.group, port: 0))?.ip
            guard isHeard || !membership.group.isMulticast else {
                throw SocketError(
                    .join,
                    .operationNotSupported,
                    local: localAddress,
                    subject: "\(membership)"
                )
            }
            try groups.join(membership)
        }
    }

    func leave(_ membership: GroupMembership) throws(SocketError) {
        try withWorld { (_) throws(SocketError) in
            if readiness.isClosed { throw SocketError(.leave, .badDescriptor) }
            try groups.leave(membership)
        }
    }

    // MARK: The end

    func close() { withWorld { world in vanish(&world) } }

    override func vanish(_ world: inout World) {
        guard !hasLeft else { return }
        hasLeft = true
        readiness.end()
        tellOfRoomHere()
        if place.isLocal {
            world.hosts[Int(host.index)].locals[place] = nil
            world.names.remove(place)
        }
        world.hosts[Int(host.index)].datagrams[place.port]?.removeAll { $0 === self }
        if world.hosts[Int(host.index)].datagrams[place.port]?.isEmpty == true {
            world.hosts[Int(host.index)].datagrams[place.port] = nil
        }
        while let id = queue.popFirst() { world.release(id) }
        forgetRoutes(&world)
    }

    private func forgetRoutes(_ world: inout World) {
        lastRoute = nil
        for (_, flow) in routes.sorted(by: { $0.value < $1.value }) { world.flows.release(flow) }
        routes = [:]
    }
}
