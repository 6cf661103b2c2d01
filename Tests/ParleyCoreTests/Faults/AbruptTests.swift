import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Peers that go without a word, and what the process they leave is told.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AbruptTests {
    @Test func `resets in the accept queue are told by the first read, and the next peers are served`()
        async throws
    {
        let listener = try await Listener(Score.self, at: .loopback)
        for _ in 0..<20 { try Rude(to: listener.localAddress).reset() }
        let last = try await Connection(
            Score.self,
            to: .reaching(listener.localAddress, by: .tcp),
            timeout: patience
        )
        for _ in 0..<20 {
            let dead = try await listener.accept()
            #expect(await code { try await dead.next(timeout: patience) } == .connectionReset)
            let ended = await code { try await dead.send(score(1)) }
            #expect(ended == .brokenPipe || ended == .connectionReset)
        }
        let alive = try await listener.accept()
        try await last.send(score(1))
        #expect(try await alive.next(timeout: patience) == score(1))
    }

    @Test func `a reset in mid-message ends both halves with the reason, and nothing of the message`()
        async throws
    {
        let listener = try await Listener(Score.self, at: .loopback)
        let peer = try Rude(to: listener.localAddress)
        let connection = try await listener.accept()
        try peer.say(Array(repeating: 65, count: 21 + 10))
        let first = try await connection.next(timeout: patience)
        #expect(first?.math == 0x4141_4141)
        try peer.reset()
        #expect(await code { try await connection.next(timeout: patience) } == .connectionReset)
        let ended = await code { try await connection.send(score(1)) }
        #expect(ended == .brokenPipe || ended == .connectionReset)
        // What is asked again says the same or the end, and never waits.
        _ = await refusal { try await connection.next(timeout: patience) }
    }

    @Test func `a reset while much is under way ends the senders with the reason`() async throws {
        for place in [Endpoint.loopback, .unix(abstract: Fresh.name)] {
            let listener = try await Listener([UInt8].self, at: place, framing: .lengthPrefixed())
            let peer = try Rude(to: listener.localAddress)
            let connection = try await listener.accept()
            // Taken over, and passed on by the loop as far as the peer's queue goes.
            try await connection.send(pattern(16 << 20))
            try await withThrowingTaskGroup(of: ErrorCode?.self) { group in
                group.addTask { await code { try await connection.send([1], timeout: patience) } }
                group.addTask { await code { try await connection.flush(timeout: patience) } }
                try peer.reset()
                for try await ended in group {
                    #expect(ended == .brokenPipe || ended == .connectionReset)
                }
            }
        }
    }

    @Test func `nothing raises SIGPIPE`() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            for place in [Endpoint.loopback, .unix(abstract: Fresh.name)] {
                for isReset in [false, true] {
                    let listener = try await Listener([UInt8].self, at: place, framing: .lengthPrefixed())
                    let peer = try Rude(to: listener.localAddress)
                    let connection = try await listener.accept()
                    if isReset { try peer.reset() } else { peer.leave() }
                    var ended: ErrorCode?
                    for _ in 0..<100 where ended == nil {
                        ended = await code { try await connection.send(pattern(100_000), timeout: patience) }
                    }
                    require(
                        ended == .brokenPipe || ended == .connectionReset,
                        "\(place.transport): \(String(describing: ended))"
                    )
                    // After the first error the kernel would raise the signal each time.
                    for _ in 0..<10 { _ = await code { try await connection.send([1]) } }
                }
            }
            // Datagrams: a peer of one's own that has gone.
            let inbox = try await Mailbox([UInt8].self, at: .unixgram(abstract: Fresh.name))
            let sender = try await Connection(
                [UInt8].self,
                to: .reaching(inbox.localAddress, by: .unixgram),
                timeout: patience
            )
            inbox.close()
            let gone = await code { try await sender.send([1]) }
            require(gone == .connectionRefused, "\(String(describing: gone))")
            // The bare socket, by each of its ways.
            let pair = try Socket.pair(.stream)
            let near = pair.first
            pair.second.close()
            let bytes: [UInt8] = [1]
            for _ in 0..<3 {
                var ended: ErrorCode?
                do throws(SocketError) {
                    _ = unsafe try near.send(bytes.span.bytes)
                } catch {
                    ended = error.code
                }
                require(ended == .brokenPipe, "\(String(describing: ended))")
            }
            let packets = try Socket.pair(.sequencedPacket)
            let writer = packets.first
            packets.second.close()
            var arguments = SendArguments()
            var position = TransmitPosition()
            do throws(SocketError) {
                _ = unsafe try writer.send(
                    bytes.span.bytes,
                    [Transmit(0..<bytes.count)].span,
                    at: &position,
                    cutting: { _ in .none },
                    using: &arguments
                )
                require(false, "a batch to nobody was sent")
            } catch {
                require(error.code == .brokenPipe || error.code == .connectionReset, "\(error)")
            }
        }
    }

    @Test func `a program that is executed sees no descriptor of ours`() async throws {
        await #expect(processExitsWith: .success) {
            let before = descriptorsAfterExec()
            require(!before.isEmpty, "no list")
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let local = try await Mailbox(Score.self, at: .unixgram(path: Fresh.path))
            let group = try await Mailbox(Score.self, at: .udp(group: "239.255.77.5", port: 0, on: "lo"))
            let tcp = try await Pair(Score.self)
            let unix = try await Pair(Score.self, at: .unix(path: Fresh.path))
            let conversation = try await Connection(Score.self, to: .udp("127.0.0.1", 9), timeout: patience)
            let listener = try await Listener(Score.self, at: .loopback)
            let pair = try Socket.pair(.stream)
            // A name, so that the resolver has had its descriptors too.
            _ = try await inbox.resolve("localhost:9", timeout: patience)
            require(openSockets() >= 11, "only \(openSockets()) sockets are open")
            let after = descriptorsAfterExec()
            require(after == before, "executed: \(before) before, \(after) after")
            withExtendedLifetime((inbox, local, group, tcp, unix, conversation, listener)) {}
            _ = pair.first.fileDescriptor
        }
    }
}

