import ParleyFlow
import ParleyTypes
import Testing

@Suite struct JitterBufferTests {
    /// A stream of a packet every 20 ms over a path, and a player that wakes every millisecond or when due.
    struct Stream {
        var buffer: JitterBuffer<Int64>
        /// What was played: the packet, and when in milliseconds after it was sent.
        var played: [(packet: Int64, delay: Double, isLate: Bool)] = []
        var verdicts: [JitterVerdict] = []
        var largestCount = 0
        /// From one packet to the next.
        let period: Int64

        init(
            _ delay: PlayoutDelay,
            playsLate: Bool = false,
            countMax: Int = 1024,
            period: Int64 = 20_000_000
        ) throws {
            self.period = period
            buffer = try JitterBuffer(delay: delay, playsLate: playsLate, countMax: countMax)
        }

        /// - Parameters:
        ///   - delay: of a packet, in nanoseconds; nil for lost.
        ///   - drift: of the sender's clock, in parts of a million.
        mutating func run(
            packets: Range<Int64>,
            drift: Int64 = 0,
            offset: Int64 = 0,
            delay: (Int64) -> Int64?
        ) {
            var arrivals: [(time: Int64, packet: Int64)] = []
            for packet in packets {
                let sent = packet * period
                if let delay = delay(packet) { arrivals.append((sent + delay, packet)) }
            }
            arrivals.sort { ($0.time, $0.packet) < ($1.time, $1.packet) }
            for (time, packet) in arrivals {
                play(until: time)
                let sent = packet * period
                let stamp = offset + sent + sent / 1_000_000 * drift
                verdicts.append(
                    buffer.receive(
                        packet,
                        sentAt: MonotonicInstant(nanoseconds: stamp),
                        number: packet,
                        at: MonotonicInstant(nanoseconds: time)
                    )
                )
                largestCount = max(largestCount, buffer.count)
            }
        }

        mutating func play(until end: Int64) {
            while let deadline = buffer.nextDeadline, deadline.nanoseconds <= end {
                let now = deadline.nanoseconds == .min ? MonotonicInstant(nanoseconds: end) : deadline
                guard let next = buffer.next(at: now) else { break }
                let delay = Double(now.nanoseconds - next.element * period) / 1e6
                played.append((next.element, delay, next.isLate))
            }
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `elements are played at the distances at which they were sent, in order`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var stream = try Stream(.fixed(.milliseconds(60)))
        stream.run(packets: 0..<2000, offset: -77_000_000_000) { packet in
            packet == 0 ? 30_000_000 : Int64.random(in: 30_000_000...90_000_000, using: &generator)
        }
        stream.play(until: .max)
        #expect(stream.played.map(\.packet) == Array(0..<2000), "seed \(seed)")
        #expect(stream.played.allSatisfy { ($0.delay - 90).magnitude < 0.001 && !$0.isLate })
    }

    @Test func `late ones are dropped, or played marked`() throws {
        for playsLate in [false, true] {
            var stream = try Stream(.fixed(.milliseconds(30)), playsLate: playsLate)
            stream.run(packets: 0..<100) { packet in packet == 50 ? 95_000_000 : 10_000_000 }
            stream.play(until: .max)
            #expect(stream.buffer.late == 1)
            #expect(stream.verdicts.count { $0 == .late } == 1)
            #expect(stream.played.count == (playsLate ? 100 : 99))
            #expect(stream.played.filter(\.isLate).map(\.packet) == (playsLate ? [50] : []))
        }
    }

    @Test func `duplicates are told, before and after they are played`() throws {
        var buffer = try JitterBuffer<Int>(delay: .fixed(.milliseconds(50)))
        let stamp = MonotonicInstant.milliseconds(0)
        #expect(buffer.receive(1, sentAt: stamp, number: 1, at: .milliseconds(10)) == .kept)
        #expect(buffer.receive(1, sentAt: stamp, number: 1, at: .milliseconds(11)) == .duplicate)
        #expect(buffer.receive(2, sentAt: stamp, number: 2, at: .milliseconds(12)) == .kept)
        #expect(buffer.receive(1, sentAt: stamp, number: 1, at: .milliseconds(13)) == .duplicate)
        #expect(buffer.next(at: .milliseconds(59)) == nil)
        #expect(buffer.next(at: .milliseconds(60))?.element == 1)
        #expect(buffer.next(at: .milliseconds(60))?.element == 2)
        #expect(buffer.receive(2, sentAt: stamp, number: 2, at: .milliseconds(60)) == .duplicate)
        #expect(buffer.duplicates == 3)
    }

