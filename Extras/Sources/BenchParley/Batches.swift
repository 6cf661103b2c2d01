import BenchKit
import Parley

// Benchmarks/c/udp-batch.c through `Mailbox`: letters to one recipient, a sequence at a time.

@concurrent
func sendBatches(of kind: String, to host: String, port: UInt16, seconds: Double) async throws {
    switch kind {
    case "score": try await sendBatches(Score.self, to: "\(host):\(port)", seconds: seconds)
    case "block": try await sendBatches(Block.self, to: "\(host):\(port)", seconds: seconds)
    case "bytes": try await sendBatches([UInt8].self, to: "\(host):\(port)", seconds: seconds)
    default: fail("\(kind): no such kind", exitCode: 64)
    }
}

@concurrent
func receiveBatches(of kind: String, port: UInt16, seconds: Double) async throws {
    switch kind {
    case "score": try await receiveBatches(Score.self, port: port, seconds: seconds)
    case "block": try await receiveBatches(Block.self, port: port, seconds: seconds)
    case "bytes": try await receiveBatches([UInt8].self, port: port, seconds: seconds)
    default: fail("\(kind): no such kind", exitCode: 64)
    }
}

private func sendBatches<M: Message & Numbered>(_ kind: M.Type, to place: String, seconds: Double)
    async throws
where M.Coder: PlainMessageCoder {
    let outbox = try await Mailbox(M.self, at: .udp)
    let recipient = try await outbox.resolve(place)
    let start = secondsNow()
    var elapsed = 0.0
    var count: UInt32 = 0
    while elapsed < seconds {
        let first = count
        let messages = (0..<1024).lazy.map { M(number: first &+ UInt32($0)) }
        try await outbox.send(contentsOf: messages, to: recipient)
        count &+= 1024
        elapsed = secondsNow() - start
    }
    report("udp-batch", peer: "parley", row: "sent", unit: "messages/s", value: Double(count) / elapsed)
}

private func receiveBatches<M: Message & Numbered>(_ kind: M.Type, port: UInt16, seconds: Double) async throws
where M.Coder: PlainMessageCoder {
    let inbox = try await Mailbox(M.self, at: .udp(port: port))
    let counter = Counter()
    try await withThrowingTaskGroup { group in
        group.addTask {
            for try await letter in inbox { counter.take(isRight: letter.message.isRight) }
        }
        try await counter.watch(seconds: seconds)
        inbox.close()
        try await group.waitForAll()
    }
    report("udp-batch", peer: "parley", row: "received", unit: "messages/s", value: counter.rate)
}
