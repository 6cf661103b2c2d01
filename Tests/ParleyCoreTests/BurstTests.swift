import ExampleMessages
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

@testable import ParleyCore

/// Messages by the thousand: what leaves in one call and arrives in one piece is still a message each.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct BurstTests {
    /// As many as a receive queue of usual size surely holds, read before more are sent.
    private static let waveMessages = 100

    @Test(arguments: 0..<8)
    func `messages of any sizes arrive whole, once and in order`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let inbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox([UInt8].self, at: .udp)
        for _ in 0..<5 {
            // Runs of equal sizes with shorter and longer ones in between, empty ones among them.
            var wave: [[UInt8]] = []
            while wave.count < Self.waveMessages {
                let size = Int.random(in: 0...200, using: &generator)
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    wave.append((0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
                }
            }
            try await outbox.send(contentsOf: wave, to: inbox.localAddress)
            for message in wave {
                let letter = try #require(try await inbox.next(timeout: patience))
                #expect(letter.message == message, "seed \(seed)")
                #expect(letter.sender.port == outbox.localAddress.port)
            }
        }
        #expect(inbox.statistics.received == outbox.statistics.sent && inbox.statistics.lostAtLeast == 0)
    }

    @Test func `a burst of one size arrives through a conversation as well`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let friend = try await Connection(Score.self, to: .reaching(inbox.localAddress, by: .udp))
        try await friend.send(contentsOf: (0..<500).lazy.map(score))
        for number in 0..<500 { #expect(try await inbox.next(timeout: patience)?.message == score(number)) }
        try await inbox.send(contentsOf: (0..<500).lazy.map(score), to: friend.localAddress)
        for number in 0..<500 { #expect(try await friend.next(timeout: patience) == score(number)) }
    }

    @Test func `what is no message in the middle of a piece is rejected by itself`() async throws {
        let rejected = Mutex<[RejectedDatagram]>([])
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)) { datagram in
            rejected.withLock { $0.append(datagram) }
        }
        let outbox = try await Mailbox([UInt8].self, at: .udp)
        let good = try encoded(score(1), by: WireCoder(), framing: nil)
        let short = [UInt8](repeating: 1, count: 20)
        try await outbox.send(contentsOf: [good, good, short, good], to: inbox.localAddress)
        for _ in 0..<3 { #expect(try await inbox.next(timeout: patience)?.message == score(1)) }
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
        let all = rejected.withLock { $0 }
        #expect(all.map(\.bytes) == [short] && inbox.statistics.rejected == 1)
        #expect(inbox.statistics.received + inbox.statistics.rejected == 4)
    }

    @Test func `a message that cannot be encoded ends the burst behind those before it`() async throws {
        let inbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(receiving: [UInt8].self, sending: Line<String>.self, at: .udp)
        let lines = [Line("one"), Line("two"), Line("a\nb"), Line("four")]
        let refused = await refusal { try await outbox.send(contentsOf: lines, to: inbox.localAddress) }
        guard case .wire? = refused else { return #expect(Bool(false), "\(String(describing: refused))") }
        #expect(try await inbox.next(timeout: patience)?.message == Array("one".utf8))
        #expect(try await inbox.next(timeout: patience)?.message == Array("two".utf8))
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `a datagram that is too large is refused behind those before it`() async throws {
        let inbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let sizes = [65_507, 10, 65_508, 10]
        let refused = await code {
            try await outbox.send(
                contentsOf: sizes.map { [UInt8](repeating: 7, count: $0) },
                to: inbox.localAddress
            )
        }
        #expect(refused == .messageTooLong)
        #expect(try await inbox.next(timeout: patience)?.message.count == 65_507)
        #expect(try await inbox.next(timeout: patience)?.message.count == 10)
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `what is larger than a burst goes over a stream whole`() async throws {
        let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
        let sizes = [0, 1, 300 << 10, 5, 2 << 20, 17]
        async let sending: Void = pair.client.send(
            contentsOf: sizes.lazy.map { [UInt8](repeating: UInt8($0 % 251), count: $0) }
        )
        for size in sizes {
            let message = try await pair.server.next(timeout: patience)
            #expect(message?.count == size && message?.allSatisfy { $0 == UInt8(size % 251) } == true)
        }
        try await sending
    }

    @Test func `datagrams lost to a full queue are counted`() async throws {
        var endpoint = Endpoint.udp("127.0.0.1", 0)
        endpoint.options.receiveBufferBytes = 4096
        let inbox = try await Mailbox(Score.self, at: endpoint)
        let outbox = try await Mailbox(Score.self, at: .udp)
        for number in 0..<200 { try await outbox.send(score(number), to: inbox.localAddress) }
        await Ground.breath()
        var received = 0
        while await refusal({ try await inbox.next(timeout: .zero) }) == nil { received += 1 }
        #expect(received > 0 && inbox.statistics.lostAtLeast == 200 - received)
    }
}
