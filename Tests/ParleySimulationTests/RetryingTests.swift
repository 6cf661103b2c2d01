import ExampleMessages
import ParleyCore
import ParleyFlow
import ParleyLinks
import ParleyNetwork
import ParleySimulation
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Questions under numbers on networks that lose, double, delay and reorder.
@Suite(.timeLimit(.minutes(2))) struct RetryingTests {
    /// How often each order was run.
    final class Ledger: Sendable {
        let runs = Mutex<[UInt32: Int]>([:])

        func run(_ amount: UInt32) { runs.withLock { $0[amount, default: 0] += 1 } }

        var most: Int { runs.withLock { $0.values.max() ?? 0 } }
        var count: Int { runs.withLock { $0.count } }
    }

    private static let quick = TimeoutSettings.questions

    static func serve(_ host: SimulatedHost, _ ledger: Ledger, _ limits: AnswerLimits = .usual) {
        host.start {
            let inbox = try await Mailbox(Order.self, at: .udp(port: 9000))
            try await inbox.respond(remembering: limits) { letter in
                ledger.run(letter.message.amount)
                return Order(amount: letter.message.amount + 1)
            }
        }
    }

    @Test(arguments: 0..<12)
    func `each question is run once and has its own answer, whatever the network does`(seed: UInt64)
        async throws
    {
        let ledger = Ledger()
        try await SimulatedNetwork(seed: seed) { network in
            var conditions = LinkConditions(delay: Delay(floor: .milliseconds(5)))
            conditions.loss =
                [.none, .random(0.1), .random(0.3), .bursts(loss: 0.2, length: 4)][Int(seed % 4)]
            conditions.duplication = seed % 2 == 0 ? 0.2 : 0
            if seed % 3 == 0 { conditions.reordering = .back(0.2, by: .milliseconds(400)) }
            network.conditions = conditions
            // Longer than a question lasts whose copies are all lost.
            Self.serve(network.host("server"), ledger, try AnswerLimits(time: .seconds(400)))
            let retrying = try Retrying(tries: 30, window: seed % 2 == 0 ? 1 : 8)
            try await network.host("client").run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                try await withThrowingTaskGroup { group in
                    for task in 0..<UInt32(8) {
                        group.addTask(name: "asker \(task)") {
                            for turn in 0..<UInt32(25) {
                                let amount = task * 1000 + turn
                                let order = Order(amount: amount)
                                let answer = try await outbox.request(
                                    order,
                                    to: "server:9000",
                                    retrying: retrying
                                )
                                #expect(answer.message.amount == amount + 1)
                                #expect(answer.tries >= 1)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        #expect(ledger.count == 200)
        #expect(ledger.most == 1)
    }

    @Test func `an outage of 15 s inside the deadline is survived, and by tries alone told`() async throws {
        let ledger = Ledger()
        try await SimulatedNetwork(seed: 3) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            Self.serve(server, ledger)
            try await client.run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                _ = try await outbox.request(Order(amount: 1), to: "server:9000", retrying: .usual)
                network.link(from: client, to: server).partition()
                async let patient = outbox.request(
                    Order(amount: 2),
                    to: "server:9000",
                    retrying: Retrying(tries: nil, within: .seconds(60), window: 2)
                )
                async let hasty: Void = {
                    let retrying = try Retrying(tries: 3, window: 2)
                    do {
                        _ = try await outbox.request(Order(amount: 3), to: "server:9000", retrying: retrying)
                        Issue.record("it was answered")
                    } catch ParleyError.unanswered(let end) {
                        #expect(end.limit == .tries)
                        #expect(end.tries == 3)
                        // 200 ms, 400 ms, 800 ms: an answer took almost no time before.
                        #expect(end.elapsed == .milliseconds(1400))
                    }
                }()
                try await NetworkEnvironment.sleep(for: .seconds(15))
                network.link(from: client, to: server).heal()
                let answer = try await patient
                #expect(answer.message.amount == 3)
                #expect(answer.elapsed >= .seconds(15))
                #expect(answer.roundTrip == nil)
                try await hasty
            }
        }
        #expect(ledger.most == 1)
    }

    @Test func `a deadline says that it ended the question`() async throws {
        try await SimulatedNetwork(seed: 3) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            Self.serve(server, Ledger())
            network.link(from: client, to: server).partition()
            try await client.run { () async throws in
                _ = await #expect {
                    let outbox = try await Mailbox(Order.self, at: .udp)
                    let retrying = try Retrying(tries: nil, within: .seconds(5))
                    _ = try await outbox.request(Order(amount: 2), to: "server:9000", retrying: retrying)
                } throws: { error in
                    guard case ParleyError.unanswered(let end) = error else { return false }
                    return end.limit == .deadline && end.elapsed == .seconds(5) && end.tries == 3
                }
            }
        }
    }

    @Test func `a service that is not there yet is waited for, and the refusal told`() async throws {
        try await SimulatedNetwork(seed: 3) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            try await client.run {
                let outbox = try await Connection(Order.self, to: .udp("server", 9000))
                await #expect {
                    _ = try await outbox.request(Order(amount: 2), retrying: Retrying(tries: 2))
                } throws: { error in
                    guard case ParleyError.unanswered(let end) = error else { return false }
                    return end.reason?.code == .connectionRefused
                }
                async let answer = outbox.request(Order(amount: 2), retrying: .usual)
                try await NetworkEnvironment.sleep(for: .seconds(2))
                Self.serve(server, Ledger())
                #expect(try await answer.message.amount == 3)
            }
        }
    }

    @Test func `late and doubled answers are nobody's`() async throws {
        try await SimulatedNetwork(seed: 5) { network in
            network.conditions = LinkConditions(delay: .constant(.milliseconds(700)))
            network.conditions.duplication = 1
            Self.serve(network.host("server"), Ledger())
            try await network.host("client").run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                for amount in 0..<UInt32(20) {
                    let answer = try await outbox.request(
                        Order(amount: amount),
                        to: "server:9000",
                        retrying: .usual
                    )
                    #expect(answer.message.amount == amount + 1)
                }
                try await NetworkEnvironment.sleep(for: .seconds(10))
                _ = try await outbox.request(Order(amount: 99), to: "server:9000", retrying: .usual)
                // Each question arrives twice, each answer twice.
                #expect(outbox.statistics.doubled >= 3 * 20)
                #expect(outbox.statistics.repeated > 0)
            }
        }
    }

    @Test func `questions without a number are refused before they are sent`() async throws {
        try await SimulatedNetwork(seed: 5) { _ in
            let outbox = try await Mailbox(Score.self, at: .udp)
            await #expect(throws: ParleyError.unnumbered(.questions)) {
                _ = try await outbox.request(score(1), to: "127.0.0.1:9", retrying: .usual)
            }
            #expect(outbox.statistics.sent == 0)
            let near = try await Connection.pair(Order.self).near
            await #expect(throws: ParleyError.unnumbered(.lossless)) {
                _ = try await near.request(Order(amount: 1), retrying: .usual)
            }
        }
    }

    @Test(arguments: [true, false])
    func `questions that end at one instant leave the next ones theirs`(byTime: Bool) async throws {
        try await SimulatedNetwork(seed: 5) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            Self.serve(server, Ledger())
            try await client.run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                network.link(from: client, to: server).partition()
                let retrying = try Retrying(
                    tries: byTime ? nil : 2,
                    within: byTime ? .seconds(5) : nil,
                    window: 8
                )
                await withTaskGroup { group in
                    for amount in 0..<UInt32(5) {
                        group.addTask(name: "asker") {
                            let order = Order(amount: amount)
                            let answer = try? await outbox.request(
                                order,
                                to: "server:9000",
                                retrying: retrying
                            )
                            #expect(answer == nil)
                        }
                    }
                }
                network.link(from: client, to: server).heal()
                let answer = try await outbox.request(Order(amount: 9), to: "server:9000", retrying: .usual)
                #expect(answer.message.amount == 10 && answer.tries == 1)
            }
        }
    }

    @Test func `who is cancelled while it waits for a place leaves the window as it was`() async throws {
        try await SimulatedNetwork(seed: 5) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            network.conditions = LinkConditions(delay: .constant(.milliseconds(50)))
            Self.serve(server, Ledger())
            try await client.run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                await withTaskGroup { group in
                    for amount in 0..<UInt32(5) {
                        group.addTask(name: "asker") {
                            let order = Order(amount: amount)
                            _ = try? await outbox.request(order, to: "server:9000", retrying: .usual)
                        }
                    }
                    try? await NetworkEnvironment.sleep(for: .milliseconds(10))
                    group.cancelAll()
                }
                let before = network.time
                try await withThrowingTaskGroup { group in
                    for amount in 10..<UInt32(20) {
                        group.addTask(name: "asker") {
                            let order = Order(amount: amount)
                            _ = try await outbox.request(order, to: "server:9000", retrying: .usual)
                        }
                    }
                    try await group.waitForAll()
                }
                // One at a time, 100 ms each.
                #expect(network.time - before >= .seconds(1))
            }
        }
    }

    @Test func `a window has so many questions under way and no more`() async throws {
        for window in [1, 4] {
            try await SimulatedNetwork(seed: 5) { network in
                network.conditions = LinkConditions(delay: .constant(.milliseconds(50)))
                Self.serve(network.host("server"), Ledger())
                try await network.host("client").run {
                    let outbox = try await Mailbox(Order.self, at: .udp)
                    let retrying = try Retrying(window: window)
                    let before = network.time
                    try await withThrowingTaskGroup { group in
                        for amount in 0..<UInt32(20) {
                            group.addTask(name: "asker") {
                                let order = Order(amount: amount)
                                _ = try await outbox.request(order, to: "server:9000", retrying: retrying)
                            }
                        }
                        try await group.waitForAll()
                    }
                    // 20 questions, 100 ms a round trip, `window` at once.
                    let rounds = Duration.milliseconds(100 * 20 / window)
                    #expect(network.time - before >= rounds)
                    #expect(network.time - before < rounds + .milliseconds(20))
                }
            }
        }
    }
}
