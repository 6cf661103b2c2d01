import ParleyFlow
import ParleyTypes
import Testing

@Suite struct ReportedLossesTests {
    /// Delivers these packets of a flight of ten, and says which are lost.
    private func lost(_ delivered: [UInt64], threshold: Int = 3) throws -> [UInt64] {
        var flight = try Flight(countMax: 100)
        var losses = try ReportedLosses(threshold: threshold)
        for _ in 0..<10 { try flight.send(bytes: 1, at: .zero) }
        var found: [UInt64] = []
        for index in delivered {
            flight.deliver(index..<index + 1) { losses.delivered($0) }
            losses.findLosses(in: &flight) { found.append($0.index) }
        }
        return found
    }

    @Test func `a packet is lost when three that were sent later came, and not before`() throws {
        #expect(try lost([1, 2]) == [])
        #expect(try lost([1, 2, 3]) == [0])
        #expect(try lost([3, 2, 1]) == [0])
        #expect(try lost([9, 8]) == [])
        #expect(try lost([9, 8, 7]) == [0, 1, 2, 3, 4, 5, 6])
        #expect(try lost([9, 4, 8]) == [0, 1, 2, 3])
        #expect(try lost([9, 4, 8, 6]) == [0, 1, 2, 3, 5])
        #expect(try lost([5], threshold: 1) == [0, 1, 2, 3, 4])
        #expect(try lost([0, 1, 2, 3, 4]) == [])
    }

    @Test func `a repeated packet is not judged by its old number`() throws {
        var flight = try Flight(countMax: 100)
        var losses = try ReportedLosses()
        for _ in 0..<10 { try flight.send(bytes: 1, at: .zero) }
        flight.sendAgain(0, at: .milliseconds(1))
        flight.deliver(2..<8) { losses.delivered($0) }
        #expect(losses.findLosses(in: &flight) == 1)
        #expect(flight.nextLost == 1)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `what is lost is what counting says`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let threshold = Int.random(in: 1...8, using: &generator)
        var flight = try Flight(countMax: 500)
        var losses = try ReportedLosses(threshold: threshold)
        var delivered: Set<UInt64> = []
        var found: Set<UInt64> = []
        for _ in 0..<300 {
            if Bool.random(using: &generator) { _ = try flight.send(bytes: 1, at: .zero) }
            guard flight.endIndex > 0 else { continue }
            let index = UInt64.random(in: 0..<flight.endIndex, using: &generator)
            flight.deliver(index..<index + 1) {
                losses.delivered($0)
                delivered.insert($0.index)
            }
            losses.findLosses(in: &flight) { found.insert($0.index) }
            for packet in 0..<flight.endIndex where !delivered.contains(packet) {
                let isLost = delivered.count { $0 > packet } >= threshold
                #expect(found.contains(packet) == isLost, "seed \(seed)")
            }
        }
    }

    @Test func `a threshold of nothing is refused`() {
        #expect(throws: FlowError.self) { try ReportedLosses(threshold: 0) }
        #expect(throws: FlowError.self) { try ReportedLosses(threshold: 9) }
    }
}

@Suite struct RecentLossesTests {
    /// A flight, somebody who acknowledges, and a round trip of 100 ms.
    struct Path {
        var flight: Flight
        var losses = RecentLosses()
        var roundTrip = RoundTripEstimator()
        var now = MonotonicInstant.zero

        init() throws {
            flight = try Flight(countMax: 1000)
            roundTrip.addSample(.milliseconds(100), at: .zero)
        }

        /// Sends so many packets of so many numbers each.
        mutating func send(_ count: Int, numbers: Int = 1, at milliseconds: Int64) throws {
            now = .milliseconds(milliseconds)
            for number in 0..<count * numbers {
                try flight.send(bytes: 1, at: now, joinsLast: number % numbers > 0)
            }
        }

        mutating func deliver(_ range: Range<UInt64>, at milliseconds: Int64) -> [UInt64] {
            now = .milliseconds(milliseconds)
            let (losses, roundTrip, now) = (self.losses, self.roundTrip, self.now)
            var copy = losses
            flight.deliver(range) { copy.delivered($0, by: roundTrip, at: now) }
            self.losses = copy
            return find(at: milliseconds)
        }

        mutating func find(at milliseconds: Int64) -> [UInt64] {
            var found: [UInt64] = []
            losses.findLosses(in: &flight, roundTrip: roundTrip, at: .milliseconds(milliseconds)) {
                found.append($0.index)
            }
            return found
        }
    }

