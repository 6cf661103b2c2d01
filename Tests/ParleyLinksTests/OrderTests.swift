import ParleyLinks
import ParleyTypes
import Testing

@Suite struct OrderTests {
    private let jitter = Delay(floor: .milliseconds(10), adding: .uniform(width: .milliseconds(20)))

    private func isSorted(_ ids: [UInt32]) -> Bool { zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 } }

    @Test(arguments: [nil, 50_000_000])
    func `packets keep their order, however their delays vary`(_ rate: Int?) {
        var conversation = Conversation(LinkConditions(rate: rate, delay: jitter, loss: .random(0.1)))
        conversation.send(5000, every: .microseconds(200))
        conversation.finish()
        #expect(conversation.arrivals.count > 4000)
        #expect(isSorted(conversation.arrivals.map(\.id)))
        let times = conversation.arrivals.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `no packet is there before its delay, nor told before it is there`() {
        var conversation = Conversation(LinkConditions(delay: jitter, reordering: .free))
        var sent: [MonotonicInstant] = []
        for _ in 0..<3000 {
            sent.append(conversation.now)
            conversation.send(every: .microseconds(100))
            #expect(conversation.outcomes.last.map { $0.time <= conversation.now } != false)
        }
        conversation.finish()
        for outcome in conversation.arrivals {
            let delay = sent[Int(outcome.id)].duration(to: outcome.time)
            #expect(delay >= .milliseconds(10) && delay <= .milliseconds(30))
        }
    }

    @Test func `without any order each packet has its own delay`() {
        var conversation = Conversation(LinkConditions(delay: jitter, reordering: .free))
        conversation.send(5000)
        conversation.finish()
        #expect(!isSorted(conversation.arrivals.map(\.id)))
        #expect(conversation.arrivals.count == 5000)
        let early = conversation.arrivals.count { $0.time < .milliseconds(15) }
        #expect(isLikely(early, of: 5000, 0.25))
    }

    @Test func `as many are held back as was asked for, and by as much`() {
        let conditions = LinkConditions(
            delay: .constant(.milliseconds(1)),
            reordering: .back(0.1, by: .microseconds(25))
        )
        var conversation = Conversation(conditions)
        conversation.send(20_000, every: .microseconds(10))
        conversation.finish()
        let late = conversation.arrivals.filter { $0.time.nanoseconds % 10_000 == 5_000 }
        #expect(isLikely(late.count, of: 20_000, 0.1))
        #expect(late.count == conversation.link.statistics.reordered)
        for outcome in conversation.arrivals {
            let delay = outcome.time.nanoseconds - Int64(outcome.id) * 10_000
            #expect(delay == 1_000_000 || delay == 1_025_000)
        }
        let ids = conversation.arrivals.map(\.id)
        let overtaken = zip(ids, ids.dropFirst()).count { $0 > $1 }
        #expect(overtaken > late.count / 2)
    }

    @Test func `who is let ahead is early by that much, but not before it has left`() {
        let ahead: (Duration) -> [LinkOutcome] = { time in
            let conditions = LinkConditions(
                delay: .constant(.milliseconds(1)),
                reordering: .ahead(0.1, by: time)
            )
            var conversation = Conversation(conditions)
            conversation.send(2000, every: .microseconds(10))
            conversation.finish()
            return conversation.arrivals
        }
        let delays: ([LinkOutcome]) -> Set<Int64> = { arrivals in
            Set(arrivals.map { $0.time.nanoseconds - Int64($0.id) * 10_000 })
        }
        #expect(delays(ahead(.microseconds(300))) == [700_000, 1_000_000])
        #expect(delays(ahead(.seconds(300))) == [0, 1_000_000])
    }

    @Test func `a packet that leaves the order makes no other wait`() {
        var conversation = Conversation(
            LinkConditions(delay: .constant(.milliseconds(1)), reordering: .back(1, by: .seconds(9)))
        )
        conversation.send()
        conversation.link.conditions.reordering = .none
        conversation.send()
        conversation.finish()
        #expect(conversation.arrivals.map(\.id) == [1, 0])
        #expect(conversation.arrivals.map(\.time) == [.milliseconds(1), .milliseconds(9001)])
    }
}
