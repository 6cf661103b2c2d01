public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The reading side of a connection whose messages keep their borders: a burst of messages, handed out one at
/// a time, and then the end.
///
/// Touched only by whoever holds the ``ReadClaim`` of its connection.
@usableFromInline
final class PacketIntake: @unchecked Sendable {
    @usableFromInline var batch: ReceiveBatch?
    @usableFromInline var index = 0
    /// Answers that are still to come to questions that were given up.
    var owed = OwedAnswers()
    private(set) var isAtEnd = false
    private let turn = ReadingTurn()
    /// Whether more may be there after a burst that did not fill the batch. In a conversation of question and
    /// answer it never is, and asking costs a system call a message.
    private var expectsMore = true
    private let sizeMaximum: Int?
    /// What the connection holds of its listener's budget, nil where there is none.
    var share: MemoryShare?
    /// How many slots a burst has, four times as many after one that had no room for more: who waits for a
    /// message now and then holds little memory.
    private var slots = PacketIntake.slotsMin

    /// The largest message that is taken, in bytes. A sender's queue is twice net.core.wmem_max at most,
    /// which usually makes messages of 425,952 bytes.
    @usableFromInline static var packetBytesMax: Int { 512 << 10 }

    private static var slotsMin: Int { 2 }

    init(sizeMaximum: Int?, share: MemoryShare? = nil) {
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

    /// Passes over answers that were owed, as far as they have come.
    ///
    /// - Returns: how many there were, and whether the last message that came is among them.
    func discardOwed() -> (count: Int, isAll: Bool) {
        let waiting = (batch?.count ?? 0) - index
        let count = min(owed.count, waiting)
        index += count
        owed.count -= count
        return (count, count == waiting)
    }

    /// Why a message that did not fit into its slot is none: its beginning alone must not pass for one.
    @usableFromInline
    func tooLong(_ byteCount: Int) -> WireError {
        if let sizeMaximum { return WireError(.tooLong(expected: sizeMaximum, found: byteCount)) }
        return WireError(.bufferTooSmall(needed: byteCount, capacity: Self.packetBytesMax))
    }

    /// Receives the next burst; false once the peer sends nothing more.
    @usableFromInline
    func fill(from port: any Port, until deadline: MonotonicInstant) async throws(SocketError) -> Bool {
        if isAtEnd { return false }
        try await turn.begin()
        batch?.count = 0
        index = 0
        var hasWaited = false
        var isEmpty = !expectsMore
        // Whatever ends this call, the next one looks first.
        expectsMore = true
        if !isEmpty { isEmpty = try !receive(from: port) }
        while isEmpty {
            do throws(SocketError) {
                try await wait(for: port, until: deadline)
            } catch {
                // What has come is handed out, however late it is.
                guard error.code == .timedOut, try receive(from: port) else { throw error }
                return try note(hasWaited: true)
            }
            hasWaited = true
            isEmpty = try !receive(from: port)
        }
        return try note(hasWaited: hasWaited)
    }

    /// Receives once, without waiting: a burst, or the end alone.
    ///
    /// - Returns: false when nothing has come.
    func receiveNow(from port: any Port) throws(SocketError) -> Bool {
        batch?.count = 0
        index = 0
        guard try receive(from: port) else { return false }
        _ = try note(hasWaited: true)
        return true
    }

    /// No copy of the batch is kept across a wait: others may have it then.
    private func receive(from port: any Port) throws(SocketError) -> Bool {
        try port.receive(into: prepareBatch())
    }

    private func note(hasWaited: Bool) throws(SocketError) -> Bool {
        let batch = prepareBatch(isEmpty: false)
        isAtEnd = batch.isAtEnd
        // One message after a wait is the pace of a conversation.
        expectsMore = !hasWaited || batch.count != 1
        if batch.count == batch.slots { slots = min(slots * 4, slotsMax) }
        if let share, isLarge {
            var bytes = 0
            for index in 0..<batch.count { bytes += batch.entry(index).byteCount }
            // A read's worth is every connection's own.
            guard share.read(holding: bytes > StreamIntake.readBytes ? bytes : 0) else {
                throw SocketError(.receive, .badDescriptor)
            }
        }
        return batch.count > 0 || !isAtEnd
    }

    /// A connection that waits lends a batch of large or many messages to others.
    private func wait(for port: any Port, until deadline: MonotonicInstant) async throws(SocketError) {
        turn.end()
        if let share {
            if isLent, let batch {
                PacketBatches.giveBack(batch)
                self.batch = nil
            }
            share.tell()
            guard share.read(holding: 0) else { throw SocketError(.receive, .badDescriptor) }
        }
        try await port.waitUntilReadable(until: deadline)
    }

    /// The batch to fill; without messages, unless it has been filled.
    private func prepareBatch(isEmpty: Bool = true) -> ReceiveBatch {
        if let batch, !isEmpty { return batch }
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

    private var largest: Int { min(sizeMaximum ?? Self.packetBytesMax, Self.packetBytesMax) }
    /// One byte more than the largest message, so that a longer one is seen to be longer.
    private var slotBytes: Int { (largest + 16) & ~15 }
    private var isLarge: Bool { largest > 2048 }
    /// Whether a batch is too large to be held through a wait.
    private var isLent: Bool { isLarge || slots > Self.slotsMin }
    private var slotsMax: Int { isLarge ? 8 : 64 }
}
