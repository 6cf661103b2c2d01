// swift-format-ignore-file
// docs/lossy-networks.md, numbers, acknowledgements and restarts. Tests/TidyTests finds each block of the page here.

import Parley
import ParleyFlow
import ParleySimulation

/// Asks again when nothing has come for 30 ms, and takes for its answer whatever comes.
func askWithoutNumbers(_ count: UInt16) async throws -> Int {
    let outbox = try await Mailbox(Order.self, at: .udp)
    var answersOfOthers = 0
    for number in 0..<count {
        let question = Order(number: MessageNumber(number), amount: 1)    // which nobody looks at here
        while true {
            do {
                let letter = try await outbox.request(question, to: "server:9000", timeout: .milliseconds(30))
                if letter.message.number != question.number { answersOfOthers += 1 }
                break
            } catch ParleyError.timedOut {}
        }
    }
    return answersOfOthers
}

/// Runs whatever comes.
func serveWithoutNumbers(_ counter: Counter) async throws {
    let service = try await Mailbox(Order.self, at: .udp(port: 9000))
    try await service.respond { letter in
        Order(number: letter.message.number, amount: counter.add(letter.message.amount))
    }
}

/// Asks 1,000 times on such a way, without numbers and with.
func compare(
    _ name: String,
    _ conditions: LinkConditions,
    expected: String,
    into tables: inout (without: Table, with: Table)
) async throws {
    let naive = Counter()
    let answersOfOthers = try await SimulatedNetwork(seed: 1) { network in
        network.conditions = conditions
        network.host("server").start { try await serveWithoutNumbers(naive) }
        return try await network.host("client").run { try await askWithoutNumbers(1000) }
    }
    tables.without.add(name, "1000", "\(naive.total)", expected, "\(answersOfOthers)")

    let exact = Counter()
    let (asker, service) = try await SimulatedNetwork(seed: 1) { network in
        network.conditions = conditions
        let server = network.host("server")
        let service = try await server.run { try await Mailbox(Order.self, at: .udp(port: 9000)) }
        server.start {
            try await service.respond(remembering: .usual) { Order(amount: exact.add($0.message.amount)) }
        }
        return try await network.host("client").run {
            let outbox = try await Mailbox(Order.self, at: .udp)
            for _ in 0..<1000 {
                _ = try await outbox.request(Order(amount: 1), to: "server:9000", retrying: patience())
            }
            return (outbox.statistics, service.statistics)
        }
    }
    tables.with.add(
        name, "1000", "\(exact.total)", "\(asker.repeated)", "\(service.remembered)", "\(asker.doubled)"
    )
}

func numbers() async throws {
    var tables = (
        without: Table("without numbers", "asked", "counter", "expected", "answers of other questions"),
        with: Table("with numbers", "asked", "counter", "repeated", "remembered", "doubled")
    )
    let prompt = Delay.constant(.milliseconds(10))
    let late = Delay(floor: .milliseconds(10), adding: .pareto(scale: .milliseconds(2), shape: 2))
    let ways: [(name: String, conditions: LinkConditions, expected: Double?)] = [
        ("20 % lost", LinkConditions(delay: prompt, loss: .random(0.2)), 1000 / (1 - 0.2)),
        ("5 % doubled", LinkConditions(delay: prompt, duplication: 0.05), 1000 * (1 + 0.05)),
        ("some late", LinkConditions(delay: late), nil),
        ("all of it", LinkConditions(delay: late, loss: .random(0.2), duplication: 0.05), nil),
    ]
    for way in ways {
        try await compare(way.name, way.conditions, expected: way.expected?.digits(0) ?? "-", into: &tables)
    }
    tables.without.show()
    print()
    tables.with.show()
}

/// What travels to say that something came, and nothing else.
func acknowledgements() async throws {
    var table = Table("conversation", "packets", "acknowledgements alone", "ms late at most")
    let packets = try await SimulatedNetwork(seed: 1) { network in
        network.host("server").start { try await serveOrders(Counter()) }
        _ = try await network.host("client").run { try await askAll(1000, of: "server:9000", retrying: .usual) }
        return network.counts.sent
    }
    table.add("1000 questions and answers", "\(packets)", "\(packets - 2000)", "0")
    for milliseconds in [1, 100] as [Int64] {
        let (count, delay) = try acknowledge(packets: 1000, every: .milliseconds(milliseconds))
        table.add("data, every \(milliseconds) ms", "1000", "\(count)", delay.inMilliseconds.digits(0))
    }
    table.show()
}

/// A receiver of data, as TCP's: acknowledges every second packet, and none later than 40 ms.
func acknowledge(packets: Int, every pause: Duration) throws -> (acknowledgements: Int, delay: Duration) {
    var acknowledgement = try DelayedAcknowledgement()
    var (count, delay) = (0, Duration.zero)
    var now = MonotonicInstant(nanoseconds: 0)
    for _ in 0..<packets {
        let arrival = now
        acknowledgement.received(.inOrder, at: now)
        now = now.advanced(by: pause)
        // Before the next packet comes: is one due?
        guard let due = acknowledgement.deadline, due < now else { continue }
        count += 1
        delay = max(delay, arrival.duration(to: due))
        acknowledgement.acknowledged()
    }
    return (count, delay)
}

/// The answers are lost while the service restarts. Its counter outlives it, as on a disk; its memory does not.
func restart() async throws {
    let counter = Counter()
    try await SimulatedNetwork(seed: 1) { network in
        let (client, server) = (network.host("client"), network.host("server"))
        let wayBack = network.link(from: server, to: client)
        server.start { try await serveOrders(counter) }
        try await client.run {
            let outbox = try await Mailbox(Order.self, at: .udp)
            wayBack.partition()
            async let answer = outbox.request(Order(amount: 1), to: "server:9000", retrying: patience())
            try await NetworkEnvironment.sleep(for: .milliseconds(100))
            print("before the restart: sent \(1 + outbox.statistics.repeated) times, counter \(counter.total)")
            server.crash()
            server.restart { try await serveOrders(counter) }
            wayBack.heal()
            try await print("after it: sent \(answer.tries) times, counter \(counter.total)")
        }
    }
}
