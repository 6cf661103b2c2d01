import Glibc
import ParleyCore
import ParleyLinks
import ParleySimulation
import ParleyTypes
import ParleyWire

/// Hosts that ask each other over datagrams and streams while links lose, double, delay, reorder and break: each
/// answer must be its question's, and all must be answered in the end.
enum Bustle {
    private static let clients = 12
    private static let questions = 40

    static func run(on network: SimulatedNetwork) async throws {
        try await network { network in
            network.conditions = conditions(network)
            let server = network.host("server")
            serve(on: server)
            try await withThrowingTaskGroup { group in
                for number in 0..<clients {
                    let home = number % 3 == 0 ? network.nat("home \(number)") : nil
                    let host = home?.host("client \(number)") ?? network.host("client \(number)")
                    group.addTask(name: host.name) {
                        try await host.run {
                            async let letters: Void = askByLetters(network, number)
                            async let stream: Void = askByStream(network, number)
                            _ = try await (letters, stream)
                        }
                    }
                }
                group.addTask(name: "trouble") { try await trouble(network, server) }
                try await group.waitForAll()
            }
        }
    }

    private static func conditions(_ network: SimulatedNetwork) -> LinkConditions {
        var conditions = LinkConditions(
            delay: Delay(floor: .milliseconds(1 + Int64(network.random() % 40))),
            mtu: 1500
        )
        switch network.random() % 4 {
        case 0: conditions.loss = .random(Double(network.random() % 30) / 100)
        case 1: conditions.loss = .bursts(loss: Double(network.random() % 20) / 100, length: 2)
        case 2:
            conditions.rate = 1_000_000 + Int(network.random() % 10_000_000)
            conditions.queue = LinkQueue(.tailDrop, limit: .packets(20))
        default: break
        }
        if network.random() % 2 == 0 { conditions.duplication = 0.05 }
        if network.random() % 2 == 0 { conditions.corruption = 0.02 }
        if network.random() % 2 == 0 { conditions.reordering = .back(0.1, by: .milliseconds(30)) }
        return conditions
    }

    private static func serve(on server: SimulatedHost) {
        server.start("letters") {
            let inbox = try await Mailbox([UInt8].self, at: .udp(port: 1))
            try await inbox.respond { letter in letter.message.reversed() }
        }
        server.start("streams") {
            let framing = Framing.lengthPrefixed()
            let listener = try await Listener([UInt8].self, at: .tcp(port: 2), framing: framing)
            try await listener.respond { message in message.reversed() }
        }
    }

    private static func question(_ number: Int, _ turn: Int, size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number &* 31 &+ turn &* 7 &+ $0) }
    }

    /// A question over datagrams is asked until its own answer comes.
    private static func askByLetters(_ network: SimulatedNetwork, _ number: Int) async throws {
        let outbox = try await Mailbox([UInt8].self, at: .udp)
        for turn in 0..<questions {
            let question = question(number, turn, size: 20 + Int(network.random() % 3000))
            let answer = [UInt8](question.reversed())
            for attempt in 1... {
                if attempt > 10_000 { fail("question \(turn) of \(number) is never answered") }
                let timeout = Duration.milliseconds(100 + Int64(network.random() % 100))
                let came = try? await outbox.request(question, to: "server:1", timeout: timeout)
                if came?.message == answer { break }
            }
        }
    }

    /// Over a stream it is asked once; a connection that breaks is made anew.
    private static func askByStream(_ network: SimulatedNetwork, _ number: Int) async throws {
        var turn = 0
        for attempt in 1... {
            if attempt > 1000 { fail("\(number) finds no connection that lasts") }
            do {
                let connection = try await Connection(
                    [UInt8].self,
                    to: .tcp("server", 2),
                    framing: .lengthPrefixed(),
                    timeout: .seconds(300)
                )
                while turn < questions {
                    let question = question(number, turn, size: Int(network.random() % 20_000))
                    let answer = try await connection.request(question, timeout: .seconds(300))
                    if answer != question.reversed() { fail("the answer \(turn) of \(number) is another's") }
                    turn += 1
                }
                return
            } catch {
                try await NetworkEnvironment.sleep(for: .milliseconds(100))
            }
        }
    }

    /// What may happen to a network while it is used.
    private static func trouble(_ network: SimulatedNetwork, _ server: SimulatedHost) async throws {
        for _ in 0..<10 {
            try await NetworkEnvironment.sleep(for: .milliseconds(Int64(network.random() % 2000)))
            let client = network.hosts[Int(network.random() % UInt64(network.hosts.count))]
            let link = network.link(from: client, to: server)
            switch network.random() % 5 {
            case 0:
                link.partition()
                try await NetworkEnvironment.sleep(for: .seconds(2))
                link.heal()
            case 1:
                link.hold()
                try await NetworkEnvironment.sleep(for: .seconds(1))
                link.release()
            case 2: link.clog(for: .seconds(1))
            case 3:
                server.crash()
                try await NetworkEnvironment.sleep(for: .seconds(1))
                server.restart()
                serve(on: server)
            default: client.jumpClock(by: .seconds(1))
            }
        }
    }

    /// Seeds one after another until the time is over; memory must stay what it was.
    static func soak(seconds: Int) async throws {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(seconds))
        var seed: UInt64 = 1
        var packets = 0
        var virtual = Duration.zero
        var first: Int?
        while clock.now < end {
            let network = SimulatedNetwork(seed: seed)
            try await run(on: network)
            let counts = network.counts
            guard
                counts.sent + counts.copies == counts.delivered + counts.dropped + counts.corrupted
                    + counts.inside
            else { fail("packets are missing: \(counts)") }
            packets += counts.sent
            virtual += network.time
            if seed % 10 == 0 {
                let again = SimulatedNetwork(seed: seed)
                try await run(on: again)
                if again.traceHash != network.traceHash {
                    fail("seed \(seed) does not bring the same run twice")
                }
            }
            if seed == 20 { first = memory() }
            seed += 1
        }
        let now = memory()
        print(
            "\(seed - 1) seeds, \(packets) packets, \(virtual.components.seconds) s of their time, \(now >> 20) MiB"
        )
        if let first, now > first + 64 << 20 { fail("memory grew from \(first >> 20) to \(now >> 20) MiB") }
    }

    /// The most memory that the process has had, in bytes.
    private static func memory() -> Int {
        var usage = rusage()
        unsafe getrusage(0, &usage)
        return usage.ru_maxrss << 10
    }

    static func fail(_ text: String) -> Never {
        print(text)
        exit(1)
    }
}
