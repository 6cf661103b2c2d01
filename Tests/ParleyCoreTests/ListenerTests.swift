import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// A listener serves many, to a limit, and no peer's misfortune is another's.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ListenerTests {
    @Test func `no more peers are served at once than the limit says, and all in the end`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let census = Census()
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run(connectionsMax: 3) { connection in
                    census.enter()
                    defer { census.leave() }
                    for try await score in connection.messages { try await connection.send(score) }
                }
            }
            try await withThrowingTaskGroup { clients in
                for number in 0..<20 {
                    clients.addTask {
                        let client = try await Connection(Score.self, to: target, timeout: patience)
                        #expect(try await client.request(score(number), timeout: patience) == score(number))
                        try await NetworkEnvironment.sleep(for: .milliseconds(5))
                        #expect(try await client.request(score(number), timeout: patience) == score(number))
                    }
                }
                try await clients.waitForAll()
            }
            listener.close()
            try await group.waitForAll()
        }
        #expect(census.most == 3)
    }

    @Test func `a handler that throws ends its own connection and no other`() async throws {
        struct Mishap: Error {}
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run { connection in
                    for try await score in connection.messages {
                        if score.math == 13 { throw Mishap() }
                        try await connection.send(score)
                    }
                }
            }
            let steady = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await steady.request(score(1), timeout: patience) == score(1))
            for _ in 0..<5 {
                let unlucky = try await Connection(Score.self, to: target, timeout: patience)
                #expect(await refusal { try await unlucky.request(score(13), timeout: patience) } == .ended)
                #expect(try await steady.request(score(2), timeout: patience) == score(2))
            }
            steady.close()
            listener.close()
            try await group.waitForAll()
        }
    }

    @Test func `cancelling run ends the handlers, even those that never have to wait`() async throws {
        let listener = try await Listener([UInt8].self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let running = Task.here {
            await refusal { try await listener.run { for try await _ in $0.messages {} } }
        }
        let silent = try await Connection([UInt8].self, to: target, timeout: patience)
        let busy = try await Connection([UInt8].self, to: target, timeout: patience)
        let flood = Task.here {
            while await refusal({ try await busy.send([UInt8](repeating: 1, count: 1 << 16)) }) == nil {}
        }
        #expect(await eventually { busy.statistics.sent > 100 })
        running.cancel()
        #expect(await running.value == .cancelled)
        await flood.value
        #expect(try await silent.next(timeout: patience) == nil)
        // The listener itself is still there, for the next run.
        let again = Task.here { try await listener.run { try await $0.send([1]) } }
        let client = try await Connection([UInt8].self, to: target, timeout: patience)
        #expect(try await client.next(timeout: patience) == [1])
        listener.close()
        try await again.value
    }

    @Test func `a peer that resets before it is accepted disturbs nobody`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        try await Connection(Score.self, to: target, timeout: patience).abort()
        let client = try await Connection(Score.self, to: target, timeout: patience)
        try await client.send(score(1))
        let dead = try await listener.accept()
        await #expect(code { try await dead.next(timeout: patience) } == .connectionReset)
        let server = try await listener.accept()
        #expect(try await server.next(timeout: patience) == score(1))
    }

    @Test func `a restart binds at once: connections live, in TIME_WAIT, or half closed`() async throws {
        // Between two lives of the listener another test may be given its port; that is no verdict.
        for attempt in 1...5 {
            let refused = await code { try await restart() }
            if refused == nil { return }
            try #require(
                refused == .addressInUse && attempt < 5,
                "attempt \(attempt): \(String(describing: refused))"
            )
        }
    }

    private func restart() async throws {
        var listener = try await Listener(Score.self, at: .loopback)
        let port = listener.localAddress.port!
        var clients: [Connection<Score, Score>] = []
        for round in 0..<3 {
            let client = try await Connection(Score.self, to: .tcp("127.0.0.1", port), timeout: patience)
            let server = try await listener.accept()
            try await server.send(score(round))
            #expect(try await client.next(timeout: patience) == score(round))
            switch round {
            case 0: server.close()  // This side closes first: TIME_WAIT stands here.
            case 1: try server.finishSending()
            default: break
            }
            if round == 0 { #expect(try await client.next(timeout: patience) == nil) }
            clients.append(client)
            listener.close()
            listener = try await Listener(Score.self, at: .tcp("127.0.0.1", port))
        }
        // While it listens nobody else may.
        await #expect(code { try await Listener(Score.self, at: .tcp("127.0.0.1", port)) } == .addressInUse)
        #expect(clients.count == 3)
    }

    @Test func `what cannot work is refused with a reason`() async throws {
        let udp = Endpoint.udp(port: 0)
        #expect(
            await refusal { try await Listener(Score.self, at: udp) } == .unusable(udp, .datagramsForListener)
        )
        #expect(
            await refusal { try await Mailbox(Score.self, at: .loopback) }
                == .unusable(.loopback, .streamForMailbox)
        )
        for nobody in [Endpoint.tcp(port: 80), .udp(port: 80), .udp] {
            #expect(
                await refusal { try await Connection(Score.self, to: nobody) }
                    == .unusable(nobody, .noRecipient)
            )
        }
    }
}

/// How many are inside at once.
private final class Census: Sendable {
    private let count = Mutex((now: 0, most: 0))

    var most: Int { count.withLock { $0.most } }

    func enter() {
        count.withLock { count in
            count.now += 1
            count.most = max(count.most, count.now)
        }
    }

    func leave() { count.withLock { $0.now -= 1 } }
}
