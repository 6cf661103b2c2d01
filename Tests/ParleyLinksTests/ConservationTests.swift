import ParleyLinks
import ParleyTypes
import Testing

@Suite struct ConservationTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what came has arrived, was dropped or is inside, at every moment and whatever changes`(seed: UInt64)
    {
        var random = SeededGenerator(seed: seed)
        var conversation = Conversation(.random(using: &random), seed: seed)
        for _ in 0..<1500 {
            conversation.change(using: &random)
            let statistics = conversation.link.statistics
            let inside = conversation.link.packetsInside
            #expect(statistics.received == statistics.arrived + statistics.dropped + inside, "seed \(seed)")
            #expect(
                statistics.dropped == LinkDrop.allCases.map { statistics[$0] }.reduce(0, +),
                "seed \(seed)"
            )
            #expect(conversation.link.queuedPackets <= inside, "seed \(seed)")
        }
        conversation.expectTheBooksToBalance(seed)
    }
}

extension Conversation {
    /// Does one thing of all that can be done to a link.
    fileprivate mutating func change(using random: inout SeededGenerator) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: link.conditions = .random(using: &random)
        case 1: link.passage = Passage.allCases.randomElement(using: &random)!
        case 2: link.clog(until: now.advanced(by: .microseconds(Int.random(in: -10...5000, using: &random))))
        case 3: link.conditions.rate = [nil, 0, 1_000_000, 100_000_000].randomElement(using: &random)!
        case 4, 5, 6: return wait(.microseconds(Int.random(in: 0...3000, using: &random)))
        // Later than the deadline, so that much happens at once.
        case 7:
            now = now.advanced(by: .milliseconds(Int.random(in: 0...30, using: &random)))
            link.advance(to: now)
        default:
            send(
                Int.random(in: 1...5, using: &random),
                bytes: Int.random(in: 0...3000, using: &random),
                ecn: ECN.allCases.randomElement(using: &random)!,
                fragments: Int.random(in: 0...3, using: &random),
                isCondemned: Int.random(in: 0..<20, using: &random) == 0
            )
        }
        listen()
    }

    /// Every packet was told of once, and its last word is the last.
    fileprivate mutating func expectTheBooksToBalance(_ seed: UInt64) {
        link.conditions.rate = nil
        link.passage = .open
        link.clog(until: now)
        listen()
        finish()
        let statistics = link.statistics
        #expect(link.packetsInside == 0 && link.queuedPackets == 0 && link.queuedBytes == 0, "seed \(seed)")
        #expect(statistics.received == Int(flow.index), "seed \(seed)")
        #expect(outcomes.count == statistics.received + statistics.copies, "seed \(seed)")
        for (id, told) in Dictionary(grouping: outcomes, by: \.id) {
            #expect(told.map(\.isLast) == (told.count == 1 ? [true] : [false, true]), "\(id), seed \(seed)")
        }
        #expect(zip(outcomes, outcomes.dropFirst()).allSatisfy { $0.time <= $1.time }, "seed \(seed)")
    }
}

extension LinkConditions {
    fileprivate static func random(using random: inout SeededGenerator) -> LinkConditions {
        LinkConditions(
            rate: [nil, 300_000, 20_000_000, 1_000_000_000].randomElement(using: &random)!,
            delay: Delay(
                floor: .microseconds(Int.random(in: 0...2000, using: &random)),
                adding: [
                    .none, .uniform(width: .milliseconds(3)), .pareto(scale: .microseconds(100), shape: 2),
                    .normal(mean: .milliseconds(1), deviation: .milliseconds(1)),
                    .table([.zero, .seconds(1)]),
                ].randomElement(using: &random)!
            ),
            queue: LinkQueue(
                [.tailDrop, .red(), .coDel()].randomElement(using: &random)!,
                limit: [.automatic, .packets(3), .bytes(5000), .both(packets: 20, bytes: 9000)]
                    .randomElement(using: &random)!,
                marks: Bool.random(using: &random)
            ),
            loss: [.none, .random(0.1), .bursts(loss: 0.2, length: 3)].randomElement(using: &random)!,
            duplication: [0, 0.2].randomElement(using: &random)!,
            reordering: [.none, .free, .ahead(0.1, by: .milliseconds(1)), .back(0.1, by: .milliseconds(1))]
                .randomElement(using: &random)!,
            corruption: [0, 0.1].randomElement(using: &random)!,
            mtu: [nil, 1500].randomElement(using: &random)!,
            spells: [
                nil,
                BadSpells(
                    meanGood: .milliseconds(20),
                    meanBad: .milliseconds(5),
                    addedDelay: .milliseconds(2),
                    loss: 0.5
                ),
            ].randomElement(using: &random)!
        )
    }
}
