import ExampleMessages
import Foundation
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Many tasks that ask on one connection or mailbox, beside a reader or without one.
@Suite(.timeLimit(.minutes(10)), .bothGrounds) struct ManyQuestionsTests {
    /// Ways of asking: over which transport, and whether the service answers in the order of questions.
    struct Way: Sendable, CustomTestStringConvertible {
        let transport: Transport
        var isOrdered = false
        var byMailbox = false

        var testDescription: String {
            "\(transport)\(isOrdered ? " in order" : "")\(byMailbox ? " by mailbox" : "")"
        }

        var place: Endpoint {
            switch transport {
            case .unix: .unix(path: Fresh.path)
            case .unixgram: .unixgram(path: Fresh.path)
            case .seqpacket: .packets
            default: Endpoint(transport, host: .ipv4(.loopback), port: 0)
            }
        }
    }

    static let ways = [
        Way(transport: .tcp, isOrdered: true), Way(transport: .unix, isOrdered: true),
        Way(transport: .seqpacket, isOrdered: true), Way(transport: .tcp), Way(transport: .unix),
        Way(transport: .seqpacket), Way(transport: .udp), Way(transport: .unixgram),
        Way(transport: .udp, byMailbox: true), Way(transport: .unixgram, byMailbox: true),
    ]

    /// What each of 100 tasks asks in every way on the kernel; PARLEY_QUESTIONS=1000 makes it 100,000 a way.
    static let questionsOfTask =
        ProcessInfo.processInfo.environment["PARLEY_QUESTIONS"].flatMap(Int.init) ?? 100

    typealias Ask = @Sendable (Score, Duration?) async throws(ParleyError) -> Score

    /// Opens both ends. The service answers `math` by the same number, and says so in `chinese`.
    private static func open(_ way: Way, seed: UInt64) async throws -> (ask: Ask, close: @Sendable () -> Void)
    {
        let matching = Matching<Score, Score>.equal(\.math)
        if way.transport.isConnectionOriented {
            let pair = try await Pair(Score.self, at: way.place)
            let (client, server) = (pair.client, pair.server)
            _ = Task.here {
                try await answer(way, seed, server.messages) { try await server.send($0) }
            }
            let ask: Ask = { question, timeout async throws(ParleyError) in
                way.isOrdered
                    ? try await client.request(question, timeout: timeout)
                    : try await client.request(question, matching: matching, timeout: timeout)
            }
            return (ask, { client.close() })
        }
        let server = try await Mailbox(Score.self, at: way.place)
        _ = Task.here {
            try await answer(way, seed, server) { letter in
                // Whoever asked may be gone.
                try? await server.reply(letter.message, to: letter, timeout: .seconds(1))
            }
        }
        let target = server.localAddress
        if way.byMailbox {
            let client = try await Mailbox(Score.self, at: way.transport == .udp ? .udp : .unixgram)
            return (
                { question, timeout async throws(ParleyError) in
                    try await client.request(
                        question,
                        to: target,
                        matching: matching,
                        timeout: timeout ?? patience
                    ).message
                },
                {
                    client.close()
                    server.close()
                }
            )
        }
        let client = try await Connection(Score.self, to: .reaching(target, by: way.transport))
        return (
            { question, timeout async throws(ParleyError) in
                try await client.request(question, matching: matching, timeout: timeout)
            },
            {
                client.close()
                server.close()
            }
        )
    }

    private static func answer<S: AsyncSequence>(
        _ way: Way,
        _ seed: UInt64,
        _ questions: S,
        _ send: (S.Element) async throws -> Void
    ) async throws {
        var generator = SeededGenerator(seed: seed)
        var held: [S.Element] = []
        for try await question in questions {
            if way.isOrdered {
                try await send(question)
                continue
            }
            // Now and then one waits until others have been answered, for a while.
            held.append(question)
            while let index = held.indices.randomElement(using: &generator),
                held.count > 8 || Bool.random(using: &generator)
            {
                try await send(held.remove(at: index))
            }
            if held.count == 1 { try await send(held.removeLast()) }
        }
    }

    // One way after another: all at once would take the time of tests that have limits.
    @Test(.serialized, arguments: ways)
    func `every answer is its own question's, of 100 tasks that ask, run out of time and are cancelled`(
        way: Way
    ) async throws {
        let seed = Ground.seed
        let (ask, close) = try await Self.open(way, seed: seed)
        let questionsOfTask = Ground.isSimulated ? 20 : Self.questionsOfTask
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for asker in 0..<100 {
                group.addTask {
                    var generator = SeededGenerator(seed: seed &+ UInt64(asker))
                    var answered = 0
                    for number in 0..<questionsOfTask {
                        let question = score(asker * questionsOfTask + number + 1)
                        var answer: Score?
                        switch Int.random(in: 0..<20, using: &generator) {
                        case 0:
                            let limit = Duration.microseconds(Int.random(in: 0..<300, using: &generator))
                            answer = try? await ask(question, limit)
                        case 1:
                            let pause = Int.random(in: 0..<200, using: &generator)
                            let task = Task.here { try await ask(question, patience) }
                            if pause >= 20 { try await NetworkEnvironment.sleep(for: .microseconds(pause)) }
                            task.cancel()
                            answer = try? await task.value
                        default:
                            // Datagrams are lost where a queue is full.
                            while answer == nil {
                                do {
                                    answer = try await ask(question, .milliseconds(500))
                                } catch ParleyError.timedOut {}
                            }
                        }
                        if let answer {
                            answered += 1
                            #expect(answer.math == question.math, "seed \(seed)")
                        }
                    }
                    return answered
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(answered >= 80 * questionsOfTask, "seed \(seed): \(answered)")
        close()
    }

    @Test(arguments: [0, 1, 2])
    func `what nobody asked for goes to the reader, in order, while others ask`(place: Int) async throws {
        let pair = try await Pair(Score.self, at: [.loopback, .unix(path: Fresh.path), .packets][place])
        let (client, server) = (pair.client, pair.server)
        let serving = Task.here {
            var news = 1000
            for try await question in server {
                for _ in 0..<question.math % 3 {
                    try await server.send(score(news))
                    news += 1
                }
                try await server.send(question)
            }
            try await server.send(score(news))
            server.close()
            return news
        }
        let isFinished = Mutex(false)
        let reading = Task.here {
            var next = 1000
            for try await message in client {
                #expect(message.math == next)
                next += 1
                // The reader's own loop may ask as well.
                if next % 16 == 0 {
                    do throws(ParleyError) {
                        let own = try await client.request(
                            score(3),
                            matching: .equal(\.math),
                            timeout: patience
                        )
                        #expect(own.math == 3)
                    } catch {
                        // The last news may be read when nothing more is sent.
                        guard isFinished.withLock({ $0 }) else { throw error }
                    }
                }
            }
            return next
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for asker in 0..<8 {
                group.addTask {
                    for number in 0..<25 {
                        let question = score(10 + asker * 25 + number)
                        let answer = try await client.request(
                            question,
                            matching: .when { $0.math == $1.math },
                            timeout: patience
                        )
                        #expect(answer == question)
                    }
                }
            }
            try await group.waitForAll()
        }
        isFinished.withLock { $0 = true }
        try client.finishSending()
        let sent = try await serving.value
        #expect(try await reading.value == sent + 1)
        #expect(client.statistics.dropped == 0)
    }

    @Test func `a reader's loop asks on its own connection, wherever messages were cut`() async throws {
        for bytes in [1, 5, 21, 30, 100] {
            try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: bytes)) {
                let pair = try await Pair(Score.self)
                let (client, server) = (pair.client, pair.server)
                let serving = Task.here {
                    // Three that nobody asked for, then answers, each with one more before it.
                    for number in 0..<3 { try await server.send(score(number)) }
                    var next = 3
                    for try await question in server {
                        try await server.send(contentsOf: [score(next), question])
                        next += 1
                    }
                    server.close()
                }
                var read = 0
                for try await message in client {
                    #expect(message == score(read))
                    read += 1
                    if read <= 40 {
                        let question = score(1000 + read)
                        #expect(
                            try await client.request(question, matching: .equal(\.math), timeout: patience)
                                == question
                        )
                    } else if read == 43 {
                        try client.finishSending()
                    }
                }
                #expect(read == 43)
                try await serving.value
            }
        }
    }

    @Test(arguments: 0..<4)
    func `who receives and is cancelled leaves that to the others`(place: Int) async throws {
        let pair = try await Pair(Score.self, at: OwedAnswerTests.places[place]())
        let (client, server) = (pair.client, pair.server)
        var tasks: [Task<Score, any Error>] = []
        for number in 0..<10 {
            tasks.append(Task.here { try await client.request(score(number), timeout: patience) })
            #expect(try await server.next(timeout: patience) == score(number))
        }
        // Each of them receives in its turn.
        for number in [0, 1, 2, 5, 9] {
            tasks[number].cancel()
            #expect(await refusal { try await tasks[number].value } == .cancelled)
        }
        for number in 0..<10 { try await server.send(score(number)) }
        for number in [3, 4, 6, 7, 8] { #expect(try await tasks[number].value == score(number)) }
        let last = Task.here { try await client.request(score(10), timeout: patience) }
        #expect(try await server.next(timeout: patience) == score(10))
        try await server.send(score(10))
        #expect(try await last.value == score(10))
        #expect(client.statistics.discarded == 5)
        #expect(client.statistics.received == 6)
    }

    @Test(arguments: 0..<4)
    func `the end of a connection is told to all who ask`(place: Int) async throws {
        let pair = try await Pair(Score.self, at: OwedAnswerTests.places[place]())
        let (client, server) = (pair.client, pair.server)
        let tasks = (0..<10).map { number in
            Task.here { await refusal { try await client.request(score(number), timeout: patience) } }
        }
        for _ in 0..<10 { _ = try await server.next(timeout: patience) }
        server.close()
        for task in tasks { #expect(await task.value == .ended) }
    }

    @Test func `a stream that cannot be cut is told to all who ask`() async throws {
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .chunks)
        let client = try await Connection(
            [UInt8].self,
            to: .reaching(listener.localAddress, by: .tcp),
            framing: .lengthPrefixed(messageBytesMax: 100)
        )
        let server = try await listener.accept()
        let tasks = (0..<5).map { number in
            Task.here { await refusal { try await client.request([UInt8(number)], timeout: patience) } }
        }
        #expect(await eventually { client.statistics.sent == 5 || client.statistics.sent == 0 })
        try await NetworkEnvironment.sleep(for: .milliseconds(20))
        try await server.send([255, 255, 255, 255, 0])
        for task in tasks {
            guard case .framing? = await task.value else {
                Issue.record("\(String(describing: await task.value))")
                continue
            }
        }
    }

    @Test func `beyond 1,024 open questions one waits, and what is not sent owes nothing`() async throws {
        let pair = try await Pair(Score.self)
        let (client, server) = (pair.client, pair.server)
        let asking = Task.here {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1100 {
                    group.addTask {
                        let answer = try await client.request(score(number), timeout: patience)
                        #expect(answer == score(number))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(await eventually { client.statistics.sent == 1024 })
        let limit = Duration.milliseconds(20)
        #expect(
            await refusal { try await client.request(score(1), timeout: limit) } == .timedOut(limit, .room)
        )
        #expect(client.statistics.sent == 1024)
        for _ in 0..<1100 {
            let question = try #require(try await server.next(timeout: patience))
            try await server.send(question)
        }
        try await asking.value
        #expect(client.statistics.discarded == 0)
    }

    @Test func `a mailbox asks different recipients at once, and each one question after another`()
        async throws
    {
        let client = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let slow = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let quick = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let stranger = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let reading = Task.here { try await client.next(timeout: patience)?.message }
        let toSlow = (0..<5).map { number in
            Task.here { try await client.request(score(number), to: slow.localAddress, timeout: patience) }
        }
        var first = try #require(try await slow.next(timeout: patience))
        for number in 0..<3 {
            async let answer = client.request(score(number), to: quick.localAddress, timeout: patience)
            let question = try #require(try await quick.next(timeout: patience))
            try await quick.reply(question.message, to: question)
            #expect(try await answer.message == score(number))
        }
        try await stranger.send(score(77), to: client.localAddress)
        #expect(try await reading.value == score(77))
        var asked: [Score] = []
        for number in 0..<5 {
            if number > 0 { first = try #require(try await slow.next(timeout: patience)) }
            #expect(await refusal { try await slow.next(timeout: .milliseconds(5)) } != nil)
            asked.append(first.message)
            try await slow.reply(first.message, to: first)
        }
        for (number, task) in toSlow.enumerated() { #expect(try await task.value.message == score(number)) }
        #expect(Set(asked.map(\.math)) == Set(0..<5))
    }

    @Test func `a late answer to a question that was given up is nobody's, whatever is asked since`()
        async throws
    {
        let client = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let limit = Duration.milliseconds(10)
        let matching = Matching<Score, Score>.equal(\.math)
        func ask(_ number: Int, _ limit: Duration) async throws -> Letter<Score> {
            try await client.request(
                score(number),
                to: server.localAddress,
                matching: matching,
                timeout: limit
            )
        }
        #expect(await refusal { try await ask(1, limit) } == .timedOut(limit))
        let first = try #require(try await server.next(timeout: patience))
        async let second = ask(2, patience)
        let question = try #require(try await server.next(timeout: patience))
        try await server.reply(first.message, to: first)
        // The second number again, from somebody who was not asked, goes to the reader.
        let stranger = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        try await stranger.send(score(2), to: client.localAddress)
        await Ground.breath()
        try await server.reply(question.message, to: question)
        let answer = try await second
        #expect(answer.message == score(2) && !answer.mayBeLate && answer.sender == server.localAddress)
        #expect(client.statistics.discarded == 1)
        let letter = try #require(try await client.next(timeout: patience))
        #expect(letter.sender == stranger.localAddress && letter.message == score(2))
        // A key that is used again after its question was given up: the answer may be late, and says so.
        #expect(await refusal { try await ask(3, limit) } == .timedOut(limit))
        let third = try #require(try await server.next(timeout: patience))
        async let again = ask(3, patience)
        _ = try await server.next(timeout: patience)
        try await server.reply(third.message, to: third)
        #expect(try await again.mayBeLate)
    }

    @Test func `equal keys are answered in the order of their questions`() async throws {
        let pair = try await Pair(Score.self)
        let (client, server) = (pair.client, pair.server)
        var tasks: [Task<Score, any Error>] = []
        for _ in 0..<3 {
            tasks.append(
                Task.here { try await client.request(score(7), matching: .equal(\.math), timeout: patience) }
            )
            _ = try await server.next(timeout: patience)
        }
        for number in 0..<3 {
            try await server.send(Score(name: "", math: 7, chinese: UInt32(number)))
        }
        for number in 0..<3 { #expect(try await tasks[number].value.chinese == UInt32(number)) }
    }

    @Test func `more than is kept for a reader who is not there is counted`() async throws {
        let pair = try await Pair(Score.self)
        async let answer = pair.client.request(score(1), matching: .equal(\.math), timeout: patience)
        _ = try await pair.server.next(timeout: patience)
        try await pair.server.send(contentsOf: (1000..<1300).map(score) + [score(1)])
        #expect(try await answer == score(1))
        #expect(pair.client.statistics.dropped == 300 - 256)
        for number in 1000..<1256 { #expect(try await pair.client.next(timeout: patience) == score(number)) }
        #expect(await refusal { try await pair.client.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `where all letters are answered by the mailbox itself, it asks nothing`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let answering = Task.here { await refusal { try await inbox.respond { $0.message } } }
        let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        // It answers.
        let answer = try await outbox.request(score(1), to: inbox.localAddress, timeout: patience)
        #expect(answer.message == score(1))
        let refused = await refusal {
            try await inbox.request(score(1), to: outbox.localAddress, timeout: patience)
        }
        #expect(refused == .alreadyReading)
        inbox.close()
        #expect(await answering.value == nil)
    }
}
