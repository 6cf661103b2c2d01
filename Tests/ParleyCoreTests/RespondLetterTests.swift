import ExampleMessages
import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Letters that are answered without a task.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct RespondLetterTests {
    /// A mailbox that answers while `body` asks it. `end` ends it.
    private func answering(
        _ inbox: Mailbox<Score, Score>,
        ending end: (Mailbox<Score, Score>) -> Void = { $0.close() },
        _ answer: @escaping @Sendable (Letter<Score>) throws -> Score? = { mark($0.message) },
        _ body: (SocketAddress) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await inbox.respond(answer) }
            do {
                try await body(inbox.localAddress)
            } catch {
                group.cancelAll()
                throw error
            }
            end(inbox)
            try await group.waitForAll()
        }
    }

    private static var places: [Endpoint] {
        [
            .udp("127.0.0.1", 0), .udp("127.0.0.1", 0).loadBalanced(over: 3),
            .unixgram(abstract: Fresh.name),
        ]
    }

    private func outbox(for place: Endpoint) async throws -> Mailbox<Score, Score> {
        let own: Endpoint = place.transport == .udp ? .udp("127.0.0.1", 0) : .unixgram(abstract: Fresh.name)
        return try await Mailbox(Score.self, at: own)
    }

    @Test(arguments: places)
    func `each letter has its answer, on every transport`(_ place: Endpoint) async throws {
        let inbox = try await Mailbox(Score.self, at: place)
        try await answering(inbox) { target in
            for _ in 0..<8 {
                let outbox = try await outbox(for: place)
                for number in 0..<20 {
                    let answer = try await outbox.request(score(number), to: target, timeout: patience)
                    #expect(answer.message == marked(number))
                    #expect(answer.sender == target)
                }
            }
        }
        #expect(inbox.statistics.numbers == [160, 160, 0, 0])
    }

    @Test(.enabled(if: geteuid() == 0, "needs a raw socket"), .kernelOnly("needs a raw socket"))
    func `letters from port 0 have no answer, and the others theirs`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        try await answering(inbox) { target in
            let forger = try #require(RawUDP(to: target))
            for _ in 0..<50 { #expect(forger.send([UInt8](repeating: 65, count: 21), fromPort: 0)) }
            let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let answer = try await outbox.request(score(7), to: target, timeout: patience)
            #expect(answer.message == marked(7))
        }
        #expect(inbox.statistics.numbers == [51, 1, 0, 0] && inbox.statistics.failed == 50)
    }

    @Test func `an answer leaves from the address that was asked`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp)
        try await answering(inbox) { target in
            let port = try #require(target.port)
            let outbox = try await Mailbox(Score.self, at: .udp)
            for host in ["127.0.0.1", "127.0.0.5"] {
                let asked = SocketAddress.ipv4(IPv4Address(host)!, port: port)
                let answer = try await outbox.request(score(1), to: asked, timeout: patience)
                #expect(answer.sender == asked)
            }
        }
    }

    @Test func `a burst that the kernel has joined is answered letter by letter, in order`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        try await answering(inbox) { target in
            let outbox = try await outbox(for: inbox.endpoint)
            for wave in 0..<5 {
                let numbers = wave * 100..<(wave + 1) * 100
                try await outbox.send(contentsOf: numbers.map(score), to: target)
                for number in numbers {
                    #expect(try await outbox.next(timeout: patience)?.message == marked(number))
                }
            }
        }
    }

    @Test func `a throw is counted and ends nothing; what is no message is counted and shown`() async throws {
        let shown = Mutex(0)
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)) { _ in shown.withLock { $0 += 1 }
        }
        let answer: @Sendable (Letter<Score>) throws -> Score? = { letter in
            if letter.message.math == 13 { throw ClosureMishap() }
            return letter.message.math == 14 ? nil : mark(letter.message)
        }
        try await answering(inbox, answer) { target in
            let outbox = try await outbox(for: inbox.endpoint)
            let stranger = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
            try await stranger.send([1, 2, 3], to: target)
            for number in 13..<16 { try await outbox.send(score(number), to: target) }
            #expect(try await outbox.next(timeout: patience)?.message == marked(15))
            #expect(await eventually { inbox.statistics.rejected == 1 })
        }
        #expect(inbox.statistics.failed == 1)
        #expect(inbox.statistics.numbers == [3, 1, 1, 0])
        #expect(shown.withLock { $0 } == 1)
    }

    @Test func `a recipient whose queue is full loses its answers, and others get theirs`() async throws {
        let inbox = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        try await answering(inbox) { target in
            let deaf = try await outbox(for: inbox.endpoint)
            let other = try await outbox(for: inbox.endpoint)
            for number in 0..<2000 { try await deaf.send(score(number), to: target, timeout: patience) }
            #expect(try await other.request(score(1), to: target, timeout: patience).message == marked(1))
            #expect(await eventually { inbox.statistics.received == 2001 })
            #expect(inbox.statistics.unsent > 0)
            #expect(inbox.statistics.sent + inbox.statistics.unsent == 2001)
        }
    }

    @Test(arguments: places)
    func `who finishes receiving answers what has come, and the mailbox still sends`(_ place: Endpoint)
        async throws
    {
        let inbox = try await Mailbox(Score.self, at: place)
        let outbox = try await outbox(for: place)
        // Nobody reads yet, and Linux lets no more than 11 wait at a Unix socket.
        let count = place.transport == .udp ? 100 : 8
        try await outbox.send(contentsOf: (0..<count).map(score), to: inbox.localAddress, timeout: patience)
        try await answering(inbox, ending: { $0.finishReceiving() }) { _ in
            for number in 0..<count {
                let answer = try await outbox.next(timeout: patience)
                #expect(answer?.message == marked(number))
            }
        }
        try await inbox.send(score(1), to: outbox.localAddress)
        #expect(try await outbox.next(timeout: patience)?.message == score(1))
    }

    @Test(arguments: places)
    func `a cancelled call leaves the mailbox as it was, to a loop or to another call`(_ place: Endpoint)
        async throws
    {
        let inbox = try await Mailbox(Score.self, at: place)
        let outbox = try await outbox(for: place)
        for round in 0..<3 {
            let running = Task.here { await refusal { try await inbox.respond { mark($0.message) } } }
            let answer = try await outbox.request(score(round), to: inbox.localAddress, timeout: patience)
            #expect(answer.message == marked(round))
            #expect(await refusal { try await inbox.next(timeout: .zero) } == .alreadyReading)
            running.cancel()
            #expect(await running.value == .cancelled)
            async let sending: Void = outbox.send(score(100 + round), to: inbox.localAddress)
            // Waits as ever.
            #expect(try await inbox.next(timeout: patience)?.message == score(100 + round))
            try await sending
        }
    }

    @Test func `a mailbox that is closed before, or meanwhile, ends the call as it ends a loop`() async throws
    {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        inbox.close()
        #expect(await refusal { try await inbox.respond { mark($0.message) } } == nil)
    }
}

/// Datagrams with any port of their sender's.
private final class RawUDP {
    private let descriptor: Int32
    private let port: UInt16

    init?(to address: SocketAddress) {
        descriptor = socket(AF_INET, Int32(SOCK_RAW.rawValue), 17)
        port = address.port ?? 0
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Without a checksum, which IPv4 allows.
    func send(_ bytes: [UInt8], fromPort source: UInt16) -> Bool {
        let length = UInt16(8 + bytes.count)
        let header = [source, port, length, 0].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let packet = header + bytes
        return unsafe withUnsafePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(
                    descriptor,
                    packet,
                    packet.count,
                    0,
                    $0,
                    socklen_t(MemoryLayout<sockaddr_in>.size)
                )
            }
        } == packet.count
    }
}
