internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// One end of a connection of sequenced packets (SOCK_SEQPACKET): messages with borders, in order, and an end.
///
/// The kernel takes a message whole or not at all, so nothing is kept here on its way out.
final class KernelPacketPort: KernelPort, DescriptorPort, @unchecked Sendable {
    var isConnection: Bool { true }
    var messageBytesMax: Int { Self.unixMessageBytesMax }

    private let isFinished = Atomic<Bool>(false)
    private let isClosing = Atomic<Bool>(false)
    private let descriptorsMax = Atomic<Int>(0)
    private let passed = Mutex(PassedDescriptors())
    /// That the peer closed before it had read everything. The kernel tells it before the messages that the
    /// peer had sent by then; here they come first, as on a stream.
    /// A sender may be the one who is told, and it is told once: the reader would take it for a close.
    private let isReset = Mutex(false)
    /// Whether there may be more than the one message that the last call asked for, or the end behind several.
    private let mayHoldMore = Atomic<Bool>(false)
    private let room = SendRoom()

    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        let result = try receivePastReset(into: batch)
        // The end of what a reset had left behind. A sender that has just been told is waited for here.
        if result == .end {
            let wasReset = isReset.withLock { isReset in
                defer { isReset = false }
                return isReset
            }
            if wasReset {
                throw SocketError(.receive, .connectionReset, local: localAddress, remote: remoteAddress)
            }
        }
        return result
    }

    private func receivePastReset(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        do throws(SocketError) {
            return try receiveWhatIsThere(into: batch)
        } catch {
            guard error.code == .connectionReset else { throw error }
            isReset.withLock { $0 = true }
            return try receiveWhatIsThere(into: batch)
        }
    }

    private func receiveWhatIsThere(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        let limit = descriptorsMax.load(ordering: .relaxed)
        guard limit == 0 else { return try receiveOne(into: batch, descriptorsMax: limit) }
        let system = (batch.attachment as? SystemPackets) ?? SystemPackets(batch)
        let result = try receiving { (socket) throws(SocketError) in
            guard try socket.receive(into: &system.batch) else { return .wouldBlock }
            return system.batch.count == 0 ? .end : .received(system.batch.count)
        }
        guard case .received = result else { return result }
        for index in 0..<system.batch.count {
            let byteCount = system.batch.sentByteCount(index)
            unsafe batch.entries[index] = entry(of: byteCount, in: batch)
            noteReceived(byteCount + 1)
        }
        batch.count = system.batch.count
        if system.batch.isAtEnd { mayHoldMore.store(true, ordering: .relaxed) }
        return result
    }

    private func receiveOne(
        into batch: ReceiveBatch,
        descriptorsMax: Int
    ) throws(SocketError) -> ReceiveResult {
        try receiving { (socket) throws(SocketError) in
            let slot = unsafe UnsafeMutableRawBufferPointer(rebasing: batch.slab[..<batch.slotBytes])
            var span = unsafe MutableRawSpan(_unsafeBytes: slot)
            switch try socket.receiveSequenced(into: &span, descriptorsMax: descriptorsMax) {
            case .wouldBlock:
                mayHoldMore.store(false, ordering: .relaxed)
                return .wouldBlock
            case .end: return .end
            case .message(var delivery):
                mayHoldMore.store(true, ordering: .relaxed)
                unsafe batch.entries[0] = entry(of: delivery.sentByteCount, in: batch)
                noteReceived(delivery.sentByteCount + 1)
                batch.count = 1
                var descriptors = PassedDescriptors()
                swap(&descriptors, &delivery.descriptors)
                exchange(&descriptors)
                return .received(1)
            }
        }
    }

    private func entry(of sentByteCount: Int, in batch: ReceiveBatch) -> ReceiveBatch.Entry {
        ReceiveBatch.Entry(
            byteCount: min(sentByteCount, batch.slotBytes),
            sentByteCount: sentByteCount,
            sender: remoteAddress ?? .unix(.unnamed),
            recipient: nil
        )
    }

    /// Waits, unless a reset is known and not told yet, or less was taken than there may be, the end included: a
    /// reader that has received less than its batch holds takes the queue for empty.
    override func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        if isReset.withLock({ $0 }) || mayHoldMore.exchange(false, ordering: .relaxed) { return }
        try await super.waitUntilReadable(until: deadline)
    }

    // MARK: Sending

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try send { (socket) throws(SocketError) in try socket.send(bytes) } != nil
    }

    func transmit(_ bytes: RawSpan, passing descriptors: [Int32]) throws(SocketError) -> Bool {
        try send { (socket) throws(SocketError) in try socket.send(bytes, passing: descriptors) } != nil
    }

    func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition
    ) throws(SocketError) -> Int {
        let sent = try room.lend { (arguments) throws(SocketError) in
            try send { (socket) throws(SocketError) in
                try socket.send(bytes, list, at: &position, cutting: { _ in .none }, using: &arguments)
            }
        }
        return sent ?? 0
    }

    private func send<Result: Sendable>(
        _ body: (borrowing Socket) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        if isFinished.load(ordering: .relaxed) {
            throw SocketError(.send, .alreadyShutDown, local: localAddress, remote: remoteAddress)
        }
        return try isReset.withLock { (isReset) throws(SocketError) in
            do throws(SocketError) {
                return try socket.use(.send, body)
            } catch {
                if error.code == .connectionReset { isReset = true }
                throw error
            }
        }
    }

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {
        if socket.isClosed { throw SocketError(.wait, .badDescriptor) }
    }

    func finishSending() throws(SocketError) {
        guard !isFinished.exchange(true, ordering: .relaxed) else { return }
        do throws(SocketError) {
            try socket.use(.shutdown) { (socket) throws(SocketError) in try socket.shutdown(.sending) }
        } catch {
            // The peer has gone already, so it needs no word of it.
            if error.code != .notConnected { throw error }
        }
    }

    // MARK: Descriptors

    func allowDescriptors(upTo countMax: Int) {
        precondition(
            (0...PassedDescriptors.countMax).contains(countMax),
            "a message brings 0 to 253 descriptors"
        )
        descriptorsMax.store(countMax, ordering: .relaxed)
    }

    func takeDescriptors() -> PassedDescriptors {
        var descriptors = PassedDescriptors()
        exchange(&descriptors)
        return descriptors
    }

    private func exchange(_ descriptors: inout PassedDescriptors) {
        passed.withLock { swap(&$0, &descriptors) }
    }

    // MARK: Closing

    /// Closes after throwing away what has come and nobody read: for unread messages the kernel tells the peer
    /// of a reset, and that before it hands out our last ones. A peer that goes on sending gets its reset.
    func close() {
        guard !isClosing.exchange(true, ordering: .relaxed) else { return }
        _ = takeDescriptors()
        _ = try? socket.use(.receive) { (socket) throws(SocketError) in
            // Room for a word is enough: the rest of a message is thrown away with it.
            var word: [1 of UInt64] = [0]
            var span = word.mutableSpan
            var bytes = unsafe span.mutableBytes
            for _ in 0..<Self.discardedMessagesMax {
                guard case .message = try socket.receiveSequenced(into: &bytes) else { return }
            }
        }
        closeNow()
    }

    /// Closes at once: what was not read makes the kernel tell the peer of a reset.
    func abort() {
        guard !isClosing.exchange(true, ordering: .relaxed) else { return }
        _ = takeDescriptors()
        closeNow()
    }

    /// More messages than a usual queue holds.
    private static let discardedMessagesMax = 1024
}

/// The system call arguments of a batch, made once.
private final class SystemPackets {
    var batch: PacketBatch

    init(_ batch: ReceiveBatch) {
        self.batch = unsafe PacketBatch(
            capacity: batch.slots,
            slotBytes: batch.slotBytes,
            lending: batch.slab
        )
        batch.attachment = self
    }
}
