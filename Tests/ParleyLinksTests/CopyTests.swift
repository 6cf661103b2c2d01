import ParleyLinks
import ParleyTypes
import Testing

@Suite struct CopyTests {
    @Test func `as many copies come as was asked for, each right after its original`() {
        var conversation = Conversation(
            LinkConditions(rate: 800_000_000, queue: LinkQueue(limit: .packets(.max)), duplication: 0.05)
        )
        conversation.send(20_000)
        conversation.finish()
        let outcomes = conversation.outcomes
        let copies = outcomes.indices.filter {
            if case .arrived(_, _, isCopy: true) = outcomes[$0].kind { true } else { false }
        }
        #expect(isLikely(copies.count, of: 20_000, 0.05))
        #expect(copies.count == conversation.link.statistics.copies)
        for index in copies {
            let original = outcomes[index - 1]
            #expect(original.id == outcomes[index].id && original.time == outcomes[index].time)
            #expect(!original.isLast && outcomes[index].isLast)
        }
        // They take no rate: 10 µs for each original.
        #expect(outcomes.last?.time == .milliseconds(200))
    }

    @Test func `as many are corrupted as was asked for, copies by themselves`() {
        var conversation = Conversation(LinkConditions(duplication: 1, corruption: 0.1))
        conversation.send(20_000)
        var (originals, copies, both) = (0, 0, 0)
        for pair in conversation.fates.values {
            let isCorrupted = pair.map {
                if case .arrived(_, .some, _) = $0 { true } else { false }
            }
            originals += isCorrupted[0] ? 1 : 0
            copies += isCorrupted[1] ? 1 : 0
            both += isCorrupted == [true, true] ? 1 : 0
        }
        #expect(isLikely(originals, of: 20_000, 0.1))
        #expect(isLikely(copies, of: 20_000, 0.1))
        #expect(isLikely(both, of: 20_000, 0.01))
        #expect(conversation.link.statistics.corrupted == originals + copies)
    }

    @Test func `every bit is as likely to be flipped as any other`() {
        var conversation = Conversation(LinkConditions(corruption: 1))
        conversation.send(32_000)
        var counts = [Int](repeating: 0, count: 64)
        for outcome in conversation.outcomes {
            guard case .arrived(_, let corruption?, _) = outcome.kind, let bit = corruption.bit(of: 8) else {
                Issue.record("no bit is flipped")
                return
            }
            counts[bit] += 1
        }
        #expect(counts.allSatisfy { isLikely($0, of: 32_000, 1.0 / 64) })
    }

    @Test func `the bit lies within what the caller has of the packet`() {
        #expect(Corruption(draw: .max).bit(of: 1) == 7)
        #expect(Corruption(draw: 0).bit(of: 1500) == 0)
        #expect(Corruption(draw: .max).bit(of: 1500) == 11_999)
        #expect(Corruption(draw: 1 << 31).bit(of: 1500) == 6000)
        #expect(Corruption(draw: 5).bit(of: 0) == nil)
        #expect(Corruption(draw: 5).bit(of: -1) == nil)
        #expect(Corruption(draw: .max).bit(of: .max).map { $0 < Link.packetBytesMax * 8 } == true)
    }
}
