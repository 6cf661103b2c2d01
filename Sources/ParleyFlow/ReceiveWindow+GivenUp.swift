extension ReceiveWindow {
    /// The sender has given up what is missing before this number (RFC 3758's FORWARD TSN): it is expected no more, and
    /// reading passes over it. What came is read.
    ///
    /// The number may lie beyond the window, ahead of all that came; less than half of all numbers ahead, or it is an
    /// old one.
    ///
    /// - Returns: whether anything before the number is missing no more.
    @inlinable @discardableResult
    public mutating func giveUp(before number: SerialNumber<Base>) -> Bool {
        let steps = number.value &- next.value
        let ahead = UInt64(truncatingIfNeeded: steps)
        guard steps < SerialNumber<Base>.half, ahead > 0 else { return false }
        let end = nextIndex &+ ahead
        if ahead > UInt64(room) {
            jump(to: end)
            return true
        }
        while Int(truncatingIfNeeded: end &- 1 &- readIndex) >= slots.count { grow() }
        var index = present.firstClear(from: nextIndex, to: end)
        while index < end {
            slots[place(index)] = Slot(element: nil, bytes: 0)
            present.set(index)
            index = present.firstClear(from: index &+ 1, to: end)
        }
        endIndex = Swift.max(endIndex, end)
        advance()
        return true
    }

    /// Goes on to an index that lies beyond all places: what is kept moves up to just before it, in its order.
    @inlinable
    mutating func jump(to end: UInt64) {
        var kept: [Slot] = []
        for index in readIndex..<endIndex where index < nextIndex || present[index] {
            let slot = slots[place(index)]
            if slot.element != nil { kept.append(slot) }
            slots[place(index)] = Slot(element: nil, bytes: 0)
            if index >= nextIndex { present.clear(index) }
        }
        readIndex = end &- UInt64(kept.count)
        for (offset, slot) in kept.enumerated() { slots[place(readIndex &+ UInt64(offset))] = slot }
        nextIndex = end
        endIndex = end
        latestIndex = nil
        readableBytes = keptBytes
    }
}
