import ParleyFlow
import ParleyLinks
import ParleyTypes
import Testing

@Suite struct PaceTests {
    @Test func `a burst that nobody asked for is 1 ms of rate, at least one packet, never ten`() throws {
        #expect(try Pace(rate: 1_250_000, packetBytes: 1500).burst == 1500)
        #expect(try Pace(rate: 12_500_000, packetBytes: 1500).burst == 12_500)
        #expect(try Pace(rate: 1_250_000_000, packetBytes: 1500).burst == 13_500)
        #expect(try Pace(rate: 1_250_000_000, packetBytes: 1500, burst: 65_000).burst == 65_000)
        #expect(throws: FlowError.self) { try Pace(rate: 1, packetBytes: 1500, burst: 1499) }
    }

    @Test func `what is charged comes out of what follows, at most 250 ms of it`() throws {
        var pace = try Pace(rate: 1000, packetBytes: 10, burst: 10)
        pace.charge(-5, at: .zero)
        #expect(try pace.take(10, at: .zero))
        pace.charge(90, at: .zero)
        #expect(try pace.dueTime(for: 10, at: .zero) == .zero.advanced(by: .milliseconds(100)))
        pace.charge(.max, at: .zero)
        pace.charge(.max, at: .zero)
        #expect(try pace.dueTime(for: 10, at: .zero) == .zero.advanced(by: .milliseconds(260)))
        // Idleness pays as usual, and no more than a burst is there afterwards.
        #expect(pace.tokens(at: .zero.advanced(by: .seconds(10))) == 10)
        // What was owed at a high rate is not owed for ever at a low one.
        var fast = try Pace(rate: 1_000_000_000, packetBytes: 10)
        fast.charge(.max, at: .zero)
        try fast.setRate(1000, at: .zero)
        #expect(try fast.dueTime(for: 1, at: .zero) < .zero.advanced(by: .milliseconds(300)))
    }

    /// Sends packets of 1,250 bytes as the pace lets them, waking so much later than was due.
    private func run(
        _ pace: inout Pace,
        until end: MonotonicInstant,
        late: (MonotonicInstant) -> Duration,
        send: (MonotonicInstant) -> Void
    ) throws {
        var now = MonotonicInstant.zero
        while now < end {
            while try pace.take(1250, at: now) { send(now) }
            let due = try pace.dueTime(for: 1250, at: now)
            now = due.advanced(by: late(due))
        }
    }

    /// 10 Mbit/s over a way that carries 1.25 times as much and has a queue of 20 packets.
    @Test func `at 10 Mbit/s a 200-ms stall into a queue of 20 packets loses nothing, and no rate`() throws {
        var pace = try Pace(rate: 1_250_000, packetBytes: 1250)
        var link = Link(LinkConditions(rate: 12_500_000, queue: LinkQueue(limit: .packets(20))), seed: 1)
        var flow = LinkFlow(key: 0)
        var sent = 0
        var largestQueue = 0
        try run(&pace, until: .seconds(10)) { due in
            (2_000...2_001).contains(due.nanoseconds / 1_000_000) ? .milliseconds(200) : .zero
        } send: { now in
            link.receive(LinkPacket(id: 0, byteCount: 1250), of: &flow, at: now)
            largestQueue = max(largestQueue, link.queuedPackets)
            sent += 1
        }
        #expect(link.statistics.dropped == 0)
        #expect(largestQueue <= 9)
        #expect((9_998...10_002).contains(sent))
    }

    @Test func `a clock that wakes late each time costs no rate, up to a train of packets`() throws {
        var pace = try Pace(rate: 1_250_000, packetBytes: 1250)
        #expect(pace.burst == 1250)
        #expect(pace.train == 9 * 1250)
        var count = 0
        try run(&pace, until: .seconds(10)) { _ in
            .milliseconds(3)
        } send: { _ in
            count += 1
        }
        #expect((9_990...10_012).contains(count))
        // A train and what is paid back do not make up for 20 ms of each 21.
        var slow = try Pace(rate: 1_250_000, packetBytes: 1250)
        count = 0
        try run(&slow, until: .seconds(10)) { _ in
            .milliseconds(20)
        } send: { _ in
            count += 1
        }
        #expect(count < 6_000)
        // Who asked for a burst gets no larger train.
        var strict = try Pace(rate: 1_250_000, packetBytes: 1250, burst: 1250)
        count = 0
        try run(&strict, until: .seconds(10)) { _ in
            .milliseconds(3)
        } send: { _ in
            count += 1
        }
        #expect(count < 10_000 / 3 + 10)
        var wide = try Pace(rate: 1_250_000, packetBytes: 1250, burst: 12_500)
        count = 0
        try run(&wide, until: .seconds(10)) { _ in
            .milliseconds(3)
        } send: { _ in
            count += 1
        }
        #expect((9_990...10_012).contains(count))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `in any time no more than a train + 1.25 · rate · t leaves`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var pace = try Pace(rate: 1_250_000, packetBytes: 1250)
        var times: [Int64] = []
        try run(&pace, until: .seconds(3)) { _ in
            Int.random(in: 0..<50, using: &generator) == 0
                ? .milliseconds(Int64.random(in: 0...400, using: &generator)) : .zero
        } send: { now in
            times.append(now.nanoseconds)
        }
        for first in stride(from: 0, to: times.count, by: 17) {
            for last in stride(from: first, to: times.count, by: 23) {
                let bytes = (last - first + 1) * 1250
                let time = Double(times[last] - times[first]) / 1e9
                #expect(Double(bytes) <= Double(pace.train) + 1.25 * 1_250_000 * time + 2, "seed \(seed)")
            }
        }
    }

    @Test func `idleness counts up to the burst, and ends what is owed`() throws {
        var pace = try Pace(rate: 1_250_000, packetBytes: 1250)
        #expect(try pace.take(1250, at: .zero))
        #expect(try !pace.take(1250, at: .zero))
        #expect(try pace.take(1250, at: .milliseconds(101)))
        // 100 ms late: eight packets at once, the rest later.
        #expect(pace.tokens(at: .milliseconds(101)) == 8 * 1250)
        #expect(pace.credit == 125_000 - 8 * 1250)
        // What was not sent of a train is gone after its time.
        #expect(pace.tokens(at: .milliseconds(102)) == 7 * 1250)
        #expect(pace.tokens(at: .milliseconds(109)) == 1250)
        #expect(try pace.take(0, at: .seconds(1)))
        #expect(try pace.take(0, at: .seconds(2)))
        #expect(pace.credit == 0)
        #expect(pace.tokens(at: .seconds(60)) == 1250)
    }

    @Test func `what is owed is at most 250 ms of rate`() throws {
        var pace = try Pace(rate: 1_000_000, packetBytes: 1000)
        #expect(try pace.take(1000, at: .zero))
        #expect(try !pace.take(1000, at: .zero))
        #expect(try pace.take(1000, at: .seconds(3600)))
        #expect(pace.credit == 250_000)
        try pace.setRate(100_000, at: .seconds(3600))
        #expect(pace.credit == 25_000)
    }

    @Test func `packets can be counted instead of measured`() throws {
        var pace = try Pace(rate: 10, packetBytes: 1)
        var sent = 0
        var now = MonotonicInstant.zero
        while now < .seconds(60) {
            while try pace.take(1, at: now) { sent += 1 }
            let late: Duration = sent == 100 ? .milliseconds(230) : .zero
            now = try pace.dueTime(for: 1, at: now).advanced(by: late)
        }
        #expect((598...602).contains(sent))
    }
}
