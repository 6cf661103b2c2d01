public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The reading side of a connection whose messages keep their borders: a burst of messages, handed out one at
/// a time, and then the end.
///
/// Touched only by its reader, or by the asker that receives: see ``ReadingDesk``.
@usableFromInline
final class PacketIntake: @unchecked Sendable {
    @usableFromInline var batch: ReceiveBatch?
    @usableFromInline var index = 0
    private(set) var isAtEnd = false
    private let turn = ReadingTurn()
    /// Whether more may be there after a burst that did not fill the batch. In a conversation of question and
    /// answer it never is, and asking costs a system call a message.
    private var expectsMore = true
    private let sizeMaximum: Int?
    /// The largest message that can come, in bytes.
    private let messageBytesMax: Int
    /// What the connection holds of its listener's budget, nil where there is none.
    var share: MemoryShare?
    /// How many slots a burst has, four times as many after one that had no room for more: who waits for a
    /// message now and then holds little memory.
    private var slots = PacketIntake.slotsMin

    private static var slotsMin: Int { 2 }

    convenience init(sizeMaximum: Int?, of port: any MessagePort, share: MemoryShare? = nil) {
        self.init(sizeMaximum, port.messageBytesMax, share)
    }

    private init(_ sizeMaximum: Int?, _ messageBytesMax: Int, _ share: MemoryShare?) {
        self.messageBytesMax = messageBytesMax
        self.sizeMaximum = sizeMaximum
        self.share = share
    }

    deinit {
        _ = share?.read(holding: 0)
    }

    /// The next message that has come already, or nil when more must be received. Never suspends.
    ///
    /// - Throws: ``ParleyError/wire(_:)`` for one that does not fit its layout; the next call goes on behind
    ///   it.
    @inlinable
    func next<Coder: MessageCoder>(by coder: Coder) throws(ParleyError) -> Coder.Message? {
        guard let batch, index < batch.count else { return nil }
        let current = index
        index = current &+ 1
        let entry = batch.entry(current)
        do throws(WireError) {
            if entry.isTruncated { throw tooLong(entry.sentByteCount) }
            return try coder.decode(batch.bytes(current))
        } catch {
            throw .wire(error)
        }
    }

    /// Passes over a message without a look at what it says.
    ///
    /// - Returns: whether it was the last one that had come, nil when there was none.
    func skip() -> Bool? {
        guard let batch, index < batch.count else { return nil }
        index += 1
        return index == batch.count
    }

    /// Another one for the same port, in which nothing lies.
    func sibling() -> PacketIntake { PacketIntake(sizeMaximum, messageBytesMax, share) }

    /// Takes over what lies in another one, in place of its own, of which nothing is left.
    ///
    /// - Returns: whether that is anything.
    func takeOver(_ other: PacketIntake) -> Bool {
        swap(&batch, &other.batch)
        swap(&index, &other.index)
        swap(&slots, &other.slots)
        expectsMore = true
        other.expectsMore = true
        other.batch?.count = 0
        other.index = 0
        return index < batch?.count ?? 0
    }

    /// Why a message that did not fit into its slot is none: its beginning alone must not pass for one.
    @usableFromInline
    func tooLong(_ byteCount: Int) -> WireError {
        if let sizeMaximum { return WireError(.tooLong(expected: sizeMaximum, found: byteCount)) }
        return WireError(.bufferTooSmall(needed: byteCount, capacity: messageBytesMax))
    }

    /// Receives the next burst; false once nothing more is received.
    @usableFromInline
    func fill(
        from port: any MessagePort,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> Bool {
        try await turn.begin()
        batch?.count = 0
        index = 0
        var hasWaited = false
        var result = ReceiveResult.wouldBlock
        if expectsMore { result = try port.receive(into: prepareBatch()) }
        // Whatever ends this call, the next one looks first.
        expectsMore = true
        while result == .wouldBlock {
            guard prepareToWait() else { return false }
            var overdue: SocketError?
            do throws(SocketError) {
                try await port.waitUntilReadable(until: deadline)
            } catch {
                // What has come is handed out, however late it is.
                guard error.code == .timedOut else { throw error }
                overdue = error
            }
            hasWaited = true
            // No copy of the batch is kept across a wait: others may have it then.
            result = try port.receive(into: prepareBatch())
            if let overdue, result == .wouldBlock { throw overdue }
        }
        guard case .received(let count) = result else { return false }
        // One message after a wait is the pace of a conversation.
        expectsMore = !hasWaited || count != 1
        return note(count)
    }

    /// Receives once, without waiting: a burst, or the end alone.
    func receiveNow(from port: any MessagePort) throws(SocketError) -> ReceiveResult {
        let result = try port.receive(into: prepareBatch())
        switch result {
        case .received(let count): if !note(count) { return .over }
        case .end: isAtEnd = true
        case .wouldBlock, .over: break
        }
        return result
    }

    /// Forgets what is left, so that another connection may receive into it.
    func reset() {
        batch?.count = 0
        index = 0
        isAtEnd = false
        share = nil
    }

    /// - Returns: false when the connection was ended for the memory that it holds.
    private func note(_ count: Int) -> Bool {
        guard let batch else { return false }
        if count == batch.slots { slots = min(slots * 4, slotsMax) }
        guard let share, isLarge else { return true }
        var bytes = 0
        for index in 0..<count { bytes += batch.entry(index).byteCount }
        // A read's worth is every connection's own.
        return share.read(holding: bytes > StreamIntake.readBytes ? bytes : 0)
    }

    /// A connection that waits lends a batch of large or many messages to others.
    ///
    /// - Returns: false when it was ended for the memory that it holds.
    private func prepareToWait() -> Bool {
        turn.end()
        guard let share else { return true }
        if isLent, let batch {
            PacketBatches.giveBack(batch)
            self.batch = nil
        }
        share.tell()
        return share.read(holding: 0)
    }

    /// The batch to fill, without messages.
    private func prepareBatch() -> ReceiveBatch {
        var batch = batch
        if batch?.slots != slots {
            batch = nil
            if share != nil, isLent { batch = PacketBatches.take(slots: slots, slotBytes: slotBytes) }
        }
        let empty = batch ?? ReceiveBatch(slots: slots, slotBytes: slotBytes)
        empty.count = 0
        index = 0
        self.batch = empty
        return empty
    }

    private var largest: Int { min(sizeMaximum ?? messageBytesMax, messageBytesMax) }
    /// One byte more than the largest message, so that a longer one is seen to be longer.
    private var slotBytes: Int { (largest + 16) & ~15 }
    private var isLarge: Bool { largest > 2048 }
    /// Whether a batch is too large to be held through a wait.
    private var isLent: Bool { isLarge || slots > Self.slotsMin }
    private var slotsMax: Int { isLarge ? 8 : 64 }
}
