import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// A slow reader slows its senders; nothing is lost, doubled or torn by it.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct BackpressureTests {
    /// A message that tells who sent it, and whose bytes show every displacement.
    static func message(from sender: Int, number: Int, size: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        for index in 0..<size {
            bytes[index] = UInt8(truncatingIfNeeded: (index &+ number) &* 31 &+ index >> 8)
        }
        bytes[0] = UInt8(sender)
        bytes[1] = UInt8(number)
        return bytes
    }

    @Test(arguments: [Endpoint.loopback, .unix(abstract: "")])
    func `a stalled reader makes send suspend, and misses no byte of many senders`(place: Endpoint)
        async throws
    {
        let place = place.transport == .unix ? Endpoint.unix(abstract: Fresh.name) : place
        let pair = try await Pair([UInt8].self, at: place, framing: .lengthPrefixed())
        let (senders, count) = (6, Ground.isSimulated ? 3 : 12)
        try await withThrowingTaskGroup { group in
            for sender in 0..<senders {
                group.addTask {
                    for number in 0..<count {
                        let size = 700_000 + 1000 * sender + number
                        try await pair.client.send(Self.message(from: sender, number: number, size: size))
                    }
                }
            }
            // Stalled: a while later still no more than the system's queues and one message hold.
            #expect(await eventually { pair.client.statistics.sent > 0 })
            try await NetworkEnvironment.sleep(for: .milliseconds(50))
            #expect(pair.client.statistics.sent < senders * count)
            var next = [Int](repeating: 0, count: senders)
            for _ in 0..<senders * count {
                let message = try #require(try await pair.server.next(timeout: patience))
                let sender = Int(message[0])
                #expect(message.count == 700_000 + 1000 * sender + next[sender])
                #expect(message == Self.message(from: sender, number: next[sender], size: message.count))
                next[sender] += 1
            }
            try await group.waitForAll()
        }
        try pair.client.finishSending()
        #expect(try await pair.server.next(timeout: patience) == nil)
    }

    @Test func `a full recipient's queue holds the sender back, and costs no letter`() async throws {
        let inbox = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        let outbox = try await Mailbox(Score.self, at: .unixgram)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for number in 0..<1000 {
                    try await outbox.send(score(number), to: inbox.localAddress)
                }
                try await outbox.send(contentsOf: (1000..<2000).map(score), to: inbox.localAddress)
            }
            // net.unix.max_dgram_qlen is far below that.
            #expect(await eventually { outbox.statistics.sent > 0 })
            try await NetworkEnvironment.sleep(for: .milliseconds(30))
            #expect(outbox.statistics.sent < 1000)
            for number in 0..<2000 {
                #expect(try await inbox.next(timeout: patience)?.message == score(number))
            }
            try await group.waitForAll()
        }
        let limit = Duration.milliseconds(30)
        let refused = await refusal {
            while true { try await outbox.send(score(0), to: inbox.localAddress, timeout: limit) }
        }
        #expect(refused == .timedOut(limit, .room))
    }

    @Test(arguments: [Endpoint.loopback, .unix(abstract: "")])
    func `the end comes after everything that was sent, and the other half stays open`(place: Endpoint)
        async throws
    {
        let place = place.transport == .unix ? Endpoint.unix(abstract: Fresh.name) : place
        let pair = try await Pair([UInt8].self, at: place, framing: .lengthPrefixed())
        let large = Self.message(from: 1, number: 1, size: 8 << 20)
        try await pair.client.send(large)
        try pair.client.finishSending()
        try pair.client.finishSending()
        await #expect(code { try await pair.client.send([1]) } == .alreadyShutDown)
        #expect(try await pair.server.next(timeout: patience) == large)
        #expect(try await pair.server.next(timeout: patience) == nil)
        try await pair.server.send([2])
        #expect(try await pair.client.next(timeout: patience) == [2])
        pair.server.close()
        #expect(try await pair.client.next(timeout: patience) == nil)
    }

    @Test(arguments: [Endpoint.loopback, .unix(abstract: "")])
    func `close still passes on what was sent`(place: Endpoint) async throws {
        let place = place.transport == .unix ? Endpoint.unix(abstract: Fresh.name) : place
        let pair = try await Pair([UInt8].self, at: place, framing: .lengthPrefixed())
        let large = Self.message(from: 1, number: 1, size: 8 << 20)
        // Bytes that nobody reads make the system drop what it has not delivered: not here.
        try await pair.server.send([1, 2, 3])
        try await pair.client.send(large)
        let second = Task.here { await refusal { try await pair.client.send([2]) } }
        let reader = Task.here { try await pair.client.next() }
        #expect(try await reader.value == [1, 2, 3])
        let blocked = Task.here { try await pair.client.next() }
        try await NetworkEnvironment.sleep(for: .milliseconds(10))
        pair.client.close()
        pair.client.close()
        #expect(await second.value == .closed)
        #expect(try await blocked.value == nil)
        #expect(try await pair.client.next(timeout: patience) == nil)
        #expect(await refusal { try await pair.client.send([3]) } == .closed)
        #expect(await refusal { try pair.client.finishSending() } == .closed)
        #expect(await refusal { try await pair.client.flush() } == .closed)
        try await pair.server.send([4])
        #expect(try await pair.server.next(timeout: patience) == large)
        #expect(try await pair.server.next(timeout: patience) == nil)
    }

    @Test func `closing on unread bytes does not cost the peer the answer`() async throws {
        for _ in 0..<20 {
            let pair = try await Pair([UInt8].self)
            try await pair.client.send([UInt8](repeating: 1, count: 10_000))
            #expect(await eventually { (try? await pair.server.next(timeout: .zero)) != nil })
            try await pair.client.send([UInt8](repeating: 2, count: 10_000))
            try await pair.client.flush()
            try await pair.server.send([3])
            pair.server.close()
            #expect(try await pair.client.next(timeout: patience) == [3])
            #expect(try await pair.client.next(timeout: patience) == nil)
        }
    }

    @Test func `a peer that closes ends a sender's wait with the reason`() async throws {
        let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
        let large = [UInt8](repeating: 1, count: 8 << 20)
        try await pair.client.send(large)
        let waiting = Task.here { await code { try await pair.client.send(large) } }
        try await NetworkEnvironment.sleep(for: .milliseconds(10))
        pair.server.close()
        let ended = try #require(await waiting.value)
        #expect([.connectionReset, .brokenPipe].contains(ended))
        let again = try #require(await code { try await pair.client.send([1]) })
        #expect([.connectionReset, .brokenPipe].contains(again))
    }
}
