public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The reading side of a mailbox or of a datagram connection: a burst of datagrams, handed out one message at
/// a time.
///
/// Touched only by whoever holds the ``ReadClaim`` of its owner; what a reader leaves, the next one finds.
@usableFromInline
final class DatagramIntake<Inbound: Message>: @unchecked Sendable {
    @usableFromInline var batch: ReceiveBatch?
    @usableFromInline var index = 0
    /// Letters that came while a request waited for its answer.
    @usableFromInline var stash: [Letter<Inbound>] = []
    @usableFromInline let counters: Counters
    private let turn = ReadingTurn()
    /// Whether more is likely to be there after a burst that emptied the queue. In a conversation of question
    /// and answer it never is, and asking costs a system call a message.
    private var expectsMore = true
    private let sizeMaximum: Int?
    private let onRejected: (@Sendable (RejectedDatagram) -> Void)?

    /// More letters of others than this are dropped (and counted) while a request waits: enough for a burst,
    /// bounded for a flood.
    static var stashLettersMax: Int { 256 }
    /// The largest datagram that is taken, in bytes: over UDP none is larger (its length field has 16 bits);
    /// a Unix datagram may be as large as the sender's queue, net.core.wmem_max, usually 212,992.
    private let datagramBytesMax: Int

    init(
        sizeMaximum: Int?,
        at address: SocketAddress,
        counters: Counters,
        onRejected: (@Sendable (RejectedDatagram) -> Void)?
    ) {
        self.sizeMaximum = sizeMaximum
        if case .unix = address { datagramBytesMax = 256 << 10 } else { datagramBytesMax = 65_535 }
        self.counters = counters
        self.onRejected = onRejected
    }

    /// The next message that has come already, or nil when more must be received. Never suspends.
    @inlinable
    func next(by coder: Inbound.Coder) -> Letter<Inbound>? {
        if !stash.isEmpty { return stash.removeFirst() }
        return nextFresh(by: coder)
    }

    @inlinable
    func nextFresh(by coder: Inbound.Coder) -> Letter<Inbound>? {
        guard let batch else { return nil }
        while index < batch.count {
            let current = index
            index = current &+ 1
            let entry = batch.entry(current)
            do throws(WireError) {
                if entry.isTruncated { throw tooLong(entry.sentByteCount) }
                let message = try coder.decode(batch.bytes(current))
                return Letter(message: message, sender: entry.sender, recipient: entry.recipient)
            } catch {
                reject(current, error)
            }
        }
        return nil
    }

    /// Why a datagram that did not fit into its slot is no message: its beginning alone must not pass for
    /// one.
    @usableFromInline
    func tooLong(_ byteCount: Int) -> WireError {
        if let sizeMaximum { return WireError(.tooLong(expected: sizeMaximum, found: byteCount)) }
        return WireError(.bufferTooSmall(needed: byteCount, capacity: datagramBytesMax))
    }

    @usableFromInline
    func reject(_ index: Int, _ error: WireError) {
        counters.countRejected()
        guard let onRejected, let batch else { return }
        let entry = batch.entry(index)
        let bytes = unsafe batch.bytes(index).withUnsafeBytes { unsafe [UInt8]($0) }
        onRejected(RejectedDatagram(error: .wire(error), sender: entry.sender, bytes: bytes))
    }

    /// Keeps a letter for later, or drops it when there are too many.
    func keep(_ letter: Letter<Inbound>) {
        guard stash.count < Self.stashLettersMax else { return counters.countDropped() }
        stash.append(letter)
    }

    /// Takes in what has come already, without waiting, and keeps it for the reader.
    func keepEarlier(from port: any Port, by coder: Inbound.Coder) throws(SocketError) {
        for _ in 0..<Self.earlierBurstsMax {
            while let letter = nextFresh(by: coder) { keep(letter) }
            guard try port.receive(into: emptyBatch()) else { return }
            counters.countReceived(batch?.count ?? 0)
        }
        while let letter = nextFresh(by: coder) { keep(letter) }
    }

    /// More bursts than a usual receive queue holds; a flood must not keep a question from being asked.
    private static var earlierBurstsMax: Int { 64 }

    /// Receives the next burst.
    @usableFromInline
    func fill(from port: any Port, until deadline: MonotonicInstant) async throws(SocketError) {
        try await turn.begin()
        let isDrained = batch.map { $0.count < $0.slots } ?? false
        let batch = emptyBatch()
        if isDrained, !expectsMore {
            do throws(SocketError) {
                try await wait(for: port, until: deadline)
            } catch {
                // What has come is handed out, however late it is.
                guard error.code == .timedOut, try port.receive(into: batch) else { throw error }
                return counters.countReceived(batch.count)
            }
        }
        while try !port.receive(into: batch) {
            expectsMore = false
            try await wait(for: port, until: deadline)
        }
        if batch.count > 1 { expectsMore = true }
        counters.countReceived(batch.count)
    }

    private func wait(for port: any Port, until deadline: MonotonicInstant) async throws(SocketError) {
        turn.end()
        do throws(SocketError) {
            try await port.waitUntilReadable(until: deadline)
        } catch {
            // Something may have come between the end of the wait and its reason: the next one looks first.
            expectsMore = true
            throw error
        }
    }

    private func emptyBatch() -> ReceiveBatch {
        let batch = self.batch ?? makeBatch()
        self.batch = batch
        index = 0
        batch.count = 0
        return batch
    }

    /// One byte more than the largest message, so that a longer datagram is seen to be longer.
    private func makeBatch() -> ReceiveBatch {
        let largest = min(sizeMaximum ?? datagramBytesMax, datagramBytesMax)
        return ReceiveBatch(slots: largest <= 2048 ? 64 : 16, slotBytes: (largest + 16) & ~15)
    }
}
