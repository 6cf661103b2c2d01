import ExampleMessages
import ParleyCore
import ParleyFlow
import ParleyTypes
import ParleyWire
import Testing

/// How fast messages leave that have a rate. Times are the simulation's: there nobody wakes late.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct SendRateTests {
    /// How long a body takes by the network's clock.
    private static func time(_ body: () async throws -> Void) async rethrows -> Duration {
        let start = NetworkEnvironment.now
        try await body()
        return start.duration(to: NetworkEnvironment.now)
    }

    /// A mailbox that sends to one that nobody reads.
    private static func outbox<M: Message>(_ message: M.Type) async throws -> (Mailbox<M, M>, SocketAddress)
    where M.Coder: PlainMessageCoder {
        let inbox = try await Mailbox(message, at: .udp("127.0.0.1", 0))
        let target = inbox.localAddress
        inbox.close()
        return (try await Mailbox(message, at: .udp), target)
    }

    @Test(.simulatedOnly("time is asserted"))
    func `three thousand messages at a thousand a second take three seconds, one by one or from a sequence`()
        async throws
    {
        let (outbox, target) = try await Self.outbox(Score.self)
        outbox.sendRate = try .messages(1000)
        let single = try await Self.time {
            for number in 0..<3000 { try await outbox.send(score(number), to: target) }
        }
        #expect(single == .milliseconds(2999))
        outbox.sendRate = nil
        let many = try await Self.time {
            try await outbox.send(contentsOf: (0..<3000).lazy.map(score), to: target, rate: .messages(1000))
        }
        #expect(many == .milliseconds(2999))
        let free = try await Self.time {
            try await outbox.send(contentsOf: (0..<3000).map(score), to: target)
        }
        #expect(free < .milliseconds(1))
    }

    /// No sooner: how much later is the machine's.
    @Test(arguments: [false, true])
    func `answers leave at the rate of the mailbox that answers`(isRemembering: Bool) async throws {
        let inbox = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        inbox.sendRate = try .messages(100, burst: 1)
        let outbox = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        try await withThrowingTaskGroup { group in
            group.addTask { try await inbox.echo(isRemembering: isRemembering) }
            let taken = try await Self.time {
                for number in 0..<UInt16(11) {
                    let order = Order(number: MessageNumber(number), amount: UInt32(number))
                    try await outbox.send(order, to: inbox.localAddress)
                }
                for number in 0..<UInt32(11) {
                    #expect(try await outbox.next(timeout: patience)?.message.amount == number)
                }
            }
            #expect(taken >= .milliseconds(100))
            inbox.close()
            try await group.waitForAll()
        }
    }

    @Test(.simulatedOnly("time is asserted"))
    func `answers whose turn does not come in time are unsent, and none failed`() async throws {
        let inbox = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        inbox.sendRate = try .messages(10, burst: 1)
        let outbox = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        for number in 0..<UInt16(11) {
            try await outbox.send(Order(number: MessageNumber(number), amount: 1), to: inbox.localAddress)
        }
        try await withThrowingTaskGroup { group in
            group.addTask { try await inbox.respond(timeout: .zero) { $0.message } }
            _ = try await outbox.next(timeout: patience)
            try await NetworkEnvironment.sleep(for: .milliseconds(50))
            inbox.close()
            try await group.waitForAll()
        }
        #expect(inbox.statistics.unsent == 10 && inbox.statistics.failed == 0)
    }

    @Test(.simulatedOnly("time is asserted"))
    func `who shares a rate waits for the others too`() async throws {
        let rate = SharedRate(try .messages(100, burst: 1))
        let taken = try await Self.time {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { for _ in 0..<5 { try await rate.take(bytes: 1) } }
                }
                try await group.waitForAll()
            }
        }
        #expect(taken == .milliseconds(140))
    }

    @Test(.simulatedOnly("time is asserted"))
    func `who is cancelled before its turn takes no place at a shared rate`() async throws {
        let rate = SharedRate(try .messages(1, per: .seconds(100), burst: 1))
        let taken = try await Self.time {
            try await rate.take(bytes: 1)
            await withTaskGroup(of: ParleyError?.self) { group in
                group.addTask {
                    do throws(ParleyError) { try await rate.take(bytes: 1) } catch { return error }
                    return nil
                }
                group.cancelAll()
                for await error in group { #expect(error == .cancelled) }
            }
            try await rate.take(bytes: 1)
        }
        #expect(taken == .seconds(100))
    }

    @Test(.simulatedOnly("time is asserted"))
    func `fast rates leave in trains, and slow ones are exact`() async throws {
        let (outbox, target) = try await Self.outbox(Score.self)
        for burst in [nil, 1, 64, 5000] {
            let fast = try await Self.time {
                try await outbox.send(
                    contentsOf: (0..<20_000).lazy.map(score),
                    to: target,
                    rate: .messages(100_000, burst: burst)
                )
            }
            let early = Duration.microseconds(10) * (burst ?? 9)
            #expect(abs(fast - (.milliseconds(200) - early)) <= .milliseconds(1), "\(burst ?? 0): \(fast)")
        }
        let slow = try await Self.time {
            try await outbox.send(
                contentsOf: (0..<11).map(score),
                to: target,
                rate: .messages(2, per: .seconds(60))
            )
        }
        #expect(abs(slow - .seconds(300)) < .microseconds(10))
    }

    @Test(.simulatedOnly("time is asserted"))
    func `bits are those of messages, and one that is larger than the burst is paid for afterwards`()
        async throws
    {
        let (outbox, target) = try await Self.outbox([UInt8].self)
        let sizes = [1250, 10, 6000, 1, 1250, 300, 0, 2500]
        let messages = (0..<400).map { [UInt8](repeating: 1, count: sizes[$0 % sizes.count]) }
        let bytes = messages.map(\.count).reduce(0, +)
        for burst in [nil, 1250, 2000] {
            let taken = try await Self.time {
                try await outbox.send(contentsOf: messages, to: target, rate: .bits(10_000_000, burst: burst))
            }
            let due = Duration.nanoseconds(bytes * 8 * 100)
            #expect(taken <= due && taken > due - .milliseconds(6), "\(burst ?? 0): \(taken) of \(due)")
        }
    }

    @Test(.simulatedOnly("time is asserted"))
    func `sizes may come in any order: the time is the same, and waits are few`() async throws {
        let (outbox, target) = try await Self.outbox([UInt8].self)
        for rate in [1_000_000, 100_000_000] {
            for sizes in [[1, 1400], [1400, 1], [0, 10, 100, 1000, 10_000], [10_000, 1000, 100, 10, 0]] {
                let messages = (0..<1000).map { [UInt8](repeating: 1, count: sizes[$0 % sizes.count]) }
                let bits = messages.map { max(1, $0.count) * 8 }.reduce(0, +)
                let due = Duration.nanoseconds(bits * (1_000_000_000 / rate))
                for isSingle in [true, false] {
                    let taken = try await Self.time {
                        if isSingle {
                            outbox.sendRate = try .bits(rate)
                            for message in messages { try await outbox.send(message, to: target) }
                        } else {
                            try await outbox.send(contentsOf: messages, to: target, rate: .bits(rate))
                        }
                    }
                    let early = Duration.nanoseconds(20_000 * 8 * (1_000_000_000 / rate))
                    #expect(
                        taken <= due + .milliseconds(1) && taken >= due - early,
                        "\(sizes) at \(rate): \(taken) of \(due)"
                    )
                }
            }
        }
    }

    @Test(.simulatedOnly("time is asserted"))
    func `time pays for a large message, whoever sends meanwhile`() async throws {
        let (outbox, target) = try await Self.outbox([UInt8].self)
        outbox.sendRate = try .bits(8000, burst: 100)
        try await outbox.send([UInt8](repeating: 1, count: 10_000), to: target)
        #expect(
            await refusal { try await outbox.send([1], to: target, timeout: .seconds(9)) }
                == .timedOut(.seconds(9), .turn)
        )
        try await outbox.send([1], to: target, timeout: .seconds(1))
        try await outbox.send([UInt8](repeating: 1, count: 10_000), to: target)
        try await NetworkEnvironment.sleep(for: .seconds(10))
        try await outbox.send([1], to: target, timeout: .zero)
    }

    @Test(.simulatedOnly("an hour passes"))
    func `a message that waits for its time hears of a new rate, and that all is closed`() async throws {
        let (outbox, target) = try await Self.outbox(Score.self)
        outbox.sendRate = try .messages(1, per: .seconds(86_400))
        try await outbox.send(score(0), to: target)
        let start = NetworkEnvironment.now
        let waiting = (1...3).map { number in
            Task.here { await refusal { try await outbox.send(score(number), to: target) } }
        }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        outbox.sendRate = try .messages(1)
        for task in waiting { #expect(await task.value == nil) }
        #expect(start.duration(to: NetworkEnvironment.now) == .milliseconds(2005))
        outbox.sendRate = try .messages(1, per: .seconds(86_400))
        try await outbox.send(score(0), to: target)
        let late = (1...3).map { number in
            Task.here { await refusal { try await outbox.send(score(number), to: target) } }
        }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        outbox.close()
        for task in late { #expect(await task.value == .closed) }
        #expect(start.duration(to: NetworkEnvironment.now) < .seconds(3))
    }

    @Test(.simulatedOnly("time is asserted"))
    func `a thousand tasks send in the order of their calls, and none starves`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Score.self, at: .udp)
        outbox.sendRate = try .messages(1000)
        let target = inbox.localAddress
        let sending = Task.here {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await outbox.send(score(number), to: target, timeout: .seconds(2)) }
                    await Task.yield()
                }
                try await group.waitForAll()
            }
        }
        var numbers: [UInt32] = []
        while numbers.count < 1000, let letter = try await inbox.next(timeout: patience) {
            numbers.append(letter.message.math)
        }
        try await sending.value
        #expect(numbers == numbers.sorted())
    }

    @Test(.simulatedOnly("time is asserted"))
    func `all who send on a connection share its rate, and so do questions`() async throws {
        let pair = try await Pair(Score.self, at: .loopback)
        _ = Task.here {
            for try await question in pair.server.messages { try await pair.server.send(question) }
        }
        pair.client.sendRate = try .messages(100)
        #expect(pair.client.sendRate == (try .messages(100)))
        let taken = try await Self.time {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        for number in 0..<10 {
                            let question = score(task * 10 + number)
                            let answer = try await pair.client.request(question)
                            #expect(answer == question)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(taken >= .milliseconds(990) && taken < .milliseconds(1010), "\(taken)")
        #expect(pair.client.statistics.sent == 100)
    }

    @Test(.simulatedOnly("time is asserted"))
    func `a message whose turn comes too late is not sent, and says so when its time is over`() async throws {
        let (outbox, target) = try await Self.outbox(Score.self)
        outbox.sendRate = try .messages(1)
        try await outbox.send(score(0), to: target, timeout: .zero)
        #expect(
            await refusal { try await outbox.send(score(1), to: target, timeout: .zero) }
                == .timedOut(.zero, .turn)
        )
        let limit = Duration.milliseconds(200)
        let start = NetworkEnvironment.now
        #expect(
            await refusal { try await outbox.send(score(1), to: target, timeout: limit) }
                == .timedOut(limit, .turn)
        )
        #expect(start.duration(to: NetworkEnvironment.now) == limit)
        #expect(outbox.statistics.sent == 1)
        #expect(outbox.statistics.unsent == 2)
        let question = await refusal { try await outbox.request(score(1), to: target, timeout: limit) }
        #expect(question == .timedOut(limit, .turn))
        // A task that is cancelled meanwhile leaves its turn to others.
        let task = Task.here { await refusal { try await outbox.send(score(1), to: target) } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        task.cancel()
        #expect(await task.value == .cancelled)
        try await outbox.send(score(2), to: target, timeout: .seconds(1))
    }

    @Test(.simulatedOnly("time is asserted"))
    func `who had nothing to send may send a burst at once, and no more`() async throws {
        let (outbox, target) = try await Self.outbox(Score.self)
        outbox.sendRate = try .messages(10, burst: 5)
        for _ in 0..<2 {
            let taken = try await Self.time {
                for number in 0..<6 { try await outbox.send(score(number), to: target) }
            }
            #expect(taken == .milliseconds(100))
            try await NetworkEnvironment.sleep(for: .seconds(100))
        }
    }

    @Test(arguments: [0, 1, 2])
    func `everything arrives, over streams and packets, and the counts are right`(place: Int) async throws {
        let pair = try await Pair(Score.self, at: [.loopback, .unix(path: Fresh.path), .packets][place])
        let sending = Task.here {
            try await pair.client.send(
                contentsOf: (0..<2000).lazy.map(score),
                rate: .messages(100_000, burst: 7)
            )
            pair.client.sendRate = try .bits(50_000_000)
            try await pair.client.send(contentsOf: (2000..<4000).lazy.map(score))
            try pair.client.finishSending()
        }
        var count = 0
        for try await message in pair.server.messages {
            #expect(message == score(count))
            count += 1
        }
        #expect(count == 4000)
        try await sending.value
        #expect(pair.client.statistics.sent == 4000)
    }

    @Test func `impossible rates are refused, and say what is possible`() {
        let bad: [() throws -> SendRate] = [
            { try .messages(0) }, { try .messages(-5) }, { try .messages(1, burst: 0) }, { try .bits(0) },
            { try .bits(.max) }, { try .messages(1, per: .zero) },
            { try .messages(1, per: .seconds(86_401)) },
            { try .messages(.max) }, { try .bits(1, burst: .min) },
        ]
        for make in bad {
            let error = #expect(throws: FlowError.self) { _ = try make() }
            #expect(error.map { "\($0)".contains(" cannot be ") } == true)
        }
        // The ends of what is possible.
        _ = try? SendRate.messages(1_000_000_000, per: .microseconds(1), burst: 1_000_000_000)
        #expect(throws: Never.self) { _ = try SendRate.messages(1, per: .seconds(86_400), burst: 1) }
        #expect(throws: Never.self) { _ = try SendRate.bits(1_000_000_000_000, burst: 1) }
    }
}

private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
