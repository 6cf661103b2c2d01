/// What waits before a link whose rate is taken. The packet that is being serialised has left the queue.
public struct LinkQueue: Sendable, Hashable {
    public var discipline: Discipline
    public var limit: Limit
    /// RED and CoDel mark packets that are ECN-capable instead of dropping them (RFC 3168).
    public var marks: Bool

    public init(_ discipline: Discipline = .tailDrop, limit: Limit = .automatic, marks: Bool = false) {
        self.discipline = discipline
        self.limit = limit
        self.marks = marks
    }

    public enum Discipline: Sendable, Hashable {
        /// Drops what finds the queue full, nothing else.
        case tailDrop
        /// Random Early Detection.
        case red(RandomEarlyDetection = RandomEarlyDetection())
        /// Controlled Delay.
        case coDel(ControlledDelay = ControlledDelay())
    }

    /// How much may wait. A packet that would go beyond is dropped, whatever the discipline.
    public enum Limit: Sendable, Hashable {
        /// One product of rate and round trip, taken as twice the delay's floor, but never fewer than 10
        /// packets; 1,000 packets for a link without a rate, where packets wait for a clog alone.
        case automatic
        case packets(Int)
        case bytes(Int)
        /// Whatever is reached first.
        case both(packets: Int, bytes: Int)
    }
}
