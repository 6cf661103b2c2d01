import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// What is closed stays closed, wakes who waits, and leaves nothing behind.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ClosingTests {
    @Test func `closing a mailbox ends its reader's loop, and later calls say so`() async throws {
        for place in [Endpoint.udp("127.0.0.1", 0), .unixgram(path: Fresh.path)] {
            let inbox = try await Mailbox(Score.self, at: place)
            let reader = Task.here { () -> Int in
                var count = 0
                for try await _ in inbox { count += 1 }
                return count
            }
            try await inbox.send(score(1), to: inbox.localAddress)
            #expect(await eventually { inbox.statistics.received == 1 })
            inbox.close()
            inbox.close()
            #expect(try await reader.value == 1)
            #expect(try await inbox.next() == nil)
            #expect(await refusal { try await inbox.send(score(1), to: inbox.localAddress) } == .closed)
            #expect(
                await refusal { try await inbox.send(contentsOf: [score(1)], to: inbox.localAddress) }
                    == .closed
            )
            #expect(
                await refusal { try await inbox.request(score(1), to: inbox.localAddress, timeout: patience) }
                    == .closed
            )
            if case .unix(.path(let path)) = inbox.localAddress { #expect(unsafe access(path, F_OK) != 0) }
        }
    }

    @Test func `closing a connection ends its reader's loop, and later calls say so`() async throws {
        for isStream in [true, false] {
            let listener = try await Listener(Score.self, at: .loopback)
            let target =
                isStream
                ? Endpoint.reaching(listener.localAddress, by: .tcp)
                : .udp("127.0.0.1", try await Mailbox(Score.self, at: .udp).localAddress.port!)
            let connection = try await Connection(Score.self, to: target, timeout: patience)
            let reader = Task.here { for try await _ in connection.messages {} }
            try await NetworkEnvironment.sleep(for: .milliseconds(5))
            connection.close()
            try await reader.value
            #expect(try await connection.next() == nil)
            #expect(await refusal { try await connection.send(score(1)) } == .closed)
            #expect(await refusal { try await connection.send(contentsOf: [score(1)]) } == .closed)
            #expect(await refusal { try await connection.request(score(1)) } == .closed)
        }
    }

    @Test func `closing a listener ends accept and run, after the handlers`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let waiting = Task.here { await refusal { try await listener.accept() } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        listener.close()
        #expect(await waiting.value == .closed)
        #expect(await refusal { try await listener.accept() } == .closed)
        try await listener.run { _ in }
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        await #expect(
            code { try await Connection(Score.self, to: target, timeout: patience) } == .connectionRefused
        )
    }

    @Test func `the scope of withMailbox and withConnection closes, however it ends`() async throws {
        struct Mishap: Error {}
        var kept: Mailbox<Score, Score>?
        await #expect(throws: Mishap.self) {
            try await withMailbox(Score.self, at: .udp("127.0.0.1", 0)) { mailbox in
                kept = mailbox
                throw Mishap()
            }
        }
        #expect(try await kept?.next() == nil)
        let listener = try await Listener(Score.self, at: .loopback)
        try await withConnection(Score.self, to: .reaching(listener.localAddress, by: .tcp)) { connection in
            try await connection.send(score(1))
        }
        let server = try await listener.accept()
        #expect(try await server.next(timeout: patience) == score(1))
        #expect(try await server.next(timeout: patience) == nil)
    }
}