    @Test func `one report and a quarter of a round trip are enough`() throws {
        var path = try Path()
        try path.send(1, at: 0)
        try path.send(1, at: 10)
        #expect(path.deliver(1..<2, at: 110) == [])
        #expect(path.losses.deadline == .milliseconds(125))
        #expect(path.find(at: 124) == [])
        #expect(path.find(at: 125) == [0])
        #expect(path.losses.deadline == nil && path.losses.recoveryEnd == 2)
    }

    @Test func `three reports are enough at once, as long as nothing was reordered`() throws {
        var path = try Path()
        try path.send(4, at: 0)
        #expect(path.deliver(1..<4, at: 100) == [0])
    }

    @Test func `after reordering three reports are not enough`() throws {
        var path = try Path()
        try path.send(5, at: 0)
        #expect(path.deliver(4..<5, at: 100) == [])
        #expect(path.deliver(1..<2, at: 101) == [])
        #expect(path.losses.hasSeenReordering)
        #expect(path.deliver(2..<4, at: 102) == [])
        #expect(path.losses.deadline == .milliseconds(127))
        #expect(path.find(at: 127) == [0])
    }

    @Test func `the packets of one acknowledgement are in no order`() throws {
        var path = try Path()
        try path.send(9, at: 0)
        var losses = path.losses
        path.flight.deliver(6..<8) { losses.delivered($0, by: path.roundTrip, at: .milliseconds(100)) }
        path.flight.deliver(2..<4) { losses.delivered($0, by: path.roundTrip, at: .milliseconds(100)) }
        #expect(!losses.hasSeenReordering)
    }

    @Test func `a lost repetition is found as well (RFC 8985, figure 1)`() throws {
        var path = try Path()
        try path.send(4, at: 0)
        #expect(path.deliver(0..<1, at: 100) == [])
        // The probe: P3 again.
        path.flight.sendAgain(3, at: .milliseconds(300))
        #expect(path.deliver(3..<4, at: 400) == [1, 2])
        path.flight.sendAgain(1, at: .milliseconds(400))
        path.flight.sendAgain(2, at: .milliseconds(400))
        // In recovery, and nothing reordered: the window is 0, and a tie goes by number.
        #expect(path.deliver(2..<3, at: 500) == [1])
    }

    @Test
    func `every round trip with a duplicate makes the window longer, up to a round trip, for 16 recoveries`()
        throws
    {
        var path = try Path()
        path.losses = RecentLosses()
        // Reordering, so that a window is kept at all.
        try path.send(3, at: 0)
        _ = path.deliver(2..<3, at: 100)
        _ = path.deliver(1..<2, at: 101)
        _ = path.deliver(0..<1, at: 102)
        path.flight.acknowledge(before: 3)
        var time: Int64 = 1000
        for round in 1...6 {
            // Two packets 1 ms apart; the second comes.
            try path.send(1, at: time)
            try path.send(1, at: time + 1)
            path.losses.duplicateReported(in: path.flight)
            path.losses.duplicateReported(in: path.flight)
            let last = path.flight.endIndex
            _ = path.deliver(last - 1..<last, at: time + 101)
            let window = min(25 * Int64(round + 1), 100)
            #expect(path.losses.deadline == .milliseconds(time + 100 + window))
            #expect(path.find(at: time + 100 + window) == [last - 2])
            path.flight.acknowledge(before: last)
            _ = path.find(at: time + 300)
            time += 1000
        }
        for round in 0..<16 {
            try path.send(1, at: time)
            try path.send(1, at: time + 1)
            let last = path.flight.endIndex
            _ = path.deliver(last - 1..<last, at: time + 101)
            let window = path.losses.deadline!.nanoseconds / 1_000_000 - time - 100
            #expect(window == (round < 15 ? 100 : 25), "\(round)")
            _ = path.find(at: time + 100 + window)
            path.flight.acknowledge(before: last)
            _ = path.find(at: time + 300)
            time += 1000
        }
    }

