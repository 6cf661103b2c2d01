internal import ParleyNetwork
internal import ParleyTypes
public import ParleyWire

/// A question whose answer somebody waits for. Its variables are touched under the lock of the ``ReadingDesk``.
@usableFromInline
final class Asker<Inbound: Message>: @unchecked Sendable {
    /// What the answer is known by.
    enum Rule {
        /// The order of messages: it is the next one that belongs to no earlier question.
        case order
        /// Its sender, who is asked nothing else meanwhile; nil for whoever answers.
        case sender(SocketAddress?)
        /// What it says, and its sender unless nil.
        case sign(AnswerSign<Inbound>, SocketAddress?)
    }

    let rule: Rule
    /// How many of its two places it has: at its sender, and among all open questions. They are its own until it ends,
    /// whoever has found its answer.
    var places = 0
    /// Whether it waits for the next one.
    var isQueued = false
    /// The answer, or why there is none, once that is known.
    var outcome: Result<Letter<Inbound>, ParleyError>?
    /// Ends its wait, while another receives.
    var suspension: Suspension?
    /// Whether it was woken to receive.
    var isReceiver = false
    /// Which place it has in the order of questions.
    var turn = 0
    /// Later questions have greater ones.
    var serial = 0
    /// Whether its answer may be a late one to an earlier question.
    var mayBeLate = false

    init(_ rule: Rule) {
        self.rule = rule
    }

    var isInOrder: Bool {
        guard case .order = rule else { return false }
        return true
    }
}
