import ExampleMessages
import ParleyNetwork
import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyCore

/// Memory follows what has come, and goes back when it is no longer needed.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct MemoryTests {
    @Test func `a large frame's memory is given back after it`() async throws {
        let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
        guard case .stream(let intake, _) = pair.server.intake else { return }
        let large = [UInt8](repeating: 1, count: 16 << 20)
        let sending = Task.here {
            try await pair.client.send(large)
            try await pair.client.send([2])
        }
        #expect(try await pair.server.next(timeout: patience) == large)
        #expect(unsafe intake.storage.count <= 2 * (16 << 20) + 2 * StreamIntake.readBytes)
        #expect(try await pair.server.next(timeout: patience) == [2])
        #expect(await refusal { try await pair.server.next(timeout: .zero) } == .timedOut(.zero))
        #expect(unsafe intake.storage.count <= StreamIntake.keptBytesMax)
        try await sending.value
    }

    @Test func `a promise of much takes no memory before it is kept`() async throws {
        let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let client = try await Connection([UInt8].self, to: target, timeout: patience)
        let server = try await listener.accept()
        guard case .stream(let intake, _) = server.intake else { return }
        try await client.send([0x01, 0, 0, 0, 1, 2, 3])
        let limit = Duration.milliseconds(50)
        #expect(await refusal { try await server.next(timeout: limit) } == .timedOut(limit))
        #expect(unsafe intake.storage.count <= 2 * StreamIntake.readBytes)
    }

    @Test func `a mailbox's room grows with the bursts and no letter is lost or overtaken`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Score.self, at: .udp)
        // One datagram a call: nothing is joined on its way.
        for number in 0..<100 { try await outbox.send(score(number), to: inbox.localAddress) }
        #expect(try await inbox.next(timeout: patience)?.message == score(0))
        #expect(inbox.intake.batch?.slots == 4)
        for number in 1..<100 {
            #expect(try await inbox.next(timeout: patience)?.message == score(number))
        }
        #expect(inbox.intake.batch?.slots == 64)
    }

    @Test func `a connection that waits holds no buffer`() async throws {
        let pair = try await Pair(Score.self)
        guard case .stream(let intake, _) = pair.server.intake else { return }
        for number in 0..<3 {
            try await pair.client.send(score(number))
            #expect(try await pair.server.next(timeout: patience) == score(number))
            #expect(await refusal { try await pair.server.next(timeout: .zero) } == .timedOut(.zero))
            #expect(unsafe intake.storage.count == 0)
        }
    }
}
