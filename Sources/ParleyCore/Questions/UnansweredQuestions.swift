internal import ParleyTypes

/// Whose answers over datagrams may be late ones: those of peers that left a question unanswered a while ago.
///
/// Nothing that comes says which question it answers, and answers may be lost for good, so none is ever thrown
/// away by count and no debt is settled by what comes: only time does.
struct UnansweredQuestions {
    /// For so long after a question was given up its answer may still come. TCP's maximum segment lifetime, after
    /// which no packet is under way any more (RFC 9293, 3.4.3); a peer that thinks for longer is not covered.
    static let lateMax = Duration.seconds(120)
    /// More peers than this are not told apart: then everybody's answers count as perhaps late.
    static let peersMax = 1024

    /// Until when answers of a peer may be late.
    private var deadlines: [SocketAddress: MonotonicInstant] = [:]
    /// Until when answers of anybody may be.
    private var deadlineOfAll: MonotonicInstant?

    /// Whether nothing was noted, so that nobody needs to look at a clock.
    var isEmpty: Bool { deadlines.isEmpty && deadlineOfAll == nil }

    /// Notes a question that was sent to a peer and given up; nil for many, of whom whoever answers second answers
    /// late.
    mutating func note(_ peer: SocketAddress?, at now: MonotonicInstant) {
        guard let peer else {
            deadlineOfAll = now.advanced(by: Self.lateMax)
            return
        }
        if deadlines.count >= Self.peersMax, deadlines[peer] == nil {
            deadlines = deadlines.filter { $0.value > now }
            guard deadlines.count < Self.peersMax else { return note(nil, at: now) }
        }
        deadlines[peer] = now.advanced(by: Self.lateMax)
    }

    /// Whether an answer to a question that is asked now may be one to an earlier question.
    ///
    /// - Parameter peer: who is asked; nil for many.
    mutating func mayBeLate(from peer: SocketAddress?, at now: MonotonicInstant) -> Bool {
        if let deadline = deadlineOfAll {
            if deadline > now { return true }
            deadlineOfAll = nil
        }
        guard let peer else { return deadlines.values.contains { $0 > now } }
        guard let deadline = deadlines[peer] else { return false }
        if deadline > now { return true }
        deadlines[peer] = nil
        return false
    }
}
