import ParleyTypes
import Testing

@testable import ParleyFlow

@Suite struct QuestionNumbersTests {
    @Test(arguments: [8, 16, 32, 64])
    func `numbers go up by one and wrap, and none is open twice`(bits: Int) {
        let mask = UInt64.max >> UInt64(64 - bits)
        var numbers = QuestionNumbers(bits: bits, from: mask - 2)
        var last = numbers.next()!
        #expect(numbers.answered(last) == .open)
        for _ in 0..<1000 {
            let next = numbers.next()!
            #expect(next == (last &+ 1) & mask || bits == 64)
            #expect(numbers.answered(next) == .open)
            #expect(numbers.answered(next) == .doubled)
            last = next
        }
        #expect(numbers.openCount == 0)
    }

    @Test(arguments: [8, 16, 32])
    func `one that stays open holds those back that would go too far ahead`(bits: Int) {
        var numbers = QuestionNumbers(bits: bits, from: 5)
        let stuck = numbers.next()!
        var count = 1
        while let next = numbers.next() {
            count += 1
            #expect(numbers.answered(next) == .open)
        }
        #expect(count == QuestionNumbers.span(ofBits: bits))
        #expect(!numbers.hasRoom)
        #expect(numbers.answered(stuck) == .open)
        #expect(numbers.next() != nil)
    }

    @Test func `late answers, doubled ones and strangers are told apart`() {
        var numbers = QuestionNumbers(bits: 16, from: 100)
        let one = numbers.next()!
        let two = numbers.next()!
        numbers.giveUp(one)
        #expect(numbers.answered(one) == .late)
        #expect(numbers.answered(two) == .open)
        #expect(numbers.answered(two) == .doubled)
        #expect(numbers.answered(two &+ 1) == .unknown)
        #expect(numbers.answered(one &- 1) == .unknown)
        // For as long as the numbers reach back.
        for _ in 0..<16_000 { _ = numbers.answered(numbers.next()!) }
        #expect(numbers.answered(one) == .late)
        #expect(numbers.answered(two) == .doubled)
    }

    @Test func `any order of answers, losses and giving up agrees with a model`() {
        for seed in UInt64(0)..<30 {
            var random = SeededGenerator(seed: seed)
            var numbers = QuestionNumbers(bits: 16, from: random.next())
            var open: Set<UInt64> = []
            var state: [UInt64: QuestionNumbers.Verdict] = [:]
            var order: [UInt64] = []
            for _ in 0..<3000 {
                if open.count < 30, let next = numbers.next() {
                    open.insert(next)
                    order.append(next)
                    state[next] = .open
                }
                let number = order.suffix(200).randomElement(using: &random)!
                if random.next() % 5 == 0 {
                    numbers.giveUp(number)
                    if state[number] == .open { state[number] = .late }
                } else {
                    #expect(numbers.answered(number) == state[number], "seed \(seed)")
                    if state[number] == .open { state[number] = .doubled }
                }
                if state[number] != .open { open.remove(number) }
                #expect(numbers.openCount == open.count)
            }
        }
    }
}
