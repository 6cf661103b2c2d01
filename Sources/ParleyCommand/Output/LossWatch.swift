import ParleyTypes

/// What a system has lost to a full receive queue, and how much of it has been remarked on: once in so long, with
/// what has come together.
struct LossWatch: Sendable, Hashable {
    /// At least so many, see `Statistics`.
    private(set) var lostAtLeast = 0
    private var told = 0
    private var tellsAt = MonotonicInstant(nanoseconds: .min)

    private static let interval = Duration.seconds(10)
    /// How often the system is asked, which takes a system call.
    static let lookInterval = Duration.seconds(1)

    /// How a remark may be made: whenever it was silent for a while, at the end in any case, or not at all because a
    /// summary follows.
    enum Moment { case between, end, beforeSummary }

    /// Takes note of the count so far.
    ///
    /// - Returns: the remark that is due.
    mutating func note(_ count: Int, at now: MonotonicInstant, _ moment: Moment) -> String? {
        lostAtLeast = max(lostAtLeast, count)
        let news = lostAtLeast - told
        guard news > 0, moment == .end || moment == .between && now >= tellsAt else { return nil }
        told = lostAtLeast
        tellsAt = now.advanced(by: Self.interval)
        return "at least \(plural(news, "datagram")) lost to a full receive queue: they come faster "
            + "than they are taken; ?rcvbuf=4M makes the queue longer"
    }

    /// `, at least 3 datagrams lost to a full queue`; empty for none.
    var ending: String {
        lostAtLeast > 0 ? ", at least \(plural(lostAtLeast, "datagram")) lost to a full queue" : ""
    }
}
