public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The reading side of a mailbox or of a datagram connection: a burst of datagrams, handed out one message at a time.
///
/// Touched only by whoever holds the ``ReadClaim`` of its owner; what a reader leaves, the next one finds.
@usableFromInline
final class DatagramIntake<Inbound: Message>: @unchecked Sendable {
    @usableFromInline var batch: ReceiveBatch?
    @usableFromInline var index = 0
    /// Letters that came while a request waited for its answer.
    @usableFromInline var stash: [Letter<Inbound>] = []
    @usableFromInline let counters: Counters
    private let sizeMaximum: Int?
    private let onRejected: (@Sendable (RejectedDatagram) -> Void)?

    /// More letters of others than this are dropped (and counted) while a request waits: enough for a burst, bounded
    /// for a flood.
    static var stashLettersMax: Int { 256 }
    /// No datagram is larger: the length field of UDP has 16 bits.
    static var datagramBytesMax: Int { 65_535 }

    init(
        sizeMaximum: Int?, counters: Counters, onRejected: (@Sendable (RejectedDatagram) -> Void)?
    ) {
        self.sizeMaximum = sizeMaximum
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
            do throws(WireError) {
                let message = try coder.decode(batch.bytes(current))
                let entry = batch.entry(current)
                return Letter(message: message, sender: entry.sender, recipient: entry.recipient)
            } catch {
                reject(current, error)
            }
        }
        return nil
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

    /// Receives the next burst.
    @usableFromInline
    func fill(from port: any Port, until deadline: MonotonicInstant) async throws(SocketError) {
        let batch = self.batch ?? makeBatch()
        self.batch = batch
        index = 0
        batch.count = 0
        while try !port.receive(into: batch) {
            try await port.waitUntilReadable(until: deadline)
        }
        counters.countReceived(batch.count)
    }

    /// One byte more than the largest message, so that a longer datagram is seen to be longer.
    private func makeBatch() -> ReceiveBatch {
        let largest = min(sizeMaximum ?? Self.datagramBytesMax, Self.datagramBytesMax)
        return ReceiveBatch(slots: largest <= 2048 ? 64 : 16, slotBytes: (largest + 16) & ~15)
    }
}
