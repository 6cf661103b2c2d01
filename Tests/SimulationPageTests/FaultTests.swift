// swift-format-ignore-file
// The pieces of docs/simulation.md, each in a test that runs it. Tests/TidyTests finds each block here.

import Parley
import ParleySimulation
import Testing

@Suite struct FaultPageTests {
    @Test func `conditions are set for all ways, for one, and for what several peers share`() async throws {
        let network = SimulatedNetwork(seed: 7)
        let (client, server) = (network.host("client"), network.host("server"))
        try await network { network in
            // every way between two hosts
            network.conditions.delay = .constant(.milliseconds(20))
            network.conditions.loss = .bursts(loss: 0.01, length: 4)

            // one way, both directions: what it is like from client to server holds for both from then on
            network.link(client, server).conditions.loss = .none

            // one direction of it
            network.link(from: server, to: client).conditions.reordering = .back(0.1, by: .milliseconds(5))

            // what all that this host sends and receives has to share
            client.uplink.conditions.rate = 1_000_000
            client.uplink.conditions.queue = .init(.coDel(), limit: .packets(100))
            client.downlink.conditions.rate = 16_000_000

            network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
            try await client.run {
                let answer = try await ask(Score(name: "Trans", math: 83, chinese: 86), at: "server:8089")
                #expect(answer.math == 84)
            }
        }
        // Two ways of 20 ms, and 49 bytes at each of two rates.
        #expect(network.time == .microseconds(40_000 + 392) + .nanoseconds(24_500))
        let (there, back) = (network.link(from: client, to: server), network.link(from: server, to: client))
        #expect(there.conditions.delay == back.conditions.delay && back.conditions.loss == .none)
        #expect(there.conditions.reordering == .none && back.conditions.reordering != .none)
    }

    @Test func `who is behind a NAT is answered, and seen at another port when it rebinds`() async throws {
        try await SimulatedNetwork(seed: 7) { network in
            let home = network.nat("home")
            let laptop = home.host("laptop")        // 192.168.0.3, and nobody outside reaches it unasked
            home.rebind()                           // from here on its peers see another port
            home.uplink.conditions.rate = 5_000_000 // what all hosts behind it share
            #expect("\(laptop.ipv4)" == "192.168.0.3")
            network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
            try await laptop.run {
                let answer = try await ask(Score(name: "Trans", math: 83, chinese: 86), at: "server:8089")
                #expect(answer.math == 84)
            }
        }
    }

    @Test func `what is done to links, hosts and clocks while programs run is undone`() async throws {
        try await SimulatedNetwork(seed: 7) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            server.start { try await serveScores(at: .udp(port: 8089)) }

            let link = network.link(from: client, to: server)
            link.partition()                        // loses everything in this direction …
            link.heal()                             // … no more
            link.hold()                             // keeps everything …
            link.release()                          // … and lets it go on, in order
            link.clog(for: .seconds(5))             // nothing leaves the queue for five seconds
            link.lose { $0.number % 3 == 2 }        // every third packet of a conversation
            link.lose(where: nil)                   // no rule any more

            server.crash()                          // its sockets are gone, its programs cancelled, nobody is told
            server.restart { try await serveScores(at: .udp(port: 8089)) }

            client.jumpClock(by: .seconds(3600))    // as after a pause of a virtual machine
            client.skewClock(partsPerMillion: 100)  // a quartz that is too fast

            try await client.run {
                let answer = try await ask(Score(name: "Trans", math: 83, chinese: 86), at: "server:8089")
                #expect(answer.math == 84)
            }
            #expect(network.time >= .seconds(5) && network.time < .seconds(10))
        }
    }

    @Test func `each member of a group gets a copy, on its own way`() async throws {
        try await SimulatedNetwork(seed: 7) { network in
            let (speaker, one, two) = (network.host("speaker"), network.host("one"), network.host("two"))
            let group = Endpoint.udp(group: "239.1.2.3", port: 8089)
            let first = try await one.run { try await Mailbox(Score.self, at: group) }
            let second = try await two.run { try await Mailbox(Score.self, at: group) }
            network.link(from: speaker, to: two).partition()
            try await speaker.run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                try await outbox.send(Score(name: "Trans", math: 83, chinese: 86), to: "239.1.2.3:8089")
            }
            #expect(try await first.next(timeout: .seconds(1))?.message.math == 83)
            await #expect(throws: ParleyError.timedOut(.seconds(1))) { try await second.next(timeout: .seconds(1)) }
        }
    }

    @Test func `the same seed brings the same run`() async throws {
        func trace(seed: UInt64) async throws -> UInt64 {
            let network = SimulatedNetwork(seed: seed)
            try await network { network in
                network.conditions.loss = .random(0.33)
                network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
                try await network.host("client").run {
                    _ = try await ask(Score(name: "Trans", math: 83, chinese: 86), at: "server:8089")
                }
            }
            return network.traceHash
        }
        #expect(try await trace(seed: 7) == trace(seed: 7))
    }
}
