import ParleyFlow
import ParleyTypes
import Testing

@Suite struct TokenBucketTests {
    /// The bucket's formula in numbers that are wide enough for anything: rate and time are below 2⁶³ and the burst is
    /// below 2⁶³ · 2³⁰ billionths, so a level and what comes to it are below 2¹²⁷.
    struct Model {
        var rate: Int
        var burst: Int
        /// Billionths of a token.
        var level: UInt128
        var clock: Int64

        mutating func refill(at now: Int64) {
            let gain = UInt128(rate) * UInt128(now - clock)
            level = min(UInt128(burst) * 1_000_000_000, level + gain)
            clock = now
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a bucket holds min(burst, tokens + rate · Δt), to the billionth`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func shift() -> Int { Int.random(in: 0...62, using: &generator) }
        let (rateMax, burstMax) = (Int.max >> shift(), Int.max >> shift())
        let rate = Int.random(in: 1...rateMax, using: &generator)
        let burst = Int.random(in: 1...burstMax, using: &generator)
        var bucket = try TokenBucket(rate: rate, burst: burst, isFull: false)
        var model = Model(rate: rate, burst: burst, level: 0, clock: 0)
        #expect(bucket.tokens(at: .zero) == 0)
        _ = try bucket.take(0, at: .zero)
        var now: Int64 = 0
        for _ in 0..<400 {
            now += Int64.random(in: 0...(1 << Int64.random(in: 1...50, using: &generator)), using: &generator)
            model.refill(at: now)
            let time = MonotonicInstant(nanoseconds: now)
            let count = Int.random(in: 0...burst, using: &generator)
            let isThere = model.level >= UInt128(count) * 1_000_000_000
            #expect(bucket.tokens(at: time) == Int(model.level / 1_000_000_000), "seed \(seed)")
            let due = try bucket.dueTime(for: count, at: time)
            #expect(isThere == (due == time))
            if !isThere {
                let missing = UInt128(count) * 1_000_000_000 - model.level
                let wait = (missing + UInt128(rate) - 1) / UInt128(rate)
                #expect(UInt128(due.nanoseconds) == min(UInt128(now) + wait, UInt128(Int64.max)))
            }
            #expect(try bucket.take(count, at: time) == isThere)
            if isThere { model.level -= UInt128(count) * 1_000_000_000 }
        }
        model.refill(at: .max)
        #expect(bucket.tokens(at: .distantFuture) == Int(model.level / 1_000_000_000), "seed \(seed)")
    }

    @Test func `slow rates fill as well, asked as often as one likes`() throws {
        var bucket = try TokenBucket(rate: 1, burst: 10, isFull: false)
        var taken = 0
        for step in 0...1_000_000 as ClosedRange<Int64>
        where try bucket.take(1, at: MonotonicInstant(nanoseconds: step * 9990)) {
            taken += 1
        }
        #expect(taken == 9)
    }

    @Test func `the next token is due when it is there, and not a nanosecond earlier`() throws {
        var bucket = try TokenBucket(rate: 3, burst: 5)
        #expect(try bucket.take(5, at: .zero))
        let due = try bucket.dueTime(for: 1, at: .zero)
        #expect(due.nanoseconds == 333_333_334)
        let early = MonotonicInstant(nanoseconds: due.nanoseconds - 1)
        #expect(try !bucket.take(1, at: early))
        #expect(try bucket.dueTime(for: 1, at: early) == due)
        #expect(try bucket.take(1, at: due))
    }

    @Test func `more than the burst is never there: an error, and nothing is taken`() throws {
        var bucket = try TokenBucket(rate: 1000, burst: 5)
        #expect(throws: FlowError.moreThanBurst(asked: 6, burst: 5)) { try bucket.take(6, at: .zero) }
        #expect(throws: FlowError.moreThanBurst(asked: 6, burst: 5)) { try bucket.dueTime(for: 6, at: .zero) }
        #expect(throws: FlowError.outOfRange(.amount, -1, allowed: 0...5)) { try bucket.take(-1, at: .zero) }
        #expect(bucket.tokens(at: .zero) == 5)
    }

    @Test(arguments: [0, -1, Int.min])
    func `a rate or burst of nothing is an error that says what is possible`(_ value: Int) {
        #expect(throws: FlowError.outOfRange(.rate, value, allowed: 1...Int.max)) {
            try TokenBucket(rate: value, burst: 1)
        }
        #expect(throws: FlowError.outOfRange(.burst, value, allowed: 1...Int.max)) {
            try TokenBucket(rate: 1, burst: value)
        }
        #expect(throws: FlowError.self) { try Pace(rate: value, packetBytes: 1) }
        #expect(throws: FlowError.self) { try Pace(rate: 1, packetBytes: value) }
        #expect(
            FlowError.outOfRange(.rate, value, allowed: 1...Int.max).description
                == "A rate cannot be \(value): it is at least 1."
        )
    }

    @Test func `a virtual year of silence fills the bucket and no more`() throws {
        for rate in [1, 1_000_000, Int.max] {
            for burst in [1, 1500, Int.max] {
                var bucket = try TokenBucket(rate: rate, burst: burst, isFull: false)
                _ = try bucket.take(0, at: .zero)
                let year = MonotonicInstant.seconds(365 * 86_400)
                let (product, overflow) = rate.multipliedReportingOverflow(by: 365 * 86_400)
                #expect(bucket.tokens(at: year) == min(burst, overflow ? .max : product))
                #expect(bucket.tokens(at: .distantFuture) <= burst)
            }
        }
    }

    @Test func `a new rate holds from now on, a smaller burst at once`() throws {
        var bucket = try TokenBucket(rate: 10, burst: 100, isFull: false)
        _ = try bucket.take(0, at: .zero)
        try bucket.setRate(1000, burst: 50, at: .seconds(1))
        #expect(bucket.tokens(at: .seconds(1)) == 10)
        #expect(bucket.tokens(at: .milliseconds(1020)) == 30)
        #expect(bucket.tokens(at: .seconds(9)) == 50)
        #expect(throws: FlowError.self) { try bucket.setRate(0, at: .seconds(9)) }
        #expect(bucket.rate == 1000)
        try bucket.setRate(7, burst: 20, at: .seconds(9))
        #expect(bucket.tokens(at: .seconds(9)) == 20)
    }

    @Test func `a clock that steps back brings no token, and one that was set back does not stop the bucket`()
        throws
    {
        var bucket = try TokenBucket(rate: 1000, burst: 10)
        #expect(try bucket.take(10, at: .seconds(100)))
        #expect(try !bucket.take(1, at: .milliseconds(99_995)))
        #expect(try bucket.dueTime(for: 1, at: .milliseconds(99_995)) == .milliseconds(100_001))
        #expect(try bucket.take(1, at: .milliseconds(100_001)))
        #expect(try !bucket.take(1, at: .seconds(3)))
        #expect(try bucket.take(5, at: .milliseconds(3005)))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `no clock and no amount traps, and no bucket holds more than its burst`(_ seed: UInt64) throws {
        var clock = WildClock(seed: seed)
        var generator = SeededGenerator(seed: seed)
        let rate = [1, 999, 1 << 40, Int.max].randomElement(using: &generator)!
        let burst = [1, 1500, Int.max].randomElement(using: &generator)!
        var bucket = try TokenBucket(rate: rate, burst: burst)
        var pace = try Pace(rate: rate, packetBytes: min(burst, 1500), burst: max(burst, 1500))
        for _ in 0..<500 {
            let now = clock.next()
            let count = Int.random(in: 0...burst, using: &generator)
            _ = try bucket.take(count, at: now)
            _ = try pace.take(count, at: now)
            #expect((0...burst).contains(bucket.tokens(at: now)))
            #expect((0...pace.burst).contains(pace.tokens(at: now)))
            #expect((0...rate / 4).contains(pace.credit))
            #expect(try bucket.dueTime(for: burst, at: now) >= now)
            #expect(try pace.dueTime(for: burst, at: now) >= now)
        }
    }
}
