internal import ParleyLinks
internal import ParleyNetwork
internal import ParleyTypes

/// One end of a connection between simulated hosts, or within one: an ideal reliable pipe.
///
/// Without borders its places in the stream count bytes, with borders messages, each a packet.
///
/// What is sent is cut into pieces that travel as packets, each once at a time. Of one that a link loses its sender
/// knows, and sends it again after a time-out that doubles; of one that arrives it knows at once.
class SimulatedPipe: SimulatedPort, @unchecked Sendable {
    let remote: Place
    let remoteAddress: SocketAddress?
    private let hasBorders: Bool
    /// Known to the world by this.
    let connection: UInt32
    let flow: Int32
    /// The other end's number, once it is known.
    var partner: UInt32 = 0
    private let segmentBytesMax: Int
    private let sendBytesMax: Int
    private let receiveBytesMax: Int
    let userTimeout: Duration?
    private let linger: Duration?

    private(set) var phase: Phase
    /// Taken over, and not cut into pieces yet.
    private var pending = ByteQueue()
    /// The sizes of the messages in it, where they have borders.
    private var pendingSizes: [Int] = []
    private var nextOffset: Int64 = 0
    private var bytesInFlight = 0
    private var end = End.none
    private var isWaitingForLink = false

    private var received = ByteQueue()
    /// Whole messages that were received, where they have borders.
    private var messages = PacketQueue()
    private var receivedBytes = 0
    private var receivedOffset: Int64 = 0
    /// Pieces that came before others that were sent earlier, in the order of the stream.
    private var early: [UInt32] = []
    private var earlyBytes = 0
    private var isAtEnd = false
    private var isFinished = false
    /// What ended the connection, until a sender was told.
    private var fate: ErrorCode?
    /// The same, until a reader was told, whoever was told before.
    private var unheardFate: ErrorCode?
    private var isDead = false
    private var hasLeft = false
    private var drainers = Waiters()
    /// Who waits until no more is unsent than a port keeps.
    private var flushers = Waiters()
    /// Whether pieces are being cut: what arrives at once comes back here.
    private var isPumping = false

    enum Phase {
        case connecting
        /// The peer does not know yet that it was heard; then the listener has a connection.
        case accepting(SimulatedListeningPort)
        case established
    }

    var isConnecting: Bool {
        if case .connecting = phase { true } else { false }
    }

    var isEstablished: Bool {
        if case .established = phase { true } else { false }
    }

    /// How far this side has come with ending what it sends.
    private enum End {
        case none, wanted, sent, arrived
    }

    /// As Linux begins (tcp_wmem, tcp_rmem), rounded.
    private static let bytesDefault = 128 << 10
    private static let lingerDefault = Duration.seconds(60)
    /// The largest message with borders that can come.
    static let messageBytesMax = PacketPool.bytesMax
    /// Messages without bytes count too.
    private static let messagesMax = 1024

    required init(
        _ host: SimulatedHost,
        _ place: Place,
        to remote: Place,
        _ flow: Int32,
        _ phase: Phase,
        _ options: Endpoint.Options,
        segmentBytesMax: Int,
        hasBorders: Bool,
        _ world: inout World
    ) {
        self.remote = remote
        remoteAddress = world.address(of: remote)
        self.hasBorders = hasBorders
        self.flow = flow
        self.phase = phase
        self.segmentBytesMax = segmentBytesMax
        connection = world.nextConnection()
        let usual = hasBorders ? SimulatedDatagramPort.queueBytesDefault : Self.bytesDefault
        sendBytesMax = SimulatedPort.queueBytes(options.sendBufferBytes, least: 4608, usual: usual)
        receiveBytesMax = SimulatedPort.queueBytes(options.receiveBufferBytes, least: 2304, usual: usual)
        userTimeout = options.userTimeout.flatMap { $0 == .zero ? nil : $0 }
        linger = options.linger
        let local = world.address(of: place)
        if case .accepting(let listener) = phase { listener.halfOpen += 1 }
        super.init(host, place, local, "a connection of \(local) with \(world.address(of: remote))")
        world.enter(self)
    }

    var key: StreamKey { StreamKey(local: place, remote: remote) }

    // MARK: Receiving

