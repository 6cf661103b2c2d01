import ExampleMessages
import ParleyCore
import ParleyNetwork
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// One call that waits: how it is set up, and what a task that is then cancelled does.
struct CancelledCall: Sendable, CustomTestStringConvertible {
    var name: String
    /// Opens what the call needs, without cancellation, and returns the call.
    var prepare: @Sendable () async throws -> @Sendable () async throws -> Void

    init(_ name: String, _ prepare: @escaping @Sendable () async throws -> @Sendable () async throws -> Void)
    {
        self.name = name
        self.prepare = prepare
    }

    var testDescription: String { name }
}

/// One law over every call of the library that waits.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct CancelledCallTests {
    @Test(arguments: mailboxCalls + connectionCalls + listenerCalls + otherCalls)
    func `a call that waits ends with ParleyError's cancelled when its task is cancelled`(
        call: CancelledCall
    ) async throws {
        for round in 0..<3 {
            let body = try await call.prepare()
            let task = Task.here { await failure(of: body) }
            // Before it begins, soon after, and while it waits.
            if round > 0 { try await NetworkEnvironment.sleep(for: .milliseconds(round * 10)) }
            task.cancel()
            let error = await task.value
            #expect(error as? ParleyError == .cancelled, "\(call.name): \(String(describing: error))")
            #expect(error?.isCancellation == true)
        }
    }

    @Test(.kernelOnly("descriptors are the kernel's"), arguments: descriptorCalls)
    func `a call that passes descriptors and waits ends likewise`(call: CancelledCall) async throws {
        try await `a call that waits ends with ParleyError's cancelled when its task is cancelled`(call: call)
    }

    /// Calls that may be done before they have to wait: a cancelled task's are done, or end as the others do.
    @Test(arguments: quickCalls)
    func `a call that need not wait is done or ends with ParleyError's cancelled`(
        call: CancelledCall
    ) async throws {
        for round in 0..<20 {
            let body = try await call.prepare()
            let task = Task.here {
                if round % 2 == 0 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                return await failure(of: body)
            }
            if round % 4 == 1 { await Task.yield() }
            task.cancel()
            guard let error = await task.value else { continue }
            #expect(error as? ParleyError == .cancelled, "\(call.name): \(error)")
        }
    }

    @Test func `one question finds every kind of cancellation and nothing else`() async {
        let cancellations: [any Error] = [
            ParleyError.cancelled, CancellationError(), SocketError(.wait, .cancelled),
            SocketError(.connect, .cancelled), ParleyError.socket(SocketError(.wait, .cancelled)),
        ]
        for error in cancellations { #expect(error.isCancellation, "\(error)") }
        let others: [any Error] = [
            ParleyError.closed, ParleyError.timedOut(.zero), ParleyError.ended, SocketError(.wait, .timedOut),
            ParleyError.socket(SocketError(.bind, .addressInUse)), WireError(.notUTF8),
        ]
        for error in others { #expect(!error.isCancellation, "\(error)") }
        // Where the compiler knows the type.
        #expect(ParleyError.cancelled.isCancellation)
        #expect(!ParleyError.closed.isCancellation)
    }
}

private func failure(of body: @Sendable () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}

/// Where time is not Swift's, the error alone is.
private func sleepAsSwiftDoes() async throws {
    guard Ground.isSimulated else { return try await Task.sleep(for: patience) }
    guard await refusal({ try await NetworkEnvironment.sleep(for: patience) }) == nil else {
        throw CancellationError()
    }
}

private func inbox() async throws -> Mailbox<Score, Score> {
    try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
}

/// A mailbox that writes to one whose queue is full.
private func blockedOutbox() async throws
    -> @Sendable () async throws -> (Mailbox<Score, Score>, SocketAddress)
{
    let full = try await Mailbox(Score.self, at: .unixgram)
    let outbox = try await Mailbox(Score.self, at: .unixgram)
    var sent = 0
    while await refusal({ try await outbox.send(score(0), to: full.localAddress, timeout: .zero) }) == nil {
        sent += 1
        guard sent < 100_000 else { break }
    }
    return { withExtendedLifetime(full) { (outbox, full.localAddress) } }
}

private let mailboxCalls: [CancelledCall] = [
    CancelledCall("Mailbox.next()") {
        let box = try await inbox()
        return { _ = try await box.next() }
    },
    CancelledCall("Mailbox.next(timeout:)") {
        let box = try await inbox()
        return { _ = try await box.next(timeout: patience) }
    },
    CancelledCall("for try await letter in mailbox") {
        let box = try await inbox()
        return { for try await _ in box {} }
    },
    CancelledCall("Mailbox.bursts") {
        let box = try await inbox()
        return { for try await _ in box.bursts {} }
    },
    CancelledCall("Mailbox.run") {
        let box = try await inbox()
        return { try await box.run { _ in } }
    },
    CancelledCall("Mailbox.run on several loops") {
        let box = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0).loadBalanced(over: 2))
        return { try await box.run { _ in } }
    },
    CancelledCall("Mailbox.run, whose handler sleeps as Swift does") {
        let box = try await inbox()
        try await box.send(score(1), to: box.localAddress)
        return { try await box.run { _ in try await sleepAsSwiftDoes() } }
    },
    CancelledCall("Mailbox.run on several loops, whose handler sleeps as Swift does") {
        let box = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0).loadBalanced(over: 2))
        try await box.send(score(1), to: box.localAddress)
        return { try await box.run { _ in try await sleepAsSwiftDoes() } }
    },
    CancelledCall("Mailbox.request(_:to:timeout:)") {
        let box = try await inbox()
        let silent = try await inbox()
        return { _ = try await box.request(score(1), to: silent.localAddress, timeout: patience) }
    },
    CancelledCall("Mailbox.request to a name") {
        let box = try await inbox()
        let silent = try await inbox()
        return { _ = try await box.request(score(1), to: "\(silent.localAddress)", timeout: patience) }
    },
    CancelledCall("Mailbox.send") {
        let blocked = try await blockedOutbox()
        return {
            let (box, recipient) = try await blocked()
            try await box.send(score(1), to: recipient)
        }
    },
    CancelledCall("Mailbox.reply") {
        let blocked = try await blockedOutbox()
        return {
            let (box, recipient) = try await blocked()
            try await box.reply(score(1), to: Letter(message: score(0), sender: recipient))
        }
    },
    CancelledCall("Mailbox.send(contentsOf:)") {
        let blocked = try await blockedOutbox()
        return {
            let (box, recipient) = try await blocked()
            try await box.send(contentsOf: (0..<100).map(score), to: recipient)
        }
    },
    CancelledCall("withMailbox") {
        { try await withMailbox(Score.self, at: .udp("127.0.0.1", 0)) { _ = try await $0.next() } }
    },
]

