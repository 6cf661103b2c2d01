import ParleyFlow
import ParleyTypes
import Testing

@Suite struct RoundTripTests {
    /// RFC 6298 in floating point.
    struct Model {
        var smoothed: Double?
        var variation = 0.0

        mutating func add(_ sample: Double) {
            guard let last = smoothed else {
                smoothed = sample
                variation = sample / 2
                return
            }
            variation = 0.75 * variation + 0.25 * (last - sample).magnitude
            smoothed = 0.875 * last + 0.125 * sample
        }
    }

    @Test func `a first sample R makes SRTT = R and RTTVAR = R/2, and a time-out of 3 R`() {
        var estimator = RoundTripEstimator()
        #expect(estimator.timeout == .seconds(1))
        #expect(estimator.smoothed == nil && estimator.minimum == nil)
        estimator.addSample(.seconds(2), at: .zero)
        #expect(estimator.smoothed == .seconds(2))
        #expect(estimator.variation == .seconds(1))
        #expect(estimator.timeout == .seconds(6))
    }

    /// Worked by hand: 100, 200, 100, 100 ms.
    @Test func `later samples weigh an eighth and a quarter`() throws {
        let settings = try TimeoutSettings(initial: .seconds(1), minimum: .milliseconds(1))
        var estimator = RoundTripEstimator(settings)
        let rows: [(sample: Int64, smoothed: Double, variation: Double)] = [
            (100, 100, 50), (200, 112.5, 62.5), (100, 110.9375, 50), (100, 109.570_312_5, 40.234_375),
        ]
        for row in rows {
            estimator.addSample(.milliseconds(row.sample), at: .zero)
            #expect(estimator.smoothed == .nanoseconds(Int64(row.smoothed * 1e6)))
            #expect(estimator.variation == .nanoseconds(Int64(row.variation * 1e6)))
            let timeout = Int64(row.smoothed * 1e6) + Int64(row.variation * 4e6)
            #expect(estimator.timeout == .nanoseconds(timeout))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a long run stays within nanoseconds of the formula`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var estimator = RoundTripEstimator(try TimeoutSettings(minimum: .milliseconds(1), granularity: .zero))
        var model = Model()
        for _ in 0..<5000 {
            let sample = Int64.random(in: 0...3_000_000_000, using: &generator)
            estimator.addSample(.nanoseconds(sample), at: .zero)
            model.add(Double(sample))
            let smoothed = Double(estimator.smoothed!.saturatedNanoseconds)
            let variation = Double(estimator.variation!.saturatedNanoseconds)
            #expect((smoothed - model.smoothed!).magnitude < 10, "seed \(seed)")
            #expect((variation - model.variation).magnitude < 20, "seed \(seed)")
        }
    }

    @Test func `the granularity counts where the variation is less`() throws {
        var estimator = RoundTripEstimator(
            try TimeoutSettings(minimum: .milliseconds(1), granularity: .milliseconds(10))
        )
        for _ in 0..<500 { estimator.addSample(.milliseconds(20), at: .zero) }
        #expect(estimator.timeout == .milliseconds(30))
    }

    @Test func `limits hold, and a peer's delay is waited for`() throws {
        var estimator = RoundTripEstimator()
        for _ in 0..<100 { estimator.addSample(.milliseconds(1), at: .zero) }
        #expect(estimator.timeout == .seconds(1))
        for _ in 0..<100 { estimator.addSample(.seconds(3000), at: .zero) }
        #expect(estimator.timeout == .seconds(60))
        let sctp = try TimeoutSettings(
            initial: .milliseconds(500),
            minimum: .milliseconds(200),
            acknowledgementDelay: .milliseconds(220)
        )
        var delayed = RoundTripEstimator(sctp)
        for _ in 0..<100 { delayed.addSample(.milliseconds(50), at: .zero) }
        #expect(delayed.timeout == .milliseconds(270))
    }

    @Test func `a repeated packet is no sample, unless a time stamp says which one came (Karn)`() {
        var estimator = RoundTripEstimator()
        #expect(estimator.acknowledged(sentAt: .zero, transmissions: 2, at: .seconds(9)) == false)
        #expect(estimator.sampleCount == 0)
        #expect(estimator.acknowledged(sentAt: .seconds(8), transmissions: 1, at: .seconds(9)) == true)
        #expect(estimator.smoothed == .seconds(1))
        estimator.addSample(.seconds(1), at: .seconds(10))
        #expect(estimator.sampleCount == 2)
    }

    @Test func `a clock that went back is no sample`() {
        var estimator = RoundTripEstimator()
        #expect(estimator.acknowledged(sentAt: .seconds(9), transmissions: 1, at: .seconds(8)) == false)
        estimator.addSample(.seconds(-5), at: .zero)
        #expect(estimator.sampleCount == 0)
    }

    @Test func `the minimum is that of the last five minutes`() {
        var estimator = RoundTripEstimator()
        for second in 0..<1200 as Range<Int64> {
            estimator.addSample(.milliseconds(second < 600 ? 20 : 80), at: .seconds(second))
            if second >= 600 + 301 { #expect(estimator.minimum == .milliseconds(80)) }
            if second < 600 + 225 { #expect(estimator.minimum == .milliseconds(20)) }
        }
    }

    @Test func `settings that contradict each other are refused with what is possible`() {
        #expect(throws: FlowError.self) { try TimeoutSettings(minimum: .seconds(2)) }
        #expect(throws: FlowError.self) { try TimeoutSettings(minimum: .zero) }
        #expect(throws: FlowError.self) { try TimeoutSettings(initial: .seconds(100)) }
        #expect(throws: FlowError.self) { try TimeoutSettings(granularity: .seconds(-1)) }
        #expect(throws: FlowError.self) { try TimeoutSettings(maximum: .seconds(Int64.max)) }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `no time traps, and a time-out is never outside its limits`(_ seed: UInt64) {
        var clock = WildClock(seed: seed)
        var estimator = RoundTripEstimator(.questions)
        var timer = RetransmissionTimer()
        var last = clock.next()
        for _ in 0..<2000 {
            let now = clock.next()
            estimator.acknowledged(sentAt: last, transmissions: 1, at: now)
            estimator.addSample(last.duration(to: now), at: now)
            timer.arm(by: estimator, at: now)
            _ = timer.expire(by: estimator, at: clock.next())
            #expect((.milliseconds(200)...(.seconds(10))).contains(estimator.timeout), "seed \(seed)")
            #expect((.milliseconds(200)...(.seconds(10))).contains(timer.timeout(by: estimator)))
            last = now
        }
    }
}

@Suite struct RetransmissionTimerTests {
    @Test func `each expiry doubles the time-out up to the longest, until a new sample`() {
        var estimator = RoundTripEstimator()
        var timer = RetransmissionTimer()
        var now = MonotonicInstant.zero
        timer.arm(by: estimator, at: now)
        var waits: [Duration] = []
        for _ in 0..<9 {
            let due = timer.deadline!
            waits.append(now.duration(to: due))
            #expect(timer.expire(by: estimator, at: due.advanced(by: .nanoseconds(-1))) == false)
            #expect(timer.expire(by: estimator, at: due) == true)
            now = due
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(timer.backoffs(by: estimator) == 9)
        // An acknowledgement of the repeated packet: no sample, so the time-out stays.
        estimator.acknowledged(sentAt: now, transmissions: 10, at: now)
        timer.restart(by: estimator, at: now)
        #expect(timer.deadline == now.advanced(by: .seconds(60)))
        estimator.acknowledged(sentAt: now, transmissions: 1, at: now.advanced(by: .milliseconds(100)))
        #expect(timer.backoffs(by: estimator) == 0)
        #expect(timer.timeout(by: estimator) == .seconds(1))
    }

    /// With a time-out that each acknowledgement made short again every packet would be repeated, and none a sample.
    @Test func `a path that has become longer than the time-out is learned, because that stays doubled`() {
        var estimator = RoundTripEstimator(.questions)
        estimator.addSample(.milliseconds(30), at: .zero)
        var timer = RetransmissionTimer()
        var now = MonotonicInstant.zero
        var tries: [Int] = []
        while estimator.sampleCount == 1, tries.count < 9 {
            let due = now.advanced(by: .milliseconds(2900))
            var sent = 1
            timer.arm(by: estimator, at: now)
            while let deadline = timer.deadline, deadline < due {
                now = deadline
                if timer.expire(by: estimator, at: now) { sent += 1 }
            }
            estimator.acknowledged(sentAt: now, transmissions: sent, at: due)
            timer.stop()
            now = due
            tries.append(sent)
        }
        // At 0.2, 0.6 and 1.4 s; at 1.6 s; then it waits for 3.2 s.
        #expect(tries == [4, 2, 1])
        #expect(timer.backoffs(by: estimator) == 0 && estimator.latest == .milliseconds(2900))
    }

    @Test func `arming a timer that runs changes nothing, restarting does, stopping ends it`() {
        let estimator = RoundTripEstimator()
        var timer = RetransmissionTimer()
        timer.arm(by: estimator, at: .zero)
        timer.arm(by: estimator, at: .milliseconds(500))
        #expect(timer.deadline == .seconds(1))
        timer.restart(by: estimator, at: .milliseconds(500))
        #expect(timer.deadline == .milliseconds(1500))
        timer.stop()
        #expect(!timer.isRunning)
        #expect(timer.expire(by: estimator, at: .seconds(100)) == false)
    }

    @Test func `a clock that was set back starts the timer there`() {
        let estimator = RoundTripEstimator()
        var timer = RetransmissionTimer()
        timer.arm(by: estimator, at: .seconds(1_000_000))
        #expect(timer.expire(by: estimator, at: .seconds(5)) == false)
        #expect(timer.deadline == .seconds(6))
    }

    @Test func `at the end of time the deadline is never, and nothing traps`() {
        let estimator = RoundTripEstimator()
        var timer = RetransmissionTimer()
        timer.arm(by: estimator, at: .distantFuture)
        #expect(timer.deadline == .distantFuture)
        #expect(timer.expire(by: estimator, at: .distantFuture) == true)
    }
}
