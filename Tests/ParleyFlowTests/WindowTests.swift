import ParleyFlow
import ParleyTypes
import Testing

@Suite struct SendWindowTests {
    /// What a window is, in sets and dictionaries of numbers that do not wrap.
    struct Model {
        var items: [Int: Int] = [:]
        var delivered: Set<Int> = []
        var abandoned: Set<Int> = []
        var lost: [Int] = []
        var start: Int
        var next: Int

        /// On its way or lost.
        func isPending(_ index: Int) -> Bool {
            index >= start && index < next && !delivered.contains(index) && !abandoned.contains(index)
        }

        var bytes: Int {
            items.reduce(0) { sum, entry in
                sum + (isPending(entry.key) && !lost.contains(entry.key) ? entry.value % 1000 : 0)
            }
        }

        /// The first that was not abandoned, if any before it was.
        var forward: Int? { abandoned.contains(start) ? (start...).first { !abandoned.contains($0) } : nil }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `a window of 16 bits is what sets say, across many wraps`(_ seed: UInt64) throws {
        try compare(UInt16.self, seed: seed, steps: 6000)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `so is one of 8 bits that holds half of all numbers, and one of 32 and 64 at their end`(
        _ seed: UInt64
    ) throws {
        try compare(UInt8.self, seed: seed, steps: 3000, countMax: 128)
        try compare(UInt32.self, seed: seed, steps: 1000)
        try compare(UInt64.self, seed: seed, steps: 1000)
    }

    func compare<Base: FixedWidthInteger & UnsignedInteger & Sendable>(
        _: Base.Type,
        seed: UInt64,
        steps: Int,
        countMax asked: Int? = nil
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let countMax = asked ?? Int.random(in: 1...300, using: &generator)
        let first = Base.max - Base.random(in: 0...100, using: &generator)
        var window = try SendWindow<Base, Int>(first: SerialNumber(first), countMax: countMax)
        var model = Model(start: 0, next: 0)
        var falsehoods: UInt64 = 0
        func number(_ index: Int) -> SerialNumber<Base> {
            SerialNumber(first &+ Base(truncatingIfNeeded: index))
        }
        for step in 0..<steps {
            let now = MonotonicInstant(nanoseconds: Int64(step))
            var told: [Int] = []
            switch Int.random(in: 0..<15, using: &generator) {
            case 0..<6:
                let item = Int.random(in: 0..<1_000_000, using: &generator)
                if model.next - model.start < countMax {
                    let sent = try window.send(item, bytes: item % 1000, at: now)
                    #expect(sent == number(model.next))
                    model.items[model.next] = item
                    model.next += 1
                } else {
                    #expect(throws: FlowError.windowFull(countMax: countMax)) {
                        try window.send(item, bytes: 1, at: now)
                    }
                }
            case 6:
                let end = Int.random(in: model.start - 3...model.next, using: &generator)
                let verdict = window.acknowledge(before: number(end)) { told.append(Int($0.index)) }
                let news = (model.start..<max(end, model.start)).filter(model.isPending)
                #expect(verdict == (end > model.start ? .news(news.count) : .nothingNew))
                #expect(told == news, "seed \(seed)")
                for index in model.start..<max(end, model.start) {
                    model.items[index] = nil
                    model.delivered.remove(index)
                    model.abandoned.remove(index)
                    model.lost.removeAll { $0 == index }
                }
                model.start = max(end, model.start)
            case 7, 8:
                guard model.next > model.start else { continue }
                let low = Int.random(in: model.start - 2..<model.next, using: &generator)
                let high = Int.random(in: max(low, model.start)..<model.next, using: &generator)
                let run = SerialRun(first: number(low), last: number(high))
                let verdict = window.acknowledge(run) { told.append(Int($0.index)) }
                let news = (max(low, model.start)...high).filter(model.isPending)
                #expect(told == news, "seed \(seed)")
                #expect(verdict == (news.isEmpty ? .nothingNew : .news(news.count)))
                model.delivered.formUnion(news)
                model.lost.removeAll { news.contains($0) }
            case 9:
                let beyond = model.next + Int.random(in: 1...20, using: &generator)
                guard beyond - model.start < Int(clamping: Base.max / 2) else { continue }
                #expect(window.acknowledge(before: number(beyond)) == .neverSent)
                let run = SerialRun(first: number(model.start), last: number(beyond))
                #expect(window.acknowledge(run) == .neverSent)
                falsehoods += 2
            case 10:
                let index = Int.random(in: model.start - 1...model.next, using: &generator)
                let isOnWay = model.isPending(index) && !model.lost.contains(index)
                #expect(window.lose(UInt64(truncatingIfNeeded: index)) == isOnWay)
                if isOnWay { model.lost.append(index) }
            case 11:
                let index = Int.random(in: model.start - 1...model.next, using: &generator)
                let isPending = model.isPending(index)
                #expect(window.abandon(UInt64(truncatingIfNeeded: index)) == isPending)
                guard isPending else { continue }
                model.abandoned.insert(index)
                model.items[index] = nil
                model.lost.removeAll { $0 == index }
            case 12:
                let index = Int.random(in: model.start - 1...model.next, using: &generator)
                let isReported = model.delivered.remove(index) != nil
                #expect(window.withdraw(UInt64(truncatingIfNeeded: index)) == isReported)
                if isReported { model.lost.append(index) }
            case 13:
                guard let oldest = (model.start..<model.next).first(where: model.isPending) else { continue }
                let wasLost = model.lost.contains(oldest)
                #expect(window.loseOldest() == (wasLost ? 0 : 1))
                model.lost.removeAll { $0 == oldest }
                model.lost.insert(oldest, at: 0)
            default:
                #expect(window.flight.nextLost == model.lost.first.map(UInt64.init))
                if let index = window.flight.nextLost {
                    #expect(window.sendAgain(index, at: now) == true)
                    model.lost.removeFirst()
                    #expect(window.flight[index]?.sentAt == now)
                }
            }
            #expect(window.first == number(model.start) && window.next == number(model.next))
            #expect(window.flight.count == model.next - model.start && window.flight.count <= countMax)
            #expect(window.flight.abandonedCount == model.abandoned.count)
            #expect(window.forward == model.forward.map(number), "seed \(seed)")
            #expect(window.flight.outstandingPackets == window.flight.outstandingCount)
            #expect(window.flight.deliveredPackets == model.delivered.count)
            #expect(window.flight.lostCount == model.lost.count)
            #expect(window.flight.deliveredCount == model.delivered.count)
            #expect(window.falseAcknowledgements == falsehoods)
            if step % 50 == 0 {
                #expect(window.flight.bytes == model.bytes, "seed \(seed)")
                for index in model.start - 2...model.next + 2 {
                    #expect(window.item(number(index)) == model.items[index], "seed \(seed), \(index)")
                }
            }
        }
    }