    @Test func `what came late comes once, though late ones are played`() throws {
        for playsLate in [false, true] {
            var buffer = try JitterBuffer<Int>(delay: .fixed(.milliseconds(50)), playsLate: playsLate)
            var played: [Int] = []
            func receive(_ number: Int64, at time: Int64) -> JitterVerdict {
                let stamp = MonotonicInstant.milliseconds(number)
                let verdict = buffer.receive(
                    Int(number),
                    sentAt: stamp,
                    number: number,
                    at: .milliseconds(time)
                )
                while let next = buffer.next(at: .milliseconds(time)) { played.append(next.element) }
                return verdict
            }
            for number in [0, 1, 3, 4, 5] as [Int64] {
                #expect(receive(number, at: number + 10) == .kept)
            }
            #expect(receive(2, at: 200) == .late)
            #expect(receive(2, at: 201) == .duplicate)
            #expect(receive(3, at: 202) == .duplicate)
            #expect(buffer.late == 1 && buffer.duplicates == 2)
            #expect(played.sorted() == (playsLate ? [0, 1, 2, 3, 4, 5] : [0, 1, 3, 4, 5]))
            // A number is known while it is less than so many below the greatest.
            let last = Int64(JitterBuffer<Int>.numbersMax)
            #expect(receive(last, at: last + 10) == .kept)
            #expect(receive(1, at: last + 11) == .duplicate)
            #expect(receive(0, at: last + 12) != .duplicate)
        }
    }

    @Test func `the adaptive delay is what 95 of 100 need, and shrinks again`() throws {
        var generator = SeededGenerator(seed: 1)
        var stream = try Stream(.adaptive())
        // Ten seconds of calm, twenty of up to 200 ms, forty of calm.
        stream.run(packets: 0..<500) { _ in 20_000_000 }
        #expect(stream.buffer.currentDelay < .milliseconds(10))
        stream.run(packets: 500..<1500) { _ in Int64.random(in: 20_000_000...220_000_000, using: &generator) }
        #expect((.milliseconds(180)...(.milliseconds(210))).contains(stream.buffer.currentDelay))
        let late = stream.verdicts.suffix(500).count { $0 == .late }
        #expect((5...40).contains(late), "\(late)")
        stream.run(packets: 1500..<3500) { _ in 20_000_000 }
        #expect(stream.buffer.currentDelay < .milliseconds(10))
        stream.play(until: .max)
        #expect(stream.played.suffix(500).allSatisfy { $0.delay < 30 })
        // Order, and no two played together while it shrinks: at most an eighth faster.
        #expect(stream.played.map(\.packet) == stream.played.map(\.packet).sorted())
    }

    @Test func `the delay is never more than its most`() throws {
        var stream = try Stream(.adaptive(percentile: 99, most: .milliseconds(100)))
        stream.run(packets: 0..<2000) { packet in packet % 3 == 0 ? 300_000_000 : 20_000_000 }
        #expect(stream.buffer.currentDelay <= .milliseconds(100))
        #expect(throws: FlowError.self) { try JitterBuffer<Int>(delay: .adaptive(most: .milliseconds(501))) }
        #expect(throws: FlowError.self) { try JitterBuffer<Int>(delay: .adaptive(percentile: 0)) }
        #expect(throws: FlowError.self) { try JitterBuffer<Int>(delay: .fixed(.milliseconds(-1))) }
        #expect(throws: FlowError.self) { try JitterBuffer<Int>(delay: .fixed(.zero), countMax: 0) }
    }

