internal import ParleyTypes
internal import Synchronization

/// What a connection with ``ConnectionLimits`` knows about its peer's time.
@usableFromInline
final class Patience: @unchecked Sendable {
    // Sendable by hand: the variables are touched only by its reader, or by the asker that
    // receives: see ``ReadingDesk``.
    let limits: ConnectionLimits
    private let openedAt: MonotonicInstant
    /// Since when the next message is waited for.
    private var waitsSince: MonotonicInstant
    /// How many messages had come then.
    private var messagesBefore = 0
    private let hasEnded = Atomic<Bool>(false)

    /// When a limit ends the connection, and what it says then. It says so only then: errors have memory of their own.
    struct Limit {
        enum Kind { case handshake, idle, slowReader, end }

        var deadline: MonotonicInstant
        var kind: Kind
        var time: Duration

        var error: ParleyError {
            switch kind {
            case .handshake: .handshakeOverdue(time)
            case .idle: .idle(time)
            case .slowReader: .slowReader(time)
            case .end: .ended
            }
        }
    }

    init?(_ limits: ConnectionLimits, since now: MonotonicInstant) {
        guard limits != .none else { return nil }
        self.limits = limits
        openedAt = now
        waitsSince = now
    }

    /// The limit of a wait for the next message. A clock is read a wait, not a message: that some came since
    /// the last wait shows in their number.
    func reading(after messages: Int, at now: MonotonicInstant) -> Limit? {
        if messages == 0, let handshake = limits.handshake {
            return Limit(deadline: openedAt.advanced(by: handshake), kind: .handshake, time: handshake)
        }
        guard let idle = limits.idle else { return nil }
        if messages != messagesBefore {
            messagesBefore = messages
            waitsSince = now
        }
        return Limit(deadline: waitsSince.advanced(by: idle), kind: .idle, time: idle)
    }

    /// The limit of a wait for room that begins now.
    func sending(at now: MonotonicInstant) -> Limit? {
        limits.slowReader.map { Limit(deadline: now.advanced(by: $0), kind: .slowReader, time: $0) }
    }

    /// Whether a limit has ended the connection.
    var isCutOff: Bool { hasEnded.load(ordering: .relaxed) }

    func cutOff() { hasEnded.store(true, ordering: .relaxed) }
}