    @Test func `an acknowledgement of what was never sent changes nothing and is counted`() throws {
        var window = try SendWindow<UInt32, String>(first: 0xFFFF_FFFE, countMax: 10)
        for text in ["a", "b", "c"] { _ = try window.send(text, bytes: 10, at: .zero) }
        #expect(window.acknowledge(before: 2) == .neverSent)
        #expect(window.acknowledge(through: 1) == .neverSent)
        #expect(window.acknowledge(SerialRun(first: 0, last: 1)) == .neverSent)
        #expect(window.acknowledge(SerialRun(first: 5, last: 5)) == .neverSent)
        #expect(window.acknowledge(SerialRun(first: 0, last: 0xFFFF_FFFF)) == .neverSent)
        #expect(window.falseAcknowledgements == 5)
        #expect(window.flight.bytes == 30 && window.flight.count == 3)
        #expect(window.item(0) == "c")
    }

    @Test func `reports that were taken back are repeated`() throws {
        var window = try SendWindow<UInt16, Int>(first: 0, countMax: 10)
        for item in 0..<5 { _ = try window.send(item, bytes: 1, at: .zero) }
        window.acknowledge(SerialRun(first: 1, last: 3))
        #expect(!window.flight.isReneged)
        window.acknowledge(before: 1)
        #expect(window.flight.isReneged)
        #expect(window.item(1) == 1)
        window.loseAll()
        window.forgetDeliveries()
        #expect(window.flight.lostCount == 4 && window.flight.deliveredCount == 0)
        var repeated: [UInt64] = []
        while let index = window.flight.nextLost {
            repeated.append(index)
            window.sendAgain(index, at: .seconds(1))
        }
        #expect(repeated == [1, 2, 3, 4])
        #expect(window.flight.bytes == 4)
    }

    @Test func `windows that hold nothing, or more than half of all numbers, are refused`() {
        #expect(throws: FlowError.outOfRange(.windowCount, 0, allowed: 1...32_768)) {
            try SendWindow<UInt16, Int>(first: 0, countMax: 0)
        }
        #expect(throws: FlowError.self) { try SendWindow<UInt16, Int>(first: 0, countMax: 32_769) }
        #expect(throws: FlowError.self) { try ReceiveWindow<UInt16, Int>(next: 0, countMax: 32_769) }
        #expect(throws: FlowError.self) { try ReceiveWindow<UInt16, Int>(next: 0, countMax: 0) }
        #expect(throws: FlowError.self) { try ReceiveWindow<UInt16, Int>(next: 0, countMax: 1, bytesMax: 0) }
    }

