import ParleyLinks
import ParleyTypes

/// A link with somebody who feeds it and somebody who writes down what comes out.
struct Conversation {
    var link: Link
    var flow: LinkFlow
    var now: MonotonicInstant
    /// What was told, in the order in which it was.
    var outcomes: [LinkOutcome] = []
    private var nextID: UInt32 = 0

    init(
        _ conditions: LinkConditions = .ideal,
        seed: UInt64 = 1,
        flow key: UInt64 = 0,
        at start: MonotonicInstant = MonotonicInstant(nanoseconds: 0)
    ) {
        link = Link(conditions, seed: seed)
        flow = LinkFlow(key: key)
        now = start
    }

    /// Sends packets, each so much later than the one before; the first one now.
    mutating func send(
        _ count: Int = 1,
        every gap: Duration = .zero,
        bytes: Int = 1000,
        ecn: ECN = .notCapable,
        fragments: Int = 1,
        isCondemned: Bool = false
    ) {
        for _ in 0..<count {
            let packet = LinkPacket(
                id: nextID,
                byteCount: bytes,
                ecn: ecn,
                fragments: fragments,
                isCondemned: isCondemned
            )
            link.receive(packet, of: &flow, at: now)
            nextID += 1
            listen()
            if gap > .zero { wait(gap) }
        }
    }

    /// Lets time pass, from deadline to deadline.
    mutating func wait(_ time: Duration) {
        run(until: now.advanced(by: time))
    }

    mutating func run(until end: MonotonicInstant) {
        while let deadline = link.nextDeadline, deadline <= end {
            link.advance(to: deadline)
            listen()
        }
        now = end
        link.advance(to: end)
        listen()
    }

    /// Lets everything happen that ever will.
    mutating func finish() {
        while let deadline = link.nextDeadline {
            now = Swift.max(now, deadline)
            link.advance(to: deadline)
            listen()
        }
    }

    mutating func listen() {
        while let outcome = link.nextOutcome() { outcomes.append(outcome) }
    }

    /// The originals that arrived, in the order of their arrival.
    var arrivals: [LinkOutcome] {
        outcomes.filter { if case .arrived(_, _, isCopy: false) = $0.kind { true } else { false } }
    }

    /// Those that were dropped for a reason.
    func dropped(_ cause: LinkDrop) -> [UInt32] {
        outcomes.filter { $0.kind == .dropped(cause) }.map(\.id)
    }

    /// What became of each packet, by its id, times left out.
    var fates: [UInt32: [LinkOutcome.Kind]] {
        Dictionary(grouping: outcomes, by: \.id).mapValues { $0.map(\.kind) }
    }
}

extension MonotonicInstant {
    /// So many milliseconds after the clock's zero.
    static func milliseconds(_ count: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: count * 1_000_000)
    }
}

/// Whether a count is what a probability would make it, within five standard deviations: one seed in two
/// million is so unlucky, and seeds are fixed.
func isLikely(_ count: Int, of total: Int, _ probability: Double) -> Bool {
    let deviation = (Double(total) * probability * (1 - probability)).squareRoot()
    return (Double(count) - Double(total) * probability).magnitude <= 5 * deviation + 1
}