private let connectionCalls: [CancelledCall] = [
    CancelledCall("Connection.next()") {
        let pair = try await Pair(Score.self)
        return { _ = try await pair.client.next() }
    },
    CancelledCall("for try await message in connection") {
        let pair = try await Pair(Score.self)
        return { for try await _ in pair.client {} }
    },
    CancelledCall("for try await message in connection.messages, over seqpacket") {
        let pair = try await Pair(Score.self, at: .seqpacket(abstract: Fresh.name))
        return { for try await _ in pair.client.messages {} }
    },
    CancelledCall("Connection.request") {
        let pair = try await Pair(Score.self)
        return { _ = try await pair.client.request(score(1)) }
    },
    CancelledCall("Connection.request over datagrams") {
        let silent = try await inbox()
        let target = Endpoint.reaching(silent.localAddress, by: .udp)
        let connection = try await Connection(Score.self, to: target)
        return { _ = try await withExtendedLifetime(silent) { connection }.request(score(1)) }
    },
    CancelledCall("Connection.send") {
        let pair = try await blockedPair()
        return { try await pair.client.send([1]) }
    },
    CancelledCall("Connection.send(contentsOf:)") {
        let pair = try await blockedPair()
        return { try await pair.client.send(contentsOf: [[1], [2]]) }
    },
    CancelledCall("Connection.flush") {
        let pair = try await blockedPair()
        return { try await pair.client.flush() }
    },
    CancelledCall("Connection(to:) that is not answered") {
        var place = Endpoint.unix(abstract: Fresh.name)
        place.options.backlog = 0
        let listener = try await Listener(Score.self, at: place)
        let target = Endpoint.reaching(listener.localAddress, by: .unix)
        let first = try await Connection(Score.self, to: target, timeout: patience)
        return {
            defer { withExtendedLifetime((listener, first)) {} }
            _ = try await Connection(Score.self, to: target)
        }
    },
    CancelledCall("withConnection that is not answered") {
        var place = Endpoint.unix(abstract: Fresh.name)
        place.options.backlog = 0
        let listener = try await Listener(Score.self, at: place)
        let target = Endpoint.reaching(listener.localAddress, by: .unix)
        let first = try await Connection(Score.self, to: target, timeout: patience)
        return {
            defer { withExtendedLifetime((listener, first)) {} }
            try await withConnection(Score.self, to: target) { _ in }
        }
    },
]

