import ParleyTypes
import Testing

@testable import ParleyLinks

@Suite struct SpellTests {
    private let spells = BadSpells(
        meanGood: .seconds(8),
        meanBad: .seconds(2),
        addedDelay: .milliseconds(300),
        loss: 0
    )

    /// Whether there is a spell, once every so often.
    private func states(_ spells: BadSpells, seed: UInt64 = 1, every step: Duration, _ count: Int) -> [Bool] {
        var conversation = Conversation(LinkConditions(reordering: .free, spells: spells), seed: seed)
        conversation.send(count, every: step)
        conversation.finish()
        let delays = conversation.arrivals.sorted { $0.id < $1.id }.map {
            $0.time.nanoseconds - Int64($0.id) * step.saturatedNanoseconds
        }
        #expect(Set(delays).isSubset(of: [0, 300_000_000]))
        return delays.map { $0 > 0 }
    }

    @Test func `good and bad times are as long as asked for on average`() {
        let states = states(spells, every: .milliseconds(500), 20_000)
        let share = Double(states.count(where: \.self)) / 20_000
        #expect((share - 0.2).magnitude < 0.04, "\(share)")
        // 1,000 spells in 10,000 s; those shorter than a step are seen in part.
        let spells = states.split(separator: false).count
        #expect((750...1000).contains(spells), "\(spells)")
    }

    @Test func `spells last exponentially distributed times`() {
        let runs = states(spells, every: .milliseconds(100), 30_000).split(separator: false).map(\.count)
        // One that is seen for a second goes on for another two with the probability 1 / e.
        let long = runs.count { $0 >= 10 }
        #expect(isLikely(runs.count { $0 >= 30 }, of: long, 0.368))
    }

    @Test func `a link may begin in a spell`() {
        let bad = (0..<5000 as Range<UInt64>).count { seed in
            var process = SpellProcess(spells, seed: Draw.mix(seed))
            return process.isBad(at: 0)
        }
        #expect(isLikely(bad, of: 5000, 0.2))
    }

    @Test func `whether there is a spell follows from the seed and the time, whoever asks when`() {
        let often = states(spells, every: .milliseconds(50), 20_000)
        let seldom = states(spells, every: .milliseconds(5000), 200)
        #expect(seldom == stride(from: 0, to: 20_000, by: 100).map { often[$0] })
        #expect(states(spells, seed: 2, every: .milliseconds(5000), 200) != seldom)
    }

    @Test func `who asks for the first time late is told what others have been told`() {
        // Two epochs of 640 s, and a part of the third.
        for seed in 0..<200 as Range<UInt64> {
            var often = SpellProcess(spells, seed: Draw.mix(seed))
            for second in 0..<1400 as Range<Int64> {
                let state = often.isBad(at: second * 1_000_000_000)
                var fresh = SpellProcess(spells, seed: Draw.mix(seed))
                if second % 7 == 0 {
                    #expect(fresh.isBad(at: second * 1_000_000_000) == state, "\(seed), \(second)")
                }
            }
        }
    }

    @Test func `a spell loses what was asked for beside the usual loss`() {
        var spells = spells
        spells.meanGood = .zero
        spells.loss = 0.25
        var conversation = Conversation(LinkConditions(loss: .random(0.2), spells: spells))
        conversation.send(20_000)
        #expect(isLikely(conversation.dropped(.loss).count, of: 20_000, 0.2))
        #expect(isLikely(conversation.dropped(.spell).count, of: 20_000, 0.8 * 0.25))
    }

    @Test func `without bad times there are none, without good ones nothing else`() {
        var always = spells
        always.meanGood = .zero
        var never = spells
        never.meanBad = .zero
        #expect(states(always, every: .seconds(1), 500).allSatisfy { $0 })
        #expect(states(never, every: .seconds(1), 500).allSatisfy { !$0 })
        let none = BadSpells(meanGood: .zero, meanBad: .zero, addedDelay: .milliseconds(300))
        #expect(states(none, every: .seconds(1), 50).allSatisfy { !$0 })
    }

    @Test func `times as short or as long as there are end no loop and trap nowhere`() {
        let times = [Duration.nanoseconds(1), .seconds(Int64.max), .seconds(-1)]
        for good in times {
            for bad in times {
                let spells = BadSpells(meanGood: good, meanBad: bad, addedDelay: .milliseconds(300))
                #expect(states(spells, every: .seconds(3_000_000), 100).count == 100)
            }
        }
    }
}
