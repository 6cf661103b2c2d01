import Foundation
import Parley
import ParleySimulation
import Testing

/// The sentences that docs/simulation.md quotes, from runs that fail that way.
@Suite struct MishapTests {
    static let pages = ["docs/simulation.md", "docs/zh/simulation.md"]

    private static func page(_ path: String) throws -> String {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// How a simulation ends, in words.
    private static func end(
        of network: SimulatedNetwork,
        _ body: @escaping @Sendable (SimulatedNetwork) async throws -> Void
    ) async -> String {
        network.keepsPackets = false
        do {
            try await network(body)
            return "well"
        } catch {
            return "\(error)"
        }
    }

    private static func expect(_ sentence: String) throws {
        for path in pages {
            let isThere = try page(path).contains(sentence)
            #expect(isThere, "\(path) does not quote: \(sentence)")
        }
    }

    @Test func `a wait for what never comes`() async throws {
        try Self.expect(
            await Self.end(of: SimulatedNetwork(seed: 7)) { network in
                try await network.host("client").run {
                    let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
                    for try await _ in inbox {}
                }
            }
        )
    }

    @Test func `a sleep in real time, alone and beside others`() async throws {
        try Self.expect(
            await Self.end(of: SimulatedNetwork(seed: 7)) { _ in try await Task.sleep(for: .milliseconds(1)) }
        )
        try Self.expect(
            // However long it takes until that thread has its turn.
            await Self.end(of: SimulatedNetwork(seed: 7, timeLimit: .seconds(1_000_000_000))) { network in
                network.host("server").start { try await Task.sleep(for: .milliseconds(1)) }
                while true { try await NetworkEnvironment.sleep(for: .milliseconds(1)) }
            }
        )
    }

    @Test func `no end in the time that there is`() async throws {
        try Self.expect(
            await Self.end(of: SimulatedNetwork(seed: 7, timeLimit: .seconds(60))) { _ in
                while true { try await NetworkEnvironment.sleep(for: .seconds(1)) }
            }
        )
    }

    @Test func `no time passes`() async throws {
        try Self.expect(
            await Self.end(of: SimulatedNetwork(seed: 7)) { network in
                network.host("server").start { while !Task.isCancelled { await Task.yield() } }
                try await NetworkEnvironment.sleep(for: .seconds(1))
            }
        )
    }

    @Test func `a program that does not end when it is cancelled`() async throws {
        try Self.expect(
            await Self.end(of: SimulatedNetwork(seed: 7)) { network in
                network.host("server").start {
                    while true {
                        try? await NetworkEnvironment.sleep(for: .seconds(1))
                        await Task.yield()
                    }
                }
                try await NetworkEnvironment.sleep(for: .seconds(1))
            }
        )
    }

    @Test func `a server that fails, and a network that is used twice`() async throws {
        let network = SimulatedNetwork(seed: 7)
        try Self.expect(
            await Self.end(of: network) { network in
                network.host("server").start {
                    _ = try await Connection(Score.self, to: .tcp("client", 8086))
                }
                try await NetworkEnvironment.sleep(for: .seconds(1))
            }
        )
        try Self.expect(await Self.end(of: network) { _ in })
    }

    @Test func `a place that no simulated network has`() async throws {
        let sentence = await Self.end(of: SimulatedNetwork(seed: 7)) { _ in
            _ = try await Mailbox(Score.self, at: try Endpoint(url: "fd://3"))
        }
        try Self.expect(String(sentence.prefix { $0 != "." }))
    }
}
