import ParleyCore
import ParleyEventLoop
import ParleyTypes
import ParleyWire
import Testing

/// Everything above the seam works on a network that is not the kernel's.
@Suite(.timeLimit(.minutes(5))) struct SeamTests {
    @Test func `a mailbox opened under a network of the task uses that network alone`() async throws {
        let network = ToyNetwork()
        let (inbox, outbox) = try await NetworkEnvironment.$network.withValue(network) {
            (try await Mailbox(Score.self, at: .udp(port: 8089)), try await Mailbox(Score.self, at: .udp))
        }
        // Read when it is opened: here the task is on the kernel's network again.
        try await outbox.send(score(1), to: inbox.localAddress)
        let letter = try #require(try await inbox.next(timeout: patience))
        #expect(letter.message == score(1))
        #expect(letter.sender == outbox.localAddress)
        try await outbox.send(contentsOf: (0..<200).map(score), to: inbox.localAddress)
        for number in 0..<200 { #expect(try await inbox.next(timeout: patience)?.message == score(number)) }
        inbox.close()
        #expect(try await inbox.next() == nil)
        #expect(await refusal { try await inbox.send(score(1), to: outbox.localAddress) } == .closed)
    }

    @Test func `a body lent a network runs where that network wants it, and what it opens is opened there`()
        async throws
    {
        let network = KernelNetwork()
        let answer = await withNetwork(network) { () async -> Int in
            #expect(NetworkEnvironment.current === network)
            let executor = unsafe withUnsafeCurrentTask { unsafe $0?.unownedTaskExecutor }
            #expect(unsafe executor == network.executor?.asUnownedTaskExecutor())
            return 1
        }
        #expect(answer == 1)
        #expect(NetworkEnvironment.current === KernelNetwork.shared)
    }

    @Test func `time is the network's: an hour passes as fast as it likes`() async throws {
        let network = ToyNetwork()
        let inbox = try await NetworkEnvironment.$network.withValue(network) {
            try await Mailbox(Score.self, at: .udp(port: 8089))
        }
        let start = network.now
        #expect(await refusal { try await inbox.next(timeout: .seconds(3600)) } == .timedOut(.seconds(3600)))
        #expect(start.duration(to: network.now) >= .seconds(3600))
        // 292 years and more are for ever: only the cancellation ends this wait.
        let task = Task { await refusal { try await inbox.next(timeout: .seconds(Int64.max)) } }
        try await Task.sleep(for: .milliseconds(5))
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test func `a deadline holds although letters of others keep coming`() async throws {
        let network = ToyNetwork(receiveTime: .seconds(1))
        try await NetworkEnvironment.$network.withValue(network) {
            let inbox = try await Mailbox(Score.self, at: .udp)
            let stranger = try await Mailbox([UInt8].self, at: .udp)
            let nobody = SocketAddress.ipv4(.loopback, port: 999)
            let garbage = [[UInt8]](repeating: [1], count: 10_000)
            try await stranger.send(contentsOf: garbage, to: inbox.localAddress)
            let limit = Duration.seconds(5)
            let start = network.now
            #expect(await refusal { try await inbox.next(timeout: limit) } == .timedOut(limit))
            #expect(start.duration(to: network.now) < .seconds(10))
            // A question first looks at what came before it, which takes 64 bursts at most.
            let question = await refusal {
                try await inbox.request(score(1), to: nobody, timeout: .seconds(70))
            }
            #expect(question == .timedOut(.seconds(70)))
            #expect(start.duration(to: network.now) < .seconds(90))
        }
    }

    @Test func `a listener and its connections work on a simulated network`() async throws {
        try await NetworkEnvironment.$network.withValue(ToyNetwork(readBytesMax: 5)) {
            let listener = try await Listener(Score.self, at: .tcp(port: 1))
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await listener.run { connection in
                        for try await score in connection.messages { try await connection.send(score) }
                    }
                }
                let target = Endpoint.reaching(listener.localAddress, by: .tcp)
                let connection = try await Connection(Score.self, to: target)
                for number in 0..<20 { #expect(try await connection.request(score(number)) == score(number)) }
                try connection.finishSending()
                #expect(try await connection.next() == nil)
                listener.close()
                try await group.waitForAll()
            }
            await #expect(
                code { try await Connection(Score.self, to: .tcp("127.0.0.1", 999)) } == .connectionRefused
            )
        }
    }
}
