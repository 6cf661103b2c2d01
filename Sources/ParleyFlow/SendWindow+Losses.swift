public import ParleyTypes

extension SendWindow {
    /// A packet leaves once more: ``Flight/sendAgain(_:at:stamp:joinsLast:)``.
    @inlinable @discardableResult
    public mutating func sendAgain(
        _ index: UInt64,
        at now: MonotonicInstant,
        stamp: DeliveryStamp = .none,
        joinsLast: Bool = false
    ) -> Bool {
        packets.sendAgain(index, at: now, stamp: stamp, joinsLast: joinsLast)
    }

    /// Takes a packet on its way to be lost: ``Flight/lose(_:)``.
    @inlinable @discardableResult
    public mutating func lose(_ index: UInt64) -> Bool { packets.lose(index) }

    /// Takes all packets on their way to be lost: ``Flight/loseAll()``.
    @inlinable @discardableResult
    public mutating func loseAll() -> Int { packets.loseAll() }

    /// Forgets what was reported selectively: ``Flight/forgetDeliveries()``.
    @inlinable
    public mutating func forgetDeliveries() { packets.forgetDeliveries() }

    /// Takes a single report back: ``Flight/withdraw(_:)``.
    @inlinable @discardableResult
    public mutating func withdraw(_ index: UInt64) -> Bool { packets.withdraw(index) }

    /// Gives a packet up, and lets its item go: ``Flight/abandon(_:)``.
    @inlinable @discardableResult
    public mutating func abandon(_ index: UInt64) -> Bool {
        guard packets.abandon(index) else { return false }
        items[place(index)] = nil
        return true
    }
}

// MARK: - Finding them

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

    /// Takes the oldest packet to be lost: ``Flight/loseOldest(_:)``.
    @inlinable @discardableResult
    public mutating func loseOldest(_ body: (SentPacket) -> Void = { _ in }) -> Int {
        packets.loseOldest(body)
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
