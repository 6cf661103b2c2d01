/// What a packet was to a ``ReceiveWindow``.
public enum ReceiveVerdict: Sendable, Hashable {
    /// It was expected, and nothing behind it waits.
    case inOrder
    /// It was expected, and something beyond it waits: it fills a gap or the beginning of one. What came behind it can
    /// be read as well, up to the next gap.
    case gapFilled
    /// One before it is missing; it is kept until that comes.
    case early
    /// It came before; dropped.
    case duplicate
    /// There is no room for it, in places or in bytes; dropped, for the sender to repeat.
    case noRoom

    /// Whether the element is kept.
    public var isKept: Bool {
        switch self {
        case .inOrder, .gapFilled, .early: true
        case .duplicate, .noRoom: false
        }
    }
}

extension ReceiveVerdict {
    /// What it is to a ``DelayedAcknowledgement``. One without room is told at once, too: the sender should
    /// hear of the window.
    public var arrival: DelayedAcknowledgement.Arrival {
        switch self {
        case .inOrder: .inOrder
        case .gapFilled: .gapFilled
        case .early, .noRoom: .gap
        case .duplicate: .duplicate
        }
    }
}
