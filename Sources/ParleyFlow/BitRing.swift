/// A bit for each of the numbers of a range that moves on; whole words at a time.
///
/// Bits are named by numbers without end; those that the range has left must have been cleared.
@usableFromInline
struct BitRing: Sendable {
    @usableFromInline var words: [UInt64]
    @usableFromInline var mask: UInt64

    /// - Parameter count: a power of two, at least 64.
    @usableFromInline
    init(count: Int) {
        words = [UInt64](repeating: 0, count: count / 64)
        mask = UInt64(count / 64 - 1)
    }

    @inlinable
    var count: Int { words.count * 64 }

    @inlinable
    subscript(_ index: UInt64) -> Bool {
        words[Int(truncatingIfNeeded: (index >> 6) & mask)] & (1 << (index & 63)) != 0
    }

    @inlinable
    mutating func set(_ index: UInt64) {
        words[Int(truncatingIfNeeded: (index >> 6) & mask)] |= 1 << (index & 63)
    }

    @inlinable
    mutating func clear(_ index: UInt64) {
        words[Int(truncatingIfNeeded: (index >> 6) & mask)] &= ~(1 << (index & 63))
    }

    /// The first bit that is set from a number on; `end` if none is before it.
    @inlinable
    func firstSet(from start: UInt64, to end: UInt64) -> UInt64 {
        first(from: start, to: end, flipped: 0)
    }

    /// The first bit that is clear from a number on; `end` if none is before it.
    @inlinable
    func firstClear(from start: UInt64, to end: UInt64) -> UInt64 {
        first(from: start, to: end, flipped: .max)
    }

    @inlinable
    func first(from start: UInt64, to end: UInt64, flipped: UInt64) -> UInt64 {
        var index = start
        while index < end {
            let word = (words[Int(truncatingIfNeeded: (index >> 6) & mask)] ^ flipped) >> (index & 63)
            if word != 0 { return Swift.min(end, index &+ UInt64(word.trailingZeroBitCount)) }
            index = (index | 63) &+ 1
        }
        return end
    }

    /// The first of the run of set bits that ends with this one, at most back to `start`.
    @usableFromInline
    func runStart(of index: UInt64, from start: UInt64) -> UInt64 {
        // Index is one behind the bits that are known to be set.
        var index = index &+ 1
        while index > start {
            let last = index &- 1
            let clear = ~words[Int(truncatingIfNeeded: (last >> 6) & mask)] << (63 &- (last & 63))
            let ones = UInt64(clear.leadingZeroBitCount)
            let isWhole = ones > last & 63
            index &-= Swift.min(isWhole ? (last & 63) &+ 1 : ones, index &- start)
            if !isWhole { break }
        }
        return index
    }

    /// Twice as many bits, for the numbers from `start` to `end`.
    @usableFromInline
    mutating func grow(from start: UInt64, to end: UInt64) {
        var larger = BitRing(count: count * 2)
        var index = firstSet(from: start, to: end)
        while index < end {
            larger.set(index)
            index = firstSet(from: index &+ 1, to: end)
        }
        self = larger
    }
}
