import ExampleMessages
import ParleyCore
import ParleyLinks
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct RepetitionTests {
    /// Much at once: many hosts, tasks, losses, streams and datagrams.
    private static func bustle(seed: UInt64, tasks: Int = 50) async throws -> (hash: UInt64, time: Duration) {
        let network = SimulatedNetwork(seed: seed)
        try await bustle(network, tasks: tasks)
        return (network.traceHash, network.time)
    }

    static func bustle(_ network: SimulatedNetwork, tasks: Int) async throws {
        try await network { network in
            network.conditions.loss = .bursts(loss: 0.1, length: 2)
            network.conditions.delay = Delay(
                floor: .milliseconds(2),
                adding: .normal(mean: .milliseconds(3), deviation: .milliseconds(1))
            )
            network.conditions.duplication = 0.02
            network.host("server").grade()
            network.host("server").gradeStreams()
            try await withThrowingTaskGroup { group in
                for number in 0..<tasks {
                    group.addTask {
                        try await network.host("client \(number % 7)").run {
                            let outbox = try await Mailbox(Score.self, at: .udp)
                            let connection = try await Connection(Score.self, to: .tcp("server", 8086))
                            for turn in 0..<10 {
                                _ = try? await outbox.request(
                                    score(turn),
                                    to: "server:8089",
                                    timeout: .milliseconds(Int64(network.random() % 50))
                                )
                                _ = try await connection.request(score(turn), timeout: .seconds(20_000))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `the same seed brings the same run, another seed another`() async throws {
        let first = try await Self.bustle(seed: 11)
        let second = try await Self.bustle(seed: 11)
        #expect(first == second)
        #expect(try await Self.bustle(seed: 12).hash != first.hash)
    }

    @Test func `a thousand tasks run the same way twice`() async throws {
        let first = try await Self.bustle(seed: 4, tasks: 1000)
        #expect(try await Self.bustle(seed: 4, tasks: 1000) == first)
    }

    @Test func `events tell what became of each packet`() async throws {
        let network = SimulatedNetwork(seed: 1)
        try await network { network in
            network.keepsEvents = true
            network.host("server").grade()
            try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                _ = try await outbox.request(score(1), to: "server:8089", timeout: .seconds(1))
            }
        }
        #expect(
            network.events.map(\.description) == [
                "0.000000000 10.0.0.3:32768 > 10.0.0.2:8089 sent, 21 bytes",
                "0.000100000 10.0.0.3:32768 > 10.0.0.2:8089 arrived, 21 bytes",
                "0.000100000 10.0.0.2:8089 > 10.0.0.3:32768 sent, 21 bytes",
                "0.000200000 10.0.0.2:8089 > 10.0.0.3:32768 arrived, 21 bytes",
            ]
        )
    }
}
