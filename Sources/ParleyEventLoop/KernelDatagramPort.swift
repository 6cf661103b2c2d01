internal import CParleyLinux
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A datagram socket of the kernel.
final class KernelDatagramPort: KernelPort, MessagePort, @unchecked Sendable {
    /// How often in a row there was no room to send.
    private let refusals = Atomic<Int>(0)
    private let offload = SendOffload(SendOffload.ofThisKernel)
    private let room = SendRoom()
    private let holdsDepartures = Atomic<Bool>(false)
    private let loss = LossCount()
    private let isJoining = Atomic<Bool>(false)
    /// Whether the loop has met an error of the socket since its queue of errors was emptied.
    private let mayHoldErrors = Atomic<Bool>(false)

    private var isInternet: Bool {
        if case .unix = localAddress { false } else { true }
    }

    /// Over UDP no datagram is larger: its length field has 16 bits.
    var messageBytesMax: Int { isInternet ? 65_535 : Self.unixMessageBytesMax }

    // MARK: Receiving

    /// Slots for the longest piece where the kernel joins datagrams.
    func makeBatch(messageBytes: Int, slots: Int) -> ReceiveBatch {
        guard isJoining.load(ordering: .relaxed) else {
            let slotBytes = (messageBytes + 15) & ~15
            let slotsMax = messageBytes <= 2048 ? 64 : max(4, min(16, Self.batchBytesMax / slotBytes))
            return ReceiveBatch(slots: min(slots, slotsMax), slotBytes: slotBytes)
        }
        return ReceiveBatch(slots: min(slots, 64), slotBytes: Self.joinedSlotBytes)
    }

    /// About what a batch of large slots takes; Unix datagrams of half a megabyte come four at a time.
    private static let batchBytesMax = 2 << 20

    /// 64 KiB for the longest piece, and 64 bytes so that the beginnings of slots do not all fall into the
    /// same lines of the processor's cache.
    private static let joinedSlotBytes = 64 << 10 | 64

    /// Asks the kernel to join datagrams (UDP_GRO) where it can. From the beginning: a joined piece takes far
    /// less of the receive queue than its datagrams would.
    func joinDatagrams() {
        guard isInternet, SendOffload.isAllowed, (try? setJoinsDatagrams(true)) != nil else { return }
        isJoining.store(true, ordering: .relaxed)
    }

    private func setJoinsDatagrams(_ value: Bool) throws(SocketError) {
        try socket.use(.option) { (socket) throws(SocketError) in try socket.setJoinsDatagrams(value) }
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        let hasErrors = mayHoldErrors.load(ordering: .acquiring)
        defer { if hasErrors { discardErrors() } }
        if batch.slotBytes < SegmentLimits.pieceBytesMax, isJoining.load(ordering: .relaxed) {
            stopJoining()
        }
        let system = (batch.attachment as? SystemBatch) ?? SystemBatch(batch)
        let result = try receiving { (socket) throws(SocketError) in
            try socket.receive(into: &system.batch).map { .received($0) } ?? .wouldBlock
        }
        guard case .received(let count) = result else { return result }
        // The kernel tells the address alone; the port is ours on every one of them.
        let port = localAddress.port ?? 0
        for index in 0..<count {
            let arrival = system.batch.arrival(index)
            let sentBytes = system.batch.sentByteCount(index)
            unsafe batch.entries[index] = ReceiveBatch.Entry(
                byteCount: min(sentBytes, batch.slotBytes),
                sentByteCount: sentBytes,
                segmentBytes: arrival.segmentBytes,
                sender: system.batch.sender(index),
                recipient: arrival.localAddress?.with(port: port),
                arrival: arrival.time,
                interface: arrival.interface,
                ecn: arrival.ecn
            )
            if arrival.drops != 0 { loss.note(arrival.drops) }
        }
        batch.count = count
        return result
    }

    /// For a batch that another has made, with slots that a joined piece would not fit into.
    private func stopJoining() {
        if isJoining.exchange(false, ordering: .relaxed) { try? setJoinsDatagrams(false) }
    }

    /// As the kernel counts them now, where it can be asked (SO_MEMINFO, since Linux 4.12), or as the last
    /// datagram told.
    var lostMessages: Int {
        let memory = try? socket.use(.inspect) { (socket) throws(SocketError) in try socket.memory }
        if let memory { loss.note(memory.drops) }
        return loss.total
    }

    // MARK: Errors

    override func becameReady(_ events: UInt32) {
        if events & parley_epollerr != 0, isInternet { mayHoldErrors.store(true, ordering: .releasing) }
        super.becameReady(events)
    }

    /// Throws away what a socket with IP_RECVERR keeps of ICMP errors: until then the socket is ready all the time,
    /// and whoever waits would be woken in every turn.
    ///
    /// After an attempt that began when the loop had met an error already, so that it was told the error itself: that
    /// goes with the queue.
    private func discardErrors() {
        guard mayHoldErrors.exchange(false, ordering: .acquiring) else { return }
        _ = try? socket.use(.receive) { (socket) throws(SocketError) in
            // What is left beyond that makes the loop tell again.
            try socket.discardErrors(atMost: 256)
        }
    }

