import Parley
import Testing

@WireMessage
struct Score: Equatable {
    var name: CString<13>
    var math: UInt32
    var chinese: UInt32
}

@WireMessage
struct Hello: Equatable {
    var version: UInt16
}

@WireMessage
struct Block: Equatable {
    var length: ByteCount<UInt16>
    var body: [UInt8]
}

@WireMessage(tag: UInt8.self)
enum Packet: Equatable {
    @Tag(1) case hello(Hello)
    @Tag(2) case data(Block)
}

/// What the README shows, on real sockets.
@Suite struct ReadmeTests {
    @Test func `a mailbox takes letters from anyone and answers`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Score.self, at: .udp)
        try await outbox.send(Score(name: "Trans", math: 83, chinese: 86), to: "\(inbox.localAddress)")
        for try await letter in inbox {
            #expect(letter.message == Score(name: "Trans", math: 83, chinese: 86))
            #expect(letter.sender.port == outbox.localAddress.port)
            break
        }
    }

    @Test func `several kinds of message share one port`() async throws {
        let inbox = try await Mailbox(Packet.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Packet.self, at: .udp)
        try await outbox.send(.hello(Hello(version: 3)), to: inbox.localAddress)
        try await outbox.send(.data(Block(body: [1, 2, 3])), to: inbox.localAddress)
        #expect(try await inbox.next(timeout: .seconds(5))?.message == .hello(Hello(version: 3)))
        #expect(try await inbox.next(timeout: .seconds(5))?.message == .data(Block(body: [1, 2, 3])))
    }

    @Test func `a connection reads typed lines`() async throws {
        let listener = try await Listener(Line<Int64>.self, at: .tcp("127.0.0.1", 0))
        try await withThrowingTaskGroup { group in
            group.addTask { try await listener.run { try await $0.send(Line(1_700_000_000)) } }
            let port = try #require(listener.localAddress.port)
            let time = try await Connection(to: .tcp("localhost", port), receiving: Line<Int64>.self)
            #expect(try await time.next(timeout: .seconds(5))?.value == 1_700_000_000)
            #expect(try await time.next(timeout: .seconds(5)) == nil)
            listener.close()
            try await group.waitForAll()
        }
    }
}
