import ExampleMessages
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

@testable import ParleyCore

/// What a listener spends on peers that mean no good, or do nothing, has a limit; the others are served.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ListenerLimitTests {
    @Test func `of 200 connections of one peer 8 are served, the others reset, and places come back`()
        async throws
    {
        let limits = ListenerLimits(connectionsPerPeerMax: 8)
        try await serving(limits, echo) { listener, target in
            let target = target.fromElsewhere
            var flood: [Connection<Score, Score>] = []
            var reset = 0
            for _ in 0..<200 {
                // The reset may come before the handshake is over here.
                do { flood.append(try await Connection(Score.self, to: target, timeout: patience)) } catch {
                    reset += 1
                }
            }
            #expect(await eventually { listener.statistics.refused == 192 })
            #expect(listener.statistics.active == 8)
            #expect(listener.statistics.accepted == 8)
            var served: [Connection<Score, Score>] = []
            for connection in flood {
                do {
                    _ = try await connection.request(score(1), timeout: patience)
                    served.append(connection)
                } catch let error as ParleyError {
                    switch error {
                    case .ended: reset += 1
                    case .socket(let error):
                        #expect(error.code == .connectionReset || error.code == .brokenPipe)
                        reset += 1
                    default: Issue.record("\(error)")
                    }
                }
            }
            #expect(served.count == 8)
            #expect(reset == 192)
            // A peer of another address is served meanwhile.
            var another = Endpoint.reaching(listener.localAddress, by: .tcp)
            another.options.localAddress = .ipv4(IPv4Address("127.0.0.2")!, port: 0)
            let other = try await Connection(Score.self, to: another, timeout: patience)
            #expect(await eventually { listener.statistics.active == 9 })
            for connection in served { connection.close() }
            #expect(await eventually { listener.statistics.active == 1 })
            let again = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await again.request(score(2), timeout: patience) == score(2))
            #expect(listener.statistics.messages.numbers[..<2] == [9, 9])
            other.close()
        }
    }

    @Test func `peers of one IPv6 network share its places, whatever addresses they take`() {
        func key(_ text: String, _ length: Int) -> PeerKey? {
            PeerKey(.ipv6(IPv6Address(text)!, port: 1, zone: 0), prefixLength: length)
        }
        #expect(key("2001:db8::1", 64) == key("2001:db8::ffff:1:2:3", 64))
        #expect(key("2001:db8::1", 64) != key("2001:db8:0:1::1", 64))
        #expect(key("2001:db8::1", 128) != key("2001:db8::2", 128))
        #expect(key("2001:db8::1", 127) != key("2001:db8::2", 127))
        #expect(key("2001:db8::2", 127) == key("2001:db8::3", 127))
        #expect(key("2001:db8::2", 0) == key("fe80::3", 0))
        #expect(key("2001:db8::2", 32) == key("2001:db8:ffff::3", 32))
        // What a dual-stack socket shows is the IPv4 peer.
        #expect(key("::ffff:192.0.2.1", 64) == .ipv4(IPv4Address("192.0.2.1")!))
        #expect(key("::ffff:192.0.2.1", 64) != key("::ffff:192.0.2.2", 64))
        #expect(PeerKey(.unix(.unnamed), prefixLength: 64) == nil)
    }

    @Test func `peers of a Unix socket are not counted a peer`() async throws {
        let place = Endpoint.unix(abstract: Fresh.name)
        try await serving(ListenerLimits(connectionsPerPeerMax: 1), echo, at: place) { _, target in
            let first = try await Connection(Score.self, to: target, timeout: patience)
            let second = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await first.request(score(1), timeout: patience) == score(1))
            #expect(try await second.request(score(2), timeout: patience) == score(2))
        }
    }

    @Test func `a first message that trickles does not outlive the limit for the handshake`() async throws {
        let limits = ConnectionLimits(handshake: .milliseconds(200))
        try await serving(ListenerLimits(connection: limits), echo) { listener, target in
            // Honest, and silent for longer than a handshake may take once it is over.
            let honest = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await honest.request(score(1), timeout: patience) == score(1))
            let slow = try await Connection([UInt8].self, to: target, timeout: patience)
            let trickle = Task.here {
                // Never a whole message: a Score has 21 bytes, and these come one by one.
                for _ in 0..<20 {
                    guard await refusal({ try await slow.send([1]) }) == nil else { return }
                    try? await NetworkEnvironment.sleep(for: .milliseconds(40))
                }
            }
            #expect(await eventually { listener.statistics.cutOff == 1 })
            trickle.cancel()
            await trickle.value
            #expect(listener.statistics.failed == 1)
            #expect(try await honest.request(score(2), timeout: patience) == score(2))
        }
    }

    @Test func `a silent peer is let go, also by a handler that asks again and again`() async throws {
        let limits = ConnectionLimits(idle: .milliseconds(100))
        let reasons = Reasons()
        let handler: Handler = { connection in
            let reason = await refusal {
                while true {
                    do throws(ParleyError) {
                        guard try await connection.next(timeout: .milliseconds(10)) != nil else { return }
                    } catch {
                        guard case .timedOut = error else { throw error }
                    }
                }
            }
            reasons.add(reason)
        }
        try await serving(ListenerLimits(connectionsMax: 1, connection: limits), handler) {
            listener,
            target in
            let silent = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await silent.next(timeout: patience) == nil)
            // Its place is free for the next one.
            let next = try await Connection(Score.self, to: target, timeout: patience)
            try await next.send(score(1))
            #expect(try await next.next(timeout: patience) == nil)
            #expect(await eventually { listener.statistics.cutOff == 2 })
            #expect(reasons.all == [.idle(.milliseconds(100)), .idle(.milliseconds(100))])
        }
    }

    @Test func `limits hold over sequenced packets as over streams`() async throws {
        let listener = try await Listener(Score.self, at: .seqpacket(abstract: Fresh.name))
        let target = Endpoint.reaching(listener.localAddress, by: .seqpacket)
        let limits = ConnectionLimits(handshake: .milliseconds(100))
        let reasons = Reasons()
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run(limits: ListenerLimits(connection: limits)) { connection in
                    reasons.add(await refusal { for try await _ in connection.messages {} })
                }
            }
            let silent = try await Connection(Score.self, to: target, timeout: patience)
            // It ends with a reset or an end, whichever the kernel tells.
            _ = try? await silent.next(timeout: patience)
            #expect(await eventually { reasons.all == [.handshakeOverdue(.milliseconds(100))] })
            listener.close()
            try await group.waitForAll()
        }
        #expect(listener.statistics.cutOff == 1)
    }

    @Test(.simulatedOnly("days pass"))
    func `a peer that talks is not idle, however long its handler takes for an answer`() async throws {
        // Two days pass in the handler, less while the peer is waited for.
        let limits = ConnectionLimits(handshake: .seconds(1 << 20), idle: .seconds(86_400))
        let listener = try await Listener(Score.self, at: .loopback)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run(limits: ListenerLimits(connection: limits)) { connection in
                    for try await score in connection.messages {
                        try await NetworkEnvironment.sleep(for: .seconds(86_400 * 2))
                        try await connection.send(score)
                    }
                }
            }
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let client = try await Connection(Score.self, to: target)
            for number in 0..<10 { #expect(try await client.request(score(number)) == score(number)) }
            // Now it is silent, and the limit comes.
            #expect(try await client.next() == nil)
            #expect(await eventually { listener.statistics.cutOff == 1 })
            listener.close()
            try await group.waitForAll()
        }
    }

    @Test func `a reader that never reads is cut off with a reset, and its place is free`() async throws {
        let limits = ConnectionLimits(slowReader: .milliseconds(150))
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let reasons = Reasons()
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run(
                    limits: ListenerLimits(connectionsMax: 1, connection: limits)
                ) { connection in
                    let reason = await refusal {
                        while true { try await connection.send([UInt8](repeating: 7, count: 1 << 20)) }
                    }
                    reasons.add(reason)
                }
            }
            let first = try await Connection([UInt8].self, to: target, timeout: patience)
            let second = try await Connection([UInt8].self, to: target, timeout: patience)
            // The second is served only when the first has given up its place.
            #expect(try await second.next(timeout: patience) != nil)
            #expect(reasons.all == [.slowReader(.milliseconds(150))])
            let end = await refusal { for try await _ in first.messages {} }
            if case .socket(let error)? = end { #expect(error.code == .connectionReset) }
            second.close()
            listener.close()
            try await group.waitForAll()
        }
        #expect(listener.statistics.cutOff >= 1)
    }

    @Test(arguments: [false, true])
    func `what a handler has left unsent holds its place until the peer takes it`(
        isClosedByHandler: Bool
    ) async throws {
        let limits = ListenerLimits(
            connectionsMax: 1,
            connection: ConnectionLimits(slowReader: .seconds(8))
        )
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        try await withThrowingTaskGroup { group in
            group.addTask {
                // Larger than the kernel's queues: the rest is with us when the handler returns.
                try await listener.run(limits: limits) { connection in
                    defer { if isClosedByHandler { connection.close() } }
                    try await connection.send([UInt8](repeating: 1, count: 12 << 20))
                }
            }
            let reader = try await Connection(
                [UInt8].self,
                to: target,
                framing: .lengthPrefixed(),
                timeout: patience
            )
            #expect(try await reader.next(timeout: patience)?.count == 12 << 20)
            let sleeper = try await Connection([UInt8].self, to: target, timeout: patience)
            // The sleeper is cut off, though nobody's handler waits for it any more.
            #expect(await eventually { listener.statistics.cutOff == 1 })
            sleeper.close()
            listener.close()
            try await group.waitForAll()
        }
    }

    @Test func `draining answers what has come, ends idle readers, and run returns`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let running = Task.here { try await listener.run(limits: .forStrangers, echo) }
        let idle = try await Connection(Score.self, to: target, timeout: patience)
        #expect(try await idle.request(score(1), timeout: patience) == score(1))
        let busy = try await Connection(Score.self, to: target, timeout: patience)
        #expect(try await busy.request(score(0), timeout: patience) == score(0))
        try await busy.send(contentsOf: (1...50).map(score))
        // What has come is what the server's kernel has: over loopback, all that was sent.
        await Ground.breath()
        listener.drain()
        try await running.value
        for number in 1...50 { #expect(try await busy.next(timeout: patience) == score(number)) }
        #expect(try await busy.next(timeout: patience) == nil)
        #expect(try await idle.next(timeout: patience) == nil)
        await #expect(code { try await Connection(Score.self, to: target) } == .connectionRefused)
        #expect(listener.statistics.active == 0)
        #expect(listener.statistics.messages.numbers[..<2] == [52, 52])
    }

    @Test func `a mailbox that finishes receiving hands out what has come, and still answers`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        try await outbox.send(score(0), to: inbox.localAddress)
        #expect(try await inbox.next(timeout: patience)?.message == score(0))
        for number in 1...5 { try await outbox.send(score(number), to: inbox.localAddress) }
        await Ground.breath()
        inbox.finishReceiving()
        for number in 1...5 {
            let letter = try #require(try await inbox.next(timeout: patience))
            #expect(letter.message == score(number))
            try await inbox.reply(letter.message, to: letter)
            #expect(try await outbox.next(timeout: patience)?.message == score(number))
        }
        #expect(try await inbox.next() == nil)
        // Under a flood too: a bounded number of bursts, then the end.
        let flooded = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let flood = Task.here {
            while !Task.isCancelled {
                try? await outbox.send(score(1), to: flooded.localAddress)
                await Ground.breath()
            }
        }
        _ = try await flooded.next(timeout: patience)
        flooded.finishReceiving()
        for try await _ in flooded {}
        flood.cancel()
        await flood.value
    }

    @Test func `a reader that waits is told when receiving is finished`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let reading = Task.here { try await inbox.next() }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        inbox.finishReceiving()
        #expect(try await reading.value == nil)
        let pair = try await Pair(Score.self)
        let waiting = Task.here { try await pair.server.next() }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        pair.server.finishReceiving()
        #expect(try await waiting.value == nil)
        try await pair.server.send(score(3))
        #expect(try await pair.client.next(timeout: patience) == score(3))
    }

    @Test func `queues tell how full they are`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        #expect(listener.waitingPeers == 0)
        let client = try await Connection(Score.self, to: target, timeout: patience)
        #expect(await eventually { listener.waitingPeers == 1 })
        try await client.send(score(1))
        let server = try await listener.accept()
        #expect(await eventually { server.queuedBytes == 21 })
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        #expect(inbox.queuedBytes == 0)
        try await inbox.send(score(1), to: inbox.localAddress)
        #expect(await eventually { inbox.queuedBytes ?? 0 >= 21 })
    }

    @Test func `a silent peer gives its place to another when the handler has a deadline`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run(connectionsMax: 1) { connection in
                    while let score = try await connection.next(timeout: .milliseconds(50)) {
                        try await connection.send(score)
                    }
                }
            }
            let silent = try await Connection(Score.self, to: target, timeout: patience)
            let talker = try await Connection(Score.self, to: target, timeout: patience)
            #expect(try await talker.request(score(7), timeout: patience) == score(7))
            #expect(try await silent.next(timeout: patience) == nil)
            #expect(listener.statistics.fullWaits > 0)
            listener.close()
            try await group.waitForAll()
        }
    }

    // MARK: Kit

    private typealias Handler = @Sendable (Connection<Score, Score>) async throws -> Void

    private let echo: Handler = { connection in
        for try await score in connection.messages { try await connection.send(score) }
    }

    /// Serves while `body` runs, then closes and cancels what is left.
    private func serving(
        _ limits: ListenerLimits,
        _ handler: @escaping Handler,
        at place: Endpoint = .loopback,
        _ body: (Listener<Score, Score>, Endpoint) async throws -> Void
    ) async throws {
        let listener = try await Listener(Score.self, at: place)
        let running = Task.here { await refusal { try await listener.run(limits: limits, handler) } }
        let target = Endpoint.reaching(listener.localAddress, by: place.transport)
        do {
            try await body(listener, target)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        _ = await running.value
        listener.close()
    }
}

/// Why handlers have ended.
private final class Reasons: Sendable {
    private let list = Mutex<[ParleyError?]>([])
    var all: [ParleyError?] { list.withLock { $0 } }
    func add(_ reason: ParleyError?) { list.withLock { $0.append(reason) } }
}