    override var isReadable: Bool {
        !received.isEmpty || !messages.isEmpty || isAtEnd || isFinished || isDead || fate != nil
            || readiness.isClosed
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReceiveResult {
        try withWorld { (world) throws(SocketError) in
            if readiness.isClosed { return .over }
            guard received.isEmpty else {
                let count = unsafe received.move(into: buffer)
                took(count, &world)
                return .received(count)
            }
            return try nothingCame()
        }
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        try withWorld { (world) throws(SocketError) in
            if readiness.isClosed { return .over }
            if messages.isEmpty { return try nothingCame() }
            batch.count = 0
            while batch.count < batch.slots, let id = messages.popFirst() {
                batch.append(world.packets.content(id), from: remoteAddress ?? .unix(.unnamed))
                let weight = weight(of: world.packets[id])
                world.release(id)
                took(weight, &world)
            }
            return .received(batch.count)
        }
    }

    /// The peer has room for what was taken.
    private func took(_ bytes: Int, _ world: inout World) {
        let wasFull = receivedBytes >= receiveBytesMax
        receivedBytes -= bytes
        if wasFull, receivedBytes < receiveBytesMax { world.partner(of: self)?.pump(&world) }
    }

    /// What an attempt to receive says when nothing is there.
    private func nothingCame() throws(SocketError) -> ReceiveResult {
        if let code = unheardFate.take() {
            fate = nil
            throw SocketError(.receive, code, local: localAddress, remote: remoteAddress)
        }
        if isAtEnd || isDead { return .end }
        return isFinished ? .over : .wouldBlock
    }

    func finishReceiving() {
        let drive = withWorld { _ in
            isFinished = true
            readiness.becameReadable()
            return readiness.drive
        }
        drive?.signal()
    }

    var queuedBytes: Int? { withWorld { _ in receivedBytes } }

    // MARK: Sending

    override var isWritable: Bool {
        isEstablished && (hasRoom || end != .none) || isDead || fate != nil
    }

    func transmit(_ bytes: RawSpan) throws(SocketError) -> Bool {
        try withWorld { (world) throws(SocketError) in
            if readiness.isClosed { throw SocketError(.send, .badDescriptor) }
            if end != .none { throw failure(.alreadyShutDown) }
            if let code = fate.take() { throw failure(code) }
            if isDead { throw failure(.brokenPipe) }
            if hasBorders {
                guard bytes.byteCount <= min(sendBytesMax - 32, PacketPool.bytesMax) else {
                    throw failure(.messageTooLong)
                }
                guard hasRoom else { return false }
                pendingSizes.append(bytes.byteCount)
            }
            guard hasRoom || hasBorders else { return false }
            pending.append(bytes)
            pump(&world)
            return true
        }
    }

    private var hasRoom: Bool {
        hasBorders
            ? pending.count < sendBytesMax / 2 && pendingSizes.count < Self.messagesMax
            : pending.count < sendBytesMax
    }

    private func failure(_ code: ErrorCode) -> SocketError {
        SocketError(.send, code, local: localAddress, remote: remoteAddress)
    }

    var unsentBytes: Int { withWorld { _ in max(0, pending.count - sendBytesMax) } }

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {
        while true {
            let waiter = Suspension()
            let isDone = try withWorld { (_) throws(SocketError) in
                if readiness.isClosed { throw SocketError(.wait, .badDescriptor) }
                if isDead { throw failure(fate.take() ?? .brokenPipe) }
                if pending.count <= sendBytesMax { return true }
                flushers.append(waiter)
                return false
            }
            if isDone { return }
            try await host.wait(waiter, until: deadline) { withWorld { _ in flushers.remove(waiter) } }
        }
    }

    func finishSending() throws(SocketError) {
        try withWorld { (world) throws(SocketError) in
            if readiness.isClosed { throw SocketError(.shutdown, .badDescriptor) }
            guard end == .none else { return }
            end = .wanted
            // Who waits for room learns that there is none to wait for.
            readiness.becameWritable()
            if !isDead { pump(&world) }
        }
    }

    /// Whether all that was taken over has left as pieces.
    private var isDrained: Bool { pending.isEmpty && pendingSizes.isEmpty }

    /// Cuts what is pending into pieces, as far as the peer and the way have room.
    func pump(_ world: inout World) {
        guard isEstablished, !isDead, !hasLeft, !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        let hadUnsent = pending.count > sendBytesMax
        let wasFull = !isWritable
        let partner = world.partner(of: self)
        while !isDrained, !hasLeft {
            // Of a peer that has gone nobody here knows yet: it takes no more than others.
            let room = (partner?.room ?? Self.bytesDefault) - bytesInFlight
            guard room > 0 else { break }
            // One piece may always be under way, however full the queue is.
            if bytesInFlight > 0, let link = world.fullLink(of: flow) {
                if !isWaitingForLink { world.links[Int(link)].waiters.append(self) }
                isWaitingForLink = true
                break
            }
            sendPiece(atMost: room, &world)
        }
        if isDrained, end == .wanted, !hasLeft {
            end = .sent
            var last = makePacket(.segment)
            last.offset = nextOffset
            last.isLast = true
            world.send(world.make(last, RawSpan()))
        }
        if hadUnsent, pending.count <= sendBytesMax { readiness.becameEmpty() }
        if wasFull, isWritable { readiness.becameWritable() }
        // What has left is the way's to deliver, as it is the kernel's.
        if isDrained, readiness.isClosed { readiness.end() }
        if isDrained, !drainers.isEmpty { drainers.takeAll().wake(.ready) }
        if pending.count <= sendBytesMax, !flushers.isEmpty { flushers.takeAll().wake(.ready) }
    }

    /// What a piece counts on its way and in a queue: one without bytes is not for nothing.
    private func weight(of packet: Packet) -> Int { Int(packet.byteCount) + (hasBorders ? 64 : 0) }

    private func sendPiece(atMost room: Int, _ world: inout World) {
        var segment = makePacket(.segment)
        segment.offset = nextOffset
        // A message is larger than the room that is left now and then.
        let size = hasBorders ? pendingSizes.removeFirst() : min(segmentBytesMax, room)
        let id: UInt32
        if hasBorders {
            nextOffset += 1
            var message = [UInt8](repeating: 0, count: size)
            _ = unsafe message.withUnsafeMutableBytes { unsafe pending.move(into: $0) }
            id = world.make(segment, unsafe message.span.bytes)
        } else {
            id = pending.take(atMost: size) { bytes in
                nextOffset += Int64(bytes.byteCount)
                return world.make(segment, bytes)
            }
        }
        bytesInFlight += weight(of: world.packets[id])
        world.send(id)
    }

    /// How many bytes its peer may have on the way.
    private var room: Int { max(0, receiveBytesMax - receivedBytes - earlyBytes) }

    /// The link has room again.
    func linkHasRoom(_ world: inout World) {
        isWaitingForLink = false
        pump(&world)
    }

    func makePacket(_ kind: Packet.Kind) -> Packet {
        var packet = Packet.control(kind, flow, from: place, to: remote)
        packet.connection = connection
        packet.about = partner
        packet.acknowledgement = receivedOffset
        return packet
    }

    // MARK: What comes

    func establish(_ world: inout World) {
        let before = phase
        phase = .established
        switch before {
        case .established: return
        case .connecting: break
        case .accepting(let listener):
            listener.halfOpen -= 1
            listener.append(self, &world)
        }
        readiness.becameWritable()
        pump(&world)
    }

    /// Takes a piece over; it is held by who calls.
    ///
    /// - Returns: false for one that has come before.
    func take(_ id: UInt32, _ world: inout World) -> Bool {
        let packet = world.packets[id]
        // A piece says as well that its sender knows of the connection.
        establish(&world)
        guard packet.offset >= receivedOffset, !isAtEnd else { return false }
        if packet.offset > receivedOffset {
            // As a rule it is the last of them.
            var place = early.count
            while place > 0, world.packets[early[place - 1]].offset > packet.offset { place -= 1 }
            if place > 0, world.packets[early[place - 1]].offset == packet.offset { return false }
            world.packets.retain(id)
            early.insert(id, at: place)
            earlyBytes += weight(of: packet)
            return true
        }
        append(id, &world)
        var inOrder = 0
        while inOrder < early.count, world.packets[early[inOrder]].offset == receivedOffset {
            let next = early[inOrder]
            earlyBytes -= weight(of: world.packets[next])
            append(next, &world)
            world.release(next)
            inOrder += 1
        }
        early.removeFirst(inOrder)
        readiness.becameReadable()
        if readiness.isClosed, !leaveIfDone(&world), hasDelivered, packet.byteCount > 0 {
            // The peer sends to somebody who has closed.
            reset(&world)
        }
        return true
    }

    /// Whether all that this side sent has arrived, its end too.
    private var hasDelivered: Bool { end == .arrived && bytesInFlight == 0 }

    /// A closed port is known until both ends have come.
    private func leaveIfDone(_ world: inout World) -> Bool {
        guard readiness.isClosed, hasDelivered, isAtEnd else { return false }
        leave(&world)
        return true
    }

    private func append(_ id: UInt32, _ world: inout World) {
        // Where nobody will read any more, what is still to leave goes on.
        let packet = world.packets[id]
        receivedOffset += hasBorders ? 1 : Int64(packet.byteCount)
        if packet.isLast { isAtEnd = true }
        if readiness.isClosed || packet.isLast { return }
        receivedBytes += weight(of: packet)
        if hasBorders {
            world.packets.retain(id)
            messages.append(id)
        } else {
            received.append(world.packets.content(id))
        }
    }

    /// A piece of this side's has arrived.
    func acknowledge(_ packet: Packet, _ world: inout World) {
        bytesInFlight -= packet.isLast ? 0 : weight(of: packet)
        if packet.isLast { end = .arrived }
        if !leaveIfDone(&world) { pump(&world) }
    }

    // MARK: The end

    /// The connection is no more: whoever comes next is told why.
    func die(_ code: ErrorCode, _ world: inout World) {
        guard !isDead else { return }
        isDead = true
        // As Linux does: to who reads a reset behind the peer's end is that end, to who sends a broken pipe.
        let isPastEnd = code == .connectionReset && isAtEnd
        fate = isPastEnd ? .brokenPipe : code
        unheardFate = isPastEnd ? nil : code
        readiness.becameFailed()
        leave(&world)
    }

    func close() {
        withWorld { world in
            guard !readiness.isClosed else { return }
            if linger == .zero, !isDead { return reset(&world) }
            readiness.close()
            forgetReceived(&world)
            if hasLeft { return readiness.end() }
            if end == .none { end = .wanted }
            // Whom this side has kept waiting sends on, and learns by it.
            world.partner(of: self)?.pump(&world)
            if hasLeft { return }
            pump(&world)
            if leaveIfDone(&world) { return }
            let patience = world.time(at: host.index).advanced(by: linger ?? Self.lingerDefault)
            let target = TimerHeap.Target.call { [weak self] in self?.abort() }
            _ = world.schedule(patience, target, at: host.index)
        }
    }

    func abort() { withWorld { world in reset(&world) } }

    private func forgetReceived(_ world: inout World) {
        received.removeAll()
        while let id = messages.popFirst() { world.release(id) }
        receivedBytes = 0
    }

    private func reset(_ world: inout World) {
        readiness.close()
        guard !hasLeft else { return readiness.end() }
        send(.reset, &world)
        leave(&world)
    }

    override func vanish(_ world: inout World) {
        readiness.close()
        forgetReceived(&world)
        leave(&world)
        readiness.end()
    }

    /// Is not known to the host any more: what comes for it is refused.
    private func leave(_ world: inout World) {
        guard !hasLeft else { return }
        hasLeft = true
        pending.removeAll()
        pendingSizes = []
        if readiness.isClosed { forgetReceived(&world) }
        for id in early { world.release(id) }
        early = []
        earlyBytes = 0
        if case .accepting(let listener) = phase { listener.halfOpen -= 1 }
        world.leave(self)
        world.flows.release(flow)
        drainers.takeAll().wake(.ready)
        flushers.takeAll().wake(.ready)
        if readiness.isClosed { readiness.end() }
    }

    func drain(until deadline: MonotonicInstant) async throws(SocketError) {
        let waiter = Suspension()
        let isDone = withWorld { _ in
            if isDrained || hasLeft { return true }
            drainers.append(waiter)
            return false
        }
        if isDone { return }
        try await host.wait(waiter, until: deadline) { withWorld { _ in drainers.remove(waiter) } }
    }

    /// Why connecting has failed, if it has.
    func takeFate() -> ErrorCode? { withWorld { _ in fate.take() } }
}
