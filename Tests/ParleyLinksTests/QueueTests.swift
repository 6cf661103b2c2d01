import ParleyLinks
import ParleyTypes
import Testing

@Suite struct QueueTests {
    /// 1,000 bytes a millisecond.
    private func full(_ limit: LinkQueue.Limit, delay: Duration = .zero, rate: Int = 8_000_000)
        -> Conversation
    {
        var conversation = Conversation(
            LinkConditions(rate: rate, delay: .constant(delay), queue: LinkQueue(limit: limit))
        )
        conversation.send(5000)
        return conversation
    }

    @Test(arguments: [0, 1, 7, 100])
    func `a queue of n packets holds n, beside the one that is being sent`(_ limit: Int) {
        var conversation = full(.packets(limit))
        #expect(conversation.link.queuedPackets == limit)
        #expect(conversation.link.queuedBytes == limit * 1000)
        #expect(conversation.dropped(.queueFull) == Array(UInt32(limit + 1)..<5000))
        // Room comes with the packet that leaves, at that very moment.
        conversation.run(until: MonotonicInstant(nanoseconds: 999_999))
        conversation.send()
        #expect(conversation.outcomes.last?.kind == .dropped(.queueFull))
        conversation.run(until: .milliseconds(1))
        conversation.send()
        #expect(conversation.link.queuedPackets == limit)
        conversation.finish()
        #expect(conversation.arrivals.count == limit + 2)
    }

    @Test func `a queue of bytes holds as many, to the byte`() {
        #expect(full(.bytes(4999)).link.queuedPackets == 4)
        #expect(full(.bytes(5000)).link.queuedPackets == 5)
        #expect(full(.both(packets: 3, bytes: 5000)).link.queuedPackets == 3)
        #expect(full(.both(packets: 30, bytes: 5000)).link.queuedPackets == 5)
        #expect(full(.packets(-1)).link.queuedPackets == 0)
        #expect(full(.bytes(-1)).link.queuedPackets == 0)
    }

    @Test func `unless asked otherwise it holds the product of rate and round trip, ten packets at least`() {
        #expect(full(.automatic).link.queuedPackets == 10)
        #expect(full(.automatic, delay: .milliseconds(2)).link.queuedPackets == 10)
        // 1,000 bytes a millisecond, for 100 ms there and back.
        #expect(full(.automatic, delay: .milliseconds(50)).link.queuedPackets == 100)
        #expect(full(.automatic, delay: .seconds(Int64.max), rate: .max).link.queuedPackets <= 5000)
    }

    @Test func `packets on the wire do not count against the queue`() {
        var conversation = Conversation(
            LinkConditions(
                rate: 8_000_000,
                delay: .constant(.seconds(1)),
                queue: LinkQueue(limit: .packets(1))
            )
        )
        conversation.send(500, every: .milliseconds(1))
        #expect(conversation.outcomes.isEmpty && conversation.link.packetsInside == 500)
        conversation.finish()
        #expect(conversation.arrivals.count == 500)
    }

    @Test func `nothing leaves a clogged queue, and all goes on behind the clog`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000))
        conversation.send(2)
        conversation.link.clog(until: .milliseconds(50))
        conversation.wait(.milliseconds(10))
        // What was being sent has left.
        #expect(conversation.arrivals.map(\.time) == [.milliseconds(1)])
        #expect(conversation.link.nextDeadline == .milliseconds(50))
        conversation.finish()
        #expect(conversation.arrivals.map(\.time) == [.milliseconds(1), .milliseconds(51)])
    }

    @Test func `the last clog counts, and one that is past ends it`() {
        var conversation = Conversation()
        conversation.link.clog(until: .distantFuture)
        conversation.send(2000)
        #expect(conversation.link.nextDeadline == nil)
        #expect(conversation.link.queuedPackets == 1000)
        conversation.link.clog(until: .milliseconds(5))
        #expect(conversation.link.nextDeadline == .milliseconds(5))
        conversation.link.clog(until: conversation.now)
        conversation.listen()
        #expect(conversation.arrivals.count == 1000 && conversation.link.nextDeadline == nil)
    }
}
