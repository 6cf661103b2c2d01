public import ParleyTypes

extension SendWindow {
    /// Takes to be lost what reports say: ``ReportedLosses/findLosses(in:_:)``.
    @inlinable @discardableResult
    public mutating func findLosses(
        by losses: inout ReportedLosses,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> Int {
        losses.findLosses(in: &packets, body)
    }

    /// Takes to be lost what time says: ``RecentLosses/findLosses(in:roundTrip:at:_:)``.
    @inlinable @discardableResult
    public mutating func findLosses(
        by losses: inout RecentLosses,
        roundTrip: borrowing RoundTripEstimator,
        at now: MonotonicInstant,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> Int {
        losses.findLosses(in: &packets, roundTrip: roundTrip, at: now, body)
    }

    /// Takes to be lost what a time-out says: ``RecentLosses/timedOut(in:roundTrip:at:_:)``.
    @inlinable @discardableResult
    public mutating func timedOut(
        by losses: inout RecentLosses,
        roundTrip: borrowing RoundTripEstimator,
        at now: MonotonicInstant,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> Int {
        losses.timedOut(in: &packets, roundTrip: roundTrip, at: now, body)
    }
}
