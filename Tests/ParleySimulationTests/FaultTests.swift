import ExampleMessages
import ParleyCore
import ParleyLinks
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct FaultTests {
    /// Asks until an answer comes; how often it had to.
    private static func ask(_ outbox: Mailbox<Score, Score>, _ number: Int) async throws -> Int {
        for attempt in 1...100 {
            do {
                let answer = try await outbox.request(
                    score(number),
                    to: "server:8089",
                    timeout: .milliseconds(20)
                )
                if answer.message.math == UInt32(number + 1) { return attempt }
            } catch ParleyError.timedOut {}
        }
        throw ParleyError.cancelled
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `questions that are asked again are answered over a network that loses a third`(seed: UInt64)
        async throws
    {
        let network = SimulatedNetwork(seed: seed)
        let attempts = try await network { network in
            network.conditions.loss = .random(0.33)
            network.host("server").grade()
            return try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                var attempts = 0
                for number in 0..<300 { attempts += try await Self.ask(outbox, number) }
                return attempts
            }
        }
        // A try succeeds with (2/3)^2: 2.25 tries.
        #expect((540...830).contains(attempts), "\(attempts)")
        #expect(network.counts.inside == 0)
        #expect(network.counts.sent == network.counts.delivered + network.counts.dropped)
    }

    @Test func `a partition in one direction loses that one, and heals`() async throws {
        let network = SimulatedNetwork(seed: 1)
        try await network { network in
            let (client, server) = (network.host("client"), network.host("server"))
            server.grade()
            try await client.run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                let back = network.link(from: server, to: client)
                back.partition()
                await #expect(throws: ParleyError.timedOut(.seconds(1))) {
                    try await outbox.request(score(1), to: "server:8089", timeout: .seconds(1))
                }
                #expect(back.statistics[.partitioned] == 1)
                #expect(network.link(from: client, to: server).statistics.dropped == 0)
                back.heal()
                #expect(try await Self.ask(outbox, 2) == 1)
            }
        }
    }

    @Test func `what was held comes in order when it is released`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            let link = network.link(from: client, to: server)
            link.hold()
            let inbox = try await server.run { try await Mailbox(Score.self, at: .udp(port: 8089)) }
            try await client.run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                for number in 0..<10 { try await outbox.send(score(number), to: "server:8089") }
            }
            try await NetworkEnvironment.sleep(for: .seconds(60))
            #expect(network.counts.inside == 10)
            link.release()
            var numbers: [UInt32] = []
            for try await letter in inbox {
                numbers.append(letter.message.math)
                if numbers.count == 10 { break }
            }
            #expect(numbers == Array(0..<10))
        }
    }

    @Test func `a link can be clogged, and a rule can lose every third`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            let link = network.link(from: client, to: server)
            link.lose { $0.number % 3 == 2 && $0.destination.port == 8089 }
            link.clog(for: .seconds(5))
            let inbox = try await server.run { try await Mailbox(Score.self, at: .udp(port: 8089)) }
            try await client.run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                for number in 0..<9 { try await outbox.send(score(number), to: "server:8089") }
            }
            var numbers: [UInt32] = []
            for try await letter in inbox {
                numbers.append(letter.message.math)
                if numbers.count == 6 { break }
            }
            #expect(numbers == [0, 1, 3, 4, 6, 7])
            #expect(network.time >= .seconds(5))
            #expect(link.statistics[.rule] == 3)
        }
    }

    @Test func `a host that crashes is silent, and answers anew when it is there again`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            server.grade()
            try await client.run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                #expect(try await Self.ask(outbox, 1) == 1)
                server.crash()
                await #expect(throws: ParleyError.timedOut(.seconds(1))) {
                    try await outbox.request(score(2), to: "server:8089", timeout: .seconds(1))
                }
                server.restart()
                server.grade()
                try await NetworkEnvironment.sleep(for: .milliseconds(1))
                #expect(try await Self.ask(outbox, 3) == 1)
            }
        }
    }

    @Test func `a connection to a host that crashed and came again is reset`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            server.gradeStreams()
            try await client.run {
                let connection = try await Connection(Score.self, to: .tcp("server", 8086))
                #expect(try await connection.request(score(1), timeout: .seconds(1)).math == 2)
                server.crash()
                await #expect(throws: ParleyError.timedOut(.seconds(5))) {
                    try await connection.request(score(2), timeout: .seconds(5))
                }
                server.restart()
                await #expect(throws: ParleyError.self) {
                    while true { _ = try await connection.request(score(2), timeout: .seconds(60)) }
                }
                #expect(network.time < .seconds(60))
            }
        }
    }

    @Test func `connecting to a port that nobody has is refused, and to a silent host times out`()
        async throws
    {
        try await SimulatedNetwork(seed: 1) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            try await client.run {
                let refused = await #expect(throws: ParleyError.self) {
                    _ = try await Connection(Score.self, to: .tcp("server", 8086))
                }
                #expect(refused?.socketError?.code == .connectionRefused)
                server.crash()
                let silent = await #expect(throws: ParleyError.self) {
                    _ = try await Connection(Score.self, to: .tcp("10.0.0.3", 8086))
                }
                #expect(silent?.socketError?.code == .timedOut)
                #expect(network.time > .seconds(120))
                let nobody = await #expect(throws: ParleyError.self) {
                    _ = try await Connection(Score.self, to: .tcp("10.9.9.9", 8086))
                }
                #expect(nobody?.socketError?.code == .hostUnreachable)
                let unknown = await #expect(throws: ParleyError.self) {
                    _ = try await Connection(Score.self, to: .tcp("ghost", 8086))
                }
                #expect(unknown?.socketError?.code == .nameNotFound)
            }
        }
    }

    @Test func `a datagram to a port that nobody has is refused where the sender is connected`() async throws
    {
        try await SimulatedNetwork(seed: 1) { network in
            _ = network.host("server")
            try await network.host("client").run {
                let connection = try await Connection(Score.self, to: .udp("server", 8089))
                try await connection.send(score(1))
                let refused = await #expect(throws: ParleyError.self) { _ = try await connection.next() }
                #expect(refused?.socketError?.code == .connectionRefused)
            }
        }
    }

    @Test(arguments: [0.01, 0.2])
    func `a stream over a network that loses, doubles and reorders is whole`(loss: Double) async throws {
        let network = SimulatedNetwork(seed: 5)
        let total = 200_000
        try await network { network in
            network.conditions.loss = .random(loss)
            network.conditions.duplication = 0.05
            network.conditions.corruption = 0.02
            network.conditions.reordering = .back(0.1, by: .milliseconds(2))
            network.host("server").start {
                let listener = try await Listener([UInt8].self, at: .tcp(port: 7))
                try await listener.run { connection in
                    for try await message in connection.messages { try await connection.send(message) }
                }
            }
            try await network.host("client").run {
                let connection = try await Connection([UInt8].self, to: .tcp("server", 7))
                async let sent: Void = {
                    for index in 0..<total / 1000 {
                        try await connection.send(
                            [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 1000)
                        )
                    }
                    try connection.finishSending()
                }()
                var received: [UInt8] = []
                for try await message in connection.messages { received += message }
                try await sent
                let isWhole = received == (0..<total).map { UInt8(truncatingIfNeeded: $0 / 1000) }
                #expect(isWhole, "\(received.count) bytes")
            }
        }
        #expect(network.counts.corrupted > 0)
        #expect(network.counts.copies > 0)
        let counts = network.counts
        #expect(
            counts.sent + counts.copies == counts.delivered + counts.dropped + counts.corrupted
                + counts.inside
        )
    }

    @Test func `a reader that does not read holds the sender back`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let server = network.host("server")
            let listener = try await server.run { try await Listener([UInt8].self, at: .tcp(port: 7)) }
            try await network.host("client").run {
                let connection = try await Connection([UInt8].self, to: .tcp("server", 7))
                var taken = 0
                do {
                    while true {
                        try await connection.send([UInt8](repeating: 1, count: 10_000), timeout: .seconds(10))
                        taken += 1
                    }
                } catch ParleyError.timedOut {}
                // The windows of both sides, and a message.
                #expect((25...40).contains(taken), "\(taken)")
            }
            listener.close()
        }
    }

    @Test func `a clock that jumps meets its deadlines, and one that is slow meets them late`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (early, slow) = (network.host("early"), network.host("slow"))
            slow.skewClock(partsPerMillion: -100_000)
            async let first: Duration = early.run {
                try await NetworkEnvironment.sleep(for: .seconds(100))
                return network.time
            }
            async let second: Duration = slow.run {
                try await NetworkEnvironment.sleep(for: .seconds(90))
                return network.time
            }
            try await NetworkEnvironment.sleep(for: .seconds(10))
            early.jumpClock(by: .seconds(3600))
            #expect(try await first == .seconds(10))
            #expect(try await second == .seconds(100))
        }
    }

    @Test func `members of a group hear what is sent to it, from whom they want`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let speakers = [network.host("one"), network.host("other")]
            let everything = try await network.host("a").run {
                try await Mailbox(Score.self, at: .udp(group: "239.1.2.3", port: 9))
            }
            let chosen = try await network.host("b").run {
                try await Mailbox(
                    Score.self,
                    at: .udp(group: "239.1.2.3", port: 9, sources: ["\(speakers[1].ipv4)"])
                )
            }
            for (number, speaker) in speakers.enumerated() {
                try await speaker.run {
                    try await Mailbox(Score.self, at: .udp).send(score(number), to: "239.1.2.3:9")
                }
            }
            var heard: [UInt32] = []
            for try await letter in everything {
                heard.append(letter.message.math)
                if heard.count == 2 { break }
            }
            #expect(heard == [0, 1])
            for try await letter in chosen {
                #expect(letter.message.math == 1)
                break
            }
        }
    }
}
