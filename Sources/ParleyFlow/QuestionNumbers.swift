/// The numbers that one peer is asked under: which come next, which are open, and what an answer's number says.
///
/// ```swift
/// var numbers = QuestionNumbers(bits: 16, from: .random(in: 0...65_535))
/// guard let number = numbers.next() else { … }        // too far ahead of one that is still open
/// switch numbers.answered(number) {
/// case .open: …                                       // its answer
/// case .doubled, .late, .unknown: break
/// }
/// ```
///
/// Numbers go up by one and wrap. One is given out only while it is less than ``span(ofBits:)`` ahead of the oldest
/// that is open: so none is given out twice while an answer to it can still be told, and the other side, whose memory
/// reaches twice as far (``AnswerMemory``), never forgets one that is open.
public struct QuestionNumbers: Sendable {
    /// What an answer's number says.
    public enum Verdict: Sendable, Hashable {
        /// The first answer to an open question, which is open no more.
        case open
        /// One more answer to a question that was answered.
        case doubled
        /// An answer to a question that was given up.
        case late
        /// No number that was given out, among those that are still told apart.
        case unknown
    }

    public let bits: Int
    private let mask: UInt64
    private let span: UInt64
    /// Counted without wraps, from `spanMax` on; the low bits are the number.
    private var following: UInt64
    /// Numbers below are told apart no more.
    private var told: UInt64
    private var oldestOpen: UInt64
    private var opened: BitRing
    private var answered: BitRing
    /// How many are open.
    public private(set) var openCount = 0

    private static let spanMax: UInt64 = 8192

    /// How far numbers of so many bits go ahead of the oldest open one: 8,192, and a quarter of all numbers of 8 bits.
    public static func span(ofBits bits: Int) -> Int { Int(min(spanMax, 1 << UInt64(bits - 2))) }

    /// - Parameters:
    ///   - bits: how wide numbers are: 8 to 64.
    ///   - first: the first number: a random one, so that who begins anew is not taken for who repeats.
    public init(bits: Int, from first: UInt64) {
        precondition(8...64 ~= bits, "numbers have 8 to 64 bits, not \(bits)")
        self.bits = bits
        mask = .max >> UInt64(64 - bits)
        span = UInt64(Self.span(ofBits: bits))
        // Far from zero, so that nothing below the first is below zero.
        following = bits == 64 ? first & (.max >> 2) | 1 << 60 : first & mask | 1 << 62
        told = following
        oldestOpen = following
        opened = BitRing(count: 64)
        answered = BitRing(count: 64)
    }

    /// Whether there is a next number now.
    public var hasRoom: Bool { openCount == 0 || following - oldestOpen < span }

    /// The next number, which is open then; nil while it would be too far ahead.
    public mutating func next() -> UInt64? {
        guard hasRoom else { return nil }
        if openCount == 0 { oldestOpen = following }
        // Twice the span: what has been open is still told when it is answered late.
        while following - told >= UInt64(opened.count) {
            if UInt64(opened.count) < 2 * span {
                opened.grow(from: told, to: following)
                answered.grow(from: told, to: following)
            } else {
                opened.clear(told)
                answered.clear(told)
                told += 1
            }
        }
        opened.set(following)
        openCount += 1
        defer { following += 1 }
        return following & mask
    }

    /// An answer came.
    public mutating func answered(_ number: UInt64) -> Verdict {
        guard let number = whole(number) else { return .unknown }
        if opened[number] {
            close(number)
            answered.set(number)
            return .open
        }
        return answered[number] ? .doubled : .late
    }

    /// A question was given up.
    public mutating func giveUp(_ number: UInt64) {
        guard let number = whole(number), opened[number] else { return }
        close(number)
    }

    private mutating func close(_ number: UInt64) {
        opened.clear(number)
        openCount -= 1
        if number == oldestOpen { oldestOpen = opened.firstSet(from: number, to: following) }
    }

    /// The number without wraps.
    private func whole(_ number: UInt64) -> UInt64? {
        let back = (following &- 1 &- number) & mask
        guard back < following - told else { return nil }
        return following - 1 - back
    }
}
