import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

private struct Mishap: Error, Equatable {}

/// What is lent to a closure is closed behind it; limits have one default and one word of the call.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct LendingTests {
    @Test func `a mailbox that was lent is closed when its body has ended, however it ended`() async throws {
        let lent = try await withMailbox(Score.self, at: .udp("127.0.0.1", 0)) { box in
            try await box.send(score(1), to: box.localAddress)
            #expect(try await box.next(timeout: patience)?.message == score(1))
            return box
        }
        #expect(await refusal { try await lent.send(score(1), to: lent.localAddress) } == .closed)
        let kept = Kept<Mailbox<Score, Line<Int>>>()
        await #expect(throws: Mishap()) {
            try await withMailbox(receiving: Score.self, sending: Line<Int>.self, at: .udp) { box in
                await kept.keep(box)
                throw Mishap()
            }
        }
        let box = try #require(await kept.value)
        #expect(await refusal { try await box.send(Line(1), to: lent.localAddress) } == .closed)
    }

    @Test func `connections and listeners that were lent are closed likewise, with one type or two`()
        async throws
    {
        let target = try await withListener(
            receiving: Line<Int>.self,
            sending: Score.self,
            at: .loopback,
            limits: ListenerLimits(connectionsMax: 3)
        ) { listener in
            #expect(listener.limits.connectionsMax == 3)
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            async let served: Void = listener.run { connection in
                for try await line in connection { try await connection.send(score(line.value)) }
            }
            let answer = try await withConnection(
                to: target,
                receiving: Score.self,
                sending: Line<Int>.self,
                timeout: patience
            ) { connection in
                try await connection.request(Line(7), timeout: patience)
            }
            #expect(answer == score(7))
            listener.close()
            try await served
            return target
        }
        #expect(await refusal { try await Connection(Score.self, to: target, timeout: patience) } != nil)

        try await withListener(Score.self, at: .loopback) { listener in
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let lent = try await withConnection(Score.self, to: target, timeout: patience) { connection in
                try await connection.send(score(1))
                return connection
            }
            #expect(await refusal { try await lent.send(score(1)) } == .closed)
            let server = try await listener.accept()
            #expect(try await server.next(timeout: patience) == score(1))
            #expect(try await server.next(timeout: patience) == nil)
        }
    }

    @Test func `what opening refuses is thrown before the body is called`() async throws {
        await #expect(throws: ParleyError.unusable(.tcp(port: 0), .streamForMailbox)) {
            try await withMailbox(Score.self, at: .tcp(port: 0)) { _ in _ = Issue.record("called") }
        }
        // A body that says so, or throws nothing, leaves the type of the error as it is.
        do throws(ParleyError) {
            try await withListener(Score.self, at: .udp) { _ in _ = Issue.record("called") }
        } catch {
            #expect(error == .unusable(.udp, .datagramsForListener))
        }
        do throws(ParleyError) {
            try await withMailbox(Score.self, at: .udp("127.0.0.1", 0)) { (box) async throws(ParleyError) in
                _ = try await box.next(timeout: .zero)
            }
        } catch {
            #expect(error == .timedOut(.zero))
        }
    }

    @Test func `a connection is the sequence of its messages, with one reader`() async throws {
        let pair = try await Pair(Score.self)
        try await pair.client.send(contentsOf: (0..<10).map(score))
        pair.client.close()
        var numbers: [UInt32] = []
        for try await message in pair.server {
            numbers.append(message.math)
            // The loop has the reading: neither another call nor another loop sees a message of it.
            #expect(await refusal { try await pair.server.next() } == .alreadyReading)
            #expect(await refusal { for try await _ in pair.server.messages {} } == .alreadyReading)
        }
        #expect(numbers == Array(0..<10))
        #expect(try await pair.server.next(timeout: patience) == nil)
    }

    @Test func `limits of a listener hold where a call names none`() async throws {
        let own = ListenerLimits(connectionsMax: 7, connection: ConnectionLimits(idle: .milliseconds(20)))
        let listener = try await Listener(Score.self, at: .loopback, limits: own)
        #expect(listener.limits == own)
        #expect(try await Listener(Score.self, at: .loopback).limits == ListenerLimits())
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)

        // accept: those of a connection, unless it names others.
        let first = try await Connection(Score.self, to: target, timeout: patience)
        let idle = try await listener.accept()
        #expect(await refusal { try await idle.next() } == .idle(.milliseconds(20)))
        let second = try await Connection(Score.self, to: target, timeout: patience)
        let free = try await listener.accept(limits: .none)
        let limit = Duration.milliseconds(100)
        #expect(await refusal { try await free.next(timeout: limit) } == .timedOut(limit))

        // run: all of them, or those that it names, or all but the number.
        let ended = Kept<ParleyError>()
        let handler: @Sendable (Connection<Score, Score>) async throws -> Void = { connection in
            if let error = await refusal({ try await connection.next(timeout: .milliseconds(500)) }) {
                await ended.keep(error)
            }
            listener.drain()
        }
        let third = try await Connection(Score.self, to: target, timeout: patience)
        try await listener.run(handler)
        #expect(await ended.value == .idle(.milliseconds(20)))
        withExtendedLifetime((first, second, third)) {}

        for named in [nil, ListenerLimits()] as [ListenerLimits?] {
            let listener = try await Listener(Score.self, at: .loopback, limits: own)
            let client = try await Connection(
                Score.self,
                to: .reaching(listener.localAddress, by: .tcp),
                timeout: patience
            )
            let ended = Kept<ParleyError>()
            let handler: @Sendable (Connection<Score, Score>) async throws -> Void = { connection in
                if let error = await refusal({ try await connection.next(timeout: limit) }) {
                    await ended.keep(error)
                }
                listener.close()
            }
            if let named {
                try await listener.run(limits: named, handler)
            } else {
                try await listener.run(connectionsMax: 1, handler)
            }
            #expect(await ended.value == (named == nil ? .idle(.milliseconds(20)) : .timedOut(limit)))
            withExtendedLifetime(client) {}
        }
    }
}

/// Something for later.
private actor Kept<Value: Sendable> {
    private(set) var value: Value?

    func keep(_ value: Value) { self.value = value }
}
