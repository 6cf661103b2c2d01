import ParleyFlow
import ParleyTypes
import Testing

/// What a flight counts where several numbers travel in one packet, and what is taken back or given up.
@Suite struct FlightTests {
    /// A flight of packets of so many numbers each, all sent at one time.
    private func flight(_ numbers: [Int]) throws -> Flight {
        var flight = try Flight(countMax: 1000)
        for count in numbers {
            for number in 0..<count { try flight.send(bytes: 100, at: .zero, joinsLast: number > 0) }
        }
        return flight
    }

    @Test func `numbers of one packet are one packet on its way, until the last of them is known of`() throws
    {
        var flight = try flight([3, 1, 2])
        #expect(flight.outstandingCount == 6 && flight.outstandingPackets == 3)
        flight.lose(1)
        #expect(flight.outstandingPackets == 3)
        flight.deliver(0..<1)
        flight.deliver(2..<3)
        #expect(flight.outstandingPackets == 2)
        flight.acknowledge(before: 4)
        #expect(flight.outstandingPackets == 1)
        flight.lose(4)
        #expect(flight.outstandingPackets == 1)
        flight.lose(5)
        #expect(flight.outstandingPackets == 0)
        // Repeated in one packet, which two packets were before.
        flight.sendAgain(5, at: .seconds(1))
        flight.sendAgain(4, at: .seconds(1), joinsLast: true)
        #expect(flight.outstandingPackets == 1 && flight.bytes == 200)
    }

    @Test func `delivered packets are counted by their first numbers`() throws {
        var flight = try flight([1, 3, 1, 2])
        flight.deliver(1..<4)
        #expect(flight.deliveredCount == 3 && flight.deliveredPackets == 1)
        flight.deliver(6..<7)
        #expect(flight.deliveredCount == 4 && flight.deliveredPackets == 1)
        flight.deliver(5..<6)
        #expect(flight.deliveredPackets == 2)
        flight.withdraw(5)
        #expect(flight.deliveredPackets == 1 && flight.nextLost == 5)
        flight.acknowledge(before: 4)
        #expect(flight.deliveredPackets == 0 && flight.deliveredCount == 1)
    }

    @Test func `one packet of many numbers is one report`() throws {
        for joins in [false, true] {
            var flight = try Flight(countMax: 100)
            var losses = try ReportedLosses()
            try flight.send(bytes: 1, at: .zero)
            for number in 0..<8 { try flight.send(bytes: 1, at: .zero, joinsLast: joins && number > 0) }
            flight.deliver(1..<9) { losses.delivered($0) }
            #expect(losses.findLosses(in: &flight) == (joins ? 0 : 1))
            for _ in 0..<2 { try flight.send(bytes: 1, at: .zero) }
            flight.deliver(9..<11) { losses.delivered($0) }
            #expect(losses.findLosses(in: &flight) == (joins ? 1 : 0))
        }
    }

