public import ParleyTypes

/// Spreads a sender's packets over time at the rate that its ``CongestionController`` asks for: a ``Pace``
/// that may be without a rate, and speaks of trains.
///
/// ```swift
/// pacer.setRate(controller.pacingRate, at: now)               // once an acknowledgement
/// let bytes = min(pacer.allowance(at: now), window − flight)  // how large a train may leave now
/// pacer.sent(train.byteCount, at: now)
/// wake(at: pacer.nextTime(for: 1200, at: now))
/// ```
///
/// What leaves obeys both window and pace. A sender that wants to go on and may not says so by
/// ``wait(for:at:)``: then what comes later than it was due is made up for.
public struct Pacer: Sendable, Hashable {
    /// Bytes a second; nil for no limit.
    public private(set) var rate: Int?
    private var pace: Pace

    /// - Parameters:
    ///   - packetBytes: the size of the largest packet, at least 1.
    ///   - train: the largest train in bytes, at least a packet; nil for 1 ms of the rate, at least one packet
    ///     and at most nine.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(packetBytes: Int, train: Int? = nil) throws(FlowError) {
        pace = try Pace(rate: 1, packetBytes: packetBytes, burst: train)
    }

    /// Goes on at another rate; below 1 byte a second counts as that.
    public mutating func setRate(_ rate: Int?, at now: MonotonicInstant) {
        self.rate = rate
        guard let rate else { return }
        pace.change(rate: Swift.max(1, rate), at: now.nanoseconds)
    }

    /// How many bytes may leave now as one train.
    public func allowance(at now: MonotonicInstant) -> Int {
        rate == nil ? .max : pace.tokens(at: now)
    }

    /// So many bytes leave now. More than the allowance is not paid for.
    public mutating func sent(_ bytes: Int, at now: MonotonicInstant) {
        guard rate != nil else { return }
        pace.takeAtMost(bytes, at: now.nanoseconds)
    }

    /// The sender has a packet that the window allows and the pace does not.
    ///
    /// - Returns: when it may leave; `now` if it may already. A packet larger than a train counts as one.
    public mutating func wait(for bytes: Int, at now: MonotonicInstant) -> MonotonicInstant {
        guard rate != nil else { return now }
        return pace.wait(for: bytes, at: now.nanoseconds)
    }

    /// As ``wait(for:at:)``, without waiting.
    public func nextTime(for bytes: Int, at now: MonotonicInstant) -> MonotonicInstant {
        var copy = self
        return copy.wait(for: bytes, at: now)
    }
}
