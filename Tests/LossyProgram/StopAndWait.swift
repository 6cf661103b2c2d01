// swift-format-ignore-file
// docs/lossy-networks.md, stop-and-wait and its price. Tests/TidyTests finds each block of the page here.

import Parley
import ParleySimulation

/// Asks questions one after another.
func askAll(_ count: Int, of server: String, retrying: Retrying) async throws -> [Answer<Order>] {
    let outbox = try await Mailbox(Order.self, at: .udp)
    var answers: [Answer<Order>] = []
    for _ in 0..<count {
        answers.append(try await outbox.request(Order(adding: 1), to: server, retrying: retrying))
    }
    return answers
}

/// A way of 10 Mbit/s to the service, and one without a limit back.
func stopAndWait(roundTrip: Duration, loss: Double = 0, questions: Int) async throws -> [Answer<Order>] {
    try await SimulatedNetwork(seed: 1) { network in
        let (client, server) = (network.host("client"), network.host("server"))
        var conditions = LinkConditions(delay: .constant(roundTrip / 2))
        if loss > 0 { conditions.loss = .random(loss) }
        network.link(from: server, to: client).conditions = conditions
        conditions.rate = 10_000_000
        network.link(from: client, to: server).conditions = conditions
        server.start { try await serveOrders(Counter()) }
        return try await client.run {
            try await askAll(questions, of: "server:9000", retrying: patience(longerThan: roundTrip))
        }
    }
}

func patience(longerThan roundTrip: Duration) throws -> Retrying {
    let time = roundTrip + .milliseconds(10)
    return try Retrying(tries: 1000, timeouts: TimeoutSettings(initial: time, minimum: time, maximum: time * 8))
}

func price() async throws {
    var table = Table("round trip ms", "questions/s", "Mbit/s", "efficiency %", "L / (L + RTT * B) %")
    for microseconds in [200, 2000, 20_000, 200_000] {
        let answers = try await stopAndWait(roundTrip: .microseconds(microseconds), questions: 200)
        let seconds = answers.reduce(.zero) { $0 + $1.elapsed } / .seconds(1)
        let rate = 200 / seconds
        let expected = 10_000 / (10_000 + Double(microseconds) * 10)
        table.add(
            (Double(microseconds) / 1000).digits(1), rate.digits(1), (rate / 100).digits(2), (rate / 1000).percent,
            expected.percent
        )
    }
    table.show()
}

func tries() async throws {
    var table = Table("loss each way %", "tries a question", "1 / (1 - p)^2", "ms a question", "most tries")
    for loss in [0, 0.01, 0.1, 0.2, 0.3] {
        let answers = try await stopAndWait(roundTrip: .milliseconds(20), loss: loss, questions: 2000)
        let tries = Double(answers.reduce(0) { $0 + $1.tries }) / 2000
        let time = answers.reduce(.zero) { $0 + $1.elapsed } / 2000
        table.add(
            (loss * 100).digits(0), tries.digits(3), (1 / ((1 - loss) * (1 - loss))).digits(3),
            time.inMilliseconds.digits(1), "\(answers.map(\.tries).max() ?? 0)"
        )
    }
    table.show()
}
