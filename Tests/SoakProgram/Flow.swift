import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization

/// One kind of traffic.
final class Flow: Sendable {
    let name: String
    let body: @Sendable (Flow) async throws -> Void
    /// Messages that came and were right.
    let messages = Atomic<Int>(0)
    /// Datagrams that the system dropped, as UDP may.
    let lost = Atomic<Int>(0)

    init(_ name: String, _ body: @escaping @Sendable (Flow) async throws -> Void) {
        self.name = name
        self.body = body
    }
}

/// A message of a size that goes with its number: the number, then bytes that follow from it.
func message(_ number: Int, size: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 31), count: max(8, size))
    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * index)) }
    return bytes
}

/// The number of a message, after a look at its other bytes.
func number(of bytes: [UInt8]) -> Int {
    guard bytes.count >= 8 else { fail("a message of \(bytes.count) bytes") }
    let number = bytes.prefix(8).reduce(0) { $0 << 8 | Int($1) }
    let filling = UInt8(truncatingIfNeeded: number &* 31)
    guard bytes.dropFirst(8).allSatisfy({ $0 == filling }) else { fail("message \(number) was changed") }
    return number
}

private let patience = Duration.seconds(30)
private typealias Bytes = [UInt8]

/// Bursts of datagrams, each acknowledged by the number of its last.
func letters(at place: Endpoint) -> @Sendable (Flow) async throws -> Void {
    { flow in
        let inbox = try await Mailbox(Bytes.self, at: place)
        let isSure = place.transport != .udp
        let outbox = try await Mailbox(Bytes.self, at: isSure ? .unixgram : .udp("127.0.0.1", 0))
        try await withThrowingTaskGroup { group in
            group.addTask {
                var expected = 0
                for try await letter in inbox {
                    let number = number(of: letter.message)
                    if number < expected { fail("\(flow.name): \(number) came after \(expected - 1)") }
                    if number > expected {
                        if isSure { fail("\(flow.name): \(expected) is missing") }
                        flow.lost.add(number - expected, ordering: .relaxed)
                    }
                    expected = number + 1
                    flow.messages.add(1, ordering: .relaxed)
                    if number % 32 == 31 { try await inbox.send(message(number, size: 8), to: letter.sender) }
                }
            }
            group.addTask {
                var next = 0
                while true {
                    let burst = (next..<next + 32).map { message($0, size: 21 + $0 % 1000) }
                    try await outbox.send(contentsOf: burst, to: inbox.localAddress, timeout: patience)
                    next += 32
                    // A lost acknowledgement costs a pause.
                    _ = try? await outbox.next(timeout: isSure ? patience : .milliseconds(200))
                }
            }
            try await group.waitForAll()
        }
    }
}

func pair(at place: Endpoint) async throws -> (Connection<[UInt8], [UInt8]>, Connection<[UInt8], [UInt8]>) {
    let listener = try await Listener(Bytes.self, at: place, framing: .lengthPrefixed())
    async let far = listener.accept()
    let near = try await connect(to: listener.localAddress, over: place.transport)
    return (near, try await far)
}

private func connect(
    to address: SocketAddress,
    over local: Transport = .unix
) async throws -> Connection<Bytes, Bytes> {
    let target: Endpoint =
        switch address {
        case .unix(let name): Endpoint(local, name)
        case .ipv4(let host, let port): Endpoint(.tcp, host: .ipv4(host), port: port)
        case .ipv6(let host, let port, _): Endpoint(.tcp, host: .ipv6(host, zone: nil), port: port)
        }
    return try await Connection(Bytes.self, to: target, framing: .lengthPrefixed(), timeout: patience)
}

/// As much as goes through, one way, in messages of many sizes.
func stream(at place: Endpoint) -> @Sendable (Flow) async throws -> Void {
    { flow in
        let (near, far) = try await pair(at: place)
        try await withThrowingTaskGroup { group in
            group.addTask {
                var next = 0
                while true {
                    try await near.send(
                        message(next, size: next % 7 == 0 ? 100_000 : next % 5000),
                        timeout: patience
                    )
                    next += 1
                }
            }
            var expected = 0
            for try await message in far.messages {
                guard number(of: message) == expected else {
                    fail("\(flow.name): \(number(of: message)) instead of \(expected)")
                }
                expected += 1
                flow.messages.add(1, ordering: .relaxed)
            }
            try await group.waitForAll()
        }
    }
}

/// Questions and answers, one at a time.
func calls(at place: Endpoint) -> @Sendable (Flow) async throws -> Void {
    { flow in
        let (near, far) = try await pair(at: place)
        try await withThrowingTaskGroup { group in
            group.addTask { for try await message in far.messages { try await far.send(message) } }
            var next = 0
            while true {
                let answer = try await near.request(message(next, size: 21), timeout: patience)
                guard number(of: answer) == next else { fail("\(flow.name): \(next) was not answered") }
                next += 1
                flow.messages.add(1, ordering: .relaxed)
            }
        }
    }
}

/// Connections that come, ask once, and go; every tenth goes before it has its answer.
///
/// - Parameter pause: between two, so that TCP's ports in TIME_WAIT do not run out.
func visits(at place: Endpoint, pause: Duration) -> @Sendable (Flow) async throws -> Void {
    { flow in
        let listener = try await Listener(Bytes.self, at: place, framing: .lengthPrefixed())
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run { connection in
                    // A visitor that has gone is no news.
                    do {
                        for try await message in connection.messages { try await connection.send(message) }
                    } catch ParleyError.socket {}
                }
            }
            var next = 0
            while true {
                let visitor = try await connect(to: listener.localAddress)
                if next % 10 == 9 {
                    try await visitor.send(message(next, size: 300_000))
                } else {
                    let answer = try await visitor.request(message(next, size: 100), timeout: patience)
                    guard number(of: answer) == next else { fail("\(flow.name): \(next) was not answered") }
                    if pause > .zero { _ = try? await visitor.next(timeout: pause) }
                }
                visitor.close()
                next += 1
                flow.messages.add(1, ordering: .relaxed)
            }
        }
    }
}

/// Mailboxes that are opened, used once and left to their end; waits that time out; tasks that are cancelled.
let openings: @Sendable (Flow) async throws -> Void = { flow in
    while true {
        let inbox = try await Mailbox(Bytes.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Bytes.self, at: .udp("127.0.0.1", 0))
        try await outbox.send(message(1, size: 50), to: inbox.localAddress)
        guard let letter = try await inbox.next(timeout: patience), number(of: letter.message) == 1 else {
            fail("\(flow.name): no letter")
        }
        _ = try? await inbox.next(timeout: .milliseconds(1))
        await withTaskGroup { group in
            group.addTask { _ = try? await inbox.next() }
            await Task.yield()
            group.cancelAll()
        }
        flow.messages.add(1, ordering: .relaxed)
    }
}
