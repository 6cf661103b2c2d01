/// How packets are lost on the wire. A lost packet has taken its place in the queue and its rate all the
/// same.
///
/// Probabilities are held to 0...1.
public enum LossModel: Sendable, Hashable {
    case none
    /// Each packet, or fragment, is lost with this probability, whatever became of the others.
    case random(Double)
    /// The model of Gilbert and Elliott: a flow is in a good or a bad state, each with a loss of its own.
    ///
    /// Before each packet, or fragment, the state changes with the probability `toBad` (the p of the
    /// literature) or `toGood` (its r). A flow's first packet finds the bad state with p / (p + r), which is
    /// the share of all packets that find it; the bad state lasts 1 / r packets on average. The loss is the
    /// share's mean of the two losses.
    case gilbertElliott(toBad: Double, toGood: Double, lossInGood: Double, lossInBad: Double)

    /// Losses that come in bursts of so many packets on average, all of a burst lost and none between: the
    /// simple Gilbert model.
    ///
    /// A loss so large that bursts of that length leave no room between them makes them longer.
    ///
    /// - Parameters:
    ///   - loss: the share of packets that are lost, 0...1.
    ///   - length: the mean number of packets that are lost in a row, at least 1.
    public static func bursts(loss: Double, length: Double) -> LossModel {
        guard loss > 0 else { return .none }
        guard loss < 1 else { return .random(1) }
        // loss = p / (p + r), with p at most 1.
        let toGood = Swift.min(1 / Swift.max(1, length), (1 - loss) / loss)
        return .gilbertElliott(
            toBad: toGood * loss / (1 - loss),
            toGood: toGood,
            lossInGood: 0,
            lossInBad: 1
        )
    }

    /// The share of packets of one fragment that it loses in the long run.
    public var expectedLoss: Double {
        switch self {
        case .none: return 0
        case .random(let loss): return loss.clampedProbability
        case .gilbertElliott(let toBad, let toGood, let lossInGood, let lossInBad):
            let bad = Self.shareOfBad(toBad: toBad, toGood: toGood)
            return (1 - bad) * lossInGood.clampedProbability + bad * lossInBad.clampedProbability
        }
    }

    /// Without any way from one state to the other a flow stays in the good one.
    static func shareOfBad(toBad: Double, toGood: Double) -> Double {
        let (p, r) = (toBad.clampedProbability, toGood.clampedProbability)
        return p > 0 ? p / (p + r) : 0
    }
}
