/// Controlled Delay (RFC 8289): packets that leave the queue are dropped, ever faster, while none has waited
/// less than the target for an interval.
public struct ControlledDelay: Sendable, Hashable {
    /// How long packets may wait all the time; at least a nanosecond.
    public var target: Duration
    /// How long they may wait longer than that; about the slowest round trip. Held to a
    /// nanosecond...4 s.
    public var interval: Duration

    public init(target: Duration = .milliseconds(5), interval: Duration = .milliseconds(100)) {
        self.target = target
        self.interval = interval
    }
}
