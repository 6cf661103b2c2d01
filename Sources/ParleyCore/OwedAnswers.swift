internal import ParleyWire

/// The answers that a peer still owes to questions that were given up, on a connection that keeps messages in
/// order: they come first in, first out, so their number is all that must be known to pass over them.
///
/// A question is noted only when the system had taken it over and its answer was not taken. At that moment no
/// whole message is left in the reader's memory, because each was handed out before the wait that failed; so what
/// is owed is always in front of what is received next, and a reader looks for it after a system call, not at each
/// message.
struct OwedAnswers {
    /// Beyond this many the connection says that it is out of step: a peer that leaves so many questions without
    /// an answer will hardly answer them all in order.
    static let countMax = 1024

    var count = 0
    private(set) var isOutOfStep = false

    /// Notes a question that was sent and given up.
    ///
    /// - Parameter hasBorders: whether it can be seen where its answer ends.
    mutating func note(hasBorders: Bool) {
        if hasBorders, count < Self.countMax { count += 1 } else { isOutOfStep = true }
    }
}
