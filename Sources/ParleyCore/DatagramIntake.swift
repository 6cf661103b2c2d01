internal import ParleyFlow
public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The reading side of a mailbox or of a datagram connection: a burst of datagrams, handed out one message at
/// a time.
///
/// Touched only by its reader, or by the asker that receives: see ``ReadingDesk``.
@safe @usableFromInline
final class DatagramIntake<Inbound: Message>: @unchecked Sendable {
    /// Where the reader is. Behind a pointer, because the language checks each access to a class's variable
    /// at run time, and there are several for each message.
    @usableFromInline let cursor: UnsafeMutablePointer<DatagramCursor>
    @usableFromInline var batch: ReceiveBatch?
    /// Letters that came while a request waited for its answer; `cursor` has their number.
    private var stash = FIFO<Letter<Inbound>>()
    @usableFromInline let counters: Counters
    /// Where messages carry their numbers, if they do.
    private let numbering: MessageNumbering?
    @usableFromInline let isNumbered: Bool
    private let turn = ReadingTurn()
    /// How many slots the batch was made with, or would have been if the port gave so many.
    private var wantedSlots = 0
    /// How many datagrams the last burst brought.
    private var lastDatagrams = 0
    /// Whether more is likely to be there after a burst that emptied the queue. In a conversation of question
    /// and answer it never is, and asking costs a system call a message.
    private var expectsMore = true
    private let sizeMaximum: Int?
    private let onRejected: (@Sendable (RejectedDatagram) -> Void)?

    /// The largest datagram that can come, in bytes.
    private let datagramBytesMax: Int

    convenience init(
        sizeMaximum: Int?,
        of port: any MessagePort,
        numbering: MessageNumbering?,
        counters: Counters,
        onRejected: (@Sendable (RejectedDatagram) -> Void)?
    ) {
        self.init(
            sizeMaximum: sizeMaximum,
            datagramBytesMax: port.messageBytesMax,
            counters: counters,
            numbering: numbering,
            onRejected: onRejected
        )
    }

    private init(
        sizeMaximum: Int?,
        datagramBytesMax: Int,
        counters: Counters,
        numbering: MessageNumbering?,
        onRejected: (@Sendable (RejectedDatagram) -> Void)?
    ) {
        self.sizeMaximum = sizeMaximum
        self.datagramBytesMax = datagramBytesMax
        self.counters = counters
        self.numbering = numbering
        isNumbered = numbering != nil
        self.onRejected = onRejected
        unsafe cursor = .allocate(capacity: 1)
        unsafe cursor.initialize(to: DatagramCursor())
    }

    /// One for another socket of the same mailbox.
    func sibling() -> DatagramIntake {
        DatagramIntake(
            sizeMaximum: sizeMaximum,
            datagramBytesMax: datagramBytesMax,
            counters: counters,
            numbering: numbering,
            onRejected: onRejected
        )
    }

    deinit {
        unsafe cursor.deinitialize(count: 1)
        unsafe cursor.deallocate()
    }

    /// Whether something has come already; it may turn out to be no message.
    var hasSome: Bool {
        let filled = batch?.count ?? 0
        return unsafe cursor.pointee.remaining > 0 || cursor.pointee.stashedLetters > 0
            || cursor.pointee.slot < filled
    }

    /// The next message that has come already, or nil when more must be received. Never suspends.
    @inlinable
    func next(by coder: Inbound.Coder) -> Letter<Inbound>? {
        if unsafe cursor.pointee.stashedLetters > 0 { return nextStashed() }
        return nextFresh(by: coder)
    }

    @usableFromInline
    func nextStashed() -> Letter<Inbound>? {
        unsafe cursor.pointee.stashedLetters -= 1
        return stash.popFirst()
    }

