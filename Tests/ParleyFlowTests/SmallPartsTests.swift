import ParleyFlow
import ParleyTypes
import Testing

@Suite struct SerialNumberTests {
    @Test func `of two numbers one precedes the other, round the circle, and of opposite ones neither`() {
        for first in stride(from: 0, through: 65_535, by: 771) {
            for second in stride(from: 0, through: 65_535, by: 513) {
                let a = SerialNumber(UInt16(first))
                let b = SerialNumber(UInt16(second))
                let steps = (second - first + 65_536) % 65_536
                #expect(a.precedes(b) == (1..<32_768).contains(steps))
                #expect(a.steps(to: b) == steps)
                #expect(a.advanced(by: steps) == b && b.advanced(by: -steps) == a)
                #expect(!(a.precedes(b) && b.precedes(a)))
                if steps == 32_768 { #expect(!a.precedes(b) && !b.precedes(a)) }
            }
        }
    }

    @Test func `numbers of every width wrap`() {
        #expect((0xFF as SerialNumber<UInt8>).advanced(by: 1) == 0)
        #expect((0xFFFF_FFFF as SerialNumber<UInt32>).precedes(0))
        #expect((0xFFFF_FFFF_FFFF_FFFF as SerialNumber<UInt64>).precedes(5))
        #expect((1 as SerialNumber<UInt64>).steps(to: 0) == .max)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what wraps is counted on, late or early by less than half`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var unwrapper = SerialUnwrapper<UInt16>()
        var greatest = Int64.random(in: 0...65_535, using: &generator)
        #expect(unwrapper.unwrap(SerialNumber(UInt16(greatest))) == greatest)
        for _ in 0..<5000 {
            let number = greatest + Int64.random(in: -32_768...32_767, using: &generator)
            #expect(unwrapper.unwrap(SerialNumber(UInt16(truncatingIfNeeded: number))) == number)
            greatest = max(greatest, number)
            #expect(unwrapper.greatest == greatest)
        }
    }
}

@Suite struct DelayedAcknowledgementTests {
    @Test func `every second packet is acknowledged, a single one after the delay`() throws {
        var acknowledgement = try DelayedAcknowledgement(packetsMax: 2, delayMax: .milliseconds(200))
        acknowledgement.received(.inOrder, at: .zero)
        #expect(acknowledgement.isPending && !acknowledgement.isDue(at: .milliseconds(199)))
        #expect(acknowledgement.deadline == .milliseconds(200))
        #expect(acknowledgement.isDue(at: .milliseconds(200)))
        acknowledgement.acknowledged()
        #expect(!acknowledgement.isPending && acknowledgement.deadline == nil)
        acknowledgement.received(.inOrder, at: .milliseconds(300))
        acknowledgement.received(.inOrder, at: .milliseconds(310))
        #expect(acknowledgement.isDue(at: .milliseconds(310)))
    }

    @Test func `it rides on what goes back anyway`() throws {
        var acknowledgement = try DelayedAcknowledgement()
        acknowledgement.received(.inOrder, at: .zero)
        acknowledgement.acknowledged()
        #expect(!acknowledgement.isDue(at: .seconds(10)))
        acknowledgement.received(.inOrder, at: .seconds(10))
        #expect(!acknowledgement.isDue(at: .seconds(10)))
    }

    @Test(arguments: [
        DelayedAcknowledgement.Arrival.gap, .gapFilled, .duplicate, .requested, .markChanged,
    ])
    func `what the sender must know is told at once`(_ arrival: DelayedAcknowledgement.Arrival) throws {
        var acknowledgement = try DelayedAcknowledgement(packetsMax: 100)
        acknowledgement.received(arrival, at: .seconds(1))
        #expect(acknowledgement.isDue(at: .seconds(1)))
        acknowledgement.received(.inOrder, at: .seconds(1))
        #expect(acknowledgement.isDue(at: .seconds(1)))
    }

    @Test func `a delay beyond 500 ms and a count of nothing are refused`() {
        #expect(throws: FlowError.self) { try DelayedAcknowledgement(delayMax: .milliseconds(501)) }
        #expect(throws: FlowError.self) { try DelayedAcknowledgement(delayMax: .milliseconds(-1)) }
        #expect(throws: FlowError.self) { try DelayedAcknowledgement(packetsMax: 0) }
    }

    @Test func `a clock that was set back makes it due`() throws {
        var acknowledgement = try DelayedAcknowledgement()
        acknowledgement.received(.inOrder, at: .seconds(1000))
        #expect(acknowledgement.isDue(at: .seconds(3)))
        acknowledgement.acknowledged()
        acknowledgement.received(.inOrder, at: .distantFuture)
        #expect(acknowledgement.isDue(at: .distantFuture))
    }
}

@Suite struct JitterEstimatorTests {
    @Test func `without jitter it is 0, whatever the clocks' difference`() throws {
        var estimator = try JitterEstimator(unitsPerSecond: 8000)
        for packet in 0..<1000 as Range<Int64> {
            estimator.receive(
                stamp: 4_294_900_000 &+ UInt32(packet) &* 160,
                at: .milliseconds(20 * packet + 77)
            )
        }
        #expect(estimator.jitter == 0)
    }

    /// RFC 3550, section 6.4.1, in floating point.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `J += (|D| − J) / 16`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var estimator = try JitterEstimator(unitsPerSecond: 1_000_000)
        var jitter = 0.0
        var last: Int64?
        for packet in 0..<2000 as Range<Int64> {
            let delay = Int64.random(in: 0...50_000, using: &generator)
            let arrival = packet * 20_000 + delay
            estimator.receive(
                stamp: UInt32(truncatingIfNeeded: packet * 20_000),
                at: MonotonicInstant(nanoseconds: arrival * 1000)
            )
            if let last { jitter += (Double((delay - last).magnitude) - jitter) / 16 }
            last = delay
            #expect((Double(estimator.jitter) - jitter).magnitude < 2, "seed \(seed)")
        }
        #expect(estimator.time / .microseconds(1) - Double(estimator.jitter) < 1)
    }

    @Test func `one step of 16 units is one unit, and fades`() throws {
        var estimator = try JitterEstimator(unitsPerSecond: 1000)
        estimator.receive(stamp: 0, at: .milliseconds(0))
        estimator.receive(stamp: 10, at: .milliseconds(26))
        #expect(estimator.jitter == 1)
        for packet in 2..<200 as Range<Int64> {
            estimator.receive(stamp: UInt32(packet * 10), at: .milliseconds(16 + packet * 10))
        }
        #expect(estimator.jitter == 0)
    }

    @Test func `no stamp and no clock traps`() throws {
        for units in [1, 90_000, 1_000_000_000] {
            var clock = WildClock(seed: 3)
            var generator = SeededGenerator(seed: 4)
            var estimator = try JitterEstimator(unitsPerSecond: units)
            for _ in 0..<2000 {
                estimator.receive(stamp: UInt32.random(in: 0 ... .max, using: &generator), at: clock.next())
                #expect(estimator.time >= .zero)
            }
        }
        #expect(throws: FlowError.self) { try JitterEstimator(unitsPerSecond: 0) }
    }
}
