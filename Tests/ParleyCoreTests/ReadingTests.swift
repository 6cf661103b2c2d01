import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// One reader at a time, nothing lost between readers, and strangers' bad bytes end nothing.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ReadingTests {
    @Test func `a second reader is told that there is a first`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let pair = try await Pair(Score.self)
        let letters = Task.here { try await patiently { () throws(ParleyError) in try await inbox.next() } }
        let messages = Task.here {
            try await patiently { () throws(ParleyError) in try await pair.server.next() }
        }
        #expect(
            await eventually { await refusal { try await inbox.next(timeout: .zero) } == .alreadyReading }
        )
        #expect(
            await eventually {
                await refusal { try await pair.server.next(timeout: .zero) } == .alreadyReading
            }
        )
        #expect(await refusal { for try await _ in inbox {} } == .alreadyReading)
        #expect(await refusal { for try await _ in pair.server.messages {} } == .alreadyReading)
        // The first is none the worse for it; its end frees the place.
        try await inbox.send(score(1), to: inbox.localAddress)
        try await pair.client.send(score(2))
        #expect(try await letters.value?.message == score(1))
        #expect(try await messages.value == score(2))
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `a loop that is left early leaves the rest to the next reader`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let pair = try await Pair(Score.self)
        try await inbox.send(contentsOf: (0..<40).map(score), to: inbox.localAddress)
        try await pair.client.send(contentsOf: (0..<40).map(score))
        for number in 0..<40 {
            for try await letter in inbox {
                #expect(letter.message == score(number))
                break
            }
            for try await message in pair.server.messages {
                #expect(message == score(number))
                break
            }
        }
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
        #expect(await refusal { try await pair.server.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `a stranger's bad datagrams are counted, shown and end nothing`() async throws {
        let rejected = Mutex<[RejectedDatagram]>([])
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)) { datagram in
            rejected.withLock { $0.append(datagram) }
        }
        let stranger = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        for size in [0, 20, 22, 32, 33, 1000, 60_000] {
            try await stranger.send([UInt8](repeating: 7, count: size), to: inbox.localAddress)
        }
        try await stranger.send(Array("Li".utf8) + [UInt8](repeating: 0, count: 19), to: inbox.localAddress)
        #expect(try await inbox.next(timeout: patience)?.message == score(0))
        #expect(inbox.statistics.numbers == [1, 0, 7, 0])
        let errors = rejected.withLock { $0.map(\.error) }
        for (error, size) in zip(errors, [0, 20]) {
            guard case .wire(let wire) = error, case .tooShort = wire.reason else {
                Issue.record("\(size) bytes: \(error)")
                continue
            }
        }
        // Whatever was cut off, the size that is told is the size that was sent.
        #expect(errors[2...].map(\.foundBytes) == [22, 32, 33, 1000, 60_000])
        rejected.withLock { rejected in
            #expect(rejected.map(\.sender) == Array(repeating: stranger.localAddress, count: 7))
            #expect(rejected[1].bytes == [UInt8](repeating: 7, count: 20))
        }
    }

    @Test func `the beginning of a datagram that was cut never passes for a message`() async throws {
        let rejected = Mutex<[RejectedDatagram]>([])
        let inbox = try await Mailbox([UInt8].self, at: .unixgram(path: Fresh.path)) { datagram in
            rejected.withLock { $0.append(datagram) }
        }
        var endpoint = Endpoint.unixgram
        endpoint.options.sendBufferBytes = 1 << 20
        let sender = try await Mailbox([UInt8].self, at: endpoint)
        do throws(ParleyError) {
            try await sender.send([UInt8](repeating: 1, count: 600_000), to: inbox.localAddress)
        } catch {
            // Unless net.core.wmem_max was raised, no Unix datagram is too large.
            if case .socket(let reason) = error, reason.code == .messageTooLong { return }
            throw error
        }
        try await sender.send([UInt8](repeating: 2, count: 100_000), to: inbox.localAddress)
        #expect(try await inbox.next(timeout: patience)?.message == [UInt8](repeating: 2, count: 100_000))
        let error = try #require(rejected.withLock { $0.first?.error })
        #expect(error == .wire(WireError(.bufferTooSmall(needed: 600_000, capacity: 524_288))))
    }

    @Test(arguments: [Endpoint.udp("127.0.0.1", 0), .unixgram])
    func `an empty datagram is a message without bytes, not an end`(place: Endpoint) async throws {
        let inbox = try await Mailbox([UInt8].self, at: place)
        try await inbox.send([], to: inbox.localAddress)
        #expect(try await inbox.next(timeout: patience)?.message == [])
        try await inbox.send(contentsOf: [[], [], [1], []], to: inbox.localAddress)
        for message in [[], [], [1], []] as [[UInt8]] {
            #expect(try await inbox.next(timeout: patience)?.message == message)
        }
    }

    @Test func `many letters leave in order, and arrive as they left`() async throws {
        var endpoint = Endpoint.udp("127.0.0.1", 0)
        endpoint.options.receiveBufferBytes = 4 << 20
        let inbox = try await Mailbox([UInt8].self, at: endpoint)
        let messages = (0..<150).map { number in [UInt8](repeating: UInt8(number), count: number % 50 * 20) }
        try await inbox.send(contentsOf: messages, to: inbox.localAddress)
        for message in messages { #expect(try await inbox.next(timeout: patience)?.message == message) }
        #expect(inbox.statistics.numbers == [150, 150, 0, 0])
    }

    @Test func `a datagram that is too large is refused, and those before it are sent`() async throws {
        let inbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let target = inbox.localAddress
        let huge = [UInt8](repeating: 0, count: 70_000)
        await #expect(code { try await inbox.send(huge, to: target) } == .messageTooLong)
        await #expect(
            code { try await inbox.send(contentsOf: [[1], huge, [2]], to: target) } == .messageTooLong
        )
        let vast = [UInt8](repeating: 0, count: 65 << 20)
        await #expect(code { try await inbox.send(contentsOf: [vast], to: target) } == .messageTooLong)
        #expect(try await inbox.next(timeout: patience)?.message == [1])
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
    }
}

extension ParleyError {
    fileprivate var foundBytes: Int? {
        guard case .wire(let error) = self, case .tooLong(21, let found) = error.reason else { return nil }
        return found
    }
}