    /// Numbers and amounts that mean nothing.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `nothing that comes from outside traps or grows`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var window = try SendWindow<UInt16, Int>(first: 9, countMax: 100)
        var receiver = try ReceiveWindow<UInt16, Int>(next: 9, countMax: 100, bytesMax: 5000)
        var clock = WildClock(seed: seed)
        for _ in 0..<5000 {
            let a = SerialNumber(UInt16.random(in: 0 ... .max, using: &generator))
            let b = SerialNumber(UInt16.random(in: 0 ... .max, using: &generator))
            _ = try? window.send(
                1,
                bytes: [Int.min, 0, 100, Int.max].randomElement(using: &generator)!,
                at: clock.next()
            )
            window.acknowledge(before: a)
            window.acknowledge(SerialRun(first: a, last: b))
            window.lose(UInt64.random(in: 0 ... .max, using: &generator))
            window.sendAgain(UInt64.random(in: 0...2000, using: &generator), at: clock.next())
            #expect(window.flight.count <= 100)
            receiver.receive(
                1,
                number: a,
                bytes: [Int.min, 0, 100, Int.max].randomElement(using: &generator)!
            )
            receiver.receive(
                1,
                number: receiver.next.advanced(by: Int.random(in: 0...120, using: &generator)),
                bytes: 100
            )
            if Int.random(in: 0..<50, using: &generator) == 0 { receiver.giveUp(before: b) }
            if Int.random(in: 0..<50, using: &generator) == 0 { while receiver.popFirst() != nil {} }
            #expect(receiver.bytes <= 10_000 + 1 << 30)
            var count = 0
            receiver.runs { _ in
                count += 1
                return true
            }
            #expect(count <= 50)
        }
    }
}

@Suite struct ReceiveWindowTests {
    struct Model {
        var kept: [Int: Int] = [:]
        var read = 0
        var next = 0
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `each element is read once and in order, as sets say, across many wraps`(_ seed: UInt64) throws {
        try compare(UInt16.self, seed: seed, steps: 8000)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `so it is with 8, 32 and 64 bits`(_ seed: UInt64) throws {
        try compare(UInt8.self, seed: seed, steps: 4000, countMax: 128)
        try compare(UInt32.self, seed: seed, steps: 2000)
        try compare(UInt64.self, seed: seed, steps: 2000)
    }

    func compare<Base: FixedWidthInteger & UnsignedInteger & Sendable>(
        _: Base.Type,
        seed: UInt64,
        steps: Int,
        countMax asked: Int? = nil
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let countMax = asked ?? Int.random(in: 1...300, using: &generator)
        let origin = Base.max - Base.random(in: 0...100, using: &generator)
        var window = try ReceiveWindow<Base, Int>(next: SerialNumber(origin), countMax: countMax)
        var model = Model()
        var latest: Int?
        func number(_ index: Int) -> SerialNumber<Base> {
            SerialNumber(origin &+ Base(truncatingIfNeeded: index))
        }
        for step in 0..<steps {
            if Int.random(in: 0..<4, using: &generator) == 0 {
                let item = window.popFirst()
                if model.read < model.next {
                    #expect(item == model.kept[model.read], "seed \(seed)")
                    model.kept[model.read] = nil
                    model.read += 1
                } else {
                    #expect(item == nil)
                }
                continue
            }
            let spread = Int.random(in: 0..<20, using: &generator) == 0 ? countMax + 10 : 8
            let index = model.next + Int.random(in: -5...spread, using: &generator)
            if asked != nil, index - model.next >= 128 { continue }
            let verdict = window.receive(step, number: number(index))
            if index < model.next || model.kept[index] != nil {
                #expect(verdict == .duplicate)
            } else if index - model.read >= countMax {
                #expect(verdict == .noRoom)
            } else {
                let hadGap = model.kept.keys.contains { $0 > model.next }
                model.kept[index] = step
                if index > model.next {
                    #expect(verdict == .early)
                    latest = index
                } else {
                    #expect(verdict == (hadGap ? .gapFilled : .inOrder), "seed \(seed)")
                    while model.kept[model.next] != nil { model.next += 1 }
                }
            }
            #expect(window.next == number(model.next))
            #expect(window.readableCount == model.next - model.read)
            #expect(window.room == countMax - (model.next - model.read))
            let early = model.kept.keys.filter { $0 > model.next }.sorted()
            #expect(window.hasGap == !early.isEmpty)
            guard step % 7 == 0 else { continue }
            var runs: [SerialRun<Base>] = []
            window.runs {
                runs.append($0)
                return true
            }
            var expected: [ClosedRange<Int>] = []
            for index in early {
                if let last = expected.last, last.upperBound + 1 == index {
                    expected[expected.count - 1] = last.lowerBound...index
                } else {
                    expected.append(index...index)
                }
            }
            #expect(
                runs == expected.map { SerialRun(first: number($0.lowerBound), last: number($0.upperBound)) },
                "seed \(seed)"
            )
            let run = expected.first { latest.map($0.contains) ?? false }
            #expect(
                window.latestRun
                    == run.map { SerialRun(first: number($0.lowerBound), last: number($0.upperBound)) },
                "seed \(seed)"
            )
        }
    }

