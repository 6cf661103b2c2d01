import Glibc
import Parley

// order-asker HOST PORT COUNT [WINDOW]: asks COUNT questions of amount 1 as asker.c does, so many of them at once.

@WireMessage
struct Order {
    var number: MessageNumber<UInt16>
    var amount: UInt32
}

let words = CommandLine.arguments
guard words.count > 3, let port = UInt16(words[2]), let count = Int(words[3]) else {
    print("usage: order-asker HOST PORT COUNT [WINDOW]")
    exit(64)
}
let server = try await Connection(Order.self, to: .udp(words[1], port))
let retrying = try Retrying(
    tries: 25,
    window: words.count > 4 ? Int(words[4]) ?? 1 : 1,
    timeouts: TimeoutSettings(
        initial: .milliseconds(20),
        minimum: .milliseconds(20),
        maximum: .milliseconds(200)
    )
)
let outcomes = await withTaskGroup(of: Answer<Order>?.self) { group in
    for _ in 0..<count {
        group.addTask { try? await server.request(Order(amount: 1), retrying: retrying) }
    }
    var answers: [Answer<Order>] = []
    for await answer in group { if let answer { answers.append(answer) } }
    return answers
}
let sent = server.statistics.sent
let counter = outcomes.map(\.message.amount).max() ?? 0
print("\(outcomes.count) answered, \(sent) sent, counter \(counter)")
