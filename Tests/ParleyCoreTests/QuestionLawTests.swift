import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Questions that meet: with readers, with errors, with each other's ends.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct QuestionLawTests {
    @Test(arguments: 0..<4)
    func `a reader that receives gets at once what nobody asked for, while a question is open`(place: Int)
        async throws
    {
        let question = score(1)
        let (news, answer) = (score(77), score(1))
        let byNumber = Matching<Score, Score>.equal(\.math)
        switch place {
        case 0, 1:
            let pair = try await Pair(Score.self, at: place == 0 ? .loopback : .packets)
            let (client, server) = (pair.client, pair.server)
            let reading = Task.here { try await client.next(timeout: patience) }
            try await NetworkEnvironment.sleep(for: .milliseconds(5))
            let asking = Task.here {
                try await client.request(question, matching: byNumber, timeout: patience)
            }
            _ = try await server.next(timeout: patience)
            try await server.send(news)
            #expect(try await reading.value == news)
            try await server.send(answer)
            #expect(try await asking.value == answer)
        case 2:
            let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let client = try await Connection(Score.self, to: .reaching(server.localAddress, by: .udp))
            let reading = Task.here { try await client.next(timeout: patience) }
            try await NetworkEnvironment.sleep(for: .milliseconds(5))
            let asking = Task.here {
                try await client.request(question, matching: byNumber, timeout: patience)
            }
            let letter = try #require(try await server.next(timeout: patience))
            try await server.reply(news, to: letter)
            #expect(try await reading.value == news)
            try await server.reply(answer, to: letter)
            #expect(try await asking.value == answer)
        default:
            let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let client = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let stranger = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let reading = Task.here { try await client.next(timeout: patience)?.message }
            try await NetworkEnvironment.sleep(for: .milliseconds(5))
            let asking = Task.here {
                try await client.request(question, to: server.localAddress, timeout: patience)
            }
            let letter = try #require(try await server.next(timeout: patience))
            try await stranger.send(news, to: client.localAddress)
            #expect(try await reading.value == news)
            try await server.reply(answer, to: letter)
            #expect(try await asking.value.message == answer)
        }
    }

    @Test func `an answer belongs to its asker, whatever cannot be cut behind it`() async throws {
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .chunks)
        let client = try await Connection(
            [UInt8].self,
            to: .reaching(listener.localAddress, by: .tcp),
            framing: .lengthPrefixed(messageBytesMax: 100)
        )
        let server = try await listener.accept()
        let first = Task.here { try await client.request([1], timeout: patience) }
        #expect(try await server.next(timeout: patience) != nil)
        let second = Task.here { await refusal { try await client.request([2], timeout: patience) } }
        #expect(try await server.next(timeout: patience) != nil)
        try await server.send([0, 0, 0, 1, 42, 255, 255, 255, 255, 0])
        #expect(try await first.value == [42])
        guard case .framing? = await second.value else {
            Issue.record("the second answer cannot be cut")
            return
        }
    }

    @Test func `what was kept for the reader comes before what went wrong after it`() async throws {
        let pair = try await Pair(Score.self)
        let (client, server) = (pair.client, pair.server)
        var reader = client.makeAsyncIterator()
        try await server.send(score(1))
        #expect(try await reader.next() == score(1))
        // The reader is busy: who asks receives.
        let asking = Task.here {
            await refusal { try await client.request(score(9), matching: .equal(\.math), timeout: patience) }
        }
        _ = try await server.next(timeout: patience)
        try await server.send(contentsOf: [score(2), score(3)])
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        server.abort()
        let refused = await asking.value
        #expect(refused != nil)
        #expect(try await reader.next() == score(2))
        #expect(try await reader.next() == score(3))
    }

    @Test
    func `without borders one question is open, and who waits is told that the connection is out of step`()
        async throws
    {
        let pair = try await Pair([UInt8].self, framing: .chunks)
        let (client, server) = (pair.client, pair.server)
        async let one = client.request([1], timeout: patience)
        #expect(try await server.next(timeout: patience) == [1])
        async let two = client.request([2], timeout: patience)
        #expect(await refusal { try await server.next(timeout: .milliseconds(5)) } != nil)
        try await server.send([10])
        #expect(try await one == [10])
        #expect(try await server.next(timeout: patience) == [2])
        try await server.send([20])
        #expect(try await two == [20])
        // The next one is given up while another waits.
        let limit = Duration.milliseconds(20)
        let third = Task.here { await refusal { try await client.request([3], timeout: limit) } }
        #expect(try await server.next(timeout: patience) == [3])
        let fourth = Task.here { await refusal { try await client.request([4], timeout: patience) } }
        #expect(await third.value == .timedOut(limit))
        #expect(await fourth.value == .outOfStep)
    }

    @Test func `who is asked without a matching is never asked two at once, of 100 tasks`() async throws {
        let seed = Ground.seed
        let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let client = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let target = server.localAddress
        let serving = Task.here {
            for try await letter in server {
                // Whatever has come by now was asked at the same time.
                await Ground.breath()
                #expect(server.queuedBytes ?? 0 == 0, "seed \(seed)")
                try await server.reply(letter.message, to: letter)
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let answer = try await client.request(score(number), to: target, timeout: patience)
                    #expect(answer.message == score(number), "seed \(seed)")
                }
            }
            try await group.waitForAll()
        }
        server.close()
        try await serving.value
        #expect(client.statistics.numbers == [100, 100, 0, 0])
    }

    @Test func `questions with a matching and without one may be mixed`() async throws {
        let pair = try await Pair(Score.self)
        let (client, server) = (pair.client, pair.server)
        let plain = Task.here { try await client.request(score(1), timeout: patience) }
        _ = try await server.next(timeout: patience)
        let signed = Task.here {
            try await client.request(score(2), matching: .equal(\.math), timeout: patience)
        }
        _ = try await server.next(timeout: patience)
        try await server.send(contentsOf: [score(2), score(50)])
        #expect(try await signed.value == score(2))
        #expect(try await plain.value == score(50))
    }

    @Test func `a reader that is cancelled while it receives leaves that to those who ask`() async throws {
        let pair = try await Pair(Score.self)
        let (client, server) = (pair.client, pair.server)
        let reading = Task.here { await refusal { for try await _ in client {} } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        let asking = (0..<3).map { number in
            Task.here { try await client.request(score(number), timeout: patience) }
        }
        var questions: [Score] = []
        for _ in asking { questions.append(try #require(try await server.next(timeout: patience))) }
        reading.cancel()
        #expect(await reading.value == .cancelled)
        for question in questions { try await server.send(question) }
        for (number, task) in asking.enumerated() { #expect(try await task.value == score(number)) }
    }

    @Test func `on a network that has no alarm of its own, those who wait run out of time all the same`()
        async throws
    {
        try await NetworkEnvironment.$network.withValue(CutNetwork()) {
            let pair = try await Pair(Score.self)
            let limit = Duration.milliseconds(20)
            let asking = (0..<20).map { number in
                Task.here {
                    await refusal { try await pair.client.request(score(number), timeout: limit) }
                }
            }
            for task in asking { #expect(await task.value == .timedOut(limit)) }
            for number in 0..<20 {
                _ = try await pair.server.next(timeout: patience)
                try await pair.server.send(score(number))
            }
            async let answer = pair.client.request(score(99), timeout: patience)
            _ = try await pair.server.next(timeout: patience)
            try await pair.server.send(score(99))
            #expect(try await answer == score(99))
            #expect(pair.client.statistics.discarded == 20)
        }
    }

    @Test(.simulatedOnly("two minutes pass"))
    func `late answers are known for two minutes`() async throws {
        let pair = try await Pair(Score.self)
        let (client, server) = (pair.client, pair.server)
        let limit = Duration.milliseconds(5)
        for matching in [Matching<Score, Score>.equal(\.math), .when { $0.math == $1.math }] {
            for number in 0..<70 {
                let refused = await refusal {
                    try await client.request(score(number), matching: matching, timeout: limit)
                }
                #expect(refused == .timedOut(limit))
                _ = try await server.next(timeout: patience)
            }
            let before = client.statistics.discarded
            for number in [66, 67, 68] { try await server.send(score(number)) }
            try await server.send(score(500))
            #expect(try await client.next(timeout: patience) == score(500))
            #expect(client.statistics.discarded == before + 3)
            try await NetworkEnvironment.sleep(for: .seconds(121))
            try await server.send(score(69))
            #expect(try await client.next(timeout: patience) == score(69))
        }
    }

    @Test func `a mailbox begins to answer all letters between questions, never beside one`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let other = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let target = other.localAddress
        let serving = Task.here {
            for try await letter in other { try await other.reply(letter.message, to: letter) }
        }
        let asking = Task.here {
            var answered = 0
            for number in 0..<300 {
                do {
                    let answer = try await inbox.request(score(number), to: target, timeout: patience)
                    #expect(answer.message == score(number))
                    answered += 1
                } catch ParleyError.alreadyReading {
                    await Ground.breath()
                }
            }
            return answered
        }
        for _ in 0..<50 {
            let answering = Task.here { await refusal { try await inbox.respond { _ in nil } } }
            try await NetworkEnvironment.sleep(for: .microseconds(100))
            answering.cancel()
            let refused = await answering.value
            #expect(refused == .cancelled || refused == .alreadyReading)
        }
        #expect(try await asking.value > 0)
        other.close()
        try await serving.value
    }
}
