/// Random Early Detection (RFC 2309, section 3; Floyd and Jacobson 1993), gentle, over packets of any size
/// alike.
///
/// The average queue moves by 2^−weightShift of its distance to the queue at each arrival; an idle link's
/// average falls as if packets of ``meanPacketBytes`` had found it empty meanwhile. Below ``minimum`` nothing
/// is dropped; from there to ``maximum`` the probability rises to ``probability``, and from there to twice
/// the maximum on to 1 ("gentle"). Drops are spread evenly, not in clusters: with the probability p the next
/// one is equally likely to be any of the next 1 / p packets.
///
/// Up to the maximum capable packets are marked, if ``LinkQueue/marks``; above it they are dropped as others
/// are.
public struct RandomEarlyDetection: Sendable, Hashable {
    /// Packets of average queue below which nothing happens.
    public var minimum: Int
    /// Packets of average queue at which ``probability`` is reached; three times the minimum, as its authors
    /// advise.
    public var maximum: Int
    /// The probability at the maximum, held to 0...1.
    public var probability: Double
    /// How slowly the average follows, as a power of two; 9 is the authors' 0.002. Held to 0...20.
    public var weightShift: Int

    public init(minimum: Int = 5, maximum: Int = 15, probability: Double = 0.1, weightShift: Int = 9) {
        self.minimum = minimum
        self.maximum = maximum
        self.probability = probability
        self.weightShift = weightShift
    }

    /// What an idle link is thought to have sent, in bytes.
    public static let meanPacketBytes = 1_000
}
