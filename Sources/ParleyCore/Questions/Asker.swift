public import ParleyWire

/// A question whose answer somebody waits for.
@usableFromInline
final class Asker<Inbound: Message>: OpenQuestion, @unchecked Sendable {
    /// What the answer says, where it is known by that.
    let sign: AnswerSign<Inbound>?
    /// The answer, or why there is none, once that is known. Touched under the lock of the ``ReadingDesk``.
    @usableFromInline var outcome: Result<Letter<Inbound>, ParleyError>?

    init(_ rule: Rule, sign: AnswerSign<Inbound>? = nil) {
        self.sign = sign
        super.init(rule)
    }
}