    @Test func `a time-out loses the oldest packet and those that are as old, no fresh ones`() throws {
        var path = try Path()
        try path.send(1, at: 0)
        _ = path.deliver(0..<1, at: 100)
        path.flight.acknowledge(before: 1)
        try path.send(3, at: 1000)
        try path.send(2, at: 1990)
        var found: [UInt64] = []
        path.losses.timedOut(in: &path.flight, roundTrip: path.roundTrip, at: .seconds(2)) {
            found.append($0.index)
        }
        #expect(found == [1, 2, 3])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no clock traps, and no time-out leaves the flight without a way on`(_ seed: UInt64) throws {
        var clock = WildClock(seed: seed)
        var generator = SeededGenerator(seed: seed)
        var flight = try Flight(countMax: 50)
        var losses = RecentLosses()
        var probe = try TailLossProbe()
        var rate = DeliveryRateEstimator()
        var roundTrip = RoundTripEstimator()
        for _ in 0..<3000 {
            let now = clock.next()
            let stamp = rate.stamp(for: flight, at: now)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0..<3: _ = try? flight.send(bytes: 100, at: now, stamp: stamp)
            case 3: if let lost = flight.nextLost { flight.sendAgain(lost, at: now, stamp: stamp) }
            case 4:
                let first = flight.startIndex + UInt64.random(in: 0...50, using: &generator)
                let current = roundTrip
                flight.deliver(first..<first + 3) {
                    losses.delivered($0, by: current, at: now)
                    rate.delivered($0, at: now)
                }
            case 5:
                let end = flight.startIndex + UInt64.random(in: 0...9, using: &generator)
                let current = roundTrip
                flight.acknowledge(before: end) {
                    losses.delivered($0, by: current, at: now)
                    rate.delivered($0, at: now)
                }
                roundTrip.acknowledged(sentAt: clock.next(), transmissions: 1, at: now)
            case 6:
                losses.timedOut(in: &flight, roundTrip: roundTrip, at: now)
                if flight.isReneged { flight.forgetDeliveries() }
                #expect(flight.isEmpty || flight.lostCount > 0)
                losses.duplicateReported(in: flight)
            default: rate.applicationLimited(flight)
            }
            losses.findLosses(in: &flight, roundTrip: roundTrip, at: now)
            if let sample = rate.sample(by: roundTrip) {
                #expect(sample.bytesPerSecond >= 0 && sample.interval > .zero)
            }
            probe.schedule(for: flight, roundTrip: roundTrip, timeout: now, at: now)
            if probe.expire(by: roundTrip, at: clock.next()) {
                probe.sent(in: flight, isRepeated: true, roundTrip: roundTrip)
            }
            _ = probe.acknowledged(flight, isDuplicate: false)
        }
    }
}

@Suite struct TailLossProbeTests {
    @Test
    func `a probe is due after two round trips, and the delay of an acknowledgement for a single packet`()
        throws
    {
        var flight = try Flight(countMax: 10)
        var roundTrip = RoundTripEstimator()
        var probe = try TailLossProbe()
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        #expect(probe.deadline == nil)
        try flight.send(bytes: 1, at: .zero)
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        // Without a sample there is no probe (7.3).
        #expect(probe.deadline == nil)
        roundTrip.addSample(.milliseconds(100), at: .zero)
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        #expect(probe.deadline == .milliseconds(400))
        try flight.send(bytes: 1, at: .zero)
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        #expect(probe.deadline == .milliseconds(200))
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: .milliseconds(150), at: .zero)
        #expect(probe.deadline == .milliseconds(150))
        flight.deliver(1..<2)
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        #expect(probe.deadline == nil)
    }

    @Test func `one probe a sample, and a repaired loss is told once`() throws {
        var flight = try Flight(countMax: 10)
        var roundTrip = RoundTripEstimator()
        roundTrip.addSample(.milliseconds(100), at: .zero)
        for isDuplicate in [false, true] {
            var probe = try TailLossProbe()
            try flight.send(bytes: 1, at: .zero)
            try flight.send(bytes: 1, at: .zero)
            probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
            #expect(probe.expire(by: roundTrip, at: .milliseconds(199)) == false)
            #expect(probe.expire(by: roundTrip, at: .milliseconds(200)) == true)
            flight.sendAgain(flight.endIndex - 1, at: .milliseconds(200))
            probe.sent(in: flight, isRepeated: true, roundTrip: roundTrip)
            probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .milliseconds(200))
            #expect(probe.deadline == nil)
            flight.acknowledge(before: flight.endIndex)
            #expect(probe.acknowledged(flight, isDuplicate: isDuplicate) == false)
            try flight.send(bytes: 1, at: .milliseconds(300))
            flight.acknowledge(before: flight.endIndex)
            #expect(probe.acknowledged(flight, isDuplicate: false) == !isDuplicate)
            #expect(probe.acknowledged(flight, isDuplicate: false) == false)
        }
    }
}