    /// Numbers that came in whatever order, in packets of several.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `a number is lost when so many packets hold a greater one that came`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let threshold = Int.random(in: 1...8, using: &generator)
        var flight = try Flight(countMax: 500)
        var losses = try ReportedLosses(threshold: threshold)
        var packets: [Int] = []
        var delivered: Set<Int> = []
        var found: Set<Int> = []
        for _ in 0..<200 {
            if Bool.random(using: &generator) {
                let joins = Int.random(in: 0..<3, using: &generator) > 0
                try flight.send(bytes: 1, at: .zero, joinsLast: joins)
                packets.append(joins && !packets.isEmpty ? packets[packets.count - 1] : packets.count)
            }
            guard !packets.isEmpty else { continue }
            let index = UInt64.random(in: 0..<flight.endIndex, using: &generator)
            flight.deliver(index..<index + 1) {
                losses.delivered($0)
                delivered.insert(Int($0.index))
            }
            losses.findLosses(in: &flight) { found.insert(Int($0.index)) }
            for number in packets.indices where !delivered.contains(number) {
                let beyond = Set(delivered.filter { $0 > number }.map { packets[$0] })
                #expect(found.contains(number) == (beyond.count >= threshold), "seed \(seed)")
            }
        }
    }

    @Test func `a packet of several numbers makes none of its own lost by time`() throws {
        var path = try RecentLossesTests.Path()
        try path.send(1, numbers: 4, at: 0)
        try path.send(1, at: 10)
        // The receiver had no room for the others.
        #expect(path.deliver(1..<3, at: 100) == [])
        #expect(path.losses.deadline == nil)
        #expect(path.deliver(4..<5, at: 110) == [])
        #expect(path.losses.deadline == .milliseconds(125))
        #expect(path.find(at: 125) == [0, 3])
    }

    @Test func `three numbers in one packet are no three reports`() throws {
        for numbers in [1, 3] {
            var path = try RecentLossesTests.Path()
            try path.send(1, at: 0)
            try path.send(3 / numbers, numbers: numbers, at: 10)
            #expect(path.deliver(1..<4, at: 105) == (numbers == 1 ? [0] : []))
        }
    }

    @Test func `a single packet's probe waits for the delayed acknowledgement, whatever it holds`() throws {
        var flight = try flight([5])
        var roundTrip = RoundTripEstimator()
        roundTrip.addSample(.milliseconds(100), at: .zero)
        var probe = try TailLossProbe()
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        #expect(probe.deadline == .milliseconds(400))
        try flight.send(bytes: 1, at: .zero)
        probe.schedule(for: flight, roundTrip: roundTrip, timeout: nil, at: .zero)
        #expect(probe.deadline == .milliseconds(200))
    }

    @Test func `after a time-out the oldest packet is repeated first, whatever was lost before`() throws {
        var path = try RecentLossesTests.Path()
        try path.send(8, at: 0)
        _ = path.deliver(7..<8, at: 100)
        _ = path.find(at: 200)
        #expect(path.flight.lostCount == 7)
        path.flight.sendAgain(0, at: .milliseconds(200))
        path.flight.sendAgain(1, at: .milliseconds(200))
        path.losses.timedOut(in: &path.flight, roundTrip: path.roundTrip, at: .milliseconds(1200))
        #expect(path.flight.nextLost == 0)
        var order: [UInt64] = []
        while let index = path.flight.nextLost {
            order.append(index)
            path.flight.sendAgain(index, at: .milliseconds(1200))
        }
        #expect(order == [0, 2, 3, 4, 5, 6, 1])
        // Also where it is known to be lost already.
        for index in [5, 3, 0] as [UInt64] { path.flight.lose(index) }
        path.losses.timedOut(in: &path.flight, roundTrip: path.roundTrip, at: .milliseconds(1201))
        #expect(path.flight.nextLost == 0)
    }

    @Test func `what the receiver took back is repeated in the order of numbers, beside what was lost`()
        throws
    {
        var flight = try flight([1, 1, 1, 1, 1, 1])
        flight.deliver(0..<2)
        flight.deliver(4..<5)
        flight.lose(5)
        flight.lose(3)
        #expect(flight.isReneged)
        flight.forgetDeliveries()
        var order: [UInt64] = []
        while let index = flight.nextLost {
            order.append(index)
            flight.sendAgain(index, at: .seconds(1))
        }
        #expect(order == [0, 1, 3, 4, 5])
        #expect(flight.outstandingCount == 6 && flight.deliveredCount == 0 && flight.bytes == 600)
    }

    @Test func `what is abandoned is not repeated, and is no delivery`() throws {
        var flight = try flight([1, 1, 1, 1, 1])
        flight.lose(1)
        #expect(flight.abandon(1) && flight.abandon(2))
        #expect(!flight.abandon(2) && !flight.sendAgain(2, at: .zero) && !flight.lose(2))
        #expect(flight.nextLost == nil && flight.bytes == 300 && flight.abandonedCount == 2)
        // Zero is missing still, so the receiver need not hear of it.
        #expect(flight.forwardIndex == nil && flight.firstUndelivered(from: 1) == 3)
        var told: [UInt64] = []
        flight.deliver(2..<4) { told.append($0.index) }
        flight.acknowledge(before: 1) { told.append($0.index) }
        #expect(told == [3, 0] && flight.forwardIndex == 3 && !flight.isReneged)
        // A delivery is no reason to pass over it: it may be taken back.
        flight.abandon(4)
        #expect(flight.forwardIndex == 3)
        flight.forgetDeliveries()
        #expect(flight.lostCount == 1 && flight.abandonedCount == 3)
        flight.acknowledge(before: 4) { told.append($0.index) }
        #expect(told == [3, 0, 3] && flight.forwardIndex == 5)
        flight.acknowledge(before: 5)
        #expect(flight.isEmpty && flight.abandonedCount == 0 && flight.forwardIndex == nil)
    }

    @Test func `an acknowledgement's news are what was not reported before`() throws {
        var window = try SendWindow<UInt16, Int>(first: 0, countMax: 10)
        for item in 0..<6 { _ = try window.send(item, bytes: 1, at: .zero) }
        #expect(window.acknowledge(SerialRun(first: 1, last: 3)) == .news(3))
        #expect(window.acknowledge(before: 5) == .news(2))
        #expect(window.acknowledge(SerialRun(first: 5, last: 5)) == .news(1))
        #expect(window.acknowledge(before: 6) == .news(0))
        #expect(window.acknowledge(before: 6) == .nothingNew)
        #expect(window.repeatedAcknowledgements == 1)
    }
}
