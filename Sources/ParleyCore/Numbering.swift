internal import ParleyWire
internal import Synchronization

/// Where the messages of one mailbox or connection carry their numbers, looked up once.
final class Numbering: Sendable {
    private let known = Mutex<Result<Pair, ParleyError>?>(nil)

    struct Pair: Sendable {
        var outbound: MessageNumbering
        var inbound: MessageNumbering
    }

    init() {}

    /// - Throws: ``ParleyError/unnumbered(_:)``.
    func pair<Inbound: MessageCoder, Outbound: MessageCoder>(
        _ inbound: Inbound,
        _ outbound: Outbound
    ) throws(ParleyError) -> Pair {
        let result = known.withLock { known in
            let result = known ?? Self.pair(inbound, outbound)
            known = result
            return result
        }
        return try result.get()
    }

    private static func pair<Inbound: MessageCoder, Outbound: MessageCoder>(
        _ inbound: Inbound,
        _ outbound: Outbound
    ) -> Result<Pair, ParleyError> {
        guard let questions = outbound.numbering else { return .failure(.unnumbered(.questions)) }
        guard let answers = inbound.numbering else { return .failure(.unnumbered(.answers)) }
        guard questions.widths == answers.widths, questions.widths.count == 1 else {
            return .failure(.unnumbered(.widths))
        }
        return .success(Pair(outbound: questions, inbound: answers))
    }
}
