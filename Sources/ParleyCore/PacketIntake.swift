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
    private var isAtEnd = false
    private let turn = ReadingTurn()
    /// Whether more may be there after a burst that did not fill the batch. In a conversation of question and
    /// answer it never is, and asking costs a system call a message.
    private var expectsMore = true
    private let sizeMaximum: Int?

    /// The largest message that is taken, in bytes. A sender's queue is twice net.core.wmem_max at most,
    /// which usually makes messages of 425,952 bytes.
    @usableFromInline static var packetBytesMax: Int { 512 << 10 }

    init(sizeMaximum: Int?) {
        self.sizeMaximum = sizeMaximum
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
        let batch = self.batch ?? makeBatch()
        self.batch = batch
        index = 0
        let isDrained = !expectsMore
        batch.count = 0
        // Whatever ends this call, the next one looks first.
        expectsMore = true
        if isDrained {
            do throws(SocketError) {
                try await wait(for: port, until: deadline)
            } catch {
                // What has come is handed out, however late it is.
                guard error.code == .timedOut, try port.receive(into: batch) else { throw error }
                return note(batch, hasWaited: true)
            }
        }
        var hasWaited = isDrained
        while try !port.receive(into: batch) {
            try await wait(for: port, until: deadline)
            hasWaited = true
        }
        return note(batch, hasWaited: hasWaited)
    }

    private func note(_ batch: ReceiveBatch, hasWaited: Bool) -> Bool {
        isAtEnd = batch.isAtEnd
        // One message after a wait is the pace of a conversation.
        expectsMore = !hasWaited || batch.count != 1
        return batch.count > 0 || !isAtEnd
    }

    private func wait(for port: any Port, until deadline: MonotonicInstant) async throws(SocketError) {
        turn.end()
        try await port.waitUntilReadable(until: deadline)
    }

    /// One byte more than the largest message, so that a longer one is seen to be longer.
    private func makeBatch() -> ReceiveBatch {
        let largest = min(sizeMaximum ?? Self.packetBytesMax, Self.packetBytesMax)
        return ReceiveBatch(slots: largest <= 2048 ? 64 : 8, slotBytes: (largest + 16) & ~15)
    }
}
