import BenchKit
import Parley

// Benchmarks/c/echo.c through `Mailbox` and `Connection`: 64-byte ping-pong.

/// 64 bytes as they are.
@WireMessage
struct Ball {
    var bytes: Bytes<64>
}

@concurrent
func serveDatagramEcho(port: UInt16) async throws {
    try await withNetworkExecutor {
        let inbox = try await Mailbox(Ball.self, at: .udp(port: port))
        while let letter = try await inbox.next(timeout: .seconds(30)) {
            try await inbox.send(letter.message, to: letter.sender)
        }
    }
}

@concurrent
func serveStreamEcho(port: UInt16) async throws {
    var place = Endpoint.tcp(port: port)
    place.options.noDelay = true
    let listener = try await Listener(Ball.self, at: place)
    try await withNetworkExecutor {
        try await listener.run(connectionsMax: 1 << 16) { connection in
            for try await ball in connection.messages { try await connection.send(ball) }
        }
    }
}

@concurrent
func respondToStreams(port: UInt16) async throws {
    var place = Endpoint.tcp(port: port)
    place.options.noDelay = true
    let listener = try await Listener(Ball.self, at: place, limits: ListenerLimits(connectionsMax: 1 << 16))
    try await listener.respond { $0 }
}

@concurrent
func respondToDatagrams(port: UInt16) async throws {
    let inbox = try await Mailbox(Ball.self, at: .udp(port: port))
    try await inbox.respond { $0.message }
}

@concurrent
func measureEcho(_ row: String, to endpoint: Endpoint, rounds: Int) async throws {
    try await withNetworkExecutor { try await echo(row, to: endpoint, rounds: rounds) }
}

private func echo(_ row: String, to endpoint: Endpoint, rounds: Int) async throws {
    var place = endpoint
    if endpoint.transport == .tcp { place.options.noDelay = true }
    let connection = try await Connection(Ball.self, to: place, timeout: .seconds(5))
    var ball = Ball(bytes: Bytes())
    var samples: [Double] = []
    samples.reserveCapacity(rounds)
    for round in -rounds / 10..<rounds {
        ball.bytes[0] = UInt8(truncatingIfNeeded: round)
        let start = secondsNow()
        let answer = try await connection.request(ball, timeout: .seconds(5))
        let elapsed = secondsNow() - start
        guard answer.bytes == ball.bytes else { fail("another ball came back") }
        if round >= 0 { samples.append(elapsed / 2 * 1e6) }
    }
    report("echo", peer: "parley", row: "\(row) median", unit: "us", value: quantile(samples, 0.5))
    report("echo", peer: "parley", row: "\(row) p99", unit: "us", value: quantile(samples, 0.99))
}