/// What /bin/ls finds open when it is executed from here.
private func descriptorsAfterExec() -> [String] {
    guard let stream = unsafe popen("exec ls -l /proc/self/fd", "r") else { return [] }
    defer { unsafe pclose(stream) }
    var text: [UInt8] = []
    while case let byte = unsafe fgetc(stream), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
        guard let arrow = line.firstRange(of: " -> ") else { return nil }
        let number = line[..<arrow.lowerBound].split(separator: " ").last ?? ""
        let target = line[arrow.upperBound...]
        // The pipe to here has another number each time, and so has the list itself.
        return
            "\(number) \(target.hasPrefix("pipe:") ? "pipe" : target.hasPrefix("/proc/") ? "proc" : target)"
    }
}

/// A peer by the bare socket, with a connection that is there at once.
private final class Rude: @unchecked Sendable {
    // Used by one task.
    private var socket: Socket?

    init(to address: SocketAddress) throws {
        let socket = try Socket(address.port == nil ? .unix : .ipv4, .stream)
        if try socket.connect(to: address) == .inProgress {
            var entry = pollfd(fd: socket.fileDescriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&entry, 1, 5000)
        }
        try socket.finishConnecting(to: address)
        self.socket = consume socket
    }

    func say(_ bytes: [UInt8]) throws {
        let sent = unsafe try socket?.send(bytes.span.bytes)
        #expect(sent == bytes.count)
    }

    /// Closes with a reset; over a Unix socket it is just gone.
    func reset() throws {
        try socket?.setLingerSeconds(0)
        socket = nil
    }

    func leave() {
        socket = nil
    }
}
