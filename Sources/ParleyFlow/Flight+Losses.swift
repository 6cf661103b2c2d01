extension Flight {
    /// Takes a packet on its way to be lost.
    ///
    /// - Returns: whether it was on its way.
    @inlinable @discardableResult
    public mutating func lose(_ index: UInt64) -> Bool {
        guard contains(index), slots[slot(index)].currentState == .outstanding else { return false }
        let slot = slot(index)
        let link = UInt32(truncatingIfNeeded: index)
        outstanding.remove(link, becoming: .lost, in: &slots)
        bytesOnWay &-= slots[slot].byteCount
        lost.append(link, in: &slots)
        return true
    }

    /// After a time-out: the oldest packet that was neither delivered nor abandoned is taken to be lost, and is the
    /// next to be repeated, before all that are known to be lost (RFC 6298, section 5.4).
    ///
    /// - Parameter body: is told of it, as it was before, if it was on its way.
    /// - Returns: how many were on their way: 0 or 1.
    @inlinable @discardableResult
    public mutating func loseOldest(_ body: (SentPacket) -> Void = { _ in }) -> Int {
        guard let index = firstUndelivered(from: low) else { return 0 }
        let link = UInt32(truncatingIfNeeded: index)
        let packet = slots[slot(index)]
        let isOnWay = packet.currentState == .outstanding
        if isOnWay {
            outstanding.remove(link, becoming: .lost, in: &slots)
            bytesOnWay &-= packet.byteCount
        } else {
            lost.remove(link, becoming: .lost, in: &slots)
        }
        lost.prepend(link, in: &slots)
        guard isOnWay else { return 0 }
        body(packet)
        return 1
    }

    /// A time-out without anything better known: all packets on their way are taken to be lost, and they are
    /// repeated in their order.
    ///
    /// - Returns: how many were on their way.
    @inlinable @discardableResult
    public mutating func loseAll() -> Int {
        let count = outstanding.count
        outstanding = PacketList()
        lost = PacketList()
        bytesOnWay = 0
        var index = settled.firstClear(from: low, to: high)
        while index < high {
            appendLost(index)
            index = settled.firstClear(from: index &+ 1, to: high)
        }
        return count
    }
}
