import ExampleMessages
import ParleyCore
import ParleyFlow
import ParleySimulation
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Letters at the distances at which they were sent. Exact times are the simulation's: there nobody wakes late.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct SmoothedTests {
    private typealias Timing = PlayoutTiming<Score>

    private static let every = Duration.milliseconds(20)
    /// A score's math is its number.
    private static let byNumber = Timing.number(\.math, every: every)

    private static func inbox() async throws -> Mailbox<Score, Score> {
        try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
    }

    /// The numbers of the next letters.
    private static func numbers(
        _ count: Int,
        of smoothed: Mailbox<Score, Score>.Smoothed
    ) async throws(ParleyError) -> [UInt32] {
        var numbers: [UInt32] = []
        for try await played in smoothed {
            numbers.append(played.message.math)
            if numbers.count == count { break }
        }
        return numbers
    }

    /// Reads, without a wait, until so many letters have come.
    ///
    /// - Returns: the numbers of those that are not held any more: a busy machine may take longer than the delay.
    private static func hold(_ count: Int, in smoothed: Mailbox<Score, Score>.Smoothed) async -> [UInt32] {
        var numbers: [UInt32] = []
        let haveCome = await eventually {
            if let played = try? await smoothed.next(timeout: .zero) { numbers.append(played.message.math) }
            return numbers.count + smoothed.report.waiting == count
        }
        #expect(haveCome)
        return numbers
    }

    @Test func `letters come in the order of their numbers, each once`() async throws {
        let inbox = try await Self.inbox()
        let smoothed = try inbox.smoothed(by: Self.byNumber, delay: .fixed(.seconds(1)))
        for number in [2, 0, 1, 1, 4, 3, 4] { try await inbox.send(score(number), to: inbox.localAddress) }
        #expect(try await Self.numbers(5, of: smoothed) == [0, 1, 2, 3, 4])
        let report = smoothed.report
        #expect(report.duplicates == 2 && report.played == 5 && report.waiting == 0)
        #expect(report.late == 0 && report.refused == 0 && report.restarts == 0)
    }

    @Test(.simulatedOnly("a busy machine stalls for longer than letters are held"))
    func `one task reads, and what it leaves is the next one's`() async throws {
        let inbox = try await Self.inbox()
        let smoothed = try inbox.smoothed(by: Self.byNumber, delay: .fixed(.milliseconds(500)))
        let reader = Task.here {
            try await patiently { () async throws(ParleyError) in try await Self.numbers(3, of: smoothed) }
        }
        #expect(
            await eventually { await refusal { try await inbox.next(timeout: .zero) } == .alreadyReading }
        )
        #expect(await refusal { for try await _ in smoothed {} } == .alreadyReading)
        for number in 0..<3 { try await inbox.send(score(number), to: inbox.localAddress) }
        #expect(await eventually { smoothed.report.waiting == 3 })
        reader.cancel()
        await #expect(throws: ParleyError.cancelled) { try await reader.value }
        #expect(try await Self.numbers(3, of: smoothed) == [0, 1, 2])
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `at the end what is held is handed out, and then the loop ends`() async throws {
        for closes in [false, true] {
            let inbox = try await Self.inbox()
            let smoothed = try inbox.smoothed(by: Self.byNumber, delay: .fixed(.milliseconds(200)))
            let reader = Task.here {
                var numbers: [UInt32] = []
                for try await played in smoothed { numbers.append(played.message.math) }
                return numbers
            }
            for number in 0..<5 { try await inbox.send(score(number), to: inbox.localAddress) }
            #expect(await eventually { smoothed.report.waiting + smoothed.report.played == 5 })
            if closes { inbox.close() } else { inbox.finishReceiving() }
            #expect(try await reader.value == [0, 1, 2, 3, 4])
        }
    }

    @Test(.simulatedOnly("a busy machine stalls for longer than letters are held"))
    func `who waits only so long leaves what is held to whoever goes on`() async throws {
        let inbox = try await Self.inbox()
        let smoothed = try inbox.smoothed(by: Self.byNumber, delay: .fixed(.seconds(1)))
        #expect(await refusal { try await smoothed.next(timeout: .zero) } == .timedOut(.zero))
        let short = Duration.milliseconds(1)
        #expect(await refusal { try await smoothed.next(timeout: short) } == .timedOut(short))
        for number in [1, 0] { try await inbox.send(score(number), to: inbox.localAddress) }
        var numbers = await Self.hold(2, in: smoothed)
        while numbers.count < 2 {
            numbers.append(try #require(try await smoothed.next(timeout: .seconds(60))).message.math)
        }
        #expect(numbers == [0, 1])
        inbox.finishReceiving()
        #expect(try await smoothed.next(timeout: .seconds(60)) == nil)
    }

    @Test(.simulatedOnly("who takes letters seconds apart takes them for those of another clock"))
    func `what is held is handed out when it is released, each sender's letters in order`() async throws {
        let inbox = try await Self.inbox()
        let smoothed = try inbox.smoothed(by: Self.byNumber, delay: .fixed(.seconds(10)))
        let other = try await Self.inbox()
        for number in [2, 0, 1] { try await inbox.send(score(number), to: inbox.localAddress) }
        for number in [7, 6] { try await other.send(score(number), to: inbox.localAddress) }
        var numbers = await Self.hold(5, in: smoothed)
        smoothed.release()
        if numbers.count < 5 { numbers += try await Self.numbers(5 - numbers.count, of: smoothed) }
        #expect(numbers.filter { $0 < 3 } == [0, 1, 2] && numbers.filter { $0 > 3 } == [6, 7])
        #expect(await refusal { try await smoothed.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `every letter is told when it comes, also what is not handed out`() async throws {
        let inbox = try await Self.inbox()
        let heard = Mutex<[UInt32]>([])
        let smoothed = try inbox.smoothed(by: Self.byNumber, delay: .fixed(.seconds(1)), lettersMax: 2) {
            letter in heard.withLock { $0.append(letter.message.math) }
        }
        let sent = [1, 1, 0, 2] as [UInt32]
        for number in sent { try await inbox.send(score(Int(number)), to: inbox.localAddress) }
        #expect(try await Self.numbers(2, of: smoothed) == [0, 1])
        #expect(heard.withLock { $0 } == sent)
        #expect(smoothed.report.duplicates == 1 && smoothed.report.refused == 1)
    }

    @Test func `no more is held than there is room for, in letters and in bytes`() async throws {
        for (letters, bytes) in [(3, 1000), (1000, 63)] {
            let inbox = try await Self.inbox()
            let smoothed = try inbox.smoothed(
                by: Self.byNumber,
                delay: .fixed(.seconds(1)),
                lettersMax: letters,
                bytesMax: bytes
            )
            for number in 0..<5 { try await inbox.send(score(number), to: inbox.localAddress) }
            #expect(try await Self.numbers(3, of: smoothed) == [0, 1, 2])
            #expect(smoothed.report.refused == 2)
        }
    }

    @Test func `each sender has times of its own, and no more senders are heard than there are places`()
        async throws
    {
        for places in [1, 2] {
            let inbox = try await Self.inbox()
            let smoothed = try inbox.smoothed(
                by: Self.byNumber,
                delay: .fixed(.seconds(1)),
                sendersMax: places
            )
            let others = [try await Self.inbox(), try await Self.inbox()]
            // An hour apart by their numbers.
            for number in [1, 0, 2] { try await others[0].send(score(number), to: inbox.localAddress) }
            for number in [180_001, 180_000] {
                try await others[1].send(score(number), to: inbox.localAddress)
            }
            let numbers = try await Self.numbers(places == 1 ? 3 : 5, of: smoothed)
            #expect(numbers.filter { $0 < 10 } == [0, 1, 2])
            #expect(numbers.filter { $0 > 10 } == (places == 1 ? [] : [180_000, 180_001]))
            #expect(smoothed.report.refused == (places == 1 ? 2 : 0) && smoothed.report.restarts == 0)
        }
    }

    @Test func `what says no time is handed out at once`() async throws {
        let inbox = try await Self.inbox()
        let timing = Timing.number(every: Self.every) { $0.math < 100 ? UInt8($0.math) : nil }
        let smoothed = try inbox.smoothed(by: timing, delay: .fixed(.seconds(1)))
        for number in [1, 0, 1000] { try await inbox.send(score(number), to: inbox.localAddress) }
        #expect(try await Self.numbers(3, of: smoothed) == [1000, 0, 1])
        #expect(smoothed.report.untimed == 1)
    }

    @Test func `many that say no time do not keep those waiting that are due`() async throws {
        let inbox = try await Self.inbox()
        let timing = Timing.number(every: Self.every) { $0.math < 100 ? UInt8($0.math) : nil }
        let smoothed = try inbox.smoothed(by: timing, delay: .fixed(.zero))
        for number in [1000, 1001, 1002, 0] { try await inbox.send(score(number), to: inbox.localAddress) }
        #expect(try await Self.numbers(4, of: smoothed) == [1000, 0, 1001, 1002])
    }

    @Test func `messages that are known at run time are ordered by a closure`() async throws {
        let layout = MessageLayout(
            name: "Frame",
            packing: [.init("number", UInt16.fieldType), .init("value", UInt8.fieldType)]
        )
        let compiled = CompiledLayout(layout)
        let inbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let timing = PlayoutTiming<[UInt8]>.number(every: Self.every) { bytes -> UInt16? in
            guard let message = unsafe try? DynamicMessage(decoding: bytes.span.bytes, as: compiled),
                case .unsigned(let number)? = message["number"]
            else { return nil }
            return UInt16(truncatingIfNeeded: number)
        }
        let smoothed = try inbox.smoothed(by: timing, delay: .fixed(.seconds(1)))
        for number in [0, 65_535, 65_534] as [UInt16] {
            try await inbox.send(
                [UInt8(number >> 8), UInt8(number & 0xFF), 7],
                to: inbox.localAddress
            )
        }
        var numbers: [[UInt8]] = []
        for try await played in smoothed {
            numbers.append(played.message)
            if numbers.count == 3 { break }
        }
        #expect(numbers == [[0xFF, 0xFE, 7], [0xFF, 0xFF, 7], [0, 0, 7]])
    }

    @Test func `settings that mean nothing are refused`() async throws {
        let inbox = try await Self.inbox()
        #expect(throws: FlowError.self) { try inbox.smoothed(by: Timing.number(\.math, every: .zero)) }
        #expect(throws: FlowError.self) { try inbox.smoothed(by: Timing.number(\.math, every: .seconds(11))) }
        #expect(throws: FlowError.outOfRange(.unitsPerSecond, 0, allowed: 1...1_000_000_000)) {
            try inbox.smoothed(by: Timing.stamp(\.math, unitsPerSecond: 0))
        }
        #expect(throws: FlowError.self) { try inbox.smoothed(by: Self.byNumber, delay: .fixed(.seconds(11))) }
        #expect(throws: FlowError.self) { try inbox.smoothed(by: Self.byNumber, lettersMax: 0) }
        #expect(throws: FlowError.self) { try inbox.smoothed(by: Self.byNumber, bytesMax: 0) }
        #expect(throws: FlowError.self) { try inbox.smoothed(by: Self.byNumber, sendersMax: 0) }
    }
}

