import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Questions that are given up, over datagrams: an answer that may be theirs says so.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct LateAnswerTests {
    static let places: [@Sendable () -> (Endpoint, Endpoint)] = [
        { (.udp("127.0.0.1", 0), .udp) },
        { (.udp("::1", 0), .udp) },
        { (.unixgram(path: Fresh.path), .unixgram) },
        { (.udp("127.0.0.1", 0).loadBalanced(over: 2), .udp("127.0.0.1", 0).loadBalanced(over: 2)) },
    ]

    /// Answers each question by the same score: most at once, some late and so in another order, some never.
    private static func serve(_ server: Mailbox<Score, Score>, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for try await letter in server {
                switch Int.random(in: 0..<20, using: &generator) {
                case 0: break
                case 1, 2:
                    let pause = Int.random(in: 0..<3000, using: &generator)
                    group.addTask {
                        try await NetworkEnvironment.sleep(for: .microseconds(pause))
                        // Whoever asked from a path may be gone.
                        try? await server.reply(letter.message, to: letter, timeout: .seconds(1))
                    }
                default: try? await server.reply(letter.message, to: letter, timeout: .seconds(1))
                }
            }
            try await group.waitForAll()
        }
    }

    /// Asks 500 questions, a tenth of which are cancelled, and holds the law to each answer.
    private static func ask(
        seed: UInt64,
        _ request: @escaping @Sendable (Score, Duration) async throws -> Letter<Score>
    ) async throws {
        var generator = SeededGenerator(seed: seed)
        var right = 0
        var hasGivenUp = false
        for number in 0..<500 {
            let question = score(number)
            let limit = Duration.milliseconds(Int.random(in: 1..<5, using: &generator))
            let answer: Letter<Score>?
            if Int.random(in: 0..<10, using: &generator) == 0 {
                let pause = Int.random(in: 0..<200, using: &generator)
                let task = Task.here { try await request(question, limit) }
                try await NetworkEnvironment.sleep(for: .microseconds(pause))
                task.cancel()
                answer = try? await task.value
            } else {
                answer = try? await request(question, limit)
            }
            guard let answer else {
                hasGivenUp = true
                continue
            }
            #expect(answer.message == question || answer.mayBeLate, "seed \(seed), question \(number)")
            #expect(hasGivenUp || !answer.mayBeLate, "seed \(seed), question \(number)")
            if answer.message == question { right += 1 }
        }
        #expect(right > 0 && hasGivenUp, "seed \(seed)")
    }

    @Test(arguments: 0..<4)
    func `over datagrams no mailbox is handed a wrong answer without its mark`(place: Int) async throws {
        let seed = Ground.seed
        let (there, here) = Self.places[place]()
        let server = try await Mailbox(Score.self, at: there)
        let client = try await Mailbox(Score.self, at: here)
        let serving = Task.here { try await Self.serve(server, seed: seed &+ 1) }
        let target = server.localAddress
        try await Self.ask(seed: seed) { try await client.request($0, to: target, timeout: $1) }
        server.close()
        try await serving.value
    }

    @Test(arguments: 0..<3)
    func `over datagrams no connection is handed a wrong answer without its mark`(place: Int) async throws {
        let seed = Ground.seed
        let (there, _) = Self.places[place]()
        let server = try await Mailbox(Score.self, at: there)
        let client = try await Connection(Score.self, to: .reaching(server.localAddress, by: there.transport))
        let serving = Task.here { try await Self.serve(server, seed: seed &+ 1) }
        try await Self.ask(seed: seed) { try await client.requestLetter($0, timeout: $1) }
        server.close()
        try await serving.value
    }

    @Test func `an answer right after one that did not come is marked and counted, whoever's it is`()
        async throws
    {
        let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let client = try await Connection(Score.self, to: .reaching(server.localAddress, by: .udp))
        let limit = Duration.milliseconds(5)
        #expect(
            await refusal { try await client.requestLetter(score(1), timeout: limit) } == .timedOut(limit)
        )
        let first = try #require(try await server.next(timeout: patience))
        async let answer = client.requestLetter(score(2), timeout: patience)
        _ = try await server.next(timeout: patience)
        // The late answer to the first question comes when the second waits.
        try await server.reply(score(1), to: first)
        let letter = try await answer
        #expect(letter.message == score(1) && letter.mayBeLate && letter.sender == client.peer)
        #expect(client.statistics.perhapsLate == 1)
        // A plain request has no place for the mark; the count has.
        try await server.reply(score(2), to: first)
        await Ground.breath()
        async let plain = client.request(score(3), timeout: patience)
        _ = try await server.next(timeout: patience)
        try await server.reply(score(3), to: first)
        #expect(try await plain == score(3))
        #expect(client.statistics.perhapsLate == 2)
        #expect(client.statistics.discarded == 0)
        #expect(try await client.next(timeout: patience) == score(2))
    }

    @Test(.simulatedOnly("two minutes pass"))
    func `the mark is of one peer, and ends two minutes after the question was given up`() async throws {
        let client = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let (silent, other) = (
            try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)),
            try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        )
        let limit = Duration.seconds(5)
        let target = silent.localAddress
        #expect(
            await refusal { try await client.request(score(1), to: target, timeout: limit) }
                == .timedOut(limit)
        )
        _ = try await silent.next(timeout: limit)
        func isMarked(by server: Mailbox<Score, Score>) async throws -> Bool {
            async let answer = client.request(score(2), to: server.localAddress, timeout: .seconds(3600))
            let question = try #require(try await server.next(timeout: .seconds(3600)))
            try await server.reply(score(2), to: question)
            return try await answer.mayBeLate
        }
        #expect(try await isMarked(by: silent))
        #expect(try await !isMarked(by: other))
        try await NetworkEnvironment.sleep(for: .seconds(121))
        #expect(try await !isMarked(by: silent))
    }

    @Test func `an answer that nobody waited for marks the next one`() async throws {
        let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let client = try await Mailbox(Score.self, at: .udp)
        let target = server.localAddress
        for isDoubled in [false, true] {
            async let answer = client.request(score(1), to: target, timeout: patience)
            let question = try #require(try await server.next(timeout: patience))
            try await server.reply(score(1), to: question)
            #expect(try await answer.mayBeLate == isDoubled)
            // Twice, and before the next question is asked.
            if !isDoubled { try await server.reply(score(1), to: question) }
            await Ground.breath()
        }
    }

    @Test func `after a question to many everybody's answers may be late`() async throws {
        var place = Endpoint.udp("127.0.0.1", 0)
        place.options.allowsBroadcast = true
        let client = try await Mailbox(Score.self, at: place)
        let servers = [
            try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)),
            try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)),
        ]
        for (server, isMarked) in zip(servers, [false, true]) {
            async let answer = client.request(score(1), to: server.localAddress, timeout: patience)
            let question = try #require(try await server.next(timeout: patience))
            try await server.reply(score(1), to: question)
            #expect(try await answer.mayBeLate == isMarked)
        }
    }

    @Test func `more peers than are told apart are all marked`() async throws {
        let client = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        for port in 0..<1025 {
            // Cancelled before it waits: no time goes by.
            let nobody = SocketAddress.ipv4(IPv4Address(127, 9, 9, 9), port: UInt16(1000 + port))
            let task = Task.here {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return await refusal {
                    try await client.request(score(1), to: nobody, timeout: .seconds(1))
                }
            }
            #expect(await task.value == .cancelled)
        }
        #expect(client.statistics.sent == 1025)
        async let answer = client.request(score(2), to: server.localAddress, timeout: .seconds(3600))
        let question = try #require(try await server.next(timeout: .seconds(3600)))
        try await server.reply(score(2), to: question)
        #expect(try await answer.mayBeLate)
    }

    @Test func `on a stream and over seqpacket no answer is marked`() async throws {
        for place in [Endpoint.loopback, .packets] {
            let pair = try await Pair(Score.self, at: place)
            let limit = Duration.milliseconds(5)
            #expect(await refusal { try await pair.client.requestLetter(score(1), timeout: limit) } != nil)
            try await pair.server.send(contentsOf: [score(1), score(2)])
            let answer = try await pair.client.requestLetter(score(2), timeout: patience)
            #expect(answer == Letter(message: score(2), sender: pair.client.peer))
        }
    }
}