@Suite struct DeliveryRateTests {
    @Test func `a steady way delivers at its rate, whatever acknowledgements are joined`() throws {
        for joined in [1, 2, 10] {
            var flight = try Flight(countMax: 1000)
            var rate = DeliveryRateEstimator()
            var roundTrip = RoundTripEstimator()
            roundTrip.addSample(.milliseconds(50), at: .zero)
            var last: DeliveryRateSample?
            // A packet of 1,000 bytes a millisecond, acknowledged 50 ms later.
            for millisecond in 0..<1000 as Range<Int64> {
                let now = MonotonicInstant.milliseconds(millisecond)
                if millisecond >= 50, millisecond % Int64(joined) == 0 {
                    flight.acknowledge(before: UInt64(millisecond - 49)) { rate.delivered($0, at: now) }
                    if let sample = rate.sample(by: roundTrip) { last = sample }
                }
                let stamp = rate.stamp(for: flight, at: now)
                try flight.send(bytes: 1000, at: now, stamp: stamp)
            }
            let sample = try #require(last)
            #expect((900_000...1_020_000).contains(sample.bytesPerSecond), "\(sample)")
            #expect(!sample.isApplicationLimited)
        }
    }

    @Test func `samples of an application that has little to send say so`() throws {
        var flight = try Flight(countMax: 100)
        var rate = DeliveryRateEstimator()
        let roundTrip = RoundTripEstimator()
        var now = MonotonicInstant.zero
        for round in 0..<5 as Range<UInt64> {
            let stamp = rate.stamp(for: flight, at: now)
            try flight.send(bytes: 1000, at: now, stamp: stamp)
            rate.applicationLimited(flight)
            now = now.advanced(by: .milliseconds(100))
            flight.acknowledge(before: round + 1) { rate.delivered($0, at: now) }
            let taken = rate.sample(by: roundTrip)
            let sample = try #require(taken)
            #expect(sample.bytesPerSecond == 10_000)
            #expect(sample.isApplicationLimited == (round > 0))
            #expect(rate.sample(by: roundTrip) == nil)
        }
        #expect(rate.delivered == 5000)
    }

    @Test func `a sample shorter than the least round trip is none`() throws {
        var flight = try Flight(countMax: 100)
        var rate = DeliveryRateEstimator()
        var roundTrip = RoundTripEstimator()
        roundTrip.addSample(.milliseconds(100), at: .zero)
        let stamp = rate.stamp(for: flight, at: .zero)
        try flight.send(bytes: 1000, at: .zero, stamp: stamp)
        flight.acknowledge(before: 1) { rate.delivered($0, at: .milliseconds(50)) }
        #expect(rate.sample(by: roundTrip) == nil)
    }
}

@Suite struct PacerTests {
    @Test func `without a rate everything may leave`() throws {
        var pacer = try Pacer(packetBytes: 1200)
        #expect(pacer.allowance(at: .zero) == .max)
        #expect(pacer.wait(for: 1_000_000, at: .zero) == .zero)
        pacer.sent(1_000_000, at: .zero)
        #expect(throws: FlowError.self) { try Pacer(packetBytes: 0) }
        #expect(throws: FlowError.self) { try Pacer(packetBytes: 1200, train: 1199) }
    }

    @Test func `trains leave at the rate, none larger than was asked for`() throws {
        var pacer = try Pacer(packetBytes: 1200, train: 12_000)
        pacer.setRate(1_200_000, at: .zero)
        var now = MonotonicInstant.zero
        var sent = 0
        while now < .seconds(10) {
            let bytes = min(pacer.allowance(at: now), 12_000)
            #expect(bytes <= 12_000)
            pacer.sent(bytes / 1200 * 1200, at: now)
            sent += bytes / 1200 * 1200
            now = pacer.wait(for: 6000, at: now)
        }
        #expect((11_990_000...12_020_000).contains(sent))
    }

    @Test func `a new rate holds at once, and none of 0 or less stops for ever`() throws {
        var pacer = try Pacer(packetBytes: 1000)
        pacer.setRate(1000, at: .zero)
        pacer.sent(1000, at: .zero)
        #expect(pacer.nextTime(for: 1000, at: .zero) == .seconds(1))
        pacer.setRate(10_000, at: .zero)
        #expect(pacer.nextTime(for: 1000, at: .zero) == .milliseconds(100))
        pacer.setRate(-5, at: .zero)
        #expect(pacer.nextTime(for: 1000, at: .zero) == .seconds(1000))
        pacer.setRate(nil, at: .zero)
        #expect(pacer.nextTime(for: 1000, at: .zero) == .zero)
    }
}
