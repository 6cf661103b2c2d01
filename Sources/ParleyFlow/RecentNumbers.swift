/// Which of the last numbers came: those that are at most so many below the greatest.
@usableFromInline
struct RecentNumbers: Sendable {
    private var bits: BitRing
    /// Nil before the first.
    private var greatest: Int64?

    /// - Parameter count: how many are known, rounded up to a power of two, at least 64.
    @usableFromInline
    init(count: Int) {
        var bits = 64
        while bits < count { bits *= 2 }
        self.bits = BitRing(count: bits)
    }

    @usableFromInline
    func contains(_ number: Int64) -> Bool {
        guard let greatest, number <= greatest, isRecent(number, before: greatest) else { return false }
        return bits[UInt64(bitPattern: number)]
    }

    @usableFromInline
    mutating func insert(_ number: Int64) {
        let last = greatest ?? number
        if number > last {
            let steps = isRecent(last, before: number) ? Int(number &- last) : bits.count
            for step in 0..<steps { bits.clear(UInt64(bitPattern: number &- Int64(step))) }
            greatest = number
        } else {
            guard isRecent(number, before: last) else { return }
            greatest = last
        }
        bits.set(UInt64(bitPattern: number))
    }

    @usableFromInline
    mutating func removeAll() {
        guard greatest != nil else { return }
        greatest = nil
        bits = BitRing(count: bits.count)
    }

    private func isRecent(_ number: Int64, before other: Int64) -> Bool {
        UInt64(bitPattern: other &- number) < UInt64(bits.count)
    }
}
