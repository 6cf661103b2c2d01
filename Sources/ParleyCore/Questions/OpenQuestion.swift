internal import ParleyNetwork
internal import ParleyTypes

/// What is known of a question without its messages. Its variables are touched under the lock of the ``ReadingDesk``.
///
/// Apart from ``Asker``, so that what the desk keeps of questions is compiled once, and not looked up by a type of
/// messages for each step.
@usableFromInline
class OpenQuestion: @unchecked Sendable {
    /// What the answer is known by.
    enum Rule {
        /// The order of messages: it is the next one that belongs to no earlier question.
        case order
        /// Its sender, who is asked nothing else meanwhile; nil for whoever answers.
        case sender(SocketAddress?)
        /// What it says, and its sender unless nil.
        case sign(SocketAddress?)
        /// The number that it carries, and its sender unless nil.
        case number(SocketAddress?, NumberedAsking)
    }

    final let rule: Rule
    /// How many of its two places it has: at its sender, and among all open questions. They are its own until it ends,
    /// whoever has found its answer.
    final var places = 0
    /// Whether it waits for the next one.
    final var isQueued = false
    /// Whether its answer is known, or why there is none.
    final var isDone = false
    /// Ends its wait, while another receives.
    final var suspension: Suspension?
    /// The number that it is asked under, where it is under one.
    final var number: UInt64 = 0
    /// Who is asked, where it is under a number.
    final var askedPeer: AskedPeer?
    /// Whether it stands among those who wait while another receives.
    final var isWaiting = false
    /// Whether it was woken to receive.
    final var isReceiver = false
    /// Which place it has in the order of questions.
    final var turn = 0
    /// Later questions have greater ones.
    final var serial = 0
    /// Whether its answer may be a late one to an earlier question.
    @usableFromInline final var mayBeLate = false

    init(_ rule: Rule) {
        self.rule = rule
    }

    /// Its answer is there, or why there is none.
    @usableFromInline
    final func end() {
        isDone = true
        suspension?.wake(.ready)
    }

    final var isInOrder: Bool {
        guard case .order = rule else { return false }
        return true
    }
}