    @Test func `a duplicate is known for half of all numbers`() throws {
        var window = try ReceiveWindow<UInt16, Int>(next: 0, countMax: 4)
        for item in 0..<40_000 {
            #expect(window.receive(item, number: SerialNumber(UInt16(truncatingIfNeeded: item))) == .inOrder)
            #expect(window.popFirst() == item)
        }
        #expect(window.receive(0, number: window.next.advanced(by: -32_768)) == .duplicate)
        #expect(window.receive(0, number: window.next.advanced(by: -32_769)) == .noRoom)
        #expect(window.receive(0, number: window.next.advanced(by: -1)) == .duplicate)
        #expect(window.duplicates == 2)
    }

    @Test func `bytes are bounded, and the expected packet finds room though early ones take all`() throws {
        var window = try ReceiveWindow<UInt16, Int>(next: 0, countMax: 100, bytesMax: 1000)
        #expect(window.receive(1, number: 1, bytes: 600) == .early)
        #expect(window.receive(2, number: 2, bytes: 600) == .noRoom)
        #expect(window.receive(2, number: 2, bytes: 400) == .early)
        #expect(window.bytesRoom == 0)
        #expect(window.receive(0, number: 0, bytes: 600) == .gapFilled)
        #expect(window.readableCount == 3)
        #expect(window.receive(3, number: 3, bytes: 1) == .noRoom)
        while window.popFirst() != nil {}
        #expect(window.bytes == 0 && window.bytesRoom == 1000)
        #expect(window.receive(3, number: 3, bytes: 1000) == .inOrder)
        #expect(window.refused == 2)
    }

    @Test func `a number fills a gap where something beyond it came, whether or not more can be read`() throws
    {
        var window = try ReceiveWindow<UInt16, Int>(next: 0, countMax: 100)
        window.receive(2, number: 2)
        #expect(window.receive(0, number: 0) == .gapFilled)
        #expect(window.readableCount == 1)
        #expect(window.receive(1, number: 1) == .gapFilled)
        #expect(window.readableCount == 3)
        #expect(window.receive(3, number: 3) == .inOrder)
    }

    @Test func `what is given up may lie beyond the window: what came is read, and the rest goes on there`()
        throws
    {
        var window = try ReceiveWindow<UInt16, Int>(next: 65_530, countMax: 10, bytesMax: 1000)
        window.receive(0, number: 65_530, bytes: 10)
        for item in [3, 7, 9] {
            window.receive(item, number: SerialNumber(65_530).advanced(by: item), bytes: 10)
        }
        #expect(window.giveUp(before: 20_000) == true)
        #expect(window.next == 20_000 && !window.hasGap && window.latestRun == nil)
        #expect(window.bytes == 40 && window.readableCount == 4 && window.room == 6)
        #expect(window.receive(1, number: 65_531) == .duplicate)
        #expect(window.receive(21, number: 20_001, bytes: 10) == .early)
        #expect(
            [window.popFirst(), window.popFirst(), window.popFirst(), window.popFirst()] == [0, 3, 7, 9]
        )
        #expect(window.popFirst() == nil)
        #expect(window.receive(20, number: 20_000, bytes: 10) == .gapFilled)
        #expect([window.popFirst(), window.popFirst(), window.popFirst()] == [20, 21, nil])
        #expect(window.bytes == 0 && window.room == 10)
        // Ahead of a window in which nothing ever came.
        var empty = try ReceiveWindow<UInt32, Int>(next: 0, countMax: 1)
        #expect(empty.giveUp(before: 1_000_000) == true)
        #expect(empty.receive(1, number: 1_000_000) == .inOrder)
        #expect(empty.popFirst() == 1)
        #expect(empty.giveUp(before: 1) == false)
    }

    @Test func `what the sender gives up is passed over, what came is read`() throws {
        var window = try ReceiveWindow<UInt16, Int>(next: 65_534, countMax: 100)
        window.receive(0, number: 65_534)
        window.receive(2, number: 0)
        window.receive(5, number: 3)
        #expect(window.giveUp(before: 2) == true)
        #expect(window.next == 2)
        #expect(window.popFirst() == 0 && window.popFirst() == 2 && window.popFirst() == nil)
        #expect(window.receive(1, number: 65_535) == .duplicate)
        #expect(window.giveUp(before: 3) == true)
        #expect(window.next == 4)
        #expect(window.popFirst() == 5 && window.popFirst() == nil)
        #expect(window.giveUp(before: 3) == false)
        #expect(window.giveUp(before: 104) == true)
        #expect(window.popFirst() == nil)
        #expect(window.room == 100)
    }
}
