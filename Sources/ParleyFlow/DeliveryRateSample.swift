/// How fast bytes were delivered: one sample of a ``DeliveryRateEstimator``.
public struct DeliveryRateSample: Sendable, Hashable {
    /// Bytes that were delivered in the interval.
    public let bytes: Int
    /// The longer of the times in which they were sent and acknowledged, above zero.
    public var interval: Duration { .nanoseconds(nanoseconds) }
    /// The application had too little to send: the way can do at least so much, and perhaps more.
    public let isApplicationLimited: Bool
    /// Bytes that had been delivered before, since the beginning: those of a packet that was sent at this
    /// count mark the round trips.
    public let priorDelivered: UInt64
    let nanoseconds: Int64

    /// The rate, rounded down.
    public var bytesPerSecond: Int { bytes.scaled(by: Int(second), over: Int(nanoseconds)) }
}
