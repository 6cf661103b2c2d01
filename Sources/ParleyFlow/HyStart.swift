internal import ParleyTypes

/// When to end slow start before it has filled the queue: HyStart++ (RFC 9406). Once a round trip is longer
/// than the one before by an eighth, growth is a quarter for five rounds; if it is as short again before they
/// are over, that was none.
struct HyStart: Sendable, Hashable {
    enum Verdict: Sendable, Hashable {
        /// Slow start as ever.
        case grow
        /// Conservative slow start: a quarter of the growth.
        case growLess
        /// Slow start is over.
        case end
    }

    /// The round ends when all before this packet is acknowledged.
    private var roundEnd: UInt64 = 0
    private var lastLeast: Int64 = .max
    private var least: Int64 = .max
    private var samples = 0
    /// In conservative slow start: the round trip at its beginning.
    private var baseline: Int64?
    private var rounds = 0

    private static let thresholdLeast: Int64 = 4_000_000
    private static let thresholdMost: Int64 = 16_000_000
    private static let samplesEnough = 8
    private static let roundsMax = 5
    static let growthDivisor = 4

    mutating func acknowledged(_ event: AcknowledgementEvent, sample: Int64?) -> Verdict {
        if event.startIndex >= roundEnd {
            if roundEnd > 0, baseline != nil {
                rounds += 1
                if rounds >= Self.roundsMax { return .end }
            }
            roundEnd = event.endIndex
            lastLeast = least
            least = .max
            samples = 0
        }
        if let sample {
            least = Swift.min(least, sample)
            samples = Swift.min(samples + 1, Self.samplesEnough)
        }
        guard samples >= Self.samplesEnough else { return baseline == nil ? .grow : .growLess }
        if let start = baseline {
            guard least < start else { return .growLess }
            baseline = nil
            return .grow
        }
        guard lastLeast < .max else { return .grow }
        let threshold = Swift.max(Self.thresholdLeast, Swift.min(lastLeast / 8, Self.thresholdMost))
        guard least >= lastLeast.addingSaturated(threshold) else { return .grow }
        baseline = least
        rounds = 0
        return .growLess
    }
}
