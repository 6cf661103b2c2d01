/// How long a packet is on the wire after it has left the queue: a floor, and what chance adds to it.
///
/// The same draw gives the same delay, to the nanosecond, on every machine and in every build: distributions
/// are made of integer arithmetic and of those operations on `Double` that IEEE 754 rounds exactly (+, −, ×
/// and ÷).
public struct Delay: Sendable, Hashable {
    /// No packet is faster, unless a reordering lets it ahead. Below zero counts as zero.
    public var floor: Duration
    public var distribution: Distribution

    public init(floor: Duration = .zero, adding distribution: Distribution = .none) {
        self.floor = floor
        self.distribution = distribution
    }

    public static let zero = Delay()

    public static func constant(_ floor: Duration) -> Delay { Delay(floor: floor) }

    /// What is added to the floor. Times below zero count as zero, and what would be longer than 292 years is
    /// that.
    public enum Distribution: Sendable, Hashable {
        case none
        /// Each whole nanosecond from 0 to `width`, both included, with the same probability.
        case uniform(width: Duration)
        /// The normal distribution; a draw below zero adds nothing. By its quantile function (Wichura's
        /// algorithm AS 241, PPND7: to about seven digits), so that it is truncated beyond 8.2 deviations.
        case normal(mean: Duration, deviation: Duration)
        /// The Lomax distribution, which is Pareto's moved to begin at zero: more than t is added with the
        /// probability (1 + t / scale)^−shape. Its mean is scale / (shape − 1), and without end for a shape
        /// of 1 or less. A shape that is not above zero adds nothing.
        case pareto(scale: Duration, shape: Double)
        /// The quantiles of a measurement at equal steps, from the least to the greatest, straight lines
        /// between them; they are sorted first. One alone is always added, none adds nothing.
        case table([Duration])
    }
}
