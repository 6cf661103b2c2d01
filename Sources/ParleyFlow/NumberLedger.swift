/// Counts what is missing, doubled and reordered among the numbers of messages that one sender has sent.
///
/// ```swift
/// var ledger = try NumberLedger(bits: 16)
/// for number: UInt64 in [65_534, 65_535, 1, 0, 0, 3] { ledger.receive(number) }
/// ledger.counts.missing           // 1: the 2
/// ledger.counts.reordered         // 1: the 0 came after the 1
/// ledger.counts.doubled           // 1: and came twice
/// ```
///
/// Numbers go up by one a message and wrap. Nothing is known of those before the lowest and after the highest that
/// came: whoever lost the last of a conversation does not see it here.
///
/// It remembers the last numbers below the highest, ``memory`` of them, in a bit each, and nothing else, however long
/// the conversation is. A number within the memory, or as far above the highest, is placed at once. One that is
/// further away is placed when another one near it comes next: then the sender goes on there (RFC 3550, appendix A.1,
/// does so with two in sequence). If it lies ahead, by less than half of all numbers, those between are missing; if it
/// lies behind, the sender has begun anew. One that nothing follows is ``NumberCounts/unplaced``. A sender that begins
/// anew within the memory looks like one that repeats itself.
public struct NumberLedger: Sendable {
    /// Bits of a number.
    public let bits: Int
    /// How many numbers are remembered: a quarter of all, at most 16,384.
    public let memory: Int

    private let mask: UInt64
    private var sums = NumberCounts()
    /// Which of the remembered have come.
    private var present: BitRing
    private var highest: UInt64?
    /// The numbers from the lowest to the highest, and those of them that came.
    private var span: UInt64 = 0
    private var distinct: UInt64 = 0
    /// Missing ones of ranges that have ended.
    private var closed = 0
    /// A number that waits for the next one to say whether the sender goes on there.
    private var distant: UInt64?

    private static let memoryMax = 16_384

    /// - Parameter bits: of a number, 8 to 64: with fewer, what is late cannot be told from what is lost.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(bits: Int) throws(FlowError) {
        self.bits = try FlowError.Setting.numberBits.checked(bits, in: 8...64)
        mask = .max >> UInt64(64 - bits)
        memory = min(Self.memoryMax, 1 << (bits - 2))
        present = BitRing(count: memory)
    }

    /// A message came.
    ///
    /// - Parameter number: its number; bits beyond ``bits`` count for nothing.
    @discardableResult
    public mutating func receive(_ number: UInt64) -> NumberVerdict {
        let number = number & mask
        sums.received &+= 1
        guard let highest else {
            begin(at: number)
            return .new
        }
        if let verdict = place(number, beside: highest) {
            dropDistant()
            return verdict
        }
        guard let first = distant, isNear(number, first) else {
            dropDistant()
            distant = number
            return .distant
        }
        distant = nil
        let ahead = (first &- highest) & mask
        if ahead <= mask >> 1 {
            advance(by: ahead, from: highest)
        } else {
            sums.restarts &+= 1
            closed = counts.missing
            begin(at: first)
        }
        _ = place(number, beside: first)
        return .followed
    }

    /// What the numbers have told so far. One that is distant counts as unplaced until the next one comes.
    public var counts: NumberCounts {
        var counts = sums
        let missing = closed.addingReportingOverflow(Int(clamping: span &- distinct))
        counts.missing = missing.overflow ? .max : missing.partialValue
        if distant != nil { counts.unplaced &+= 1 }
        return counts
    }

    // MARK: - Inside

    private mutating func begin(at number: UInt64) {
        highest = number
        span = 1
        distinct = 1
        present = BitRing(count: memory)
        present.set(number)
    }

    /// Nil where it is too far away.
    private mutating func place(_ number: UInt64, beside highest: UInt64) -> NumberVerdict? {
        let ahead = (number &- highest) & mask
        if ahead > 0, ahead <= UInt64(memory) {
            advance(by: ahead, from: highest)
            return .new
        }
        let behind = (highest &- number) & mask
        guard behind < UInt64(memory) else { return nil }
        guard behind >= span || !present[number] else {
            sums.doubled &+= 1
            return .doubled
        }
        sums.reordered &+= 1
        span = max(span, behind &+ 1)
        distinct &+= 1
        present.set(number)
        return .late
    }

    /// Those that leave the memory make room for those that enter it: a place is a number's last digits.
    private mutating func advance(by ahead: UInt64, from highest: UInt64) {
        if ahead >= UInt64(memory) {
            present = BitRing(count: memory)
        } else {
            for step in 1...ahead { present.clear((highest &+ step) & mask) }
        }
        let number = (highest &+ ahead) & mask
        present.set(number)
        self.highest = number
        // Of 64 bits that go round, the counts end where they are.
        span = span > .max &- ahead ? .max : span &+ ahead
        distinct &+= 1
    }

    private func isNear(_ number: UInt64, _ other: UInt64) -> Bool {
        let ahead = (number &- other) & mask
        return ahead > 0 && (ahead <= UInt64(memory) || (other &- number) & mask < UInt64(memory))
    }

    private mutating func dropDistant() {
        if distant != nil { sums.unplaced &+= 1 }
        distant = nil
    }
}
