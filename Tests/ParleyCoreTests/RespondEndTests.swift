import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// How answering without tasks ends, what it spends on peers that mean no good, and where it runs otherwise.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct RespondEndTests {
    @Test func `a drain answers what has come, ends every connection, and then the call returns`()
        async throws
    {
        for place in [Endpoint.loopback, .seqpacket(abstract: Fresh.name), .loopback.loadBalanced(over: 2)] {
            let listener = try await Listener(Score.self, at: place)
            try await responding(to: listener, by: place.transport, mark) { target in
                var clients: [Connection<Score, Score>] = []
                for _ in 0..<4 {
                    clients.append(try await Connection(Score.self, to: target, timeout: patience))
                }
                for client in clients {
                    #expect(try await client.request(score(1), timeout: patience) == marked(1))
                    try await client.send(contentsOf: (0..<100).map(score))
                }
                await Ground.breath()
                listener.drain()
                for client in clients {
                    for number in 0..<100 {
                        #expect(try await client.next(timeout: patience) == marked(number))
                    }
                    #expect(try await client.next(timeout: patience) == nil)
                }
            }
            #expect(listener.statistics.failed == 0)
        }
    }

    @Test(arguments: [true, false])
    func `a drain ends although a peer never stops asking`(byResponding: Bool) async throws {
        for place in [Endpoint.loopback, .seqpacket(abstract: Fresh.name)] {
            let listener = try await Listener(Score.self, at: place)
            let target = Endpoint.reaching(listener.localAddress, by: place.transport)
            let serving = Task.here {
                if byResponding { return try await listener.respond { _ in nil } }
                try await listener.run { connection in for try await _ in connection.messages {} }
            }
            let client = try await Connection(Score.self, to: target, timeout: patience)
            let flooding = Task.here {
                // Until the other side has gone.
                while (try? await client.send(contentsOf: (0..<1000).map(score))) != nil {
                    await Ground.breath(.microseconds(500))
                }
            }
            #expect(await eventually { listener.statistics.messages.received > 0 })
            listener.drain()
            try await serving.value
            await flooding.value
        }
    }

    @Test func `who has answered is freed when the call has ended`() async throws {
        weak var gone: Listener<Score, Score>?
        do {
            let listener = try await Listener(Score.self, at: .loopback)
            gone = listener
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let running = Task.here { [listener] in await refusal { try await listener.respond(mark) } }
            let client = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await client.request(score(1), timeout: patience) == marked(1))
            running.cancel()
            #expect(await running.value == .cancelled)
        }
        #expect(await eventually { gone == nil })
    }

    @Test func `after a close those who are there are answered until they go`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        try await responding(to: listener, mark) { target in
            let client = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await client.request(score(1), timeout: patience) == marked(1))
            listener.close()
            #expect(try await client.request(score(2), timeout: patience) == marked(2))
            #expect(listener.statistics.active == 1)
        }
    }

    @Test func `cancelling ends every connection and throws`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let running = Task.here { await refusal { try await listener.respond(mark) } }
        var clients: [Connection<Score, Score>] = []
        for _ in 0..<4 { clients.append(try await Connection(Score.self, to: target, timeout: patience)) }
        for client in clients { #expect(try await client.request(score(1), timeout: patience) == marked(1)) }
        running.cancel()
        #expect(await running.value == .cancelled)
        #expect(listener.statistics.active == 0)
        #expect(listener.statistics.failed == 0)
        for client in clients { #expect(try await client.next(timeout: patience) == nil) }
        // The listener is as it was.
        let again = Task.here { await refusal { try await listener.respond(mark) } }
        let client = try await Connection(Score.self, to: target, timeout: patience)
        #expect(try await client.request(score(2), timeout: patience) == marked(2))
        again.cancel()
        #expect(await again.value == .cancelled)
        #expect(listener.statistics.messages.numbers == [5, 5, 0, 0])
    }

    @Test func `no more peers are answered at once than the limit says, and all in the end`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let limits = ListenerLimits(connectionsMax: 2)
        let most = Atomic<Int>(0)
        let answer: @Sendable (Score) -> Score? = { score in
            most.max(listener.statistics.active, ordering: .relaxed)
            return mark(score)
        }
        try await responding(to: listener, limits: limits, answer) { target in
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        let client = try await Connection(Score.self, to: target, timeout: patience)
                        let answer = try await client.request(score(number), timeout: patience)
                        #expect(answer == marked(number))
                    }
                }
                try await group.waitForAll()
            }
            #expect(await eventually { listener.statistics.active == 0 })
        }
        #expect(most.load(ordering: .relaxed) <= 2)
        #expect(listener.statistics.accepted == 20)
    }

    @Test func `of one peer's connections only so many are answered, the others are reset`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let limits = ListenerLimits(connectionsPerPeerMax: 2)
        try await responding(to: listener, limits: limits, mark) { target in
            let target = target.fromElsewhere
            var clients: [Connection<Score, Score>] = []
            for number in 0..<6 {
                if let client = try? await Connection(Score.self, to: target, timeout: patience) {
                    clients.append(client)
                }
                let seen = number + 1
                #expect(
                    await eventually { listener.statistics.accepted + listener.statistics.refused == seen }
                )
            }
            #expect(listener.statistics.refused == 4)
            clients[0].close()
            #expect(await eventually { listener.statistics.active == 1 })
            let again = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await again.request(score(2), timeout: patience) == marked(2))
        }
    }

    @Test func `a peer that says nothing, too little, or nothing more is let go, and an honest one is not`()
        async throws
    {
        for place in [Endpoint.loopback, .seqpacket(abstract: Fresh.name)] {
            let listener = try await Listener(Score.self, at: place)
            let limits = ConnectionLimits(handshake: .seconds(3), idle: .seconds(4))
            try await responding(
                to: listener,
                by: place.transport,
                limits: ListenerLimits(connection: limits),
                mark
            ) { target in
                let silent = try await Connection(Score.self, to: target, timeout: patience)
                let idle = try await Connection(Score.self, to: target, timeout: patience)
                #expect(try await idle.request(score(1), timeout: patience) == marked(1))
                #expect(
                    await refusal { _ = try await silent.next(timeout: .seconds(60)) }
                        != .timedOut(.seconds(60))
                )
                #expect(
                    await refusal { _ = try await idle.next(timeout: .seconds(60)) }
                        != .timedOut(.seconds(60))
                )
                #expect(await eventually { listener.statistics.cutOff == 2 })
                #expect(listener.statistics.failed == 2)
            }
        }
    }

    @Test func `a peer that never takes its answers is reset within the limit for slow readers`() async throws
    {
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        let limits = ConnectionLimits(slowReader: .milliseconds(200))
        try await responding(
            to: listener,
            limits: ListenerLimits(connection: limits),
            { [UInt8](repeating: $0.first ?? 0, count: 60_000) }
        ) { target in
            let client = try await Connection(
                [UInt8].self,
                to: target,
                framing: .lengthPrefixed(),
                timeout: patience
            )
            let questions = (0..<2000).map { [UInt8(truncatingIfNeeded: $0)] }
            _ = await refusal { try await client.send(contentsOf: questions, timeout: patience) }
            #expect(await eventually { listener.statistics.cutOff == 1 })
            #expect(listener.statistics.active == 0)
        }
    }

    @Test func `who holds most of the memory for unfinished messages goes when there is too little`()
        async throws
    {
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        try await responding(to: listener, limits: ListenerLimits(unfinishedBytesMax: 4 << 20), { $0 }) {
            target in
            let small = try await Connection(
                [UInt8].self,
                to: target,
                framing: .lengthPrefixed(),
                timeout: patience
            )
            #expect(try await small.request([1], timeout: patience) == [1])
            // The beginning of a message of 16 MiB.
            let greedy = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            _ = await refusal {
                try await greedy.send([1, 0, 0, 0])
                for _ in 0..<200 { try await greedy.send([UInt8](repeating: 1, count: 60_000)) }
            }
            #expect(await eventually { listener.statistics.evicted == 1 })
            #expect(try await small.request([2], timeout: patience) == [2])
        }
    }

    @Test func `an answer that takes time keeps its place, and holds up no other peer`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let answering = Task.here {
            await refusal {
                try await listener.respond { score in
                    if score.math == 0 { for await _ in gate {} }
                    if score.math == 13 { throw ClosureMishap() }
                    return mark(score)
                }
            }
        }
        let slow = try await Connection(Score.self, to: target, timeout: patience)
        try await slow.send(contentsOf: (0..<5).map(score))
        let other = try await Connection(Score.self, to: target, timeout: patience)
        #expect(try await other.request(score(1), timeout: patience) == marked(1))
        opener.finish()
        for number in 0..<5 { #expect(try await slow.next(timeout: patience) == marked(number)) }
        try await slow.send(score(13))
        #expect(try await slow.next(timeout: patience) == nil)
        #expect(await eventually { listener.statistics.failed == 1 })
        #expect(try await other.request(score(2), timeout: patience) == marked(2))
        other.close()
        listener.close()
        #expect(await answering.value == nil)

        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let letters = Task.here {
            await refusal {
                try await inbox.respond { letter in
                    await Task.yield()
                    if letter.message.math == 13 { throw ClosureMishap() }
                    return letter.message.math % 2 == 0 ? mark(letter.message) : nil
                }
            }
        }
        let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        for number in [0, 1, 13, 2] { try await outbox.send(score(number), to: inbox.localAddress) }
        for number in [0, 2] {
            #expect(try await outbox.next(timeout: patience)?.message == marked(number))
        }
        #expect(inbox.statistics.failed == 1)
        inbox.close()
        #expect(await letters.value == nil)
    }

    @Test func `on a network that drives no ports tasks answer, with the same outcome`() async throws {
        try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: 5)) {
            let listener = try await Listener(Score.self, at: .loopback)
            try await responding(to: listener, mark) { target in
                let client = try await Connection(Score.self, to: target)
                for number in 0..<20 { #expect(try await client.request(score(number)) == marked(number)) }
                try client.finishSending()
                #expect(try await client.next() == nil)
            }
            #expect(listener.statistics.messages.numbers == [20, 20, 0, 0])
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let answering = Task.here {
                await refusal {
                    try await inbox.respond { letter in
                        if letter.message.math == 13 { throw ClosureMishap() }
                        return mark(letter.message)
                    }
                }
            }
            for number in 0..<13 {
                try await outbox.send(score(number), to: inbox.localAddress)
                #expect(try await outbox.next()?.message == marked(number))
            }
            try await outbox.send(score(13), to: inbox.localAddress)
            #expect(await eventually { inbox.statistics.failed == 1 })
            inbox.close()
            #expect(await answering.value == nil)
        }
    }
}