    @Test func `a step of 200 ms is no drift: late for a moment, in time afterwards, and so back`() throws {
        var stream = try Stream(.adaptive())
        stream.run(packets: 0..<1000) { _ in 20_000_000 }
        stream.run(packets: 1000..<3000) { _ in 220_000_000 }
        let late = stream.verdicts.count { $0 == .late }
        #expect(late <= 60, "\(late)")
        #expect(stream.verdicts.suffix(1900).allSatisfy { $0 == .kept })
        // Ten seconds later it is the path's delay, and no more is held than before.
        #expect(stream.buffer.currentDelay < .milliseconds(10))
        stream.run(packets: 3000..<4000) { _ in 20_000_000 }
        #expect(stream.verdicts.suffix(1000).allSatisfy { $0 == .kept })
        #expect(stream.buffer.currentDelay < .milliseconds(10))
        #expect(stream.largestCount <= 14)
        #expect(stream.buffer.restarts == 0)
    }

    @Test(arguments: [-100, 100] as [Int64])
    func `a drift of 100 ppm for an hour neither empties nor fills it`(_ drift: Int64) throws {
        for delay in [PlayoutDelay.fixed(.milliseconds(60)), .adaptive()] {
            var generator = SeededGenerator(seed: 7)
            var stream = try Stream(delay, period: 60_000_000)
            stream.run(packets: 0..<60_000, drift: drift) { _ in
                Int64.random(in: 20_000_000...50_000_000, using: &generator)
            }
            let late = stream.verdicts.count { $0 == .late }
            if case .fixed = delay {
                #expect(late == 0)
            } else {
                #expect(late < 60_000 / 15, "\(late)")
            }
            #expect(stream.largestCount <= 3)
            #expect(stream.played.count + late + stream.buffer.count == 60_000)
            #expect(stream.buffer.restarts == 0)
        }
    }

    @Test func `another clock begins anew: what is inside is played, and nothing stands still`() throws {
        for jump in [-3600, 3600, 5] as [Int64] {
            var stream = try Stream(.fixed(.milliseconds(60)))
            stream.run(packets: 0..<100) { _ in 20_000_000 }
            stream.run(packets: 100..<200, offset: jump * 1_000_000_000) { _ in 20_000_000 }
            stream.play(until: .max)
            #expect(stream.buffer.restarts == 1)
            #expect(stream.played.map(\.packet) == Array(0..<200), "\(jump)")
            #expect(stream.played.last.map { ($0.delay - 80).magnitude < 1 } == true)
        }
    }

    @Test func `a path that has become too slow for the delay is believed after a second`() throws {
        var stream = try Stream(.fixed(.milliseconds(60)))
        stream.run(packets: 0..<100) { _ in 20_000_000 }
        stream.run(packets: 100..<500) { _ in 520_000_000 }
        let late = stream.verdicts.count { $0 == .late }
        #expect((45...55).contains(late), "\(late)")
        #expect(stream.buffer.restarts == 1)
    }

