import CAllocationCount
import ParleyCore
import ParleyEventLoop
import ParleyNetwork
import ParleyTypes
import Synchronization
import Testing

extension ProcessTests {
    /// What the seam gives to an engine: many peers over one socket on the loop's thread.
    @Suite(.serialized) struct EngineTests {
        @Test
        func `an engine asks 10,000 peers over one socket, in trains, by one alarm, without allocations`()
            async
        {
            let result = await #expect(
                processExitsWith: .success,
                observing: [\.standardOutputContent, \.standardErrorContent]
            ) {
                try await Self.askEverybody()
            }
            print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
            print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
        }

        /// Each peer is an address of this host, all behind one socket that echoes.
        private static func askEverybody() async throws {
            let network = KernelNetwork()
            let any = try Endpoint(url: "udp://0.0.0.0:0?rcvbuf=4M&sndbuf=1M")
            let answering = try await open(any, on: network)
            let asking = try await open(any, on: network)
            guard let port = answering.localAddress.port else { return require(false, "no port") }
            let peers = (0..<10_000).map { number in
                let host = IPv4Address(127, 1, UInt8(number >> 8), UInt8(number & 255))
                return SocketAddress.ipv4(host, port: port)
            }
            let echo = EchoEngine(answering)
            let engine = AskingEngine(asking, peers, rounds: 4)
            try answering.drive(by: echo)
            try asking.drive(by: engine)
            asking.signal()
            for _ in 0..<6000 where !engine.isDone.load(ordering: .acquiring) {
                try await Task.sleep(for: .milliseconds(20))
            }
            require(engine.isDone.load(ordering: .acquiring), "not everybody has answered")
            require(engine.peers.allSatisfy { $0.number == 4 && !$0.isAsking }, "a peer was left out")
            require(
                engine.questions == 40_000 && engine.strangers == 0,
                "\(engine.questions) \(engine.strangers)"
            )
            require(
                engine.earlyAlarms == 0 && engine.tooEarly == 0,
                "\(engine.earlyAlarms) \(engine.tooEarly)"
            )
            require(echo.failures.load(ordering: .relaxed) == 0, "an answer was refused")
            let trainsMax = echo.trainsMax.load(ordering: .relaxed)
            require(trainsMax > 1, "each answer took a call of its own")
            let counts = parley_allocations_are_countable()
            print(
                "\(engine.repeats) repeated, \(trainsMax) trains in one call, "
                    + "\(engine.allocations) allocations in \(engine.packetsCounted) packets"
            )
            // Those that are left belong to turns of the loop, of which each brings many packets.
            require(!counts || engine.allocations < engine.packetsCounted / 500, "\(engine.allocations)")
            answering.close()
            asking.close()
        }

        private static func open(
            _ endpoint: Endpoint,
            on network: KernelNetwork
        ) async throws -> any DrivenPort & MessagePort {
            let port = try await network.open(endpoint, until: .distantFuture)
            guard let port = port as? any DrivenPort & MessagePort else {
                throw SocketError(.bind, .operationNotSupported)
            }
            return port
        }
    }
}