private let descriptorCalls: [CancelledCall] = [
    CancelledCall("Connection.send(_:passing:)") {
        let pair = try await Pair([UInt8].self, at: .seqpacket(abstract: Fresh.name))
        let large = [UInt8](repeating: 1, count: 4096)
        var sent = 0
        while await refusal({ try await pair.client.send(large, timeout: .zero) }) == nil, sent < 100_000 {
            sent += 1
        }
        return { try await pair.client.send(large, passing: [0]) }
    }
]

/// What has been taken over leaves no room for more.
private func blockedPair() async throws -> Pair<[UInt8]> {
    let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
    try await pair.client.send([UInt8](repeating: 1, count: 8 << 20))
    return pair
}

private let listenerCalls: [CancelledCall] = [
    CancelledCall("Listener.accept()") {
        let listener = try await Listener(Score.self, at: .loopback)
        return { _ = try await listener.accept() }
    },
    CancelledCall("Listener.run") {
        let listener = try await Listener(Score.self, at: .loopback)
        return { try await listener.run { _ in } }
    },
    CancelledCall("Listener.run on several loops") {
        let listener = try await Listener(Score.self, at: .loopback.loadBalanced(over: 2))
        return { try await listener.run { _ in } }
    },
    CancelledCall("Listener.run, whose places are taken by a handler that sleeps as Swift does") {
        let listener = try await Listener(Score.self, at: .loopback)
        let client = try await Connection(
            Score.self,
            to: .reaching(listener.localAddress, by: .tcp),
            timeout: patience
        )
        return {
            defer { withExtendedLifetime(client) {} }
            try await listener.run(connectionsMax: 1) { _ in try await sleepAsSwiftDoes() }
        }
    },
    CancelledCall("withListener") {
        {
            try await withListener(Score.self, at: .loopback) { listener in
                try await listener.run { _ in }
            }
        }
    },
]

private let otherCalls: [CancelledCall] = [
    CancelledCall("NetworkEnvironment.sleep") {
        { try await NetworkEnvironment.sleep(for: patience) }
    },
    CancelledCall("withNetworkExecutor") {
        { try await withNetworkExecutor { try await NetworkEnvironment.sleep(for: patience) } }
    },
]

private let quickCalls: [CancelledCall] = [
    CancelledCall("Mailbox at a name") { { _ = try await Mailbox(Score.self, at: .udp("localhost", 0)) } },
    CancelledCall("Mailbox.resolve") {
        let box = try await inbox()
        return { _ = try await box.resolve("localhost:8089") }
    },
    CancelledCall("Mailbox.send to a name") {
        let box = try await inbox()
        return { try await box.send(score(1), to: "localhost:\(box.localAddress.port ?? 0)") }
    },
    CancelledCall("Connection to a name") {
        let listener = try await Listener(Score.self, at: .loopback)
        return {
            _ = try await Connection(Score.self, to: .tcp("localhost", listener.localAddress.port ?? 0))
        }
    },
    CancelledCall("Listener at a name") { { _ = try await Listener(Score.self, at: .tcp("localhost", 0)) } },
    CancelledCall("Connection.send with room") {
        let pair = try await Pair(Score.self)
        return { try await pair.client.send(score(1)) }
    },
    CancelledCall("Connection.next with a message there") {
        let pair = try await Pair(Score.self)
        try await pair.server.send(score(1))
        return { _ = try await pair.client.next(timeout: patience) }
    },
]
