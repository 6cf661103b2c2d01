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
    @Test func `an error tells on request who holds the port and what to do`() async throws {
        let holder = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let port = try #require(holder.localAddress.port)
        do {
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", port))
            for try await letter in inbox { print(letter.message.math) }
        } catch {
            let diagnosis = try #require(await error.diagnosis())
            #expect(diagnosis.description.contains("receives at 127.0.0.1:\(port)"), "\(diagnosis)")
            #expect(diagnosis.holders.first?.owners.isEmpty == false)
            #expect(!diagnosis.remedy.isEmpty)
        }
        holder.close()
    }

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
        #expect(try await inbox.next(timeout: .seconds(30))?.message == .hello(Hello(version: 3)))
        #expect(try await inbox.next(timeout: .seconds(30))?.message == .data(Block(body: [1, 2, 3])))
    }

    @Test func `a connection reads typed lines`() async throws {
        let listener = try await Listener(Line<Int64>.self, at: .tcp("127.0.0.1", 0))
        try await withThrowingTaskGroup { group in
            group.addTask { try await listener.run { try await $0.send(Line(1_700_000_000)) } }
            let port = try #require(listener.localAddress.port)
            let time = try await Connection(to: .tcp("localhost", port), receiving: Line<Int64>.self)
            #expect(try await time.next(timeout: .seconds(30))?.value == 1_700_000_000)
            #expect(try await time.next(timeout: .seconds(30)) == nil)
            listener.close()
            try await group.waitForAll()
        }
    }

    @Test func `a listener serves every peer in a task of its own`() async throws {
        let listener = try await Listener(Score.self, at: .tcp("127.0.0.1", 0))
        let port = try #require(listener.localAddress.port)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run { connection in
                    for try await score in connection.messages { try await connection.send(score) }
                }
            }
            let connection = try await Connection(Score.self, to: .tcp("localhost", port))
            let score = Score(name: "Li", math: 99, chinese: 77)
            #expect(try await connection.request(score, timeout: .seconds(30)) == score)
            listener.close()
            connection.close()
            try await group.waitForAll()
        }
    }

    @Test func `a name is a recipient, and a group's members hear what is sent to it`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 0))
        let outbox = try await Mailbox(Score.self, at: .udp)
        let score = Score(name: "Li", math: 99, chinese: 77)
        try await outbox.send(score, to: "localhost:\(inbox.localAddress.port!)")
        #expect(try await inbox.next(timeout: .seconds(30))?.message == score)

        let group = try await Mailbox(Score.self, at: .udp(group: "239.1.2.3", port: 0, on: "lo"))
        let port = try #require(group.localAddress.port)
        let speaker = try await Mailbox(Score.self, at: .udp(group: "239.1.2.3", port: port, on: "lo"))
        try await speaker.send(score, to: "239.1.2.3:\(port)")
        #expect(try await group.next(timeout: .seconds(30))?.message == score)
        // Only these senders of a group.
        let place = Endpoint.udp(group: "232.1.2.3", port: 0, on: "lo", sources: ["127.0.0.5"])
        let chosen = try await Mailbox(Score.self, at: place)
        try chosen.leave("232.1.2.3", on: "lo", from: ["127.0.0.5"])
    }

    @Test func `socket options belong to the place`() throws {
        let place = try Endpoint(url: "tcp://:8086?nodelay&keepalive=30s/10s/3&usertimeout=10s&backlog=64")
        #expect(place.options.keepAlive == KeepAlive(after: .seconds(30), every: .seconds(10), count: 3))
    }
}
