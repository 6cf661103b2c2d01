/// Which of the last numbers came: those that are at most so many below the greatest.
@usableFromInline
struct RecentNumbers: Sendable {
    @usableFromInline var bits: BitRing
    /// Nil before the first.
    @usableFromInline var greatest: Int64?

    /// - Parameter count: how many are known, rounded up to a power of two, at least 64.
    @usableFromInline
    init(count: Int) {
        var bits = 64
        while bits < count { bits *= 2 }
        self.bits = BitRing(count: bits)
    }

    @inlinable
    func contains(_ number: Int64) -> Bool {
        guard let greatest, number <= greatest, isRecent(number, before: greatest) else { return false }
        return bits[UInt64(bitPattern: number)]
    }

    @inlinable
    mutating func insert(_ number: Int64) {
        guard let last = greatest else {
            greatest = number
            return bits.set(UInt64(bitPattern: number))
        }
        if number > last {
            // The one in between were not there.
            if number &- last != 1 { forget(from: last, to: number) }
            greatest = number
        } else if !isRecent(number, before: last) {
            return
        }
        bits.set(UInt64(bitPattern: number))
    }

    /// Makes room for what lies between the greatest number so far and a greater one.
    @usableFromInline @inline(never)
    mutating func forget(from last: Int64, to number: Int64) {
        let steps = isRecent(last, before: number) ? Int(number &- last) : bits.count
        for step in 1..<steps { bits.clear(UInt64(bitPattern: number &- Int64(step))) }
    }

    @usableFromInline
    mutating func removeAll() {
        guard greatest != nil else { return }
        greatest = nil
        bits = BitRing(count: bits.count)
    }

    @inlinable
    func isRecent(_ number: Int64, before other: Int64) -> Bool {
        UInt64(bitPattern: other &- number) < UInt64(bits.count)
    }
}
