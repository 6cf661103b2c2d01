// swift-format-ignore-file
// The examples of ParleySimulation's doc comments, run. Tests/TidyTests finds each of them here.

import Parley
import ParleySimulation
import Testing

@Suite struct CommentTests {
    @Test func `the examples of the simulation's doc comments run`() async throws {
        try await SimulatedNetwork(seed: 7) { network in
            network.conditions.loss = .random(0.1)
            network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
            try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                try await outbox.send(Score(name: "Trans", math: 83, chinese: 86), to: "server:8089")
            }
        }

        let network = SimulatedNetwork(seed: 7)
        let link = network.link(network.host("client"), network.host("server"))
        link.lose { $0.destination.port == 8089 && $0.number % 10 == 9 }    // every tenth datagram to port 8089
        network.link(network.host("client"), network.host("server")).change { $0.loss = .random(0.1) }
        let home = network.nat("home")
        let laptop = home.host("laptop")            // 192.168.0.5
        home.rebind()                               // from here on its peers see another port
        #expect(laptop.ipv6 == nil)
        var numbers = network.randomNumbers
        let port = UInt16.random(in: 1024...2048, using: &numbers)
        #expect(port >= 1024)
        try await network { _ in }
    }
}
