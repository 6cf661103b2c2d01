import ParleyLinks
import ParleyTypes
import Testing

@Suite struct TimeTests {
    private let conditions = LinkConditions(
        rate: 80_000_000,
        delay: Delay(
            floor: .milliseconds(5),
            adding: .normal(mean: .milliseconds(2), deviation: .milliseconds(1))
        ),
        queue: LinkQueue(.coDel(), marks: true),
        loss: .bursts(loss: 0.05, length: 3),
        duplication: 0.05,
        reordering: .back(0.05, by: .milliseconds(1)),
        spells: BadSpells(
            meanGood: .milliseconds(50),
            meanBad: .milliseconds(10),
            addedDelay: .milliseconds(9),
            loss: 0.2
        )
    )

    @Test func `virtual years of silence change nothing of what comes after`() {
        var conversation = Conversation(conditions)
        for _ in 0..<100 {
            conversation.send(10)
            conversation.wait(.seconds(86_400 * 365))
        }
        #expect(conversation.link.packetsInside == 0)
        #expect(conversation.arrivals.count + conversation.link.statistics.dropped == 1000)
        #expect(conversation.arrivals.count > 800)
    }

    @Test func `a clock that stands or goes back does no harm`() {
        var conversation = Conversation(conditions, at: .milliseconds(1000))
        conversation.send(50)
        for _ in 0..<100 { conversation.link.advance(to: .milliseconds(1000)) }
        conversation.link.advance(to: MonotonicInstant(nanoseconds: .min))
        conversation.now = .milliseconds(3)
        conversation.send(10)
        conversation.listen()
        #expect(conversation.outcomes.allSatisfy { $0.time >= .milliseconds(1000) })
        conversation.finish()
        #expect(conversation.link.packetsInside == 0)
    }

    @Test func `the ends of time are times as any other`() {
        for start in [Int64.min, .max - 1, .max] {
            var conversation = Conversation(conditions, at: MonotonicInstant(nanoseconds: start))
            conversation.send(20)
            conversation.run(until: .distantFuture)
            let statistics = conversation.link.statistics
            #expect(statistics.arrived + statistics.dropped + conversation.link.packetsInside == 20)
        }
    }

    /// Feeds one packet a millisecond, and tells the link of the time by deadlines or seldom.
    private func outcomes(isPatient: Bool) -> [LinkOutcome] {
        var link = Link(conditions, seed: 3)
        var flow = LinkFlow(key: 1)
        var outcomes: [LinkOutcome] = []
        for id in 0..<2000 as Range<UInt32> {
            let now = MonotonicInstant.milliseconds(Int64(id))
            while !isPatient, let deadline = link.nextDeadline, deadline <= now {
                link.advance(to: deadline)
                while let outcome = link.nextOutcome() { outcomes.append(outcome) }
            }
            link.receive(LinkPacket(id: id, byteCount: 12_000), of: &flow, at: now)
            guard !isPatient || id % 100 == 99 else { continue }
            while let outcome = link.nextOutcome() { outcomes.append(outcome) }
        }
        link.advance(to: .milliseconds(100_000))
        while let outcome = link.nextOutcome() { outcomes.append(outcome) }
        return outcomes
    }

    @Test func `a caller that is late learns the same, at the same times, as one that is never late`() {
        let outcomes = outcomes(isPatient: false)
        #expect(outcomes == self.outcomes(isPatient: true))
        #expect(outcomes.contains { $0.kind == .dropped(.earlyDrop) })
    }

    @Test func `the deadline is when something happens, and not earlier`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000, delay: .constant(.milliseconds(7))))
        #expect(conversation.link.nextDeadline == nil)
        conversation.send(2)
        var deadlines: [MonotonicInstant] = []
        while let deadline = conversation.link.nextDeadline {
            deadlines.append(deadline)
            conversation.link.advance(to: deadline)
            conversation.listen()
        }
        #expect(deadlines == [1, 2, 8, 9].map { .milliseconds($0) })
    }
}