/// The same on links of a simulation, where times are exact.
@Suite(.timeLimit(.minutes(5))) struct SmoothedLinkTests {
    private static let period = Duration.milliseconds(20)

    /// A sender of a score every 20 ms over a link that delays by 10 ms and then by up to 40 ms more.
    ///
    /// - Parameter message: of a number; nil for none.
    private static func run(
        _ count: Int,
        seed: UInt64 = 7,
        jitter: Duration = .milliseconds(40),
        by timing: PlayoutTiming<Score>,
        delay: PlayoutDelay,
        playsLate: Bool = false,
        message: @escaping @Sendable (Int) -> Score? = { score($0) }
    ) async throws -> (played: [(time: MonotonicInstant, message: Score, isLate: Bool)], SmoothingReport) {
        try await SimulatedNetwork(seed: seed) { network in
            network.conditions.delay = .constant(.milliseconds(10))
            network.host("sender").start {
                let outbox = try await Mailbox(Score.self, at: .udp)
                let target = try await outbox.resolve("receiver:8089")
                for number in 0..<count {
                    if let message = message(number) { try await outbox.send(message, to: target) }
                    try await NetworkEnvironment.sleep(for: period)
                    // From now on: the first one was as fast as any.
                    network.conditions.delay = Delay(
                        floor: .milliseconds(10),
                        adding: .uniform(width: jitter)
                    )
                }
            }
            return try await network.host("receiver").run {
                let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
                let smoothed = try inbox.smoothed(by: timing, delay: delay, playsLate: playsLate)
                let end = Task.here {
                    try? await NetworkEnvironment.sleep(for: period * count + .seconds(2))
                    inbox.finishReceiving()
                }
                var played: [(time: MonotonicInstant, message: Score, isLate: Bool)] = []
                for try await letter in smoothed {
                    played.append((NetworkEnvironment.now, letter.message, letter.isLate))
                }
                await end.value
                return (played, smoothed.report)
            }
        }
    }

    private static func gaps(_ played: [(time: MonotonicInstant, message: Score, isLate: Bool)]) -> Set<
        Duration
    > {
        Set(zip(played, played.dropFirst()).map { $0.time.duration(to: $1.time) })
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `over a link that delays by up to 40 ms more, gaps are those of sending exactly`(_ seed: UInt64)
        async throws
    {
        let (played, report) = try await Self.run(
            500,
            seed: seed,
            by: .number(\.math, every: Self.period),
            delay: .fixed(.milliseconds(60))
        )
        #expect(played.map(\.message.math) == Array(0..<500), "seed \(seed)")
        #expect(Self.gaps(played) == [Self.period], "seed \(seed)")
        #expect(report.late == 0 && report.refused == 0 && report.restarts == 0)
        // The mean distance of two delays that are uniform is a third of their width.
        #expect((.milliseconds(6)...(.milliseconds(25))).contains(report.jitter), "\(report.jitter)")
        // The fastest of ten seconds and no longer.
        #expect((.milliseconds(56)...(.milliseconds(64))).contains(report.delay), "\(report.delay)")
    }

    @Test func `numbers of 8 bits wrap, and stamps of any unit do`() async throws {
        let byte = PlayoutTiming<Score>.number(every: Self.period) { UInt8(truncatingIfNeeded: $0.math) }
        // 90,000 a second, about to wrap.
        let stamp = PlayoutTiming<Score>.stamp(unitsPerSecond: 90_000) {
            UInt32.max - 90_000 &+ $0.math &* 1800
        }
        let both = PlayoutTiming<Score>.stamp(\.math, unitsPerSecond: 50, number: \.math)
        for timing in [byte, stamp, both] {
            let (played, report) = try await Self.run(600, by: timing, delay: .fixed(.milliseconds(60)))
            #expect(played.map(\.message.math) == Array(0..<600))
            #expect(Self.gaps(played) == [Self.period])
            #expect(report.late == 0 && report.restarts == 0)
        }
    }

    @Test func `a letter that is not there leaves a gap, and one that comes too late is dropped or marked`()
        async throws
    {
        for playsLate in [false, true] {
            // The 50th is sent in place of the 60th, 200 ms late, and what was the 60th never.
            let (played, report) = try await Self.run(
                100,
                by: .number(\.math, every: Self.period),
                delay: .fixed(.milliseconds(60)),
                playsLate: playsLate
            ) { number in number == 50 ? nil : score(number == 60 ? 50 : number) }
            let inTime = played.filter { !$0.isLate }
            #expect(inTime.map(\.message.math) == (0..<100).filter { $0 != 50 && $0 != 60 })
            #expect(Self.gaps(inTime) == [Self.period, Self.period * 2])
            #expect(played.filter(\.isLate).map(\.message.math) == (playsLate ? [50] : []))
            #expect(report.late == 1 && report.played == played.count)
        }
    }

    @Test func `an adaptive delay learns what 95 of a hundred need`() async throws {
        let (played, report) = try await Self.run(
            1500,
            jitter: .milliseconds(100),
            by: .number(\.math, every: Self.period),
            delay: .adaptive()
        )
        #expect(played.count + report.late == 1500)
        #expect(report.late < 150, "\(report.late)")
        #expect((.milliseconds(85)...(.milliseconds(108))).contains(report.delay), "\(report.delay)")
        #expect(played.map(\.message.math) == played.map(\.message.math).sorted())
    }

    /// A reader of letters that have come to it and are held for ten seconds.
    private static func hold(
        _ count: Int,
        _ body:
            @escaping @Sendable (Mailbox<Score, Score>, Mailbox<Score, Score>.Smoothed) async throws -> Void
    ) async throws {
        try await SimulatedNetwork(seed: 7) { network in
            try await network.host("receiver").run {
                let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
                let timing = PlayoutTiming<Score>.number(\.math, every: .milliseconds(1))
                let smoothed = try inbox.smoothed(by: timing, delay: .fixed(.seconds(10)))
                for number in 0..<count { try await inbox.send(score(number), to: inbox.localAddress) }
                let second = Duration.seconds(1)
                #expect(await refusal { try await smoothed.next(timeout: second) } == .timedOut(second))
                #expect(smoothed.report.waiting == count)
                try await body(inbox, smoothed)
            }
        }
    }

    @Test func `the wait for what is held at the end is no longer than the time-out`() async throws {
        try await Self.hold(1) { inbox, smoothed in
            inbox.finishReceiving()
            for timeout in [Duration.zero, .seconds(1)] {
                let begin = NetworkEnvironment.now
                #expect(await refusal { try await smoothed.next(timeout: timeout) } == .timedOut(timeout))
                #expect(begin.duration(to: NetworkEnvironment.now) == timeout)
            }
            #expect(smoothed.report.waiting == 1)
            let last = try await smoothed.next()
            let end = try await smoothed.next()
            #expect(last?.message.math == 0 && end == nil)
        }
    }

    @Test func `a reader that never has to wait hears of its cancellation, and of what comes meanwhile`()
        async throws
    {
        try await Self.hold(150) { inbox, smoothed in
            smoothed.release()
            try await inbox.send(score(0), to: inbox.localAddress)
            try await NetworkEnvironment.sleep(for: .milliseconds(100))
            var numbers: [UInt32] = []
            for try await played in smoothed {
                numbers.append(played.message.math)
                if numbers.count == 100 { break }
            }
            #expect(numbers == Array(0..<100) && smoothed.report.duplicates == 1)
            let reader = Task.here {
                for try await _ in smoothed { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            }
            await #expect(throws: ParleyError.cancelled) { try await reader.value }
            #expect(smoothed.report.waiting > 0)
        }
    }

    @Test func `a constant delay has no jitter`() async throws {
        let (played, report) = try await Self.run(
            100,
            jitter: .zero,
            by: .number(\.math, every: Self.period),
            delay: .adaptive()
        )
        #expect(played.count == 100 && report.jitter == .zero)
    }
}
