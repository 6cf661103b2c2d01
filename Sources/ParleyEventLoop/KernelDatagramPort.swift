internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A datagram socket of the kernel.
final class KernelDatagramPort: KernelPort, Port, @unchecked Sendable {
    var hasBorders: Bool { true }

    /// How often in a row there was no room to send.
    private let refusals = Atomic<Int>(0)

    func receive(into batch: ReceiveBatch) throws(SocketError) -> Bool {
        let system = (batch.attachment as? SystemBatch) ?? SystemBatch(batch)
        let count = try socket.use(.receive) { (socket) throws(SocketError) in
            try socket.receive(into: &system.batch)
        }
        guard let count else { return false }
        for index in 0..<count {
            unsafe batch.entries[index] = ReceiveBatch.Entry(
                byteCount: min(system.batch.sentByteCount(index), batch.slotBytes),
                sentByteCount: system.batch.sentByteCount(index),
                sender: system.batch.sender(index),
                recipient: system.batch.localAddress(index)
            )
        }
        batch.count = count
        return true
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult {
        preconditionFailure("datagrams are received, not read: ask hasBorders")
    }

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        let isSent = try socket.use(.send) { (socket) throws(SocketError) in
            guard let recipient else { return try socket.send(bytes) != nil }
            guard let source else { return try socket.send(bytes, to: recipient) }
            return try socket.send(bytes, to: recipient, from: source)
        }
        note(isSent)
        return isSent
    }

    func transmit(
        _ bytes: RawSpan,
        endingAt ends: [Int],
        from first: Int,
        to recipient: SocketAddress?
    ) throws(SocketError) -> Int {
        var start = first == 0 ? 0 : ends[first - 1]
        let last = min(ends.count, first + Self.batchDatagramsMax)
        let byteCount = ends[last - 1] - start
        // Nothing of that size is a datagram: alone, it meets the system's own refusal.
        guard byteCount <= Self.batchBytesMax else {
            return try transmit(bytes.extracting(start..<ends[first]), to: recipient, from: nil) ? 1 : 0
        }
        let sent = try socket.use(.send) { (socket) throws(SocketError) in
            var batch = OutgoingBatch(
                capacity: last - first,
                byteCapacity: max(1, byteCount),
                family: socket.family
            )
            for end in ends[first..<last] {
                switch batch.append(bytes.extracting(start..<end), to: recipient) {
                case .added: start = end
                case .full: preconditionFailure("the batch was made for these datagrams")
                case .refused(let code):
                    throw SocketError(.send, code, local: localAddress, remote: recipient)
                }
            }
            return try socket.send(&batch)
        }
        note(sent != nil)
        return sent ?? 0
    }

    /// What one call of sendmmsg(2) is given at most.
    private static let batchDatagramsMax = 64
    /// 64 datagrams of the largest size, and some.
    private static let batchBytesMax = 8 << 20

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
        guard case .unix = localAddress, remoteAddress == nil else { return }
        let pause = Duration.milliseconds(1 << min(max(0, refusals.load(ordering: .relaxed) - 1), 4))
        let next = EventLoop.now.advanced(by: pause)
        try await loop.sleep(until: min(next, deadline))
        if next >= deadline { throw SocketError(.wait, .timedOut, local: localAddress) }
    }

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {}

    func finishSending() throws(SocketError) {
        // Datagrams have no end; a connected Unix datagram socket could be shut down, a UDP peer would never
        // learn it.
    }

    func close() { closeNow() }

    var queuedBytes: Int? {
        // A Unix socket's datagrams are counted at those who sent them.
        if case .unix = localAddress { return nil }
        return try? socket.use(.inspect) { (socket) throws(SocketError) in try socket.receiveMemoryBytes }
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
