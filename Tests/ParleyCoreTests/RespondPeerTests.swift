import ExampleMessages
import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Who asks, and what is told of connections that come and end.
@Suite(.timeLimit(.minutes(5))) struct RespondPeerTests {
    /// What was told of each connection.
    private final class Journal: Sendable {
        enum Entry: Hashable {
            case connected, asked
            case ended(String?)
        }

        private let entries = Mutex<[Peer: [Entry]]>([:])

        func note(_ peer: Peer, _ entry: Entry) { entries.withLock { $0[peer, default: []].append(entry) } }

        /// Those of each connection, in the order of the connections.
        var all: [(peer: Peer, entries: [Entry])] {
            entries.withLock { $0.sorted { $0.key.id < $1.key.id }.map { ($0.key, $0.value) } }
        }

        /// Why they ended.
        var reasons: [String?] {
            all.compactMap { if case .ended(let reason)? = $0.entries.last { .some(reason) } else { nil } }
        }

        func hasEnded(_ count: Int) async -> Bool { await eventually { self.reasons.count == count } }
    }

    /// A listener that answers and keeps a journal, while `body` asks it.
    private func journal<Inbound: Message, Outbound: Message>(
        of listener: Listener<Inbound, Outbound>,
        by transport: Transport = .tcp,
        limits: ListenerLimits? = nil,
        later: Bool = false,
        _ answer: @escaping @Sendable (Inbound) throws -> Outbound?,
        _ body: (Endpoint, Journal) async throws -> Void
    ) async throws -> Journal {
        let journal = Journal()
        let connected: @Sendable (Peer) -> Void = { journal.note($0, .connected) }
        let ended: @Sendable (Peer, (any Error)?) -> Void = { journal.note($0, .ended($1.map(word))) }
        try await withThrowingTaskGroup { group in
            group.addTask {
                if later {
                    try await listener.respond(limits: limits, onConnected: connected, onEnded: ended) {
                        request,
                        peer async throws in
                        journal.note(peer, .asked)
                        return try answer(request)
                    }
                } else {
                    try await listener.respond(limits: limits, onConnected: connected, onEnded: ended) {
                        request,
                        peer in
                        journal.note(peer, .asked)
                        return try answer(request)
                    }
                }
            }
            do {
                try await body(Endpoint.reaching(listener.localAddress, by: transport), journal)
            } catch {
                group.cancelAll()
                throw error
            }
            listener.close()
            try await group.waitForAll()
        }
        // Before the call returned, and each once.
        for (_, entries) in journal.all {
            let (first, last) = (entries.first, entries.last)
            #expect(first == .connected && entries.dropFirst().dropLast().allSatisfy { $0 == .asked })
            if case .ended? = last {} else { Issue.record("\(entries)") }
        }
        #expect(journal.all.count == listener.statistics.accepted)
        return journal
    }

    @Test(arguments: [false, true])
    func `the closure sees who asks, whose beginning and end are told once each`(_ later: Bool) async throws {
        for place in RespondTests.places {
            let listener = try await Listener(Score.self, at: place)
            let journal = try await journal(of: listener, by: place.transport, later: later, mark) {
                target,
                _ in
                for number in 0..<4 {
                    let client = try await Connection(Score.self, to: target, timeout: patience)
                    #expect(try await client.request(score(number), timeout: patience) == marked(number))
                    try await client.send(contentsOf: (0..<number).map(score))
                    try client.finishSending()
                    for number in 0..<number {
                        #expect(try await client.next(timeout: patience) == marked(number))
                    }
                    #expect(try await client.next(timeout: patience) == nil)
                }
            }
            #expect(journal.reasons == [nil, nil, nil, nil])
            #expect(Set(journal.all.map(\.peer.id)).count == 4)
            #expect(journal.all.map(\.entries.count) == [3, 4, 5, 6])
            for (peer, _) in journal.all {
                if place.transport == .tcp {
                    #expect(peer.address.ip == .ipv4(.loopback) && peer.address.port != 0)
                    #expect(peer.credentials == nil)
                } else {
                    #expect(peer.credentials?.processID == getpid())
                }
            }
        }
    }

    @Test func `the peer in the closure is the one that asks`() async throws {
        let listener = try await Listener(receiving: Score.self, sending: Line<String>.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let serving = Task { try await listener.respond { _, peer in Line("\(peer)") } }
        for _ in 0..<4 {
            let client = try await Connection(
                to: target,
                receiving: Line<String>.self,
                sending: Score.self,
                timeout: patience
            )
            let answer = try await client.request(score(1), timeout: patience)
            #expect(answer.value == "\(client.localAddress)")
        }
        serving.cancel()
        _ = await serving.result
    }

    @Test(arguments: [false, true])
    func `why a connection ended is told: its throw, bytes that are no message, a reset, a limit`(
        _ later: Bool
    ) async throws {
        let listener = try await Listener(receiving: Line<Int>.self, sending: Line<Int>.self, at: .loopback)
        let limits = ListenerLimits(connection: ConnectionLimits(handshake: .seconds(2), idle: .seconds(3)))
        let answer: @Sendable (Line<Int>) throws -> Line<Int>? = { line in
            if line.value == 13 { throw ClosureMishap() }
            return line
        }
        let journal = try await journal(of: listener, limits: limits, later: later, answer) {
            target,
            journal in
            for text in ["13", "thirteen"] {
                let client = try await Connection(Line<String>.self, to: target, timeout: patience)
                try await client.send(Line(text))
                #expect(try await client.next(timeout: patience) == nil)
            }
            #expect(await journal.hasEnded(2))
            let reset = try await Connection(Line<Int>.self, to: target, timeout: patience)
            _ = try await reset.request(Line(1), timeout: patience)
            reset.abort()
            #expect(await journal.hasEnded(3))
            let silent = try await Connection(Line<Int>.self, to: target, timeout: patience)
            _ = await refusal { try await silent.next(timeout: patience) }
            #expect(await journal.hasEnded(4))
            let idle = try await Connection(Line<Int>.self, to: target, timeout: patience)
            _ = try await idle.request(Line(1), timeout: patience)
            _ = await refusal { try await idle.next(timeout: patience) }
        }
        #expect(journal.reasons == ["ClosureMishap", "wire", "socket", "handshake", "idle"])
        #expect(listener.statistics.failed == 5 && listener.statistics.cutOff == 2)
    }

    @Test(arguments: [false, true])
    func `who holds too much is told of, and so is who takes nothing`(_ later: Bool) async throws {
        let framing = Framing.lengthPrefixed()
        let listener = try await Listener([UInt8].self, at: .loopback, framing: framing)
        let limits = ListenerLimits(
            unfinishedBytesMax: 4 << 20,
            connection: ConnectionLimits(slowReader: .milliseconds(300))
        )
        let answer: @Sendable ([UInt8]) -> [UInt8]? = { [UInt8](repeating: $0.first ?? 0, count: 60_000) }
        let journal = try await journal(of: listener, limits: limits, later: later, answer) {
            target,
            journal in
            // The beginning of a message of 16 MiB.
            let greedy = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            _ = await refusal {
                try await greedy.send([1, 0, 0, 0])
                for _ in 0..<200 { try await greedy.send([UInt8](repeating: 1, count: 60_000)) }
            }
            #expect(await journal.hasEnded(1))
            let deaf = try await Connection([UInt8].self, to: target, framing: framing, timeout: patience)
            let questions = (0..<2000).map { [UInt8(truncatingIfNeeded: $0)] }
            _ = await refusal { try await deaf.send(contentsOf: questions, timeout: patience) }
            #expect(await journal.hasEnded(2))
        }
        #expect(journal.reasons == ["evicted", "slow"])
    }

    @Test func `who is refused is not told of`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let limits = ListenerLimits(connectionsPerPeerMax: 1)
        let journal = try await journal(of: listener, limits: limits, mark) { target, _ in
            let target = target.fromElsewhere
            let client = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await client.request(score(1), timeout: patience) == marked(1))
            for _ in 0..<3 { _ = try? await Connection(Score.self, to: target, timeout: patience) }
            #expect(await eventually { listener.statistics.refused == 3 })
        }
        #expect(journal.reasons == [nil])
    }

    @Test(arguments: [false, true])
    func `a drain is an end like the peer's, a cancelled call is none`(_ later: Bool) async throws {
        for place in RespondTests.places {
            let listener = try await Listener(Score.self, at: place)
            let target = Endpoint.reaching(listener.localAddress, by: place.transport)
            let drained = try await journal(of: listener, by: place.transport, later: later, mark) { _, _ in
                var clients: [Connection<Score, Score>] = []
                for _ in 0..<3 {
                    clients.append(try await Connection(Score.self, to: target, timeout: patience))
                }
                for client in clients {
                    #expect(try await client.request(score(1), timeout: patience) == marked(1))
                }
                listener.drain()
                for client in clients { #expect(try await client.next(timeout: patience) == nil) }
            }
            #expect(drained.reasons == [nil, nil, nil])
        }
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let journal = Journal()
        let ended: @Sendable (Peer, (any Error)?) -> Void = { journal.note($0, .ended($1.map(word))) }
        let serving = Task {
            await refusal {
                if later {
                    try await listener.respond(onEnded: ended) { score, _ async in mark(score) }
                } else {
                    try await listener.respond(onEnded: ended) { score, _ in mark(score) }
                }
            }
        }
        var clients: [Connection<Score, Score>] = []
        for _ in 0..<3 { clients.append(try await Connection(Score.self, to: target, timeout: patience)) }
        for client in clients { #expect(try await client.request(score(1), timeout: patience) == marked(1)) }
        serving.cancel()
        #expect(await serving.value == .cancelled)
        #expect(journal.reasons == ["cancelled", "cancelled", "cancelled"])
        #expect(listener.statistics.failed == 0)
    }

    @Test func `when an end is told its connection is not among the active any more`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let active = Mutex<[Int]>([])
        let serving = Task {
            try await listener.respond(
                onEnded: { _, _ in
                    let count = listener.statistics.active
                    active.withLock { $0.append(count) }
                }
            ) { score, _ in mark(score) }
        }
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        for number in 1...3 {
            let client = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await client.request(score(1), timeout: patience) == marked(1))
            client.close()
            #expect(await eventually { active.withLock(\.count) == number })
        }
        listener.close()
        try await serving.value
        #expect(active.withLock { $0 } == [0, 0, 0])
    }

    @Test func `on a network that drives no ports the same is told`() async throws {
        try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: 5)) {
            let listener = try await Listener(Score.self, at: .tcp("127.0.0.1", 0))
            let answer: @Sendable (Score) throws -> Score? = { score in
                if score.math == 13 { throw ClosureMishap() }
                return mark(score)
            }
            let journal = try await journal(of: listener, answer) { target, journal in
                let client = try await Connection(Score.self, to: target)
                #expect(try await client.request(score(1)) == marked(1))
                try client.finishSending()
                #expect(try await client.next() == nil)
                #expect(await journal.hasEnded(1))
                let other = try await Connection(Score.self, to: target)
                try await other.send(score(13))
                #expect(try await other.next() == nil)
            }
            #expect(journal.reasons == [nil, "ClosureMishap"])
        }
    }
}
