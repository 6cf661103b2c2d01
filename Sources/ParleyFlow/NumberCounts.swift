/// What the numbers of received messages have told: each count is a sum, so those of several senders are added.
public struct NumberCounts: Sendable, Hashable {
    /// Messages with a number, whatever became of it.
    public var received = 0
    /// Numbers between the lowest and the highest that have not come. One that comes late is missing no more.
    public var missing = 0
    /// Messages whose number had come before.
    public var doubled = 0
    /// Messages that came late: after one with a higher number, and for the first time (RFC 4737, section 3.3).
    public var reordered = 0
    /// How often a sender has begun anew.
    public var restarts = 0
    /// Messages whose number was too far from the others for anything to be made of it.
    public var unplaced = 0

    /// Of nothing.
    public init() {}

    /// Numbers that came, each counted once.
    public var distinct: Int { received - doubled - unplaced }

    /// Takes in those of another sender.
    public static func += (counts: inout NumberCounts, other: NumberCounts) {
        counts.received += other.received
        counts.missing += other.missing
        counts.doubled += other.doubled
        counts.reordered += other.reordered
        counts.restarts += other.restarts
        counts.unplaced += other.unplaced
    }
}
