import ExampleMessages
import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Requests of connections that are answered without a task.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct RespondTests {
    static var places: [Endpoint] {
        [
            .loopback, .loopback.loadBalanced(over: 2), .unix(abstract: Fresh.name),
            .seqpacket(abstract: Fresh.name),
        ]
    }

    @Test(arguments: places)
    func `each request has its answer, in order, alone and in bursts, on every transport`(
        _ place: Endpoint
    ) async throws {
        let listener = try await Listener(Score.self, at: place)
        try await responding(to: listener, by: place.transport, mark) { target in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        let client = try await Connection(Score.self, to: target, timeout: patience)
                        for number in 0..<20 {
                            let answer = try await client.request(score(number), timeout: patience)
                            #expect(answer == marked(number))
                        }
                        try await client.send(contentsOf: (0..<500).map(score), timeout: patience)
                        for number in 0..<500 {
                            #expect(try await client.next(timeout: patience) == marked(number))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await eventually { listener.statistics.active == 0 })
        }
        #expect(listener.statistics.messages.numbers == [8 * 520, 8 * 520, 0, 0])
        #expect(listener.statistics.accepted == 8)
        #expect(listener.statistics.failed == 0)
    }

    @Test func `who has finished sending still gets every answer, and then the end`() async throws {
        for place in [Endpoint.loopback, .unix(abstract: Fresh.name)] {
            let listener = try await Listener(Score.self, at: place)
            try await responding(to: listener, by: place.transport, mark) { target in
                let client = try await Connection(Score.self, to: target, timeout: patience)
                try await client.send(contentsOf: (0..<2000).map(score), timeout: patience)
                try client.finishSending()
                for number in 0..<2000 {
                    #expect(try await client.next(timeout: patience) == marked(number))
                }
                #expect(try await client.next(timeout: patience) == nil)
            }
            #expect(listener.statistics.failed == 0)
        }
    }

    @Test func `no answer is none: the next one follows`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let answer: @Sendable (Score) -> Score? = { $0.math % 2 == 0 ? nil : mark($0) }
        try await responding(to: listener, answer) { target in
            let client = try await Connection(Score.self, to: target, timeout: patience)
            try await client.send(contentsOf: (0..<100).map(score))
            for number in 0..<50 {
                #expect(try await client.next(timeout: patience) == marked(2 * number + 1))
            }
            #expect(listener.statistics.messages.numbers == [100, 50, 0, 0])
        }
    }

    @Test func `a throw ends its connection after the answers before it, and no other`() async throws {
        for place in [Endpoint.loopback, .seqpacket(abstract: Fresh.name)] {
            let listener = try await Listener(Score.self, at: place)
            let answer: @Sendable (Score) throws -> Score? = {
                if $0.math == 13 { throw ClosureMishap() }
                return mark($0)
            }
            try await responding(to: listener, by: place.transport, answer) { target in
                let other = try await Connection(Score.self, to: target, timeout: patience)
                #expect(try await other.request(score(1), timeout: patience) == marked(1))
                let client = try await Connection(Score.self, to: target, timeout: patience)
                try await client.send(contentsOf: (0..<20).map(score))
                for number in 0..<13 {
                    #expect(try await client.next(timeout: patience) == marked(number))
                }
                #expect(try await client.next(timeout: patience) == nil)
                #expect(await eventually { listener.statistics.failed == 1 })
                #expect(try await other.request(score(2), timeout: patience) == marked(2))
            }
        }
    }

    @Test func `bytes that are no message end their connection alone, as a loop over its messages does`()
        async throws
    {
        let listener = try await Listener(
            receiving: Line<Int>.self,
            sending: Line<Int>.self,
            at: .loopback
        )
        try await responding(to: listener, { Line($0.value + 1) }) { target in
            let other = try await Connection(Line<Int>.self, to: target, timeout: patience)
            let client = try await Connection(Line<String>.self, to: target, timeout: patience)
            #expect(try await client.request(Line("41"), timeout: patience).value == "42")
            try await client.send(Line("forty-two"))
            #expect(try await client.next(timeout: patience) == nil)
            #expect(await eventually { listener.statistics.failed == 1 })
            #expect(try await other.request(Line(1), timeout: patience).value == 2)
        }
    }

    @Test func `messages of any size pass, with their length in front, in whatever pieces they come`()
        async throws
    {
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        try await responding(to: listener, { $0.reversed() }) { target in
            let client = try await Connection(
                [UInt8].self,
                to: target,
                framing: .lengthPrefixed(),
                timeout: patience
            )
            for size in [0, 1, 100, 65_536, 300_000, 5_000_000, 3] {
                let question = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                async let asking: Void = client.send(question, timeout: patience)
                #expect(try await client.next(timeout: patience) == question.reversed())
                try await asking
            }
            // Byte by byte.
            let raw = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            for byte in [0, 0, 0, 3, 1, 2, 3] as [UInt8] {
                try await raw.send([byte])
                try await NetworkEnvironment.sleep(for: .milliseconds(2))
            }
            var answer: [UInt8] = []
            while answer.count < 7 { answer += try #require(try await raw.next(timeout: patience)) }
            #expect(answer == [0, 0, 0, 3, 3, 2, 1])
        }
    }

    @Test func `a peer that sends without end does not keep another from its answer`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        try await responding(to: listener, mark) { target in
            let eager = try await Connection(Score.self, to: target, timeout: patience)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    while await refusal({ try await eager.send(contentsOf: (0..<1000).map(score)) }) == nil {
                        await Ground.breath()
                    }
                }
                group.addTask { _ = await refusal { for try await _ in eager.messages {} } }
                let client = try await Connection(Score.self, to: target, timeout: patience)
                for number in 0..<50 {
                    #expect(try await client.request(score(number), timeout: patience) == marked(number))
                }
                eager.abort()
                try await group.waitForAll()
            }
        }
    }

    @Test func `after 256 requests of one connection another has its turn`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let order = Mutex<[UInt32]>([])
        let isOpen = Mutex(false)
        // All have come before the first is answered: the loop waits in the first answer. A simulated one need not:
        // there all of it comes at one time.
        let isHeld = !Ground.isSimulated
        let answer: @Sendable (Score) -> Score? = { score in
            for _ in 0..<10_000 where isHeld && score.math == 0 && !isOpen.withLock({ $0 }) { usleep(1000) }
            order.withLock { $0.append(score.chinese) }
            return nil
        }
        try await responding(to: listener, answer) { target in
            var clients: [Connection<Score, Score>] = []
            for _ in 0..<2 {
                clients.append(try await Connection(Score.self, to: target, timeout: patience))
            }
            // Both are inside, and answered by the loop.
            for client in clients { try await client.send(Score(name: "Li", math: 1, chinese: 9)) }
            #expect(await eventually { order.withLock(\.count) == 2 })
            order.withLock { $0 = [] }
            // Others share the loop with this test: what they need is not awaited while it is held.
            let sockets = clients
            let messages = { (client: UInt32, count: UInt32) in
                (1...count).map { Score(name: "Li", math: $0, chinese: client) }
            }
            try await sockets[0].send(Score(name: "Li", math: 0, chinese: 0))
            try await sockets[0].send(contentsOf: messages(0, 2000))
            try await sockets[1].send(contentsOf: messages(1, 100))
            isOpen.withLock { $0 = true }
            #expect(await eventually { order.withLock(\.count) == 2101 })
            let seen = order.withLock { $0 }
            let first = try #require(seen.firstIndex(of: 1))
            // The first read of the first one may have brought its first message alone.
            #expect(first <= 2 * 256, "\(first) of the first connection before the second")
        }
    }

    @Test func `a peer that does not read its answers is not read beyond 64 KiB, and the others go on`()
        async throws
    {
        let block = [UInt8](repeating: 9, count: 1000)
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        let answered = Atomic<Int>(0)
        let answer: @Sendable ([UInt8]) -> [UInt8]? = { request in
            answered.add(1, ordering: .relaxed)
            // A small question with a large answer.
            return request.count == 1 ? [UInt8](repeating: request[0], count: 60_000) : request
        }
        try await responding(to: listener, answer) { target in
            let framing = Framing.lengthPrefixed()
            let client = try await Connection([UInt8].self, to: target, framing: framing, timeout: patience)
            let other = try await Connection([UInt8].self, to: target, framing: framing, timeout: patience)
            let questions = 2000
            async let asking: Void = client.send(
                contentsOf: (0..<questions).map { [UInt8(truncatingIfNeeded: $0)] },
                timeout: patience
            )
            // It stands still: the queues of the kernel are full, far below all the answers.
            var last = -1
            var now = 0
            repeat {
                last = now
                try await NetworkEnvironment.sleep(for: .milliseconds(100))
                now = answered.load(ordering: .relaxed)
            } while now != last || now == 0
            #expect(now < questions)
            #expect(try await other.request(block, timeout: patience) == block)
            for number in 0..<questions {
                let answer = try await client.next(timeout: patience)
                #expect(answer?.count == 60_000)
                #expect(answer?.first == UInt8(truncatingIfNeeded: number))
            }
            try await asking
        }
        #expect(listener.statistics.failed == 0)
    }

    @Test func `over sequenced packets answers that find no room wait, and none is lost`() async throws {
        let listener = try await Listener(Score.self, at: .seqpacket(abstract: Fresh.name))
        try await responding(to: listener, by: .seqpacket, mark) { target in
            let client = try await Connection(Score.self, to: target, timeout: patience)
            async let asking: Void = client.send(contentsOf: (0..<5000).map(score), timeout: patience)
            try await NetworkEnvironment.sleep(for: .milliseconds(100))
            for number in 0..<5000 { #expect(try await client.next(timeout: patience) == marked(number)) }
            try await asking
        }
        #expect(listener.statistics.messages.numbers == [5000, 5000, 0, 0])
    }

    @Test func `a reset ends its connection and disturbs nobody`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        try await responding(to: listener, mark) { target in
            let other = try await Connection(Score.self, to: target, timeout: patience)
            for round in 1...10 {
                let client = try await Connection(Score.self, to: target, timeout: patience)
                #expect(try await client.request(score(1), timeout: patience) == marked(1))
                client.abort()
                #expect(await eventually { listener.statistics.failed == round })
            }
            #expect(try await other.request(score(2), timeout: patience) == marked(2))
        }
    }
}
