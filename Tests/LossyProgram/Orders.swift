// swift-format-ignore-file
// docs/lossy-networks.md: the message of its questions, who asks and who answers. Tests/TidyTests finds its blocks.

import Parley
import Synchronization

@WireMessage
struct Order {
    var number: MessageNumber<UInt16>     // the bytes of a UInt16
    var amount: UInt32                    // of the question: add it; of the answer: what the counter says then
    var filling: [UInt8] = []
}

extension Order {
    /// A question of 1,250 bytes with its headers.
    init(adding amount: UInt32) { self.init(amount: amount, filling: Array(packet.dropFirst(6))) }

    /// An answer without anything.
    init(answering question: Order) { self.init(number: question.number, amount: 0) }
}

final class Counter: Sendable {
    private let value = Mutex<UInt32>(0)

    var total: UInt32 { value.withLock { $0 } }

    func add(_ amount: UInt32) -> UInt32 {
        value.withLock {
            $0 += amount
            return $0
        }
    }
}

/// The service: adds each amount to its counter.
func serveOrders(_ counter: Counter) async throws {
    let service = try await Mailbox(Order.self, at: .udp(port: 9000))
    try await service.respond(remembering: .usual) { letter in
        Order(amount: counter.add(letter.message.amount))
    }
}

/// Waits for 30 ms at first, then twice as long each time, up to 200 ms.
func patience(window: Int = 1) throws -> Retrying {
    try Retrying(
        tries: 1000,
        window: window,
        timeouts: TimeoutSettings(initial: .milliseconds(30), minimum: .milliseconds(30), maximum: .milliseconds(200))
    )
}

/// So many tasks, which begin a millisecond apart, ask one question after another.
func ask(
    by outbox: Mailbox<Order, Order>,
    window: Int,
    until end: MonotonicInstant
) async throws -> [Answer<Order>] {
    let retrying = try Retrying(window: window)
    return try await withThrowingTaskGroup { group in
        for index in 0..<window {
            group.addTask {
                var answers: [Answer<Order>] = []
                try await NetworkEnvironment.sleep(for: .milliseconds(index))
                while NetworkEnvironment.now < end {
                    answers.append(try await outbox.request(Order(adding: 1), to: "server:9000", retrying: retrying))
                }
                return answers
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
}
