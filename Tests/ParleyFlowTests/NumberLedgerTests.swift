import ParleyFlow
import ParleyTypes
import Testing

@Suite struct NumberLedgerTests {
    /// What became of a conversation, by remembering everything: counts as the ledger's sentences say them.
    private struct Model {
        var counts = NumberCounts()
        var came: Set<Int> = []
        var highest: Int?
        var lowest = 0

        mutating func receive(_ number: Int) {
            counts.received += 1
            if !came.insert(number).inserted {
                counts.doubled += 1
            } else if let highest, number < highest {
                counts.reordered += 1
            }
            lowest = highest == nil ? number : min(lowest, number)
            highest = max(highest ?? number, number)
            counts.missing = highest! - lowest + 1 - came.count
        }
    }

    /// Numbers from somewhere on, some of them lost, doubled and late by less than the memory.
    private static func arrivals(
        _ count: Int,
        memory: Int,
        _ generator: inout SeededGenerator
    ) -> [Int] {
        let start = Int.random(in: 1_000_000...2_000_000, using: &generator)
        var timed: [(time: Int, number: Int)] = []
        for number in 0..<count {
            if Int.random(in: 0..<10, using: &generator) == 0 { continue }
            let isLate = Int.random(in: 0..<10, using: &generator) == 0
            let delay = isLate ? Int.random(in: 1..<memory / 2, using: &generator) : 0
            timed.append((number + delay, start + number))
            guard Int.random(in: 0..<20, using: &generator) == 0 else { continue }
            timed.append((number + Int.random(in: 0..<memory / 2, using: &generator), start + number))
        }
        // Of one time, in their order: a stable sort.
        return timed.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element.number)
    }

    @Test(arguments: [8, 11, 16, 32, 64], 0..<20 as Range<UInt64>)
    func `counts are those of whoever remembers everything, round the circle`(_ bits: Int, _ seed: UInt64)
        throws
    {
        var generator = SeededGenerator(seed: seed)
        var ledger = try NumberLedger(bits: bits)
        var model = Model()
        for number in Self.arrivals(4000, memory: ledger.memory, &generator) {
            // So that all widths wrap on the way.
            ledger.receive(UInt64(bitPattern: Int64(number - 1_500_000)))
            model.receive(number)
            #expect(ledger.counts == model.counts, "seed \(seed)")
        }
        #expect(model.counts.missing > 0 && model.counts.doubled > 0 && model.counts.reordered > 0)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `whatever comes, every message is counted once, and the counts are sums`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for bits in [8, 16, 32, 64] {
            var ledger = try NumberLedger(bits: bits)
            var verdicts: [NumberVerdict: Int] = [:]
            var base = UInt64.random(in: 0 ... .max, using: &generator)
            for _ in 0..<2000 {
                if Int.random(in: 0..<50, using: &generator) == 0 {
                    base = .random(in: 0 ... .max, using: &generator)
                }
                base &+= UInt64.random(in: 0...2, using: &generator)
                let isWild = Int.random(in: 0..<20, using: &generator) == 0
                verdicts[
                    ledger.receive(isWild ? .random(in: 0 ... .max, using: &generator) : base),
                    default: 0
                ] += 1
                let counts = ledger.counts
                #expect(counts.missing >= 0 && counts.distinct >= 1 && counts.reordered <= counts.distinct)
                #expect(counts.received == verdicts.values.reduce(0, +))
                #expect(counts.doubled >= verdicts[.doubled, default: 0])
                #expect(counts.unplaced <= verdicts[.distant, default: 0])
            }
        }
    }

    @Test func `the example of the page says what happens`() throws {
        var ledger = try NumberLedger(bits: 16)
        for number: UInt64 in [65_534, 65_535, 1, 0, 0, 3] { ledger.receive(number) }
        #expect(ledger.counts.missing == 1 && ledger.counts.reordered == 1 && ledger.counts.doubled == 1)
        var sum = NumberCounts()
        for _ in 0..<2 { sum += ledger.counts }
        #expect(sum.received == 12 && sum.missing == 2 && sum.distinct == 10)
    }

    @Test func `ten in a hundred late and none lost are ten reordered and none missing`() throws {
        var ledger = try NumberLedger(bits: 32)
        for block in 0..<100 as Range<UInt64> {
            for number in [0, 1, 2, 4, 5, 6, 3, 7, 8, 9] as [UInt64] { ledger.receive(10 * block + number) }
        }
        #expect(ledger.counts.received == 1000)
        #expect(ledger.counts.reordered == 100)
        #expect(ledger.counts.missing == 0 && ledger.counts.doubled == 0)
    }

    @Test func `one that comes late is missing no more, and one below the first extends the range`() throws {
        var ledger = try NumberLedger(bits: 16)
        #expect(ledger.receive(5) == .new)
        #expect(ledger.receive(8) == .new)
        #expect(ledger.counts.missing == 2)
        #expect(ledger.receive(6) == .late)
        #expect(ledger.counts.missing == 1)
        #expect(ledger.receive(6) == .doubled)
        #expect(ledger.receive(2) == .late)
        #expect(ledger.counts.missing == 3)
        #expect(ledger.counts.reordered == 2 && ledger.counts.doubled == 1)
    }

    @Test(arguments: [8, 16, 32, 64])
    func `a sender that begins anew is followed, and what was missing before stays so`(_ bits: Int) throws {
        var ledger = try NumberLedger(bits: bits)
        let far = UInt64(ledger.memory) * 3 / 2
        ledger.receive(far)
        ledger.receive(far + 2)
        #expect(ledger.receive(0) == .distant)
        #expect(ledger.counts.unplaced == 1)
        #expect(ledger.receive(1) == .followed)
        #expect(ledger.receive(3) == .new)
        let counts = ledger.counts
        #expect(counts.restarts == 1 && counts.missing == 2 && counts.unplaced == 0)
        #expect(counts.received == 5 && counts.distinct == 5)
    }

    @Test func `a long loss is missing as soon as a second one has come behind it`() throws {
        var ledger = try NumberLedger(bits: 32)
        ledger.receive(0)
        #expect(ledger.receive(1_000_001) == .distant)
        #expect(ledger.counts.missing == 0)
        // The two behind a loss may have changed places, and the same one twice says nothing.
        #expect(ledger.receive(1_000_001) == .distant)
        #expect(ledger.receive(1_000_000) == .followed)
        let counts = ledger.counts
        #expect(counts.missing == 999_999)
        #expect(counts.unplaced == 1 && counts.reordered == 1 && counts.restarts == 0)
    }

    @Test func `a number that nothing follows harms no count`() throws {
        var ledger = try NumberLedger(bits: 32)
        for number in 0..<100 as Range<UInt64> {
            ledger.receive(number)
            ledger.receive((number + 1) * 20_000_000)
        }
        let counts = ledger.counts
        #expect(counts.received == 200 && counts.distinct == 100 && counts.unplaced == 100)
        #expect(counts.missing == 0 && counts.doubled == 0 && counts.reordered == 0 && counts.restarts == 0)
    }

    @Test func `widths that are none are refused with those that are`() {
        for bits in [-1, 0, 7, 65, .max] {
            #expect(throws: FlowError.outOfRange(.numberBits, bits, allowed: 8...64)) {
                try NumberLedger(bits: bits)
            }
        }
    }
}
