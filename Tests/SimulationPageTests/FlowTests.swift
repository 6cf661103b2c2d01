import Parley
import ParleySimulation
import Testing

/// What docs/coverage.md says of waiting and of load, shown on simulated ways.
@Suite struct FlowPageTests {
    private static let score = Score(name: "Trans", math: 83, chinese: 86)

    @Test func `one question at a time takes a round trip each, and those under way together share one`()
        async throws
    {
        try await SimulatedNetwork(seed: 7) { network in
            network.conditions.delay = .constant(.milliseconds(10))
            let far = network.host("far")
            network.link(network.host("client"), far).conditions.delay = .constant(.milliseconds(80))
            for host in [network.host("server"), far] {
                host.start { try await serveScores(at: .udp(port: 8089)) }
            }
            try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                func spent(_ body: () async throws -> Void) async throws -> Duration {
                    let start = network.time
                    try await body()
                    return network.time - start
                }
                for (name, roundTrip) in [("server", Duration.milliseconds(20)), ("far", .milliseconds(160))]
                {
                    let place = "\(name):8089"
                    let apart = try await spent {
                        for _ in 0..<10 {
                            _ = try await outbox.request(Self.score, to: place, timeout: .seconds(1))
                        }
                    }
                    #expect(apart == roundTrip * 10)
                    let together = try await spent {
                        for _ in 0..<10 { try await outbox.send(Self.score, to: place) }
                        for _ in 0..<10 { _ = try await outbox.next(timeout: .seconds(1)) }
                    }
                    #expect(together == roundTrip)
                }
            }
        }
    }

    /// A way that carries 2,500 scores a second, 49 bytes each with their headers, and keeps ten of them waiting.
    private static func narrow(_ network: SimulatedNetwork) -> SimulatedLink {
        let link = network.link(from: network.host("client"), to: network.host("server"))
        link.conditions = .init(
            rate: 49 * 8 * 2500,
            delay: .constant(.milliseconds(100)),
            queue: .init(limit: .packets(10))
        )
        return link
    }

    @Test func `it is the load that loses, not how many packets are under way`() async throws {
        try await SimulatedNetwork(seed: 7) { network in
            let link = Self.narrow(network)
            let inbox = try await network.host("server").run {
                try await Mailbox(Score.self, at: .udp(port: 8089))
            }
            try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                // As fast as the way is: 250 under way, none lost.
                for _ in 0..<500 {
                    try await outbox.send(Self.score, to: "server:8089")
                    try await NetworkEnvironment.sleep(for: .microseconds(400))
                }
                #expect(network.counts.inside == 250)
                #expect(link.statistics.dropped == 0)
                // As many at once: one leaves, ten wait.
                try await NetworkEnvironment.sleep(for: .seconds(1))
                for _ in 0..<500 { try await outbox.send(Self.score, to: "server:8089") }
                #expect(link.statistics[.queueFull] == 489)
            }
            inbox.close()
        }
    }

    @Test func `a rate that nobody corrects loses what the way does not carry, and answers keep within it`()
        async throws
    {
        try await SimulatedNetwork(seed: 7) { network in
            let link = Self.narrow(network)
            network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
            try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                // The answer paces the sender.
                for _ in 0..<100 {
                    _ = try await outbox.request(Self.score, to: "server:8089", timeout: .seconds(1))
                }
                #expect(link.statistics.dropped == 0)
                // Twice as fast as the way, for a second: half is lost, but for those that wait.
                for _ in 0..<5000 {
                    try await outbox.send(Self.score, to: "server:8089")
                    try await NetworkEnvironment.sleep(for: .microseconds(200))
                }
                #expect((2480...2500).contains(link.statistics[.queueFull]))
            }
        }
    }
}
