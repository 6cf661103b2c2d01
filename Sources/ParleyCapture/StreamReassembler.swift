/// Puts one direction of a TCP connection together: segments in, the stream's bytes in order out.
///
/// Retransmitted and overlapping bytes are taken once, the first that came count. Segments may come in any
/// order as long as no more than ``Limits/bytesMax`` bytes wait for what is missing: beyond that the capture
/// is taken to have lost it, and a gap is told. A capture that begins in the middle of a connection begins
/// with the first segment that is seen.
///
/// Call ``receive(_:)`` for each segment, then ``nextEvent()`` until it gives nil. Who captures as it happens
/// also calls ``acknowledge(_:)`` with what the other direction acknowledges, so that a lost packet stops a
/// stream no longer than a round trip.
public struct StreamReassembler: Sendable {
    public let limits: Limits

    /// How much may wait for missing segments.
    public struct Limits: Sendable, Hashable {
        /// Bytes that came early.
        public var bytesMax = 1 << 20
        /// Segments that came early.
        public var segmentsMax = 4096

        public init() {}
    }

    /// What the stream has for its reader.
    public enum Event: Sendable, Hashable {
        /// The next bytes.
        case bytes(ArraySlice<UInt8>)
        /// So many bytes are not in the capture; what follows comes after them.
        case gap(Int)
        /// Another connection with the same ports: what came before has ended.
        case restart
        /// The sender has finished, or the connection was reset.
        case end
    }

    private var next: SequenceNumber?
    /// The number of the SYN that this connection began with.
    private var initial: SequenceNumber?
    /// Where the stream ends, when that is known.
    private var final: SequenceNumber?
    /// What came early: in rising order, without overlap. Distances are from `next`.
    private var early: [Piece] = []
    private var events = EventQueue<Event>()
    private var isEnded = false
    /// Bytes that came early and wait.
    public private(set) var waitingBytes = 0
    /// The memory of what waits, in bytes: also what it takes to keep a segment of a single byte.
    var heldBytes: Int {
        waitingBytes + early.count * Self.allocationBytes + early.capacity * MemoryLayout<Piece>.stride
    }

    /// The head of an array's memory and what the allocator adds.
    static let allocationBytes = 64

    fileprivate struct Piece {
        var number: SequenceNumber
        /// The bytes; what the capture cut off is `missing` bytes behind them.
        var bytes: ArraySlice<UInt8>
        var missing: Int
        var length: Int { bytes.count + missing }
    }

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes a segment of this direction.
    public mutating func receive(_ segment: TCPSegment) {
        var number = segment.sequenceNumber
        if segment.flags.contains(.syn) {
            // The SYN takes the first number itself.
            let first = number.advanced(by: 1)
            if initial != number {
                if next != nil { restart() }
                initial = number
                next = first
            }
            number = first
        }
        if segment.flags.contains(.rst) { return end() }
        if next == nil { next = number }
        guard let next, !isEnded else { return }
        var piece = Piece(number: number, bytes: segment.payload, missing: segment.missing)
        if segment.flags.contains(.fin), final == nil { final = number.advanced(by: piece.length) }
        let late = number.distance(to: next)
        if late > 0 { piece.drop(late) }
        if piece.length > 0 { insert(piece) }
        deliver()
        while waitingBytes > limits.bytesMax || early.count > limits.segmentsMax { skip() }
    }

    /// Says that the receiver has acknowledged all bytes before `number`: what is missing of them was delivered
    /// and will not be sent again, so the capture has lost it. It is told as a gap, and what follows is handed
    /// out.
    ///
    /// An acknowledgement farther ahead than a window can be (RFC 7323: 1 GiB) counts for nothing.
    public mutating func acknowledge(_ number: SequenceNumber) {
        guard let next, !isEnded else { return }
        var number = number
        // A FIN takes a number itself.
        if let final, final.distance(to: number) > 0 { number = final }
        guard 1...Self.windowMax ~= next.distance(to: number) else { return }
        while let first = early.first, first.number.distance(to: number) > 0 { skip() }
        guard let reached = self.next, case let missing = reached.distance(to: number), missing > 0 else {
            return
        }
        events.append(.gap(missing))
        self.next = number
        deliver()
    }

    private static let windowMax = 1 << 30

    /// Says that no more segments come: what waits for missing ones is handed out behind a gap.
    public mutating func finish() {
        while !early.isEmpty { skip() }
    }

    /// What the stream has next; nil when more segments are needed.
    public mutating func nextEvent() -> Event? {
        events.next()
    }

    // MARK: Inside

    private mutating func restart() {
        finish()
        if !isEnded { events.append(.restart) }
        final = nil
        isEnded = false
    }

    private mutating func end() {
        guard !isEnded, next != nil else { return }
        finish()
        guard !isEnded else { return }
        isEnded = true
        events.append(.end)
    }

    /// Puts a piece among those that came early, less what is there already.
    private mutating func insert(_ piece: Piece) {
        var piece = piece
        var index = early.count
        while index > 0, early[index - 1].number.distance(to: piece.number) < 0 { index -= 1 }
        if index > 0 {
            let before = early[index - 1]
            let overlap = before.length - before.number.distance(to: piece.number)
            if overlap > 0 { piece.drop(overlap) }
        }
        while piece.length > 0 {
            guard index < early.count else { return add(piece, at: index) }
            let after = early[index]
            let room = piece.number.distance(to: after.number)
            if room >= piece.length { return add(piece, at: index) }
            if room > 0 {
                add(piece.prefix(room), at: index)
                index += 1
            }
            piece.drop(room + after.length)
            index += 1
        }
    }

    private mutating func add(_ piece: Piece, at index: Int) {
        // What has to wait is copied: a slice would hold its whole packet.
        let copy = piece.number == next ? piece.bytes : ArraySlice(Array(piece.bytes))
        early.insert(Piece(number: piece.number, bytes: copy, missing: piece.missing), at: index)
        waitingBytes += piece.bytes.count
    }

    /// Hands out what is in order.
    private mutating func deliver() {
        var count = 0
        while count < early.count, let next, early[count].number == next {
            let piece = early[count]
            if !piece.bytes.isEmpty { events.append(.bytes(piece.bytes)) }
            if piece.missing > 0 { events.append(.gap(piece.missing)) }
            waitingBytes -= piece.bytes.count
            self.next = next.advanced(by: piece.length)
            count += 1
        }
        // Room that thousands of early segments took does not stay with each stream.
        if count == early.count, early.capacity > 16 { early = [] } else { early.removeFirst(count) }
        if let final, let next, next == final, !isEnded {
            isEnded = true
            events.append(.end)
        }
    }

    /// Gives up what is missing before the first piece that waits.
    private mutating func skip() {
        guard let first = early.first, let next else { return }
        events.append(.gap(next.distance(to: first.number)))
        self.next = first.number
        deliver()
    }
}

extension StreamReassembler.Piece {
    /// Leaves out the first bytes.
    fileprivate mutating func drop(_ count: Int) {
        let count = min(count, length)
        let real = min(count, bytes.count)
        number = number.advanced(by: count)
        bytes = bytes.dropFirst(real)
        missing -= count - real
    }

    fileprivate func prefix(_ count: Int) -> Self {
        var piece = self
        piece.bytes = bytes.prefix(count)
        piece.missing = min(missing, max(0, count - bytes.count))
        return piece
    }
}
