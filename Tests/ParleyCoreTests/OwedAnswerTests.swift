import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Questions that are given up, on connections that keep messages in order: their answers are nobody's.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct OwedAnswerTests {
    static let places: [@Sendable () -> Endpoint] = [
        { .tcp("127.0.0.1", 0) }, { .tcp("::1", 0) }, { .unix(path: Fresh.path) }, { .packets },
    ]

    /// Answers each question by the same score, some of them late.
    private static func serve(_ connection: Connection<Score, Score>, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        for try await question in connection.messages {
            if Int.random(in: 0..<10, using: &generator) == 0 {
                try await NetworkEnvironment.sleep(
                    for: .microseconds(Int.random(in: 0..<1500, using: &generator))
                )
            }
            try await connection.send(question)
        }
    }

    @Test(arguments: 0..<4)
    func `of 2,000 requests, a tenth given up, every answer that is returned belongs to its question`(
        place: Int
    )
        async throws
    {
        let seed = Ground.seed
        let pair = try await Pair(Score.self, at: Self.places[place]())
        let server = Task.here { try await Self.serve(pair.server, seed: seed &+ 1) }
        var generator = SeededGenerator(seed: seed)
        var answered = 0
        var givenUp = 0
        for number in 0..<2000 {
            let question = score(number)
            let answer: Score?
            switch Int.random(in: 0..<20, using: &generator) {
            case 0:
                let limit = Duration.microseconds(Int.random(in: 0..<300, using: &generator))
                answer = try? await pair.client.request(question, timeout: limit)
            case 1:
                let pause = Int.random(in: 0..<200, using: &generator)
                let task = Task.here { try await pair.client.request(question) }
                if pause >= 20 { try await NetworkEnvironment.sleep(for: .microseconds(pause)) }
                task.cancel()
                answer = try? await task.value
            default:
                answer = try await pair.client.request(question, timeout: patience)
            }
            if let answer { #expect(answer == question, "seed \(seed)") }
            if answer == nil { givenUp += 1 } else { answered += 1 }
        }
        #expect(answered >= 1700 && givenUp > 0, "seed \(seed): \(answered) answered, \(givenUp) given up")
        let statistics = pair.client.statistics
        #expect(statistics.received == answered, "seed \(seed)")
        #expect(statistics.discarded <= statistics.sent - answered, "seed \(seed)")
        #expect(statistics.discarded > 0, "seed \(seed)")
        // Answers that are owed still find somebody.
        try pair.client.finishSending()
        try await server.value
        pair.client.close()
    }

    /// Asks, and gives up when the question has been sent.
    private static func giveUp<M: Message>(_ question: M, on client: Connection<M, M>, isCancelled: Bool)
        async
    {
        let sent = client.statistics.sent
        let task = Task.here {
            await refusal {
                try await client.request(question, timeout: isCancelled ? nil : .milliseconds(5))
            }
        }
        #expect(await eventually { client.statistics.sent > sent })
        if isCancelled { task.cancel() }
        #expect(await task.value == (isCancelled ? .cancelled : .timedOut(.milliseconds(5))))
    }

    @Test(arguments: [0, 3], [false, true])
    func `an owed answer is passed over by whoever reads next, and counted`(place: Int, isCancelled: Bool)
        async throws
    {
        let pair = try await Pair(Score.self, at: Self.places[place]())
        let (client, server) = (pair.client, pair.server)
        for (round, read) in [0, 1, 2].enumerated() {
            await Self.giveUp(score(1), on: client, isCancelled: isCancelled)
            try await server.send(score(100))
            switch read {
            case 0:
                async let answer = client.request(score(2), timeout: patience)
                #expect(try await server.next(timeout: patience) == score(1))
                #expect(try await server.next(timeout: patience) == score(2))
                try await server.send(score(200))
                #expect(try await answer == score(200))
            case 1:
                try await server.send(score(200))
                #expect(try await client.next(timeout: patience) == score(200))
            default:
                try await server.send(score(200))
                for try await message in client.messages {
                    #expect(message == score(200))
                    break
                }
            }
            #expect(client.statistics.discarded == round + 1)
        }
        #expect(client.statistics.received == 3)
    }

    @Test func `an owed answer that fits no layout is passed over as well, one that was read owes nothing`()
        async throws
    {
        let listener = try await Listener(
            receiving: Line<Int>.self,
            sending: Line<String>.self,
            at: .loopback
        )
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let client = try await Connection(Line<Int>.self, to: target, timeout: patience)
        let server = try await listener.accept()
        let limit = Duration.milliseconds(5)
        #expect(await refusal { try await client.request(Line(1), timeout: limit) } == .timedOut(limit))
        try await server.send(Line("no number"))
        try await server.send(Line("2"))
        #expect(try await client.request(Line(2), timeout: patience) == Line(2))
        #expect(client.statistics.discarded == 1)
        // This one is the answer, although it cannot be read.
        try await server.send(Line("none either"))
        guard case .wire? = await refusal({ try await client.request(Line(3), timeout: patience) }) else {
            Issue.record("the third answer is no number")
            return
        }
        try await server.send(Line("4"))
        #expect(try await client.request(Line(4), timeout: patience) == Line(4))
        #expect(client.statistics.discarded == 1)
    }

    @Test func `a question that was not sent owes nothing`() async throws {
        let pair = try await Pair([UInt8].self, framing: .lengthPrefixed(messageBytesMax: 8 << 20))
        // Taken over whole, and more than the system has room for.
        try await pair.client.send([UInt8](repeating: 1, count: 8 << 20))
        let limit = Duration.milliseconds(20)
        #expect(
            await refusal { try await pair.client.request([2], timeout: limit) } == .timedOut(limit, .room)
        )
        let task = Task.here { await refusal { try await pair.client.request([3]) } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        task.cancel()
        #expect(await task.value == .cancelled)
        let large = [UInt8](repeating: 1, count: (8 << 20) + 1)
        guard case .framing? = await refusal({ try await pair.client.request(large) }) else {
            Issue.record("it is larger than the framing allows")
            return
        }
        #expect(try await pair.server.next(timeout: patience)?.count == 8 << 20)
        try await pair.server.send([4])
        #expect(try await pair.client.request([5], timeout: patience) == [4])
        #expect(pair.client.statistics.discarded == 0)
    }

    /// Asks so many questions and waits for none of the answers.
    private static func leave(_ questions: Int, on client: Connection<Score, Score>) async throws {
        var left = 0
        while left < questions {
            let refused = await refusal { try await client.request(score(left), timeout: .zero) }
            if refused == .timedOut(.zero) {
                left += 1
            } else {
                // The peer has not read them all yet: this one was not sent.
                #expect(refused == .timedOut(.zero, .room))
                try await NetworkEnvironment.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test(arguments: [0, 3])
    func `with more than 1,024 answers owed the connection says that it is out of step`(place: Int)
        async throws
    {
        let pair = try await Pair(Score.self, at: Self.places[place]())
        let (client, server) = (pair.client, pair.server)
        let reading = Task.here { for try await _ in server.messages {} }
        try await Self.leave(1024, on: client)
        // All of them come, and the one that belongs to the next question.
        async let answers: Void = server.send(contentsOf: (0..<1025).map(score))
        #expect(try await client.request(score(0), timeout: patience) == score(1024))
        try await answers
        #expect(client.statistics.discarded == 1024)
        try await Self.leave(1025, on: client)
        let sent = client.statistics.sent
        try await server.send(contentsOf: (0..<5).map(score))
        #expect(await refusal { try await client.request(score(1), timeout: patience) } == .outOfStep)
        #expect(client.statistics.sent == sent)
        #expect(await refusal { try await client.next(timeout: patience) } == .outOfStep)
        #expect(await refusal { for try await _ in client.messages {} } == .outOfStep)
        #expect("\(ParleyError.outOfStep)".contains("more than 1024"))
        client.close()
        try await reading.value
    }

    @Test func `without borders one answer that is owed is one too many`() async throws {
        let pair = try await Pair([UInt8].self, framing: .chunks)
        let limit = Duration.milliseconds(5)
        #expect(await refusal { try await pair.client.request([1], timeout: limit) } == .timedOut(limit))
        try await pair.server.send([100])
        #expect(await refusal { try await pair.client.request([2], timeout: patience) } == .outOfStep)
        #expect(await refusal { try await pair.client.next(timeout: patience) } == .outOfStep)
    }

    @Test func `an answer that a given-up request has left in pieces is passed over whole`() async throws {
        try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: 5)) {
            let listener = try await Listener(Score.self, at: .loopback)
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let client = try await Connection(Score.self, to: target)
            let server = try await listener.accept()
            let limit = Duration.milliseconds(50)
            #expect(await refusal { try await client.request(score(1), timeout: limit) } == .timedOut(limit))
            try await server.send(contentsOf: [score(100), score(200)])
            #expect(try await client.request(score(2), timeout: patience) == score(200))
            #expect(client.statistics.discarded == 1)
        }
    }

    @Test
    func `a peer that ends while it owes answers is at its end`() async throws {
        let pair = try await Pair(Score.self)
        await Self.giveUp(score(1), on: pair.client, isCancelled: true)
        try await pair.server.send(score(100))
        pair.server.close()
        #expect(try await pair.client.next(timeout: patience) == nil)
        #expect(pair.client.statistics.discarded == 1)
        #expect(await refusal { try await pair.client.request(score(2), timeout: patience) } != nil)
    }

    @Test(.kernelOnly("descriptors are the kernel's"))
    func `descriptors that an owed answer brings are handed to nobody`() async throws {
        let pair = try await Pair(Score.self, at: .packets)
        try pair.client.allowDescriptors(upTo: 1)
        await Self.giveUp(score(1), on: pair.client, isCancelled: true)
        try await pair.server.send(score(100), passing: [0])
        let limit = Duration.milliseconds(20)
        #expect(await refusal { try await pair.client.next(timeout: limit) } == .timedOut(limit))
        #expect(pair.client.statistics.discarded == 1)
        let descriptors = pair.client.takeDescriptors()
        #expect(descriptors.count == 0)
    }
}