    @inlinable
    func nextFresh(by coder: Inbound.Coder) -> Letter<Inbound>? {
        while unsafe cursor.pointee.remaining > 0 || openSlot() {
            do throws(WireError) {
                let bytes = takeDatagram()
                if unsafe cursor.pointee.isTruncated { throw tooLong() }
                let message = try coder.decode(bytes)
                var letter = unsafe Letter(
                    message: message,
                    sender: cursor.pointee.sender,
                    recipient: cursor.pointee.recipient,
                    arrival: cursor.pointee.arrival
                )
                if isNumbered { letter.mark = mark(in: bytes) }
                return letter
            } catch {
                reject(error)
            }
        }
        return nil
    }

    /// What these bytes say before they are decoded: nil where they carry no number.
    @usableFromInline
    func mark(in bytes: RawSpan) -> MessageMark? {
        numbering.flatMap { MessageMark(bytes, by: $0) }
    }

    /// The bytes of the next datagram of the open slot.
    @inlinable
    @_lifetime(borrow self)
    func takeDatagram() -> RawSpan {
        let start = unsafe cursor.pointee.next
        let count = unsafe min(cursor.pointee.stride, cursor.pointee.end - start)
        unsafe cursor.pointee.next = start + count
        unsafe cursor.pointee.taken = count
        unsafe cursor.pointee.remaining &-= 1
        let bytes = unsafe RawSpan(_unsafeStart: start, byteCount: count)
        return unsafe _overrideLifetime(bytes, borrowing: self)
    }

    /// Goes to the next filled slot of the batch; false when there is none.
    @usableFromInline
    func openSlot() -> Bool {
        guard let batch, unsafe cursor.pointee.slot < batch.count else { return false }
        let slot = unsafe cursor.pointee.slot
        let entry = batch.entry(slot)
        let start = unsafe UnsafeRawPointer(batch.slab.baseAddress!) + slot * batch.slotBytes
        unsafe cursor.pointee.open(entry, at: start)
        unsafe cursor.pointee.slot = slot + 1
        return true
    }

    /// Why a datagram that did not fit into its slot is no message: its beginning alone must not pass for
    /// one.
    @usableFromInline
    func tooLong() -> WireError {
        let byteCount = unsafe cursor.pointee.sentByteCount
        if let sizeMaximum { return WireError(.tooLong(expected: sizeMaximum, found: byteCount)) }
        return WireError(.bufferTooSmall(needed: byteCount, capacity: datagramBytesMax))
    }

    /// Counts and shows the datagram that was taken last.
    @usableFromInline
    func reject(_ error: WireError) {
        counters.countRejected()
        guard let onRejected else { return }
        let count = unsafe cursor.pointee.taken
        let bytes = unsafe [UInt8](
            UnsafeRawBufferPointer(start: cursor.pointee.next - count, count: count)
        )
        onRejected(
            unsafe RejectedDatagram(
                error: .wire(error),
                sender: cursor.pointee.sender,
                bytes: bytes,
                arrival: cursor.pointee.arrival
            )
        )
    }

    /// Puts a letter behind those that were kept for the reader, and before what has come since.
    func restore(_ letter: Letter<Inbound>) {
        stash.append(letter)
        unsafe cursor.pointee.stashedLetters += 1
    }

    /// Takes over what lies in another one, in place of its own, of which nothing is left.
    ///
    /// - Returns: whether that is anything.
    func takeOver(_ other: DatagramIntake) -> Bool {
        unsafe swap(&cursor.pointee, &other.cursor.pointee)
        swap(&batch, &other.batch)
        swap(&wantedSlots, &other.wantedSlots)
        expectsMore = true
        other.expectsMore = true
        return hasSome
    }

