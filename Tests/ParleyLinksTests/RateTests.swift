import ParleyLinks
import ParleyTypes
import Testing

@Suite struct RateTests {
    /// Bits a second that do not divide a second's nanoseconds.
    @Test(arguments: [3_000_000, 7_777_777, 999_999_999, 41_000_000_000])
    func `the rate is met exactly over a long run`(_ rate: Int) {
        var conversation = Conversation(LinkConditions(rate: rate, queue: LinkQueue(limit: .packets(.max))))
        conversation.send(8_000, bytes: 1213)
        conversation.finish()
        // The last one has left when all bits have, rounded up once.
        let work = 8_000 * 1213 * 8 * 1_000_000_000
        let (quotient, remainder) = work.quotientAndRemainder(dividingBy: rate)
        let end = Int64(quotient + (remainder > 0 ? 1 : 0))
        #expect(conversation.arrivals.count == 8_000)
        #expect(conversation.arrivals.last?.time.nanoseconds == end)
    }

    @Test func `a packet leaves when its size over the rate has passed, idle or not before`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000))
        conversation.send(bytes: 500)
        conversation.wait(.seconds(1000))
        conversation.send(3, bytes: 1000)
        conversation.finish()
        let times = conversation.arrivals.map { $0.time.nanoseconds }
        let idle: Int64 = 1_000_000_000_000
        #expect(times == [500_000, idle + 1_000_000, idle + 2_000_000, idle + 3_000_000])
    }

    @Test func `a packet without bytes takes no time`() {
        var conversation = Conversation(LinkConditions(rate: 1))
        conversation.send(5, bytes: 0)
        conversation.send(bytes: -7)
        #expect(conversation.arrivals.map(\.id) == [0, 1, 2, 3, 4, 5])
    }

    @Test(arguments: [0, -1, Int.min])
    func `at no rate nothing ever leaves, until there is one`(_ rate: Int) {
        var conversation = Conversation(LinkConditions(rate: rate, queue: LinkQueue(limit: .packets(3))))
        conversation.send(5)
        #expect(conversation.link.nextDeadline == nil)
        conversation.wait(.seconds(1_000_000))
        #expect(conversation.outcomes.count == 2)
        #expect(conversation.link.queuedPackets == 3 && conversation.link.packetsInside == 3)
        conversation.link.conditions.rate = 8_000_000
        #expect(conversation.link.nextDeadline == conversation.now.advanced(by: .milliseconds(1)))
        let start = conversation.now
        conversation.finish()
        #expect(conversation.arrivals.map(\.time) == (1...3).map { start.advanced(by: .milliseconds($0)) })
    }

    @Test func `a new rate holds from the next packet on`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000))
        conversation.send(4)
        conversation.wait(.microseconds(500))
        conversation.link.conditions.rate = 80_000_000
        conversation.wait(.microseconds(550))
        conversation.link.conditions.rate = nil
        conversation.listen()
        conversation.finish()
        #expect(
            conversation.arrivals.map { $0.time.nanoseconds } == [1_000_000, 1_100_000, 1_100_000, 1_100_000]
        )
    }

    @Test func `what is left of a nanosecond at one rate is nothing at another`() {
        var conversation = Conversation(LinkConditions(rate: 7_777_777))
        conversation.send(2)
        conversation.link.conditions.rate = 1
        conversation.finish()
        let times = conversation.arrivals.map { $0.time.nanoseconds }
        #expect(times == [1_028_572, 1_028_572 + 8_000_000_000_000])
    }

    @Test func `extremes are held, not trapped on`() {
        for rate in [1, Int.max] {
            var conversation = Conversation(LinkConditions(rate: rate, delay: .constant(.seconds(Int64.max))))
            conversation.send(20, bytes: .max, fragments: .max)
            conversation.run(until: .distantFuture)
            let statistics = conversation.link.statistics
            #expect(statistics.arrived + statistics.dropped + conversation.link.packetsInside == 20)
        }
    }

    @Test func `packets larger than the MTU need fragments`() {
        var conversation = Conversation(.lan)
        conversation.send(bytes: 1500)
        conversation.send(bytes: 1501)
        conversation.send(bytes: 1501, fragments: 2)
        conversation.finish()
        #expect(conversation.arrivals.map(\.id) == [0, 2])
        #expect(conversation.dropped(.tooLarge) == [1])
    }

    @Test func `what a rule condemns takes neither room nor rate`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000, queue: LinkQueue(limit: .packets(1))))
        conversation.send()
        conversation.send(10, isCondemned: true)
        conversation.send()
        #expect(conversation.dropped(.rule).count == 10)
        conversation.finish()
        #expect(conversation.arrivals.map(\.time) == [.milliseconds(1), .milliseconds(2)])
    }
}
