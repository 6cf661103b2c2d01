extension Flight {
    /// The receiver has all packets before this one, but for those that were abandoned.
    ///
    /// - Parameter body: is told of each packet that was not known to be delivered, as it was before; not of abandoned
    ///   ones.
    /// - Returns: how many the flight has gone on by; 0 also where the number is not in the flight.
    @inlinable @discardableResult
    public mutating func acknowledge(before index: UInt64, _ body: (SentPacket) -> Void = { _ in }) -> Int {
        guard index > low, index <= high else { return 0 }
        let start = low
        // Mostly nothing is settled: then no bit is looked at.
        if outstanding.count &+ lost.count == count {
            while low < index {
                body(take(low, becoming: .delivered))
                low &+= 1
            }
        } else {
            while low < index {
                if settled[low] {
                    unsettle(low)
                } else {
                    body(take(low, becoming: .delivered))
                }
                low &+= 1
            }
            findAbandonedEnd()
        }
        return Int(truncatingIfNeeded: index &- start)
    }

    /// The receiver has these packets.
    ///
    /// What is known already costs next to nothing: 64 of them are passed over at once.
    ///
    /// - Parameter body: is told of each packet that was not known to be delivered, as it was before; not of abandoned
    ///   ones.
    /// - Returns: how many that were.
    @inlinable @discardableResult
    public mutating func deliver(_ range: Range<UInt64>, _ body: (SentPacket) -> Void = { _ in }) -> Int {
        let range = range.clamped(to: low..<high)
        var count = 0
        var index = settled.firstClear(from: range.lowerBound, to: range.upperBound)
        while index < range.upperBound {
            let packet = take(index, becoming: .delivered)
            if packet.isFirst { reportedPackets &+= 1 }
            settled.set(index)
            body(packet)
            count &+= 1
            index = settled.firstClear(from: index &+ 1, to: range.upperBound)
        }
        return count
    }

    /// Takes a packet that is not settled out of its list.
    @inlinable @inline(__always)
    mutating func take(_ index: UInt64, becoming state: SentPacket.State) -> SentPacket {
        let link = UInt32(truncatingIfNeeded: index)
        let packet = slots[slot(index)]
        if packet.currentState == .lost {
            lost.remove(link, becoming: state, in: &slots)
        } else {
            outstanding.remove(link, becoming: state, in: &slots)
            bytesOnWay &-= packet.byteCount
        }
        return packet
    }

    @inlinable
    mutating func unsettle(_ index: UInt64) {
        settled.clear(index)
        let slot = slot(index)
        if slots[slot].currentState == .abandoned {
            givenUpCount &-= 1
        } else if slots[slot].isFirst {
            reportedPackets &-= 1
        }
    }
}

// MARK: - What is taken back

extension Flight {
    /// Whether the receiver has taken back what it had reported: the oldest packet was delivered, and yet is
    /// not acknowledged together with all before it. It may (RFC 2018, section 8); look after a time-out.
    @inlinable
    public var isReneged: Bool {
        low < high && settled[low] && slots[slot(low)].currentState == .delivered
    }

    /// Forgets all that was reported and not acknowledged, and takes it to be lost: RFC 2018, section 8. What is lost
    /// is repeated in the order of numbers then.
    @inlinable
    public mutating func forgetDeliveries() {
        guard deliveredCount > 0 else { return }
        lost = PacketList()
        for index in low..<high {
            let slot = slot(index)
            switch slots[slot].currentState {
            case .outstanding, .abandoned: continue
            case .delivered: settled.clear(index)
            case .lost: break
            }
            appendLost(index)
        }
        reportedPackets = 0
    }

    /// The receiver has taken back one report: a block that was there is missing in a later acknowledgement (RFC 9260,
    /// section 6.2.1). The packet is taken to be lost. Which acknowledgement is the later one the caller must know.
    ///
    /// - Returns: whether the packet was reported and is not acknowledged together with all before it.
    @inlinable @discardableResult
    public mutating func withdraw(_ index: UInt64) -> Bool {
        guard contains(index), slots[slot(index)].currentState == .delivered else { return false }
        unsettle(index)
        appendLost(index)
        return true
    }

    /// Takes a packet to be lost that hangs in no list.
    @inlinable
    mutating func appendLost(_ index: UInt64) {
        let slot = slot(index)
        slots[slot].currentState = .lost
        lost.append(UInt32(truncatingIfNeeded: index), in: &slots)
    }
}

// MARK: - What is given up

extension Flight {
    /// Gives a packet up: it is not repeated any more, and counts as no loss (RFC 3758: a message whose time is over).
    /// It keeps its place until the receiver has passed over it, which it must be told: ``forwardIndex``.
    ///
    /// - Returns: whether it was neither delivered nor abandoned before.
    @inlinable @discardableResult
    public mutating func abandon(_ index: UInt64) -> Bool {
        guard contains(index), !settled[index] else { return false }
        _ = take(index, becoming: .abandoned)
        settled.set(index)
        givenUpCount &+= 1
        findAbandonedEnd()
        return true
    }

    /// The number before which the receiver is told to wait for nothing (RFC 3758's Advanced.Peer.Ack.Point + 1): all
    /// from ``startIndex`` up to it were abandoned. Nil while the oldest packet was not.
    @inlinable
    public var forwardIndex: UInt64? { abandonedEnd > low ? abandonedEnd : nil }

    @inlinable
    mutating func findAbandonedEnd() {
        guard givenUpCount > 0 else { return }
        var end = Swift.max(abandonedEnd, low)
        while end < high, settled[end], slots[slot(end)].currentState == .abandoned { end &+= 1 }
        abandonedEnd = end
    }
}
