import ExampleMessages
import ParleyCore
import ParleyNetwork
import ParleySimulation
import ParleyTypes
import Synchronization
import Testing

/// What programs could hang on, or be misled by.
@Suite(.timeLimit(.minutes(2))) struct LawTests {
    @Test func `whoever sleeps for no time is told to go round in circles, a cancelled one too`() async {
        let idle = await SimulatedNetwork(seed: 1).failure { _ in
            while true { try await NetworkEnvironment.sleep(for: .zero) }
        }
        #expect(idle as? SimulationError == .spinning(program: "test"))
        let stubborn = await SimulatedNetwork(seed: 1).failure { network in
            network.host("server").start {
                while true { try? await NetworkEnvironment.sleep(for: .seconds(1)) }
            }
        }
        #expect(stubborn as? SimulationError == .unending(programs: ["server"]))
    }

    @Test func `what the program has thrown is not hidden by others that do not end`() async {
        struct Mishap: Error {}
        let error = await SimulatedNetwork(seed: 1).failure { network in
            network.host("server").start {
                while true { try? await NetworkEnvironment.sleep(for: .seconds(1)) }
            }
            throw Mishap()
        }
        #expect(error is Mishap)
    }

    @Test func `a host's program outside of a run, and a run inside another, are refused`() async throws {
        let network = SimulatedNetwork(seed: 1)
        await #expect(throws: SimulationError.notRunning) { try await network.host("a").run {} }
        let inside = SimulatedNetwork(seed: 2)
        let inner = await SimulatedNetwork(seed: 1).failure { _ in
            try await inside { _ in }
        }
        #expect(inner as? SimulationError == .nested)
    }

    @Test func `a deadline that nobody waits for any more is no event`() async {
        let error = await SimulatedNetwork(seed: 1).failure { network in
            let inbox = try await Mailbox(Score.self, at: .udp(port: 9))
            await withThrowingTaskGroup { group in
                group.addTask { try await NetworkEnvironment.sleep(for: .seconds(1_000_000)) }
                group.cancelAll()
            }
            for try await _ in inbox {}
        }
        guard case SimulationError.stalled? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `flushing goes on when the sender has finished, and with it`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            network.host("server").start {
                let listener = try await Listener([UInt8].self, at: .tcp(port: 7))
                try await listener.run { connection in for try await _ in connection.messages {} }
            }
            try await network.host("client").run {
                let connection = try await Connection([UInt8].self, to: .tcp("server", 7))
                try await connection.send([UInt8](repeating: 1, count: 1_000_000))
                try connection.finishSending()
                try await connection.flush()
            }
        }
    }

    @Test func `messages of any sizes go through a small queue`() async throws {
        try await SimulatedNetwork(seed: 1) { _ in
            var place = Endpoint.seqpacket("@small")
            place.options.sendBufferBytes = 2304
            let listener = try await Listener([UInt8].self, at: .seqpacket("@small"))
            let near = try await Connection([UInt8].self, to: place)
            let far = try await listener.accept()
            async let sent: Void = {
                for turn in 0..<200 {
                    try await near.send([UInt8](repeating: 1, count: turn % 2 == 0 ? 1000 : 4000))
                }
                try near.finishSending()
            }()
            var count = 0
            for try await _ in far.messages { count += 1 }
            try await sent
            #expect(count == 200)
        }
    }

    @Test(arguments: [Int.min, 0, 1, 100])
    func `links without delay, and of any MTU, carry a stream`(mtu: Int) async throws {
        try await SimulatedNetwork(seed: 1) { network in
            network.conditions = LinkConditions(mtu: mtu)
            network.host("server").start {
                var place = Endpoint.tcp(port: 7)
                place.options.receiveBufferBytes = 4 << 20
                let listener = try await Listener([UInt8].self, at: place)
                try await listener.run { connection in
                    for try await message in connection.messages { try await connection.send(message) }
                }
            }
            try await NetworkEnvironment.sleep(for: .milliseconds(1))
            try await network.host("client").run {
                let connection = try await Connection([UInt8].self, to: .tcp("server", 7))
                try await connection.send([UInt8](repeating: 1, count: 100_000))
                try connection.finishSending()
                var count = 0
                for try await message in connection.messages { count += message.count }
                #expect(count == 100_000)
            }
        }
    }

    @Test func `a sender has no more beyond its reader than the reader's window, whatever is lost`()
        async throws
    {
        let network = SimulatedNetwork(seed: 3)
        let most = Mutex(0)
        try await network { network in
            network.conditions.loss = .random(0.05)
            let (client, server) = (network.host("client"), network.host("server"))
            let listener = try await server.run { try await Listener([UInt8].self, at: .tcp(port: 7)) }
            try await client.run {
                let connection = try await Connection([UInt8].self, to: .tcp("server", 7))
                let accepted = try await listener.accept()
                let sent = Mutex(0)
                async let sending: Void = {
                    for _ in 0..<2000 {
                        try await connection.send([UInt8](repeating: 1, count: 1000))
                        sent.withLock { $0 += 1000 }
                    }
                    try connection.finishSending()
                }()
                var received = 0
                for try await message in accepted.messages {
                    received += message.count
                    let beyond = sent.withLock { $0 } - received
                    most.withLock { $0 = max($0, beyond) }
                }
                try await sending
                #expect(received == 2_000_000)
            }
        }
        // Two windows of 128 KiB and what a read brings.
        #expect(most.withLock { $0 } <= 400_000, "\(most.withLock { $0 })")
    }

    @Test func `equal streams over one link get equal shares`() async throws {
        try await SimulatedNetwork(seed: 3) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            client.uplink.conditions.rate = 10_000_000
            let counts = Mutex([0, 0, 0])
            for number in 0..<3 {
                server.start {
                    let listener = try await Listener([UInt8].self, at: .tcp(port: UInt16(7 + number)))
                    try await listener.run { connection in
                        for try await message in connection.messages {
                            counts.withLock { $0[number] += message.count }
                        }
                    }
                }
            }
            try await client.run {
                try await withThrowingTaskGroup { group in
                    for number in 0..<3 {
                        group.addTask {
                            let connection = try await Connection(
                                [UInt8].self,
                                to: .tcp("server", UInt16(7 + number))
                            )
                            while !Task.isCancelled {
                                try await connection.send([UInt8](repeating: 1, count: 10_000))
                            }
                        }
                    }
                    try await NetworkEnvironment.sleep(for: .seconds(2))
                    group.cancelAll()
                    do { try await group.waitForAll() } catch {}
                }
            }
            let shares = counts.withLock { $0 }
            #expect(shares.min()! * 10 >= shares.max()! * 8, "\(shares)")
        }
    }

    @Test func `sockets that are opened anew meet new fates, and other hosts change nobody's`() async throws {
        func fates(_ others: Int) async throws -> [Bool] {
            try await SimulatedNetwork(seed: 2) { network in
                network.conditions.loss = .random(0.5)
                let inbox = try await network.host("server").run {
                    try await Mailbox(Score.self, at: .udp(port: 9))
                }
                for number in 0..<others {
                    try await network.host("other \(number)").run {
                        try await Mailbox(Score.self, at: .udp).send(score(100), to: "server:9")
                    }
                }
                try await network.host("client").run {
                    for number in 0..<24 {
                        let outbox = try await Mailbox(Score.self, at: .udp(port: 5000))
                        try await outbox.send(score(number), to: "server:9")
                        outbox.close()
                    }
                }
                try await NetworkEnvironment.sleep(for: .seconds(1))
                inbox.finishReceiving()
                var came = [Bool](repeating: false, count: 24)
                for try await letter in inbox where letter.message.math < 24 {
                    came[Int(letter.message.math)] = true
                }
                return came
            }
        }
        let alone = try await fates(0)
        #expect((4...20).contains(alone.count(where: \.self)), "\(alone)")
        #expect(try await fates(5) == alone)
    }

    @Test func `who connects from the same port after a crash has a new connection`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (client, server) = (network.host("client"), network.host("server"))
            server.gradeStreams()
            var place = Endpoint.tcp("server", 8086)
            place.options.localAddress = .ipv4(.any, port: 4000)
            let own = place
            for turn in 0..<3 {
                try await client.run {
                    let connection = try await Connection(Score.self, to: own)
                    #expect(
                        try await connection.request(score(turn), timeout: .seconds(5)).math
                            == UInt32(turn + 1)
                    )
                    client.crash()
                    client.restart()
                }
            }
        }
    }

    @Test func `a sender learns in time that its reader has closed with bytes unread`() async throws {
        let network = SimulatedNetwork(seed: 1)
        try await network { network in
            let server = network.host("server")
            let listener = try await server.run { try await Listener([UInt8].self, at: .tcp(port: 7)) }
            try await network.host("client").run {
                let connection = try await Connection([UInt8].self, to: .tcp("server", 7))
                let accepted = try await listener.accept()
                async let failed = #expect(throws: ParleyError.self) {
                    while true { try await connection.send([UInt8](repeating: 1, count: 10_000)) }
                }
                try await NetworkEnvironment.sleep(for: .seconds(1))
                accepted.close()
                _ = await failed
            }
        }
        #expect(network.time < .seconds(2))
    }

    @Test func `a backlog holds, however many connect at once`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            var place = Endpoint.tcp(port: 7)
            place.options.backlog = 4
            let bound = place
            let listener = try await network.host("server").run { try await Listener(Score.self, at: bound) }
            let connected = await network.host("client").connectAll(200)
            #expect(connected == 5)
            listener.close()
        }
    }

    @Test func `NATs keep groups and IPv6 on their side, and their links are found`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let home = network.nat("home")
            let (laptop, server) = (home.host("laptop"), network.host("server"))
            server.grade()
            let member = try await laptop.run {
                try await Mailbox(Score.self, at: .udp(group: "239.1.1.1", port: 9))
            }
            try await server.run { try await Mailbox(Score.self, at: .udp).send(score(1), to: "239.1.1.1:9") }
            try await NetworkEnvironment.sleep(for: .seconds(1))
            member.finishReceiving()
            var heard = 0
            for try await _ in member { heard += 1 }
            #expect(heard == 0)
            try await laptop.run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                await #expect(throws: ParleyError.self) {
                    try await outbox.send(score(1), to: .ipv6(server.ipv6 ?? .any, port: 8089, zone: 0))
                }
                network.link(laptop, server).partition()
                await #expect(throws: ParleyError.timedOut(.seconds(1))) {
                    try await outbox.request(score(1), to: "server:8089", timeout: .seconds(1))
                }
                network.link(laptop, server).heal()
                #expect(
                    try await outbox.request(score(1), to: "server:8089", timeout: .seconds(1)).message.math
                        == 2
                )
            }
        }
    }

    @Test func `Unix datagrams arrive whatever the host's own link loses`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let host = network.host("one")
            network.link(from: host, to: host).conditions.loss = .random(1)
            try await host.run {
                let inbox = try await Mailbox(Score.self, at: .unixgram("@in"))
                let outbox = try await Mailbox(Score.self, at: .unixgram)
                for number in 0..<1000 {
                    try await outbox.send(score(number), to: "@in")
                    #expect(try await inbox.next(timeout: .seconds(1))?.message == score(number))
                }
            }
        }
    }
}

extension SimulatedHost {
    /// How many of so many connections, all at once, are taken up within two seconds.
    func connectAll(_ count: Int) async -> Int {
        await withTaskGroup(of: Connection<Score, Score>?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try? await self.run {
                        try await Connection(Score.self, to: .tcp("server", 7), timeout: .milliseconds(200))
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
        }
    }
}
