import ExampleMessages
import ParleyCore
import ParleyFlow
import ParleyLinks
import ParleySimulation
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Numbered questions beside everything else that a mailbox does.
@Suite(.timeLimit(.minutes(2))) struct NumberedLawTests {
    @Test(arguments: 0..<6)
    func `plain and numbered questions of one mailbox each have their own answers`(seed: UInt64)
        async throws
    {
        let ledger = RetryingTests.Ledger()
        try await SimulatedNetwork(seed: seed) { network in
            network.conditions = LinkConditions(delay: Delay(floor: .milliseconds(5)))
            network.conditions.duplication = 0.3
            RetryingTests.serve(network.host("server"), ledger)
            try await network.host("client").run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                let server = try await outbox.resolve("server:9000")
                try await withThrowingTaskGroup { group in
                    group.addTask(name: "plain") {
                        for amount in 1000..<UInt32(1050) {
                            // The number is the program's own here; the answer brings it back.
                            let order = Order(number: MessageNumber(UInt16(amount)), amount: amount)
                            let answer = try await outbox.request(
                                order,
                                to: server,
                                matching: .equal(\.number),
                                timeout: .seconds(60)
                            )
                            #expect(answer.message == Order(number: order.number, amount: amount + 1))
                        }
                    }
                    for task in 2..<UInt32(5) {
                        group.addTask(name: "numbered \(task)") {
                            for amount in task * 1000..<task * 1000 + 50 {
                                let answer = try await outbox.request(
                                    Order(amount: amount),
                                    to: server,
                                    retrying: Retrying(window: 3)
                                )
                                #expect(answer.message.amount == amount + 1)
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

    @Test func `what lay there before a service began is remembered too`() async throws {
        let ledger = RetryingTests.Ledger()
        try await SimulatedNetwork(seed: 1) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            let inbox = try await server.run { try await Mailbox(Order.self, at: .udp(port: 9000)) }
            try await client.run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                for _ in 0..<3 { try await outbox.send(Order(number: 7, amount: 1), to: "server:9000") }
                try await NetworkEnvironment.sleep(for: .seconds(1))
                server.start {
                    // One letter is read before; the others are left to the service.
                    _ = try await inbox.next()
                    try await inbox.respond(remembering: .usual) { letter in
                        ledger.run(letter.message.amount)
                        return Order(amount: 2)
                    }
                }
                for _ in 0..<2 { #expect(try await outbox.next()?.message == Order(number: 7, amount: 2)) }
            }
        }
        #expect(ledger.most == 1)
    }

    @Test(arguments: 0..<6)
    func `one mailbox asks a peer and its group, and each question has its own answer`(seed: UInt64)
        async throws
    {
        try await SimulatedNetwork(seed: seed) { network in
            network.conditions = LinkConditions(delay: Delay(floor: .milliseconds(5)), loss: .random(0.1))
            for name in ["one", "two"] {
                network.host(name).start {
                    let inbox = try await Mailbox(Order.self, at: .udp(port: 9000))
                    try inbox.join("239.1.2.3")
                    try await inbox.respond(remembering: .usual) { letter in
                        Order(amount: letter.message.amount + 1)
                    }
                }
            }
            try await network.host("client").run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                try await withThrowingTaskGroup { group in
                    for (task, place) in ["239.1.2.3:9000", "one:9000", "two:9000"].enumerated() {
                        group.addTask(name: place) {
                            for turn in 0..<UInt32(40) {
                                let amount = UInt32(task) * 1000 + turn
                                let answer = try await outbox.request(
                                    Order(amount: amount),
                                    to: place,
                                    retrying: Retrying(tries: 20, window: 4)
                                )
                                #expect(answer.message.amount == amount + 1)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `an answer that comes twice after minutes is nobody's letter`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            network.conditions.duplication = 1
            RetryingTests.serve(server, RetryingTests.Ledger())
            try await client.run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                network.link(from: client, to: server).partition()
                async let answer = outbox.request(
                    Order(amount: 1),
                    to: "server:9000",
                    retrying: Retrying(tries: nil, within: .seconds(600))
                )
                try await NetworkEnvironment.sleep(for: .seconds(200))
                network.link(from: client, to: server).heal()
                #expect(try await answer.message.amount == 2)
                await #expect(throws: ParleyError.timedOut(.seconds(5), .message)) {
                    _ = try await outbox.next(timeout: .seconds(5))
                }
                #expect(outbox.statistics.doubled > 0)
            }
        }
    }

    @Test func `repeats take their share of the rate`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let (server, client) = (network.host("server"), network.host("client"))
            network.conditions = LinkConditions(delay: .constant(.milliseconds(10)))
            try await client.run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                outbox.sendRate = try .messages(10, burst: 1)
                // Nobody answers: two more tries take 200 ms of the rate.
                let timeouts = try TimeoutSettings(
                    initial: .milliseconds(1),
                    minimum: .milliseconds(1),
                    maximum: .milliseconds(1)
                )
                let retrying = try Retrying(tries: 3, timeouts: timeouts)
                let before = network.time
                _ = try? await outbox.request(Order(amount: 1), to: "server:9000", retrying: retrying)
                #expect(outbox.statistics.repeated == 2)
                #expect(network.time - before < .milliseconds(10))
                try await outbox.send(Order(amount: 2), to: "server:9000")
                #expect(network.time - before == .milliseconds(300))
                _ = server
            }
        }
    }
}
