import ParleyFlow
import ParleyLinks
import ParleyTypes
import Testing

@Suite struct EndToEndTests {
    static let names = ["stop-and-wait", "fixed 32", "NewReno", "CUBIC"]

    static func controller(_ name: String) throws -> any CongestionController {
        switch name {
        case "stop-and-wait": try StopAndWait(packetBytes: 1250)
        case "fixed 32": try FixedWindow(packets: 32, packetBytes: 1250)
        case "NewReno": try NewReno(packetBytes: 1250, initial: .rfc6928)
        default: try Cubic(packetBytes: 1250)
        }
    }

    /// Loss, repetition and reordering in both directions.
    @Test(arguments: names, 0..<6 as Range<UInt64>)
    func `all is delivered exactly once and in order, over every controller`(_ name: String, _ seed: UInt64)
        throws
    {
        let losses: [LossModel] = [
            .none, .random(0.01), .random(0.1), .random(0.3), .bursts(loss: 0.05, length: 8), .random(0.02),
        ]
        var there = LinkConditions(rate: 20_000_000, delay: .constant(.milliseconds(15)))
        there.loss = losses[Int(seed)]
        there.duplication = 0.05
        there.reordering = .ahead(0.03, by: .milliseconds(10))
        var back = there
        back.rate = nil
        var world = Bottleneck(there, back: back, seed: seed)
        // At a loss of 0.3 each way a try fails with 0.51, and each failure doubles the time-out: seconds a packet.
        let wanted = name == "stop-and-wait" || seed == 3 ? 300 : 3000
        try world.add(Self.controller(name), items: wanted)
        // And minutes a burst that is longer than a flight.
        try world.run(until: .seconds(3600))
        let (count, isInOrder, isDone) = (
            world.receivers[0].count, world.receivers[0].isInOrder, world.isDone
        )
        #expect(isDone && isInOrder && count == wanted, "seed \(seed)")
        #expect(world.senders[0].window.falseAcknowledgements == 0)
        // The path takes 31 ms, its queue 30 and a delayed acknowledgement 40: what is longer than the least time-out
        // was measured over one.
        #expect(world.senders[0].longestSample < .milliseconds(200))
    }

