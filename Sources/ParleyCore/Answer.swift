public import ParleyTypes

/// The answer to a question that was asked until it came (``Retrying``), and what it cost.
public struct Answer<Message: Sendable>: Sendable {
    public var message: Message
    /// Who answered.
    public var sender: SocketAddress
    /// How often the question was sent.
    public var tries: Int
    /// From when the question was first sent to when its answer was taken.
    public var elapsed: Duration
    /// The round trip; nil where the question was sent more than once, because nothing tells which one was answered.
    public var roundTrip: Duration? { tries == 1 ? elapsed : nil }
}

extension Answer: Equatable where Message: Equatable {}
extension Answer: Hashable where Message: Hashable {}

/// How a question ended that was asked until its limits and got no answer.
public struct Unanswered: Sendable, Hashable {
    /// Which limit ended it.
    public enum Limit: String, Sendable, Hashable {
        /// ``Retrying/tries``: the last one had its time-out.
        case tries
        /// ``Retrying/deadline``.
        case deadline
    }

    public let limit: Limit
    /// How often the question was sent; 0 where no place in the window became free.
    public let tries: Int
    /// From when it was first sent, or from the call where it never was.
    public let elapsed: Duration
    /// What the network said last, where it said anything: that the peer's port is closed, say.
    public let reason: SocketError?
}

extension Unanswered: CustomStringConvertible {
    public var description: String { "\(cause). \(remedy)" }

    /// What happened, without a period at its end.
    package var cause: String {
        let times = tries == 1 ? "once" : "\(tries) times"
        return switch (limit, tries) {
        case (.deadline, 0): "the question was not sent: no place in the window became free in its time"
        case (.tries, _): "no answer: the question was sent \(times), as often as it may be"
        case (.deadline, _): "no answer in its time, in which the question was sent \(times)"
        }
    }

    /// What to do about it.
    package var remedy: String {
        if tries == 0 { return "Allow more time, or a larger window." }
        if let reason { return "The network said: \(reason)" }
        return "Look whether the other side runs and copies the number into its answer, or allow more."
    }
}
