internal import ParleyTypes
package import ParleyWire

/// A question that was sent, and whose answer must be waited for: until then it has a place among the open ones.
package struct PosedQuestion<Inbound: Message>: Sendable {
    let asker: Asker<Inbound>
    let timeout: Duration?
    let deadline: MonotonicInstant
}

extension Connection {
    /// The first half of ``request(_:matching:timeout:)``, for who has many questions whose order counts: when it
    /// returns, the question has been sent.
    ///
    /// - Parameter matching: nil where the order of answers tells whose they are.
    package func pose(
        _ message: Outbound,
        matching: Matching<Outbound, Inbound>?,
        timeout: Duration?
    ) async throws(ParleyError) -> PosedQuestion<Inbound> {
        let question = PosedQuestion(
            asker: asker(message, matching),
            timeout: timeout,
            deadline: network.deadline(after: timeout)
        )
        try await pose(message, as: question.asker, timeout: timeout, until: question.deadline)
        return question
    }

    /// The second half: waits for the answer. Must be called once, also by a task that was cancelled.
    package func answer(to question: PosedQuestion<Inbound>) async throws(ParleyError) -> Inbound {
        try await answer(to: question.asker, timeout: question.timeout, until: question.deadline).message
    }
}
