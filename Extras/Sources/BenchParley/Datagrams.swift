import BenchKit
import Parley

// Benchmarks/c/udp-rate.c through `Mailbox`: one typed 21-byte message a call.

@concurrent
func sendDatagrams(to host: String, port: UInt16, seconds: Double) async throws {
    let outbox = try await Mailbox(Score.self, at: .udp)
    let recipient = try await outbox.resolve("\(host):\(port)")
    let start = secondsNow()
    var elapsed = 0.0
    var count: UInt32 = 0
    while elapsed < seconds {
        for _ in 0..<256 {
            try await outbox.send(Score(name: "Trans", math: count, chinese: 97), to: recipient)
            count &+= 1
        }
        elapsed = secondsNow() - start
    }
    report("udp", peer: "parley", row: "sent", unit: "messages/s", value: Double(count) / elapsed)
}

/// Receives for the given time from the first message on, or until they stop coming; the rate is taken up to
/// the last tick of 50 ms after which messages still came.
@concurrent
func receiveDatagrams(port: UInt16, seconds: Double) async throws {
    let inbox = try await Mailbox(Score.self, at: .udp(port: port))
    let counter = Counter()
    try await withThrowingTaskGroup { group in
        group.addTask {
            for try await letter in inbox { counter.take(isRight: letter.message.isRight) }
        }
        try await counter.watch(seconds: seconds)
        inbox.close()
        try await group.waitForAll()
    }
    report("udp", peer: "parley", row: "received", unit: "messages/s", value: counter.rate)
}
