/// Times in which a link is worse than usual: more delay and more loss together, as when a radio fades.
///
/// Spells and the times between them last exponentially distributed times. Whether there is one follows from
/// the link's seed and the time alone, whoever asks when; all flows meet the same ones. A packet meets the
/// spell in which it is received.
public struct BadSpells: Sendable, Hashable {
    /// How long the times between spells are on average. Zero with a ``meanBad`` means that it never ends.
    public var meanGood: Duration
    /// How long a spell is on average. Zero means none.
    public var meanBad: Duration
    /// What a spell adds to each packet's delay.
    public var addedDelay: Duration
    /// The probability that a packet, or fragment, is lost in a spell, beside ``LinkConditions/loss``; held
    /// to 0...1.
    public var loss: Double

    public init(meanGood: Duration, meanBad: Duration, addedDelay: Duration = .zero, loss: Double = 0) {
        self.meanGood = meanGood
        self.meanBad = meanBad
        self.addedDelay = addedDelay
        self.loss = loss
    }
}