    @Test func `what is inside is released in its order, and what belongs before it comes late`() throws {
        var buffer = try JitterBuffer<Int64>(delay: .fixed(.seconds(5)))
        func receive(_ number: Int64) -> JitterVerdict {
            let now = MonotonicInstant(nanoseconds: 1_000_000_000)
            let sent = MonotonicInstant(nanoseconds: number * 20_000_000)
            return buffer.receive(number, sentAt: sent, number: number, at: now)
        }
        func next() -> Int64? { buffer.next(at: MonotonicInstant(nanoseconds: 1_000_000_000))?.element }
        for number in [3, 1, 5] as [Int64] { #expect(receive(number) == .kept) }
        #expect(next() == nil)
        buffer.release()
        #expect(receive(2) == .late && receive(5) == .duplicate && receive(7) == .kept)
        #expect([next(), next(), next(), next()] == [1, 3, 5, nil])
        #expect(receive(4) == .late && receive(6) == .kept)
        buffer.release()
        #expect([next(), next(), next()] == [6, 7, nil] && buffer.restarts == 0)
    }

    @Test func `no more is kept than there is room for, in elements and in bytes`() throws {
        var buffer = try JitterBuffer<Int>(delay: .fixed(.seconds(5)), countMax: 10, bytesMax: 1000)
        for number in 0..<12 as Range<Int64> {
            let verdict = buffer.receive(
                0,
                sentAt: .milliseconds(number),
                number: number,
                bytes: 90,
                at: .milliseconds(number)
            )
            #expect(verdict == (number < 10 ? .kept : .noRoom))
        }
        _ = buffer.next(at: .seconds(60))
        #expect(buffer.receive(0, sentAt: .seconds(1), bytes: 191, at: .seconds(1)) == .noRoom)
        #expect(buffer.receive(0, sentAt: .seconds(1), bytes: 190, at: .seconds(1)) == .kept)
        #expect(buffer.bytes == 1000 && buffer.refused == 3)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `no clock and no stamp traps, and what goes in comes out once`(_ seed: UInt64) throws {
        var clock = WildClock(seed: seed)
        var stamps = WildClock(seed: seed &+ 99)
        var generator = SeededGenerator(seed: seed)
        let delay: PlayoutDelay = seed % 2 == 0 ? .adaptive() : .fixed(.milliseconds(100))
        var buffer = try JitterBuffer<Int>(delay: delay, playsLate: true, countMax: 50)
        var inside: Set<Int> = []
        for element in 0..<2000 {
            let verdict = buffer.receive(
                element,
                sentAt: stamps.next(),
                number: Bool.random(using: &generator) ? Int64(element) : nil,
                bytes: Int.random(in: -1...10, using: &generator),
                at: clock.next()
            )
            if verdict == .kept || verdict == .late { inside.insert(element) }
            #expect(buffer.count <= 50 && buffer.count == inside.count)
            while let played = buffer.next(at: clock.next()) {
                #expect(inside.remove(played.element) != nil, "seed \(seed)")
            }
            #expect(buffer.currentDelay >= .zero)
            _ = buffer.nextDeadline
        }
    }
}

@Suite struct DelayWindowTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `percentiles are those of the last ten seconds, rounded up to steps of 4 ms`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var window = DelayWindow()
        var delays: [(time: Int64, delay: Int64)] = []
        for packet in 0..<3000 as Range<Int64> {
            let now = packet * 10_000_000
            let spread = packet < 1500 ? 200_000_000 : 50_000_000 as Int64
            let delay = Int64.random(in: 5_000_000...5_000_000 + spread, using: &generator)
            delays.append((now, delay))
            let sent = MonotonicInstant(nanoseconds: now - delay - 12_345_678_901)
            window.add(sentAt: sent, at: MonotonicInstant(nanoseconds: now))
            guard packet % 100 == 99 else { continue }
            // The window's slices: this second and the nine before.
            let start = (now / 1_000_000_000 - 9) * 1_000_000_000
            let recent = delays.filter { $0.time >= start }.map(\.delay).sorted()
            for percentile in [50, 90, 95, 99] {
                let exact = recent[(recent.count * percentile + 99) / 100 - 1] - recent[0]
                let told = window.variation(percentile: percentile).saturatedNanoseconds
                #expect(told >= exact && told <= exact + 12_000_000, "seed \(seed): \(told), \(exact)")
            }
        }
    }

    @Test func `stamps of any number are borne, and few packets count whole`() {
        var wild = DelayWindow()
        for (sent, now) in [(Int64.min, Int64(0)), (.max, 1), (0, 2), (.min, 3), (.max, .max), (0, .min)] {
            wild.add(sentAt: MonotonicInstant(nanoseconds: sent), at: MonotonicInstant(nanoseconds: now))
            #expect(wild.variation(percentile: 95) >= .zero)
        }
        var few = DelayWindow()
        for packet in 0..<10 as Range<Int64> {
            few.add(sentAt: .zero, at: .milliseconds(packet == 9 ? 109 : 9))
        }
        #expect(few.variation(percentile: 95) == .milliseconds(104))
        #expect(few.variation(percentile: 90) == .zero)
    }

    @Test func `a constant delay varies by nothing`() {
        var window = DelayWindow()
        for packet in 0..<1000 as Range<Int64> {
            window.add(sentAt: .milliseconds(packet * 20), at: .milliseconds(packet * 20 + 50))
        }
        #expect(window.variation(percentile: 99) == .zero)
        #expect(DelayWindow.step == .milliseconds(4))
    }
}