    /// Receives the next burst; false once nothing more is received.
    @usableFromInline
    func fill(
        from port: any MessagePort,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> Bool {
        try await turn.begin(after: lastDatagrams)
        let isDrained = batch.map { $0.count < $0.slots } ?? false
        let batch = emptyBatch(for: port)
        var result = ReceiveResult.wouldBlock
        if !isDrained || expectsMore { result = try port.receive(into: batch) }
        while result == .wouldBlock {
            expectsMore = false
            var overdue: SocketError?
            do throws(SocketError) {
                try await wait(for: port, until: deadline)
            } catch {
                // What has come is handed out, however late it is.
                guard error.code == .timedOut else { throw error }
                overdue = error
            }
            result = try port.receive(into: batch)
            if let overdue, result == .wouldBlock { throw overdue }
        }
        guard case .received = result else { return false }
        lastDatagrams = batch.datagramCount
        if lastDatagrams > 1 { expectsMore = true }
        counters.countReceived(lastDatagrams)
        return true
    }

    /// Receives once, without waiting.
    func receiveNow(from port: any MessagePort) throws(SocketError) -> ReceiveResult {
        let batch = emptyBatch(for: port)
        let result = try port.receive(into: batch)
        if case .received = result { counters.countReceived(batch.datagramCount) }
        return result
    }

    private func wait(for port: any MessagePort, until deadline: MonotonicInstant) async throws(SocketError) {
        turn.end()
        do throws(SocketError) {
            try await port.waitUntilReadable(until: deadline)
        } catch {
            // Something may have come between the end of the wait and its reason: the next one looks first.
            expectsMore = true
            throw error
        }
    }

    private func emptyBatch(for port: any MessagePort) -> ReceiveBatch {
        let batch = batchToFill(for: port)
        self.batch = batch
        unsafe cursor.pointee.slot = 0
        unsafe cursor.pointee.remaining = 0
        batch.count = 0
        return batch
    }

    /// The batch that is there, or a larger one when the last burst has filled it: who waits for a letter now
    /// and then holds little memory.
    private func batchToFill(for port: any MessagePort) -> ReceiveBatch {
        if let batch, batch.count < batch.slots || batch.slots < wantedSlots { return batch }
        wantedSlots = batch == nil ? Self.firstSlots : min(wantedSlots * 4, Self.slotsMax)
        if let batch, batch.slots >= wantedSlots { return batch }
        // One byte more than the largest message, so that a longer datagram is seen to be longer.
        let datagramBytes = min(sizeMaximum ?? datagramBytesMax, datagramBytesMax) + 1
        return port.makeBatch(messageBytes: datagramBytes, slots: wantedSlots)
    }

    private static var firstSlots: Int { 4 }
    /// What one system call is given at most.
    private static var slotsMax: Int { 64 }
}

/// The place of a reader in a burst: which slot, and where in it.
@usableFromInline
@unsafe struct DatagramCursor {
    /// The datagrams of the open slot that were not handed out: `next..<end`, each of `stride` bytes, the last
    /// one perhaps of fewer, `remaining` in all.
    @usableFromInline var next: UnsafeRawPointer
    @usableFromInline var end: UnsafeRawPointer
    @usableFromInline var stride = 0
    @usableFromInline var remaining = 0
    /// How many bytes the datagram before `next` had.
    @usableFromInline var taken = 0
    /// The slot to open next.
    @usableFromInline var slot = 0
    @usableFromInline var stashedLetters = 0
    @usableFromInline var isTruncated = false
    @usableFromInline var sentByteCount = 0
    @usableFromInline var sender = SocketAddress.unix(.unnamed)
    @usableFromInline var recipient: SocketAddress?
    @usableFromInline var arrival: WallTime?

    init() {
        let nowhere = unsafe UnsafeRawPointer(bitPattern: 1)!
        unsafe next = nowhere
        unsafe end = nowhere
    }

    mutating func open(_ entry: ReceiveBatch.Entry, at start: UnsafeRawPointer) {
        unsafe next = start
        unsafe end = start + entry.byteCount
        unsafe remaining = entry.datagramCount
        unsafe stride = remaining == 1 ? entry.byteCount : entry.segmentBytes
        unsafe isTruncated = entry.isTruncated
        unsafe sentByteCount = entry.sentByteCount
        unsafe sender = entry.sender
        unsafe recipient = entry.recipient
        unsafe arrival = entry.arrival
    }
}
