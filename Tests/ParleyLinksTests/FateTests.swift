import ParleyLinks
import ParleyTypes
import Testing

/// What chance does to a packet follows from the seed, its flow and its number, and from nothing else.
@Suite struct FateTests {
    private static let conditions = LinkConditions(
        delay: Delay(floor: .milliseconds(1), adding: .uniform(width: .microseconds(50))),
        loss: .bursts(loss: 0.1, length: 3),
        duplication: 0.1,
        corruption: 0.1
    )

    private func fates(
        _ conditions: LinkConditions = conditions,
        seed: UInt64 = 1,
        _ feed: (inout Conversation) -> Void
    ) -> [UInt32: [LinkOutcome.Kind]] {
        var conversation = Conversation(conditions, seed: seed, flow: 7)
        feed(&conversation)
        conversation.finish()
        return conversation.fates
    }

    @Test func `timing changes no fate`() {
        let atOnce = fates { $0.send(2000) }
        #expect(fates { $0.send(2000, every: .microseconds(3)) } == atOnce)
        #expect(
            fates { conversation in
                for size in 1..<63 {
                    conversation.send(size)
                    conversation.wait(.milliseconds(size))
                }
                conversation.send(2000 - 62 * 63 / 2)
            } == atOnce
        )
        var patient = Self.conditions
        patient.rate = 1_000_000_000
        patient.queue.limit = .packets(3000)
        #expect(fates(patient) { $0.send(2000) } == atOnce)
    }

    @Test func `packets that the queue drops change no fate of others`() {
        var narrow = Self.conditions
        narrow.rate = 100_000_000
        let all = fates { $0.send(2000) }
        let some = fates(narrow) { $0.send(2000, every: .microseconds(60)) }
        let fair = some.filter { $0.value != [.dropped(.queueFull)] }
        #expect((500..<1900).contains(fair.count))
        #expect(fair.allSatisfy { all[$0.key] == $0.value })
    }

    @Test func `other flows change no fate`() {
        var link = Link(Self.conditions, seed: 1)
        var (flow, other) = (LinkFlow(key: 7), LinkFlow(key: 8))
        var mixed = Conversation(Self.conditions)
        for id in 0..<2000 as Range<UInt32> {
            link.receive(LinkPacket(id: 1 << 20, byteCount: 9), of: &other, at: mixed.now)
            link.receive(LinkPacket(id: id, byteCount: 1000), of: &flow, at: mixed.now)
        }
        mixed.link = link
        mixed.listen()
        mixed.finish()
        #expect(mixed.fates.filter { $0.key < 2000 } == fates { $0.send(2000) })
    }

    @Test func `another seed, and another flow, meet other fates`() {
        let ours = fates { $0.send(2000) }
        #expect(fates(seed: 2) { $0.send(2000) } != ours)
        #expect(
            fates { conversation in
                conversation.flow = LinkFlow(key: 8)
                conversation.send(2000)
            } != ours
        )
    }

    @Test func `a fault that is switched on changes nothing of the others`() {
        let lost: (LinkConditions) -> Set<UInt32> = { conditions in
            var conversation = Conversation(conditions, flow: 7)
            conversation.send(3000)
            conversation.finish()
            return Set(conversation.dropped(.burst))
        }
        var conditions = LinkConditions(loss: .bursts(loss: 0.1, length: 3))
        let alone = lost(conditions)
        #expect(alone.count > 100)
        conditions.duplication = 0.5
        #expect(lost(conditions) == alone)
        conditions.corruption = 0.5
        conditions.reordering = .back(0.5, by: .milliseconds(1))
        #expect(lost(conditions) == alone)
        conditions.delay = Delay(adding: .normal(mean: .milliseconds(5), deviation: .milliseconds(1)))
        conditions.queue.discipline = .red()
        #expect(lost(conditions) == alone)
        // Its spells lose packets of their own, but none that was spared before is a burst's now.
        conditions.spells = BadSpells(meanGood: .zero, meanBad: .seconds(1), loss: 0.5)
        #expect(lost(conditions) == alone)
    }
}
