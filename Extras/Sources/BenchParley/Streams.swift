import BenchKit
import Parley

// Benchmarks/c/tcp-bulk.c through `Connection` and `Listener`. Kinds: "bytes", arrays of 128 KiB without borders;
// "messages", the same with a length in front of each; "score", typed 21-byte messages, a sequence at a time.

private let arrayBytes = 128 << 10
private let array = [UInt8](repeating: 0x5a, count: arrayBytes)

@concurrent
func sendStream(of kind: String, to host: String, port: UInt16, seconds: Double) async throws {
    let place = Endpoint.tcp(host, port)
    switch kind {
    case "bytes": try await sendArrays(to: place, framing: .chunks, seconds: seconds)
    case "messages": try await sendArrays(to: place, framing: .lengthPrefixed(), seconds: seconds)
    case "score": try await sendTyped(Score.self, to: place, seconds: seconds)
    case "block": try await sendTyped(Block.self, to: place, seconds: seconds)
    default: fail("\(kind): no such kind", exitCode: 64)
    }
}

@concurrent
func receiveStream(of kind: String, port: UInt16, seconds: Double) async throws {
    let counter = Counter()
    switch kind {
    case "bytes": try await receive([UInt8].self, port, .chunks, seconds, counter) { $0.count }
    case "messages": try await receive([UInt8].self, port, .lengthPrefixed(), seconds, counter) { $0.count }
    case "score": try await receive(Score.self, port, nil, seconds, counter) { $0.isRight ? 21 : 0 }
    case "block": try await receive(Block.self, port, nil, seconds, counter) { $0.isRight ? 1200 : 0 }
    default: fail("\(kind): no such kind", exitCode: 64)
    }
    report("tcp-bulk", peer: "parley", row: "received", unit: "bytes/s", value: counter.rate)
}

private func sendArrays(to place: Endpoint, framing: Framing, seconds: Double) async throws {
    let connection = try await Connection([UInt8].self, to: place, framing: framing, timeout: .seconds(5))
    let start = secondsNow()
    do {
        while secondsNow() - start < seconds { try await connection.send(array) }
    } catch ParleyError.socket {
        // The receiver has counted enough.
    }
}

private func sendTyped<M: Message & Numbered>(
    _ message: M.Type,
    to place: Endpoint,
    seconds: Double
) async throws where M.Coder: PlainMessageCoder {
    let connection = try await Connection(M.self, to: place, timeout: .seconds(5))
    let start = secondsNow()
    var count: UInt32 = 0
    do {
        while secondsNow() - start < seconds {
            let first = count
            try await connection.send(contentsOf: (0..<4096).lazy.map { M(number: first &+ UInt32($0)) })
            count &+= 4096
        }
    } catch ParleyError.socket {
        // The receiver has counted enough.
    }
}

/// Takes one connection and counts what it brings; `size` is 0 for a wrong message.
private func receive<M: Message>(
    _ message: M.Type,
    _ port: UInt16,
    _ framing: Framing?,
    _ seconds: Double,
    _ counter: Counter,
    size: @escaping @Sendable (M) -> Int
) async throws where M.Coder: PlainMessageCoder {
    let listener = try await Listener(M.self, at: .tcp(port: port), framing: framing)
    try await withThrowingTaskGroup { group in
        group.addTask {
            let connection = try await listener.accept()
            for try await message in connection.messages {
                let size = size(message)
                counter.take(size, isRight: size > 0)
            }
        }
        try await counter.watch(seconds: seconds)
        group.cancelAll()
        // Cancelled while it reads.
        while let _ = await group.nextResult() {}
    }
}
