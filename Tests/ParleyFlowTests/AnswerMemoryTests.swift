import ParleyTypes
import Testing

@testable import ParleyFlow

@Suite struct AnswerMemoryTests {
    private typealias Memory = AnswerMemory<Int>

    private static func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    /// Asks, and runs what is new.
    @discardableResult
    private func ask(
        _ memory: inout Memory,
        _ number: UInt64,
        bits: Int = 16,
        saying digest: UInt64? = nil,
        from peer: Int = 1,
        at seconds: Double = 0
    ) -> Memory.Verdict {
        let verdict = memory.receive(
            number,
            ofBits: bits,
            saying: digest ?? number,
            from: peer,
            at: Self.at(seconds)
        )
        if case .new(let question) = verdict {
            memory.keep([UInt8(truncatingIfNeeded: number)], for: question, of: peer, at: Self.at(0))
        }
        return verdict
    }

    private func isNew(_ verdict: Memory.Verdict) -> Bool {
        if case .new = verdict { true } else { false }
    }

    @Test(arguments: [8, 16, 32, 64])
    func `under loss, doubling and reordering each question is run once and repeated answers are its own`(
        bits: Int
    ) {
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            var memory = Memory()
            let mask = UInt64.max >> UInt64(64 - bits)
            let first = random.next() & mask
            var runs: [Int: Int] = [:]
            var early: [Int] = []
            let reach = min(60, Int(mask / 4))
            for turn in 0..<2000 {
                early.append(turn)
                // Some come late, some come again, within what an asker has open.
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let turn = early.randomElement(using: &random)!
                    let number = (first &+ UInt64(turn)) & mask
                    let time = Double(turn) / 10
                    switch memory.receive(
                        number,
                        ofBits: bits,
                        saying: UInt64(turn),
                        from: 1,
                        at: Self.at(time)
                    ) {
                    case .new(let question):
                        runs[turn, default: 0] += 1
                        memory.keep(
                            [UInt8(turn & 255), UInt8(turn >> 8)],
                            for: question,
                            of: 1,
                            at: Self.at(0)
                        )
                    case .repeated(let answer):
                        #expect(answer == [UInt8(turn & 255), UInt8(turn >> 8)])
                    case let other: Issue.record("\(other), turn \(turn), seed \(seed)")
                    }
                }
                if early.count > reach { early.removeFirst() }
            }
            #expect(runs.values.allSatisfy { $0 == 1 }, "seed \(seed)")
            #expect(runs.count > 1500)
        }
    }

    @Test func `a number that is being answered is running, one that was withdrawn is new`() {
        var memory = Memory()
        guard case .new(let question) = memory.receive(7, ofBits: 16, saying: 1, from: 1, at: Self.at(0))
        else {
            Issue.record("it is not new")
            return
        }
        #expect(memory.receive(7, ofBits: 16, saying: 1, from: 1, at: Self.at(1)) == .running)
        memory.withdraw(question, of: 1)
        #expect(isNew(ask(&memory, 7, saying: 1)))
        #expect(ask(&memory, 7, saying: 1) == .repeated([7]))
        // Another peer's is another.
        #expect(isNew(ask(&memory, 7, saying: 1, from: 2)))
    }

    @Test func `no answer is remembered, too`() {
        var memory = Memory()
        guard case .new(let question) = memory.receive(7, ofBits: 16, saying: 1, from: 1, at: Self.at(0))
        else {
            Issue.record("it is not new")
            return
        }
        memory.keep(nil, for: question, of: 1, at: Self.at(0))
        #expect(memory.receive(7, ofBits: 16, saying: 1, from: 1, at: Self.at(1)) == .repeated(nil))
    }

    @Test func `a silent peer is remembered for the time, and repeating begins it anew`() {
        var memory = Memory()
        ask(&memory, 7, at: 0)
        #expect(ask(&memory, 7, at: 39) == .repeated([7]))
        #expect(ask(&memory, 7, at: 78) == .repeated([7]))
        #expect(isNew(ask(&memory, 7, at: 119)))
        // Peers that nobody hears of go, too.
        for peer in 10..<1000 { ask(&memory, 1, from: peer, at: 130) }
        for peer in 1000..<2000 { ask(&memory, 1, from: peer, at: 171) }
        #expect(memory.peerCount <= 1001)
    }

    @Test func `answers beyond the most are forgotten, and their questions never run again`() throws {
        var memory = Memory(try AnswerLimits(answersMax: 64))
        for number in UInt64(0)..<10_000 { #expect(isNew(ask(&memory, number, bits: 32))) }
        #expect(ask(&memory, 9_990, bits: 32) == .repeated([UInt8(9_990 & 255)]))
        for number in stride(from: UInt64(0), to: 9_900, by: 7) {
            #expect(ask(&memory, number, bits: 32) == .forgotten)
        }
    }

    @Test func `at any rate a number that was asked within the time is never new again`() {
        var memory = Memory()
        // 100,000 a second, far more than are known by a bit each.
        for number in UInt64(0)..<300_000 { ask(&memory, number, bits: 32, at: Double(number) / 100_000) }
        for number in stride(from: UInt64(0), to: 299_000, by: 997) {
            let verdict = ask(&memory, number, bits: 32, at: 3)
            #expect(!isNew(verdict), "\(number): \(verdict)")
        }
    }

    @Test(arguments: [16, 32])
    func `a peer that begins anew is told from one that repeats`(bits: Int) {
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            var memory = Memory()
            var first = random.next() & (.max >> UInt64(64 - bits))
            for life in 0..<3 {
                for turn in UInt64(0)..<100 {
                    let digest = UInt64(life) << 32 | turn
                    let number = (first + turn) & (.max >> UInt64(64 - bits))
                    #expect(isNew(ask(&memory, number, bits: bits, saying: digest, at: Double(life))))
                    #expect(!isNew(ask(&memory, number, bits: bits, saying: digest, at: Double(life))))
                }
                first = random.next() & (.max >> UInt64(64 - bits))
            }
        }
    }

    @Test func `the same numbers with other bytes are another life, and a late copy of the first is not run`()
    {
        var memory = Memory()
        for number in UInt64(1)...20 { ask(&memory, number, saying: number) }
        for number in UInt64(1)...20 { #expect(isNew(ask(&memory, number, saying: 1000 + number))) }
        for number in UInt64(1)...20 {
            #expect(ask(&memory, number, saying: number) == .repeated([UInt8(number)]))
            #expect(ask(&memory, number, saying: 1000 + number) == .repeated([UInt8(number)]))
        }
    }

    @Test func `what strangers send fills no more than the limits, and those who are known go on`() throws {
        var memory = Memory(try AnswerLimits(peersMax: 100, bytesMax: 1 << 20))
        ask(&memory, 1, from: 0)
        var random = SeededGenerator(seed: 1)
        for turn in 0..<20_000 {
            ask(
                &memory,
                random.next(),
                bits: 32,
                from: 1 + turn % 500,
                at: Double(turn) / 10_000
            )
        }
        #expect(memory.peerCount == 100)
        #expect(memory.bytes <= 1 << 20 + 1 << 16)
        #expect(memory.refusedCount > 10_000)
        #expect(ask(&memory, 1, from: 0, at: 3) == .repeated([1]))
        #expect(isNew(ask(&memory, 2, from: 0, at: 3)))
    }

    @Test func `answers keep to the bytes of a peer and of all`() throws {
        var memory = Memory(try AnswerLimits(bytesPerPeerMax: 300_000, bytesMax: 1_000_000))
        for number in UInt64(0)..<2000 {
            for peer in 0..<4 {
                if case .new(let question) = memory.receive(
                    number,
                    ofBits: 32,
                    saying: number,
                    from: peer,
                    at: Self.at(0)
                ) {
                    memory.keep([UInt8](repeating: 1, count: 1000), for: question, of: peer, at: Self.at(0))
                }
                #expect(memory.bytes <= 1_000_000 + 1 << 16)
            }
        }
        #expect(memory.receive(1999, ofBits: 32, saying: 1999, from: 0, at: Self.at(0)) != .refused)
    }

    @Test func `numbers that lie apart buy no memory, and those who are known go on`() {
        var memory = Memory()
        ask(&memory, 1, from: 0)
        for peer in 1..<2000 {
            for number in 0..<4 { ask(&memory, UInt64(number) * 16_384, bits: 32, from: peer) }
        }
        #expect(memory.bytes < 20 << 20)
        #expect(ask(&memory, 1, from: 0) == .repeated([1]))
        #expect(isNew(ask(&memory, 2, from: 0)))
        #expect(memory.refusedCount == 0)
    }

    @Test func `an answer that took longer than the time is kept from when it is there`() {
        var memory = Memory()
        guard case .new(let question) = memory.receive(7, ofBits: 16, saying: 1, from: 1, at: Self.at(0))
        else {
            Issue.record("it is not new")
            return
        }
        memory.keep([7], for: question, of: 1, at: Self.at(100))
        #expect(memory.receive(7, ofBits: 16, saying: 1, from: 1, at: Self.at(101)) == .repeated([7]))
    }

    @Test func `a fifth life at one place is answered, too`() {
        var memory = Memory()
        for life in UInt64(0)..<8 {
            for turn in UInt64(0)..<3 {
                #expect(isNew(ask(&memory, life << 24 + turn, bits: 32, saying: life << 32 | turn)))
            }
        }
    }

    @Test func `impossible limits say what is possible`() {
        #expect(throws: FlowError.outOfRange(.memoryPeers, 0, allowed: 1...1 << 20)) {
            _ = try AnswerLimits(peersMax: 0)
        }
        #expect(throws: FlowError.self) { _ = try AnswerLimits(time: .zero) }
    }

    @Test func `clocks that jump harm nothing`() {
        var memory = Memory()
        ask(&memory, 1, at: 1000)
        #expect(ask(&memory, 1, at: 0) == .repeated([1]))
        #expect(isNew(ask(&memory, 2, at: 1e9)))
        #expect(ask(&memory, 2, at: 1e9) == .repeated([2]))
    }
}
