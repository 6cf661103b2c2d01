import ParleyCore
import ParleyTypes
import ParleyWire

/// No wait of these tests is longer than this; none of them measures time.
let patience = Duration.seconds(120)

extension Endpoint {
    static let loopback = Endpoint.tcp("127.0.0.1", 0)
    static let inbox = Endpoint.udp("127.0.0.1", 0)

    /// The way to somebody on this host.
    static func reaching(_ address: SocketAddress) -> Endpoint { .tcp("127.0.0.1", address.port ?? 0) }
}

typealias LineConnection = Connection<Line<Int>, Line<Int>>

/// Sends back what comes.
let echo: @Sendable (LineConnection) async throws -> Void = { connection in
    for try await line in connection.messages { try await connection.send(line) }
}

/// Waits until a condition holds; false when patience ends.
func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<5000 {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return await condition()
}
