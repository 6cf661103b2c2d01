import ExampleMessages
import ParleyCore
import ParleyFlow
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

struct ClosureMishap: Error {}

extension Mailbox<Order, Order> {
    /// Answers each order with itself, by either `respond`.
    func echo(isRemembering: Bool) async throws(ParleyError) {
        guard isRemembering else { return try await respond { $0.message } }
        try await respond(remembering: .usual) { $0.message }
    }
}

/// A listener that answers, while `body` asks it. At its end the listener is closed and everybody has left.
func responding<Inbound: Message, Outbound: Message>(
    to listener: Listener<Inbound, Outbound>,
    by transport: Transport = .tcp,
    limits: ListenerLimits? = nil,
    _ answer: @escaping @Sendable (Inbound) throws -> Outbound?,
    _ body: (Endpoint) async throws -> Void
) async throws {
    let target = Endpoint.reaching(listener.localAddress, by: transport)
    try await withThrowingTaskGroup { group in
        group.addTask { try await listener.respond(limits: limits, answer) }
        do {
            try await body(target)
        } catch {
            group.cancelAll()
            throw error
        }
        listener.close()
        try await group.waitForAll()
    }
    #expect(listener.statistics.active == 0)
}

/// The score as it came, with another number for Chinese: only an answer has it.
func marked(_ number: Int) -> Score {
    Score(name: "Li", math: UInt32(number), chinese: 7)
}

@Sendable func mark(_ score: Score) -> Score? {
    Score(name: score.name, math: score.math, chinese: 7)
}

/// What a mailbox has told of answers that did not leave.
final class UnansweredJournal: Sendable {
    private let entries = Mutex<[SocketAddress: [String]]>([:])

    func note(_ sender: SocketAddress, _ error: any Error) {
        entries.withLock { $0[sender, default: []].append(word(error)) }
    }

    func words(of sender: SocketAddress) -> [String] { entries.withLock { $0[sender] ?? [] } }
}

/// What an error is, in a word.
func word(_ error: any Error) -> String {
    switch error as? ParleyError {
    case .socket: "socket"
    case .wire: "wire"
    case .handshakeOverdue: "handshake"
    case .idle: "idle"
    case .slowReader: "slow"
    case .evicted: "evicted"
    case .cancelled: "cancelled"
    case .timedOut(_, .room): "timed out"
    default: "\(type(of: error))"
    }
}