    // MARK: Sending

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        let hasErrors = mayHoldErrors.load(ordering: .acquiring)
        defer { if hasErrors { discardErrors() } }
        let isSent = try socket.use(.send) { (socket) throws(SocketError) in
            if let source { return try socket.send(bytes, to: recipient, from: source) }
            guard let recipient else { return try socket.send(bytes) != nil }
            return try socket.send(bytes, to: recipient)
        }
        note(isSent)
        return isSent
    }

    func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition
    ) throws(SocketError) -> Int {
        let hasErrors = mayHoldErrors.load(ordering: .acquiring)
        defer { if hasErrors { discardErrors() } }
        let sent = try room.lend { (arguments) throws(SocketError) in
            arguments.holdsDepartures = holdsDepartures.load(ordering: .relaxed)
            return try transmit(bytes, list, &position, &arguments)
        }
        note(sent != nil)
        return sent ?? 0
    }

    private func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        _ position: inout TransmitPosition,
        _ arguments: inout SendArguments
    ) throws(SocketError) -> Int? {
        let train = list[position.index]
        do throws(SocketError) {
            let sent = try send(bytes, list, &position, &arguments)
            let datagrams = arguments.firstPieceDatagrams
            if datagrams > 1, sent != nil {
                offload.noteCut(datagrams: datagrams, datagramBytes: train.segmentBytes, to: train.recipient)
            }
            return sent
        } catch {
            guard arguments.firstPieceDatagrams > 1, SendOffload.mayBeRefusal(error.code) else { throw error }
        }
        // An error of an earlier datagram is told once, and says nothing of this piece.
        do throws(SocketError) {
            return try send(bytes, list, &position, &arguments)
        } catch {
            let datagrams = arguments.firstPieceDatagrams
            guard datagrams > 1, SendOffload.mayBeRefusal(error.code) else { throw error }
            let sent = try send(bytes, list, &position, &arguments, isCut: false)
            if let sent, sent > 0 {
                offload.learn(
                    error.code,
                    datagrams: datagrams,
                    datagramBytes: train.segmentBytes,
                    to: train.recipient,
                    at: EventLoop.now
                )
            }
            return sent
        }
    }

    /// - Parameter isCut: false for datagrams to the first recipient that leave one by one.
    private func send(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        _ position: inout TransmitPosition,
        _ arguments: inout SendArguments,
        isCut: Bool = true
    ) throws(SocketError) -> Int? {
        let first = list[position.index].recipient
        return try socket.use(.send) { (socket) throws(SocketError) in
            try socket.send(
                bytes,
                list,
                at: &position,
                cutting: {
                    guard isInternet, isCut || $0 != first else { return .none }
                    return offload.limits(to: $0, at: EventLoop.now)
                },
                using: &arguments
            )
        }
    }

    func enable(_ services: MessageServices) -> MessageServices {
        guard isInternet else { return [] }
        var enabled: MessageServices = []
        let tellsMarks: Void? = try? socket.use(.option) { (socket) throws(SocketError) in
            if services.contains(.ecn) { try socket.setReportsTrafficClass(true) }
        }
        if services.contains(.ecn), tellsMarks != nil { enabled.insert(.ecn) }
        let holds: Void? = try? socket.use(.option) { (socket) throws(SocketError) in
            // CLOCK_MONOTONIC, the network's own.
            if services.contains(.departures) { try socket.setDeparture(clock: 1, flags: 0) }
        }
        if services.contains(.departures), holds != nil {
            holdsDepartures.store(true, ordering: .relaxed)
            enabled.insert(.departures)
        }
        return enabled
    }

    private func note(_ isSent: Bool) {
        if isSent {
            if refusals.load(ordering: .relaxed) != 0 { refusals.store(0, ordering: .relaxed) }
        } else {
            refusals.add(1, ordering: .relaxed)
        }
    }

    /// Waits for room, and a little longer where the kernel cannot tell.
    ///
    /// A Unix socket without a peer of its own counts as writable while its *recipient's* queue is full, so
    /// waiting for that alone would spin. It tries again after 1, 2, 4, … 16 milliseconds.
    override func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await super.waitUntilWritable(until: deadline)
        guard hasRoomPerRecipient else { return }
        let next = EventLoop.now.advanced(by: pause)
        try await loop.sleep(until: min(next, deadline))
        if next >= deadline { throw SocketError(.wait, .timedOut, local: localAddress) }
    }

    /// As ``waitUntilWritable(until:)``: a driver that is told of room and finds none is told later each time.
    override func tellOfRoom() {
        guard hasRoomPerRecipient, refusals.load(ordering: .relaxed) > 0 else { return super.tellOfRoom() }
        watch.tellOfRoom(after: pause)
    }

    var hasRoomPerRecipient: Bool {
        if case .unix = localAddress { remoteAddress == nil } else { false }
    }

    private var pause: Duration {
        .milliseconds(1 << min(max(0, refusals.load(ordering: .relaxed) - 1), 4))
    }

    func close() { closeNow() }

    var queuedBytes: Int? {
        // A Unix socket's datagrams are counted at those who sent them.
        if case .unix = localAddress { return nil }
        let memory = try? socket.use(.inspect) { (socket) throws(SocketError) in try socket.memory }
        return memory.map { Int($0.receiveQueueBytes) }
    }
}

/// The system call arguments of a batch, made once.
private final class SystemBatch {
    var batch: DatagramBatch

    init(_ batch: ReceiveBatch) {
        self.batch = unsafe DatagramBatch(
            capacity: batch.slots,
            slotBytes: batch.slotBytes,
            lending: batch.slab
        )
        batch.attachment = self
    }
}

/// The datagrams that a socket has lost, beyond the 32 bits in which the kernel counts them.
private final class LossCount: Sendable {
    private let state = Mutex((total: 0, last: UInt32(0)))

    var total: Int { state.withLock { $0.total } }

    /// Takes note of the kernel's count. Counts come from two places, so one may be older than the last.
    func note(_ count: UInt32) {
        state.withLock { state in
            let more = Int32(bitPattern: count &- state.last)
            guard more > 0 else { return }
            state.total += Int(more)
            state.last = count
        }
    }
}
