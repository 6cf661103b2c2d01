import ExampleMessages
import ParleyCore
import ParleyLinks
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct TranslationTests {
    @Test func `who is behind a NAT asks, is seen at its address, and cannot be asked unasked`() async throws
    {
        try await SimulatedNetwork(seed: 1) { network in
            let home = network.nat("home")
            let laptop = home.host("laptop")
            let server = network.host("server")
            let inbox = try await server.run { try await Mailbox(Score.self, at: .udp(port: 8089)) }
            let outbox = try await laptop.run { try await Mailbox(Score.self, at: .udp(port: 5000)) }
            try await laptop.run { try await outbox.send(score(1), to: "server:8089") }
            var seen: SocketAddress?
            for try await letter in inbox {
                seen = letter.sender
                break
            }
            #expect(seen?.ip == .ipv4(home.ipv4))
            #expect(seen?.port != 5000)
            let place = try #require(seen)
            try await server.run { try await inbox.send(score(2), to: place) }
            for try await letter in outbox {
                #expect(letter.message == score(2))
                break
            }
            // Somebody else, and the private address itself.
            try await network.host("stranger").run {
                let other = try await Mailbox(Score.self, at: .udp)
                try await other.send(score(3), to: place)
                await #expect(throws: ParleyError.self) {
                    try await other.send(score(3), to: .ipv4(laptop.ipv4, port: 5000))
                }
            }
            try await NetworkEnvironment.sleep(for: .seconds(1))
            #expect(home.refusedPackets == 1)
        }
    }

    @Test func `a NAT that rebinds shows another port, and what comes to the old one is lost`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let home = network.nat("home")
            let server = network.host("server")
            let inbox = try await server.run { try await Mailbox(Score.self, at: .udp(port: 8089)) }
            let outbox = try await home.host("laptop").run { try await Mailbox(Score.self, at: .udp) }
            var seen: [SocketAddress] = []
            for number in 0..<3 {
                if number == 2 { home.rebind() }
                try await home.host("laptop").run { try await outbox.send(score(number), to: "server:8089") }
                for try await letter in inbox {
                    seen.append(letter.sender)
                    break
                }
            }
            #expect(seen[0] == seen[1])
            #expect(seen[1] != seen[2])
            try await inbox.send(score(1), to: seen[0])
            try await NetworkEnvironment.sleep(for: .seconds(1))
            #expect(home.refusedPackets == 1)
            // An idle mapping is forgotten.
            try await NetworkEnvironment.sleep(for: .seconds(301))
            try await home.host("laptop").run { try await outbox.send(score(9), to: "server:8089") }
            for try await letter in inbox {
                #expect(letter.sender != seen[2])
                break
            }
        }
    }

    @Test func `a stream goes through a NAT whole, over a network that loses, and dies when it rebinds`()
        async throws
    {
        try await SimulatedNetwork(seed: 1) { network in
            network.conditions.loss = .random(0.1)
            let home = network.nat("home")
            network.host("server").gradeStreams()
            try await home.host("laptop").run {
                let connection = try await Connection(Score.self, to: .tcp("server", 8086))
                for number in 0..<100 {
                    let answer = try await connection.request(score(number), timeout: .seconds(600))
                    #expect(answer.math == UInt32(number + 1))
                }
                home.rebind()
                await #expect(throws: ParleyError.self) {
                    try await connection.request(score(1), timeout: .seconds(600))
                }
            }
        }
    }

    @Test func `hosts behind one NAT reach each other by name`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let home = network.nat("home")
            home.host("printer").grade()
            try await home.host("laptop").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                let answer = try await outbox.request(score(1), to: "printer:8089", timeout: .seconds(1))
                #expect(answer.message.math == 2)
                #expect(answer.sender.ip == .ipv4(home.host("printer").ipv4))
            }
        }
    }
}
