import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

extension Endpoint {
    /// Connections of packets at a name that no other test has.
    static var packets: Endpoint { .seqpacket(abstract: Fresh.name) }
}

/// Connections over `seqpacket`: messages with their borders, in order, and an end.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct PacketTests {
    @Test func `messages keep their borders, and those without a byte are messages`() async throws {
        let pair = try await Pair([UInt8].self, at: .packets)
        let sent: [[UInt8]] = [[], [1], [], [2, 3], [UInt8](repeating: 4, count: 100_000), []]
        for message in sent { try await pair.client.send(message) }
        try pair.client.finishSending()
        var received: [[UInt8]] = []
        for try await message in pair.server.messages { received.append(message) }
        #expect(received == sent)
        #expect(pair.server.statistics.numbers == [6, 0, 0, 0])
        // The end stays the end, and the other half lives on.
        #expect(try await pair.server.next() == nil)
        try await pair.server.send([9])
        #expect(try await pair.client.next(timeout: patience) == [9])
        await #expect(code { try await pair.client.send([1]) } == .alreadyShutDown)
    }

    @Test func `many messages in few calls arrive in order, however slow the reader`() async throws {
        let pair = try await Pair(Score.self, at: .packets)
        let reading = Task.here {
            var numbers: [UInt32] = []
            for try await score in pair.server.messages {
                numbers.append(score.math)
                if numbers.count % 500 == 0 { try await NetworkEnvironment.sleep(for: .milliseconds(1)) }
            }
            return numbers
        }
        try await pair.client.send(contentsOf: (0..<5000).map(score), timeout: patience)
        pair.client.close()
        #expect(try await reading.value == Array(0..<5000))
    }

    @Test func `a request is answered by the next message, and a peer that ends instead is told`()
        async throws
    {
        let pair = try await Pair(Score.self, at: .packets)
        let serving = Task.here {
            while let question = try await pair.server.next(timeout: patience), question.math < 100 {
                try await pair.server.send(score(Int(question.math) + 1))
            }
            pair.server.close()
        }
        for number in 0..<100 {
            #expect(try await pair.client.request(score(number), timeout: patience) == score(number + 1))
        }
        #expect(await refusal { try await pair.client.request(score(100), timeout: patience) } == .ended)
        try await serving.value
    }

    @Test func `conversations work on the network's own executor too`() async throws {
        try await withNetworkExecutor {
            let pair = try await Pair([UInt8].self, at: .packets)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await message in pair.server.messages { try await pair.server.send(message) }
                    try pair.server.finishSending()
                }
                for size in 0..<200 {
                    let message = [UInt8](repeating: 1, count: size % 5)
                    #expect(try await pair.client.request(message, timeout: patience) == message)
                }
                try pair.client.finishSending()
                #expect(try await pair.client.next(timeout: patience) == nil)
                try await group.waitForAll()
            }
        }
    }

    @Test func `a message that does not fit its layout is an error, and the next one is read`() async throws {
        let listener = try await Listener(Score.self, at: .packets)
        let target = Endpoint.reaching(listener.localAddress, by: .seqpacket)
        let client = try await Connection([UInt8].self, to: target, timeout: patience)
        let server = try await listener.accept()
        for size in [3, 22, 600_000, 21] where size < 400_000 {
            try await client.send([UInt8](repeating: 0, count: size))
        }
        for _ in 0..<2 {
            guard case .wire? = await refusal({ try await server.next(timeout: patience) }) else {
                Issue.record("a message that is none was handed out")
                return
            }
        }
        #expect(try await server.next(timeout: patience) == Score(name: "", math: 0, chinese: 0))
    }

    @Test func `a message larger than the send queue is an error, and the queue can be asked for`()
        async throws
    {
        let pair = try await Pair([UInt8].self, at: .packets)
        let large = [UInt8](repeating: 1, count: 300_000)
        let error = await refusal { try await pair.client.send(large) }
        guard case .socket(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.code == .messageTooLong && reason.remedy.contains("sndbuf"))
        try await pair.client.send([1])
        #expect(try await pair.server.next(timeout: patience) == [1])
        // The system may allow less than what is asked for.
        var place = Endpoint.packets
        let listener = try await Listener([UInt8].self, at: place)
        place.options.sendBufferBytes = 180_000
        let client = try await Connection([UInt8].self, to: place, timeout: patience)
        let server = try await listener.accept()
        try await client.send(large)
        #expect(try await server.next(timeout: patience) == large)
    }

    @Test func `cancelling a sender that waits for room leaves whole messages`() async throws {
        let pair = try await Pair([UInt8].self, at: .packets)
        let flood = Task.here {
            while true { try await pair.client.send([UInt8](repeating: 1, count: 1000)) }
        }
        var sent = 0
        while await eventually({ pair.client.statistics.sent > sent }), sent < pair.client.statistics.sent {
            sent = pair.client.statistics.sent
            try await NetworkEnvironment.sleep(for: .milliseconds(20))
            if sent == pair.client.statistics.sent { break }
        }
        flood.cancel()
        _ = try? await flood.value
        #expect(
            await refusal { try await pair.client.send([2], timeout: .milliseconds(10)) }
                == .timedOut(.milliseconds(10), .room)
        )
        let total = pair.client.statistics.sent
        for _ in 0..<total { #expect(try await pair.server.next(timeout: patience)?.count == 1000) }
        try await pair.client.send([3])
        #expect(try await pair.server.next(timeout: patience) == [3])
    }

    @Test(.kernelOnly("needs a peer that closes with messages unread"))
    func `what the peer said before its reset is heard before it`() async throws {
        let listener = try await Listener([UInt8].self, at: .packets)
        let peer = try Socket(.unix, .sequencedPacket)
        _ = try peer.connect(to: listener.localAddress)
        let server = try await listener.accept()
        try await server.send([1])
        for byte in 1...3 as ClosedRange<UInt8> { _ = unsafe try peer.send([byte].span.bytes) }
        peer.close()
        for byte in 1...3 as ClosedRange<UInt8> {
            #expect(try await server.next(timeout: patience) == [byte])
        }
        await #expect(code { try await server.next(timeout: patience) } == .connectionReset)
        #expect(try await server.next(timeout: patience) == nil)
        await #expect(code { try await server.send([1]) } == .brokenPipe)
    }

    @Test func `closing with something unread tells the peer of an end, not of a reset`() async throws {
        let pair = try await Pair([UInt8].self, at: .packets)
        for _ in 0..<10 { try await pair.client.send([1, 2]) }
        try await pair.server.send([3])
        pair.server.close()
        #expect(try await pair.client.next(timeout: patience) == [3])
        #expect(try await pair.client.next(timeout: patience) == nil)
    }

    @Test func `closing ends a reader's loop, and later calls say so`() async throws {
        let pair = try await Pair([UInt8].self, at: .packets)
        let reader = Task.here { for try await _ in pair.server.messages {} }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        pair.server.close()
        pair.server.close()
        try await reader.value
        #expect(try await pair.server.next() == nil)
        #expect(await refusal { try await pair.server.send([1]) } == .closed)
        #expect(await refusal { try await pair.server.flush() } == .closed)
        #expect(await refusal { try pair.server.finishSending() } == .closed)
    }

    @Test func `cancellation and deadlines end a wait and leave the connection as it was`() async throws {
        let pair = try await Pair([UInt8].self, at: .packets)
        for timeout in [Duration.zero, .milliseconds(5)] {
            #expect(await refusal { try await pair.server.next(timeout: timeout) } == .timedOut(timeout))
        }
        let waiting = Task.here { await refusal { try await pair.server.next() } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        try await pair.client.send([])
        await Ground.breath()
        #expect(try await pair.server.next(timeout: .zero) == [])
    }

    @Test(.kernelOnly("a file of a socket outlives it"))
    func `a listener at a path serves, takes over a dead file, and no live one`() async throws {
        let place = Endpoint.seqpacket(path: Fresh.path)
        guard case .path(let path)? = place.unixAddress else { return }
        try Socket.listener(at: place, bound: .unix(.path(path))).close()
        #expect(unsafe access(path, F_OK) == 0)
        let listener = try await Listener(Score.self, at: place)
        await #expect(code { try await Listener(Score.self, at: place) } == .addressInUse)
        await #expect(code { try await Listener(Score.self, at: .unix(path: path)) } == .addressInUse)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run { connection in
                    for try await score in connection.messages { try await connection.send(score) }
                }
            }
            for number in 0..<20 {
                let client = try await Connection(Score.self, to: place, timeout: patience)
                #expect(try await client.request(score(number), timeout: patience) == score(number))
            }
            listener.close()
            try await group.waitForAll()
        }
        #expect(unsafe access(path, F_OK) != 0)
        await #expect(code { try await Connection(Score.self, to: place) } == .noSuchFile)
    }

    @Test func `a mailbox is refused, with what to use instead`() async throws {
        let place = Endpoint.packets
        #expect(
            await refusal { try await Mailbox(Score.self, at: place) } == .unusable(place, .streamForMailbox)
        )
        let listener = try await Listener(Score.self, at: place)
        guard case .unix(.abstract(let name)) = listener.localAddress else { return }
        await #expect(
            code { try await Connection(Score.self, to: Endpoint(.unix, .abstract(name))) }
                == .connectionRefused
        )
    }
}
