import ParleyLinks
import ParleyTypes
import Testing

@Suite struct LossTests {
    private func lost(_ count: Int, _ loss: LossModel, fragments: Int = 1) -> [Bool] {
        var link = Link(LinkConditions(loss: loss), seed: 5)
        var flow = LinkFlow(key: 9)
        return (0..<count).map { index in
            let packet = LinkPacket(id: UInt32(index), byteCount: 100, fragments: fragments)
            link.receive(packet, of: &flow, at: MonotonicInstant(nanoseconds: 0))
            guard case .dropped = link.nextOutcome()?.kind else { return false }
            return true
        }
    }

    /// The lengths of runs of lost packets.
    private func runs(_ lost: [Bool]) -> [Int] {
        lost.split(separator: false).map(\.count)
    }

    @Test(arguments: [(0, 1000), (0.001, 20_000), (0.05, 100_000), (0.5, 20_000), (1, 1000)])
    func `random loss loses what was asked for`(_ share: Double, of count: Int) {
        let lost = lost(count, .random(share))
        #expect(isLikely(lost.count(where: \.self), of: count, share))
    }

    @Test func `random losses know nothing of each other`() {
        let runs = runs(lost(50_000, .random(0.2)))
        // A loss follows another one with the same probability.
        #expect(isLikely(runs.count(where: { $0 > 1 }), of: runs.count, 0.2))
        #expect(isLikely(runs.count(where: { $0 > 2 }), of: runs.count, 0.04))
    }

    @Test func `a packet is lost with the first of its fragments`() {
        let count = 20_000
        let lost = lost(count, .random(0.05), fragments: 4).count(where: \.self)
        #expect(isLikely(lost, of: count, 1 - 0.95 * 0.95 * 0.95 * 0.95))
    }

    @Test func `bursts lose what was asked for, in runs as long as was asked for`() {
        let count = 100_000
        let lost = lost(count, .bursts(loss: 0.05, length: 5))
        let runs = runs(lost)
        let total = lost.count(where: \.self)
        // The number of bursts varies by about its root, and each has a length of deviation √20.
        #expect((Double(total) / Double(count) - 0.05).magnitude < 0.006)
        #expect(
            (Double(total) / Double(runs.count) - 5).magnitude < 5 * 4.5 / Double(runs.count).squareRoot()
        )
        #expect(isLikely(runs.count(where: { $0 > 1 }), of: runs.count, 0.8))
    }

    @Test func `the model of Gilbert and Elliott loses what its states say, however short the flow`() {
        let model = LossModel.gilbertElliott(toBad: 0.02, toGood: 0.1, lossInGood: 0.01, lossInBad: 0.4)
        #expect((model.expectedLoss - (0.01 * 5 / 6 + 0.4 / 6)).magnitude < 1e-12)
        var link = Link(LinkConditions(loss: model), seed: 5)
        for key in 0..<20_000 as Range<UInt64> {
            var flow = LinkFlow(key: key)
            link.receive(LinkPacket(id: 0, byteCount: 1), of: &flow, at: MonotonicInstant(nanoseconds: 0))
            while link.nextOutcome() != nil {}
        }
        #expect(isLikely(link.statistics.dropped, of: 20_000, model.expectedLoss))
        #expect(isLikely(link.statistics[.burst], of: 20_000, 0.4 / 6))
        #expect(isLikely(link.statistics[.loss], of: 20_000, 0.01 * 5 / 6))
    }

    @Test func `bursts that leave no room between them become longer, not fewer`() {
        #expect((LossModel.bursts(loss: 0.9, length: 2).expectedLoss - 0.9).magnitude < 1e-12)
        #expect(LossModel.bursts(loss: 0, length: 2) == .none)
        #expect(LossModel.bursts(loss: 1, length: 2).expectedLoss == 1)
        #expect((LossModel.bursts(loss: 0.1, length: 0).expectedLoss - 0.1).magnitude < 1e-12)
    }

    @Test(arguments: [Double.nan, -1, -Double.infinity])
    func `what is no probability never happens`(_ share: Double) {
        #expect(LossModel.random(share).expectedLoss == 0)
        var conversation = Conversation(
            LinkConditions(
                loss: .gilbertElliott(toBad: share, toGood: share, lossInGood: share, lossInBad: share),
                duplication: share,
                reordering: .back(share, by: .seconds(1)),
                corruption: share
            )
        )
        conversation.send(1000)
        #expect(conversation.arrivals.count == 1000 && conversation.outcomes.count == 1000)
    }

    @Test func `a lost packet takes its rate all the same`() {
        var conversation = Conversation(LinkConditions(rate: 8_000_000, loss: .random(1)))
        conversation.send(5)
        conversation.finish()
        #expect(conversation.outcomes.map(\.time) == (1...5).map { .milliseconds($0) })
        #expect(conversation.dropped(.loss) == [0, 1, 2, 3, 4])
    }
}
