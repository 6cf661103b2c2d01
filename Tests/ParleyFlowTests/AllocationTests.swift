import CAllocationCount
import ParleyFlow
import ParleyTypes
import Testing

/// Once a window, a ring or a buffer is as large as it must be, nothing is allocated any more. In a process of its own,
/// because everything that the process allocates is counted.
///
/// The build as it is, unoptimised as a rule, is measured; the optimiser takes allocations away.
@Suite(.serialized, .enabled(if: parley_allocations_are_countable(), "glibc without a sanitizer counts"))
struct FlowAllocationTests {
    @Test func `the counter counts`() async {
        await #expect(processExitsWith: .failure) {
            Steady.check { number in
                let numbers = [Int](repeating: number, count: 100 + number % 100)
                guard numbers.count >= 100 else { fatalError("an array of another size") }
            }
        }
    }

    @Test func `buckets, paces and estimators allocate nothing`() async {
        await #expect(processExitsWith: .success) {
            var bucket = try TokenBucket(rate: 1_250_000, burst: 15_000)
            var pace = try Pace(rate: 1_250_000, packetBytes: 1250)
            var roundTrip = RoundTripEstimator()
            var timer = RetransmissionTimer()
            var jitter = JitterEstimator.nanoseconds
            try Steady.check { number in
                let now = Steady.time(number)
                _ = try bucket.take(1250, at: now)
                _ = try pace.take(1250, at: now)
                roundTrip.acknowledged(sentAt: Steady.time(number - 2), transmissions: 1, at: now)
                timer.restart(by: roundTrip, at: now)
                jitter.receive(stamp: UInt32(truncatingIfNeeded: number), at: now)
            }
        }
    }

    @Test func `sending, acknowledging, losing and repeating allocate nothing`() async {
        await #expect(processExitsWith: .success) {
            var flight = try Flight(countMax: 256)
            var losses = RecentLosses()
            var reports = try ReportedLosses()
            var roundTrip = RoundTripEstimator()
            var rate = DeliveryRateEstimator()
            var controller: any CongestionController = try Cubic(packetBytes: 1200)
            try Steady.check { number in
                let now = Steady.time(number)
                while flight.count < 64 {
                    try flight.send(bytes: 1200, at: now, stamp: rate.stamp(for: flight, at: now))
                }
                let path = roundTrip
                let start = flight.startIndex
                // Of ten packets the first is lost, until it has been repeated.
                if start % 10 == 0, flight[start]?.transmissions == 1 {
                    flight.deliver(start + 1..<start + 10) {
                        losses.delivered($0, by: path, at: now)
                        reports.delivered($0)
                        rate.delivered($0, at: now)
                    }
                } else {
                    flight.acknowledge(before: start % 10 == 0 ? start + 10 : start + 1) {
                        losses.delivered($0, by: path, at: now)
                        rate.delivered($0, at: now)
                    }
                }
                roundTrip.addSample(.milliseconds(64), at: now)
                losses.findLosses(in: &flight, roundTrip: roundTrip, at: now)
                reports.findLosses(in: &flight)
                while let lost = flight.nextLost { flight.sendAgain(lost, at: now) }
                let event = AcknowledgementEvent(
                    time: now,
                    bytes: 1200,
                    flightBefore: flight.bytes,
                    startIndex: flight.startIndex,
                    endIndex: flight.endIndex,
                    rate: rate.sample(by: roundTrip)
                )
                controller.acknowledged(event, by: roundTrip)
            }
        }
    }

    /// Without its `flight`: to look at that allocates in builds that are not optimised, as all such accessors do.
    @Test func `a window's items come and go without an allocation`() async {
        await #expect(processExitsWith: .success) {
            var window = try SendWindow<UInt16, Int>(first: 65_000, countMax: 256)
            for number in 0..<64 { _ = try window.send(number, bytes: 1200, at: Steady.time(-64 + number)) }
            try Steady.check { number in
                let now = Steady.time(number)
                let last = try window.send(number, bytes: 1200, at: now)
                window.acknowledge(SerialRun(first: last, last: last))
                window.lose(UInt64(number))
                window.sendAgain(UInt64(number), at: now)
                window.acknowledge(before: window.first.advanced(by: 1))
            }
        }
    }

    @Test func `receiving out of order and reading allocate nothing`() async {
        await #expect(processExitsWith: .success) {
            var window = try ReceiveWindow<UInt16, Int>(next: 0, countMax: 256)
            Steady.check { number in
                window.receive(
                    number,
                    number: SerialNumber(UInt16(truncatingIfNeeded: number ^ 3)),
                    bytes: 100
                )
                while window.popFirst() != nil {}
            }
        }
    }

    @Test func `jitter buffers allocate nothing, fixed or adaptive`() async {
        await #expect(processExitsWith: .success) {
            for delay in [PlayoutDelay.fixed(.milliseconds(60)), .adaptive()] {
                var buffer = try JitterBuffer<Int>(delay: delay)
                Steady.check { number in
                    let sent = Steady.time(number)
                    let now = sent.advanced(by: .microseconds(number * 7919 % 8000))
                    buffer.receive(number, sentAt: sent, number: Int64(number), bytes: 100, at: now)
                    while buffer.next(at: now) != nil {}
                }
            }
        }
    }
}

private enum Steady {
    static func time(_ milliseconds: Int) -> MonotonicInstant { .milliseconds(Int64(milliseconds)) }

    /// Runs a body ten thousand times, after twenty thousand that fill what is used again, and ends the process if
    /// anything was allocated.
    static func check<Failure: Error>(_ body: (Int) throws(Failure) -> Void) throws(Failure) {
        for number in 0..<20_000 { try body(number) }
        parley_allocations_begin()
        for number in 20_000..<30_000 { try body(number) }
        let count = parley_allocations_end()
        precondition(count == 0, "\(count) allocations in 10,000 operations")
    }
}
