import BenchKit
import ParleyFlow

/// A packet that is due each millisecond is asked for every 0.9 ms.
func measureRates() throws {
    var bucket = try TokenBucket(rate: 1_250_000, burst: 15_000)
    var taken = 0
    var now: Int64 = 0
    try row("token bucket") { _ in
        now += 900_000
        if try bucket.take(1250, at: time(now)) { taken += 1 }
        barrier(&taken)
    }
    var pace = try Pace(rate: 1_250_000, packetBytes: 1250)
    try row("pace") { _ in
        now += 900_000
        if try pace.take(1250, at: time(now)) { taken += 1 }
        barrier(&taken)
    }
    guard taken > 0 else { fail("no packet left") }
}

/// A sample a millisecond, of 20 to 21 ms.
func measureEstimator() throws {
    var roundTrip = RoundTripEstimator()
    var now: Int64 = 0
    var timeout = Duration.zero
    try row("round-trip estimator") { i in
        now += 1_000_000
        let sent = now - 20_000_000 - Int64(i & 1023) * 1000
        roundTrip.acknowledged(sentAt: time(sent), transmissions: 1, at: time(now))
        barrier(&roundTrip)
    }
    timeout = roundTrip.timeout
    guard timeout == .seconds(1) else { fail("a time-out of \(timeout)") }
}
