import ParleyTypes
import Testing

@testable import ParleyLinks

@Suite struct PassageTests {
    @Test func `a partition drops what comes, and nothing that is on its way`() {
        var conversation = Conversation(LinkConditions(delay: .constant(.milliseconds(10))))
        conversation.send(3)
        conversation.link.passage = .partitioned
        conversation.send(4)
        #expect(conversation.dropped(.partitioned) == [3, 4, 5, 6])
        conversation.wait(.seconds(1))
        conversation.link.passage = .open
        conversation.send()
        conversation.finish()
        #expect(conversation.arrivals.map(\.id) == [0, 1, 2, 7])
    }

    @Test func `what is held comes in order when the way is open again, all of it`() {
        var conversation = Conversation(
            LinkConditions(
                rate: 8_000_000,
                delay: .constant(.milliseconds(10)),
                queue: LinkQueue(limit: .packets(2))
            )
        )
        conversation.link.passage = .held
        conversation.send(20)
        #expect(conversation.link.nextDeadline == nil && conversation.link.queuedPackets == 0)
        #expect(conversation.link.packetsInside == 20)
        conversation.wait(.seconds(1))
        conversation.link.passage = .open
        // The queue is fuller than it may be: it takes nothing else meanwhile.
        conversation.send()
        #expect(conversation.dropped(.queueFull) == [20])
        conversation.finish()
        #expect(conversation.arrivals.map(\.id) == Array(0..<20))
        #expect(conversation.arrivals.map(\.time) == (1...20).map { .milliseconds(1010 + $0) })
    }

    @Test func `the hold keeps as much as is promised and no more`() {
        var conversation = Conversation()
        conversation.link.passage = .held
        conversation.send(Link.heldPacketsMax + 3)
        #expect(conversation.dropped(.heldFull).count == 3)
        conversation.link.passage = .open
        conversation.listen()
        #expect(conversation.arrivals.map(\.id) == Array(0..<UInt32(Link.heldPacketsMax)))
    }

    @Test func `a partition drops what was held`() {
        var conversation = Conversation()
        conversation.link.passage = .held
        conversation.send(5)
        conversation.link.passage = .partitioned
        conversation.listen()
        #expect(conversation.dropped(.partitioned) == [0, 1, 2, 3, 4])
        #expect(conversation.link.packetsInside == 0)
    }

    @Test func `no more packets are inside than there may be, wherever they are`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000, delay: .constant(.milliseconds(3))))
        conversation.link.insideMax = 8
        conversation.send(3, every: .milliseconds(1))
        conversation.send(4)
        conversation.link.passage = .held
        conversation.send(3)
        #expect(conversation.link.packetsInside == 8)
        #expect(conversation.dropped(.linkFull) == [8, 9])
    }

    @Test func `fates do not depend on what the passage does`() {
        var held = Conversation(LinkConditions(loss: .random(0.3)))
        var open = held
        open.send(200)
        held.link.passage = .held
        held.send(100)
        held.link.passage = .open
        held.send(100)
        held.listen()
        #expect(held.dropped(.loss) == open.dropped(.loss))
        #expect(held.dropped(.loss).count > 30)
    }
}