    /// Efficiency L / (L + RTT · B): 1,250 bytes at 10 Mbit/s are 1 ms, and a report of 60 bytes none.
    @Test func `stop-and-wait has its efficiency, and a window of n has n times as much`() throws {
        for packets in [1, 4, 10] {
            let there = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(12)))
            let back = LinkConditions(delay: .constant(.milliseconds(12)))
            var world = Bottleneck(there, back: back, seed: 1)
            try world.add(FixedWindow(packets: packets, packetBytes: 1250), items: 100_000)
            try world.run(until: .seconds(10))
            // A single packet waits for its delayed acknowledgement.
            let cycle = packets == 1 ? 1.0 + 24 + 40 : 1.0 + 24
            let expected = Double(packets) * 10_000 / cycle
            let count = Double(world.receivers[0].count)
            #expect((count / expected - 1).magnitude < (packets == 1 ? 0.01 : 0.1), "\(count) of \(expected)")
        }
    }

    @Test func `with a loss of p each way a packet takes 1 / (1 − p)² tries`() throws {
        for loss in [0.05, 0.2] {
            let there = LinkConditions(delay: .constant(.milliseconds(5)), loss: .random(loss))
            var world = Bottleneck(there, back: there, seed: 3)
            try world.add(StopAndWait(packetBytes: 1250), items: 4000)
            world.senders[0].probes = false
            try world.run(until: .seconds(100_000))
            let tries = 1 + Double(world.senders[0].repeated) / 4000
            #expect(world.isDone && (tries * (1 - loss) * (1 - loss) - 1).magnitude < 0.03, "\(tries)")
        }
    }

    /// Each time-out doubles, from 200 ms to 60 s, until a packet is acknowledged that was sent once (Karn). A try fails
    /// with f = 1 − (1 − p)²; the doubling ends with two tries in a row that do not, so after a time-out another one
    /// comes first with q = 1 − (1 − f)², and a packet begins such a row with f · (1 − f).
    @Test func `stop-and-wait takes the time that its losses say, and less with probes`() throws {
        let failure = 1 - 0.7 * 0.7
        let another = 1 - (1 - failure) * (1 - failure)
        var row = 0.0
        var (timeout, share) = (0.2, 1.0)
        while share > 1e-9 {
            row += share * timeout
            timeout = min(60, timeout * 2)
            share *= another
        }
        // There, back and the delayed acknowledgement; then about 9 s of time-outs.
        let expected = 100 * (0.07 + failure * (1 - failure) * row)
        let there = LinkConditions(delay: .constant(.milliseconds(15)), loss: .random(0.3))
        for probes in [false, true] {
            var total = 0.0
            for seed in 0..<24 as Range<UInt64> {
                var world = Bottleneck(there, back: there, seed: seed)
                try world.add(StopAndWait(packetBytes: 1250), items: 100)
                world.senders[0].probes = probes
                try world.run(until: .seconds(100_000))
                #expect(world.isDone)
                total += Double(world.now.nanoseconds) / 1e9
            }
            let ratio = total / 24 / expected
            let isRight = probes ? ratio < 0.8 : (ratio - 1).magnitude < 0.1
            #expect(isRight, "\(ratio) of \(expected) s, probes: \(probes)")
        }
    }

    @Test func `CUBIC fills more than nine tenths of 100 Mbit/s over 100 ms in ten seconds`() throws {
        let there = LinkConditions(rate: 100_000_000, delay: .constant(.milliseconds(50)))
        let back = LinkConditions(delay: .constant(.milliseconds(50)))
        var world = Bottleneck(there, back: back, seed: 1)
        try world.add(Cubic(packetBytes: 1250), items: .max)
        try world.run(until: .seconds(10))
        // 10,000 packets a second.
        #expect(world.receivers[0].count > 90_000, "\(world.receivers[0].count)")
        let rate = try #require(world.senders[0].lastRate)
        #expect((11_500_000...12_800_000).contains(rate.bytesPerSecond), "\(rate.bytesPerSecond)")
    }

    @Test func `two CUBIC flows share a bottleneck: Jain's index is more than 0.9`() throws {
        var there = LinkConditions(rate: 20_000_000, delay: .constant(.milliseconds(20)))
        there.queue = LinkQueue(limit: .packets(60))
        let back = LinkConditions(delay: .constant(.milliseconds(20)))
        var world = Bottleneck(there, back: back, seed: 1)
        try world.add(Cubic(packetBytes: 1250), items: .max)
        try world.run(until: .seconds(3))
        try world.add(Cubic(packetBytes: 1250), items: .max)
        try world.run(until: .seconds(10))
        let before = world.receivers.map(\.count)
        try world.run(until: .seconds(30))
        let shares = zip(world.receivers, before).map { Double($0.count - $1) }
        let sum = shares.reduce(0, +)
        let index = sum * sum / (2 * shares.reduce(0) { $0 + $1 * $1 })
        #expect(index > 0.9, "\(shares)")
        // And they fill it: 2,000 packets a second.
        #expect(sum > 0.9 * 40_000, "\(sum)")
    }

    @Test func `after a partition of a minute it goes on`() throws {
        for name in Self.names {
            let there = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(10)))
            var world = Bottleneck(there, back: there, seed: 1)
            try world.add(Self.controller(name), items: 2000)
            try world.run(until: .milliseconds(500))
            world.partition(true)
            try world.run(until: .seconds(60))
            #expect(!world.isDone && world.senders[0].timeouts > 3)
            world.partition(false)
            try world.run(until: .seconds(600))
            #expect(world.isDone && world.receivers[0].isInOrder, "\(name)")
        }
    }

    @Test func `a virtual year of silence harms nothing, and begins slowly`() throws {
        for name in Self.names {
            let there = LinkConditions(
                rate: 10_000_000,
                delay: .constant(.milliseconds(10)),
                queue: LinkQueue(limit: .packets(40))
            )
            var world = Bottleneck(there, back: there, seed: 1)
            try world.add(Self.controller(name), items: 500)
            try world.run(until: .seconds(100))
            #expect(world.isDone)
            world.rest(.seconds(365 * 86_400))
            let dropped = world.data.statistics.dropped
            world.senders[0].append(30)
            try world.run(until: world.now.advanced(by: .seconds(100)))
            #expect(world.isDone && world.receivers[0].count == 530 && world.receivers[0].isInOrder)
            #expect(world.data.statistics.dropped == dropped, "\(name)")
        }
    }

    /// Both at once, by a sender that always has something to send.
    @Test func `pacing plus window never exceed the smaller`() throws {
        for (rate, packets) in [(1_000_000, 100), (1_000_000, 5), (100_000_000, 20)] {
            let window = try FixedWindow(packets: packets, packetBytes: 1000).window
            var pacer = try Pacer(packetBytes: 1000)
            pacer.setRate(rate, at: .zero)
            var flight = try Flight(countMax: 1000)
            var sent = 0
            // A round trip of 50 ms, looked at every 100 µs.
            for tick in 0..<20_000 as Range<Int64> {
                let now = MonotonicInstant(nanoseconds: tick * 100_000)
                while let oldest = flight.oldestOutstanding,
                    oldest.sentAt.duration(to: now) >= .milliseconds(50)
                {
                    flight.acknowledge(before: oldest.index + 1)
                }
                while flight.bytes + 1000 <= window, pacer.wait(for: 1000, at: now) <= now {
                    try flight.send(bytes: 1000, at: now)
                    pacer.sent(1000, at: now)
                    sent += 1000
                }
                #expect(flight.bytes <= window)
                #expect(Double(sent) <= 9000 + 1.25 * Double(rate) * Double(now.nanoseconds) / 1e9)
            }
            let possible = min(Double(rate), Double(window) / 0.05) * 2
            #expect(Double(sent) <= possible * 1.01 + 9000 && Double(sent) > possible * 0.95)
        }
    }

    /// A regression is a diff of this table.
    @Test func `throughput by loss and delay, as a percentage of 10 Mbit/s`() throws {
        var table = ""
        for name in Self.names {
            for milliseconds in [5, 50] as [Int64] {
                var row = "\(name), \(2 * milliseconds) ms:"
                for loss in [0, 0.001, 0.01, 0.05, 0.2] {
                    var there = LinkConditions(
                        rate: 10_000_000,
                        delay: .constant(.milliseconds(milliseconds))
                    )
                    there.loss = loss == 0 ? .none : .random(loss)
                    let back = LinkConditions(delay: .constant(.milliseconds(milliseconds)))
                    var world = Bottleneck(there, back: back, seed: 1)
                    try world.add(Self.controller(name), items: .max)
                    try world.run(until: .seconds(10))
                    let tenths = world.receivers[0].count / 10
                    row += " \(tenths / 10).\(tenths % 10)"
                }
                table += row + "\n"
            }
        }
        #expect(table == Self.table, "\n\(table)")
    }

    /// Losses of 0, 0.1, 1, 5 and 20 %.
    private static let table = """
        stop-and-wait, 10 ms: 1.9 1.9 1.9 1.8 1.1
        stop-and-wait, 100 ms: 0.7 0.7 0.7 0.6 0.4
        fixed 32, 10 ms: 97.6 97.5 96.7 93.9 78.4
        fixed 32, 100 ms: 31.3 31.3 30.9 29.8 24.4
        NewReno, 10 ms: 99.0 97.9 79.3 44.2 24.1
        NewReno, 100 ms: 95.1 59.7 11.7 4.9 2.6
        CUBIC, 10 ms: 99.9 99.8 87.8 39.2 9.1
        CUBIC, 100 ms: 96.5 75.9 15.1 5.3 2.2

        """
}
