import ExampleMessages
import ParleyCore
import ParleyEventLoop
import ParleySimulation
import ParleyTypes
import ParleyWire
import Testing

/// Everything above the seam works on a network that is not the kernel's: all tests `.bothGrounds` do, and these.
@Suite(.timeLimit(.minutes(5))) struct SeamTests {
    @Test func `a mailbox opened under a network of the task uses that network alone`() async throws {
        try await SimulatedNetwork(seed: 1) { simulation in
            let network = simulation.host("elsewhere")
            let (inbox, outbox) = try await NetworkEnvironment.$network.withValue(network) {
                (try await Mailbox(Score.self, at: .udp(port: 8089)), try await Mailbox(Score.self, at: .udp))
            }
            // Read when it is opened: here the task is on another host again.
            let target = SocketAddress.ipv4(network.ipv4, port: 8089)
            try await outbox.send(score(1), to: target)
            let letter = try #require(try await inbox.next(timeout: patience))
            #expect(letter.message == score(1))
            #expect(letter.sender == .ipv4(network.ipv4, port: outbox.localAddress.port!))
            inbox.close()
            #expect(try await inbox.next() == nil)
            #expect(await refusal { try await inbox.send(score(1), to: target) } == .closed)
        }
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

    @Test(.simulatedOnly("an hour passes"))
    func `time is the network's: an hour passes as fast as it likes`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
        let start = NetworkEnvironment.now
        #expect(await refusal { try await inbox.next(timeout: .seconds(3600)) } == .timedOut(.seconds(3600)))
        #expect(start.duration(to: NetworkEnvironment.now) == .seconds(3600))
        // 292 years and more are for ever: only the cancellation ends this wait.
        let task = Task.here { await refusal { try await inbox.next(timeout: .seconds(Int64.max)) } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test func `a deadline holds although letters of others keep coming`() async throws {
        try await SimulatedNetwork(seed: 1) { simulation in
            // It takes a second to receive a burst.
            let host = simulation.host("test")
            let slow = CutNetwork { host.jumpClock(by: .seconds(1)) }
            var place = Endpoint.udp("127.0.0.1", 0)
            place.options.receiveBufferBytes = 4 << 20
            let inbox = try await NetworkEnvironment.$network.withValue(slow) { [place] in
                try await Mailbox(Score.self, at: place)
            }
            let stranger = try await Mailbox([UInt8].self, at: .udp)
            let nobody = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let garbage = [[UInt8]](repeating: [1], count: 10_000)
            try await stranger.send(contentsOf: garbage, to: inbox.localAddress)
            await Ground.breath()
            let limit = Duration.seconds(5)
            let start = host.now
            #expect(await refusal { try await inbox.next(timeout: limit) } == .timedOut(limit))
            #expect(start.duration(to: host.now) < .seconds(10))
            // A question first looks at what came before it, which takes 64 bursts at most.
            let question = await refusal {
                try await inbox.request(score(1), to: nobody.localAddress, timeout: .seconds(70))
            }
            #expect(question == .timedOut(.seconds(70)))
            #expect(start.duration(to: host.now) < .seconds(90))
        }
    }
}
