public import ParleyTypes

/// The packets of a sender that are not acknowledged: when each was sent, how often, and whether it is taken
/// to be lost.
///
/// Packets are numbered from 0 in the order in which they are sent first, without wraps, and lie in a ring;
/// those on their way also hang in a list by the time at which they were sent last, as RFC 8985, section 6.2,
/// recommends, and the lost ones in a second one. So sending, delivering, losing and repeating a packet cost
/// the same however many there are, and nothing is allocated once the ring is as large as it must be.
///
/// ```swift
/// let index = try flight.send(bytes: 1200, at: now)
/// flight.acknowledge(before: 7) { packet in … }       // cumulative
/// flight.deliver(9..<12) { packet in … }              // selective
/// while let lost = flight.nextLost { flight.sendAgain(lost, at: now) }
/// ```
///
/// A ``SendWindow`` is a flight with items and with numbers that wrap. Numbers that are not in the flight
/// change nothing, whatever they are.
public struct Flight: Sendable {
    /// The most packets that are kept.
    public let countMax: Int
    /// The oldest packet that is not acknowledged together with all before it; ``endIndex`` if there is none.
    public private(set) var startIndex: UInt64 = 0
    /// What the next packet's number is.
    public private(set) var endIndex: UInt64 = 0
    /// Bytes on their way: sent, neither delivered nor taken to be lost.
    public private(set) var bytes = 0

    private var slots: [SentPacket] = []
    private var delivered = BitRing(count: 64)
    private var outstanding = PacketList()
    private var lost = PacketList()

    /// The largest ``countMax``: four million packets.
    public static let countLimit = 1 << 22

    /// - Parameter countMax: 1 to ``countLimit``.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(countMax: Int) throws(FlowError) {
        self.countMax = try FlowError.Setting.windowCount.checked(countMax, in: 1...Self.countLimit)
    }
}

// MARK: - Sending

extension Flight {
    /// A new packet leaves.
    ///
    /// - Parameter bytes: what it counts for; fewer than none count as none, more than 1 GiB as that.
    /// - Returns: its number.
    /// - Throws: ``FlowError/windowFull(countMax:)``.
    @discardableResult
    public mutating func send(
        bytes: Int,
        at now: MonotonicInstant,
        stamp: DeliveryStamp = .none
    ) throws(FlowError) -> UInt64 {
        guard count < countMax else { throw .windowFull(countMax: countMax) }
        let size = Swift.min(Swift.max(0, bytes), 1 << 30)
        let packet = SentPacket(index: endIndex, byteCount: size, sentAt: now, stamp: stamp)
        if count == slots.count { grow(with: packet) }
        slots[slot(endIndex)] = packet
        outstanding.append(UInt32(truncatingIfNeeded: endIndex), in: &slots)
        self.bytes &+= size
        endIndex &+= 1
        return packet.index
    }

    /// A packet leaves once more, because it is lost or as a probe.
    ///
    /// - Returns: whether there is such a packet, not delivered yet.
    @discardableResult
    public mutating func sendAgain(
        _ index: UInt64,
        at now: MonotonicInstant,
        stamp: DeliveryStamp = .none
    ) -> Bool {
        guard contains(index) else { return false }
        let slot = slot(index)
        let link = UInt32(truncatingIfNeeded: index)
        switch slots[slot].state {
        case .delivered: return false
        case .outstanding: outstanding.remove(link, in: &slots)
        case .lost:
            lost.remove(link, in: &slots)
            bytes &+= slots[slot].byteCount
        }
        slots[slot].state = .outstanding
        slots[slot].sentAt = now
        slots[slot].stamp = stamp
        slots[slot].transmissions = slots[slot].transmissions.addingSaturated(1)
        outstanding.append(link, in: &slots)
        return true
    }
}

// MARK: - Acknowledgements

extension Flight {
    /// The receiver has all packets before this one.
    ///
    /// - Parameter body: is told of each packet that was not known to be delivered, as it was before.
    /// - Returns: how many the flight has gone on by; 0 also where the number is not in the flight.
    @discardableResult
    public mutating func acknowledge(before index: UInt64, _ body: (SentPacket) -> Void = { _ in }) -> Int {
        guard index > startIndex, index <= endIndex else { return 0 }
        let start = startIndex
        while startIndex < index {
            if delivered[startIndex] {
                delivered.clear(startIndex)
            } else {
                body(take(startIndex))
            }
            startIndex &+= 1
        }
        return Int(index &- start)
    }

    /// The receiver has these packets.
    ///
    /// What is known already costs next to nothing: 64 of them are passed over at once.
    ///
    /// - Parameter body: is told of each packet that was not known to be delivered, as it was before.
    /// - Returns: how many that were.
    @discardableResult
    public mutating func deliver(_ range: Range<UInt64>, _ body: (SentPacket) -> Void = { _ in }) -> Int {
        let range = range.clamped(to: startIndex..<endIndex)
        var count = 0
        var index = delivered.firstClear(from: range.lowerBound, to: range.upperBound)
        while index < range.upperBound {
            body(take(index))
            slots[slot(index)].state = .delivered
            delivered.set(index)
            count &+= 1
            index = delivered.firstClear(from: index &+ 1, to: range.upperBound)
        }
        return count
    }

    /// Takes a packet that is not delivered out of its list.
    @inline(__always)
    private mutating func take(_ index: UInt64) -> SentPacket {
        let packet = slots[slot(index)]
        let link = UInt32(truncatingIfNeeded: index)
        if packet.state == .lost {
            lost.remove(link, in: &slots)
        } else {
            outstanding.remove(link, in: &slots)
            bytes &-= packet.byteCount
        }
        return packet
    }
}

// MARK: - Losses

extension Flight {
    /// Takes a packet on its way to be lost.
    ///
    /// - Returns: whether it was on its way.
    @discardableResult
    public mutating func lose(_ index: UInt64) -> Bool {
        guard contains(index), slots[slot(index)].state == .outstanding else { return false }
        let link = UInt32(truncatingIfNeeded: index)
        outstanding.remove(link, in: &slots)
        slots[slot(index)].state = .lost
        bytes &-= slots[slot(index)].byteCount
        lost.append(link, in: &slots)
        return true
    }

    /// A time-out without anything better known: all packets on their way are taken to be lost, and they are
    /// repeated in their order.
    ///
    /// - Returns: how many were on their way.
    @discardableResult
    public mutating func loseAll() -> Int {
        let count = outstanding.count
        outstanding = PacketList()
        lost = PacketList()
        bytes = 0
        for index in startIndex..<endIndex where !delivered[index] {
            slots[slot(index)].state = .lost
            lost.append(UInt32(truncatingIfNeeded: index), in: &slots)
        }
        return count
    }

    /// Whether the receiver has taken back what it had reported: the oldest packet was delivered, and yet is
    /// not acknowledged together with all before it. It may (RFC 2018, section 8); look after a time-out.
    public var isReneged: Bool { startIndex < endIndex && delivered[startIndex] }

    /// Forgets all that was reported and not acknowledged, and takes it to be lost: RFC 2018, section 8.
    public mutating func forgetDeliveries() {
        var index = delivered.firstSet(from: startIndex, to: endIndex)
        while index < endIndex {
            delivered.clear(index)
            slots[slot(index)].state = .lost
            lost.append(UInt32(truncatingIfNeeded: index), in: &slots)
            index = delivered.firstSet(from: index &+ 1, to: endIndex)
        }
    }
}

// MARK: - Queries

extension Flight {
    /// Packets that are not acknowledged together with all before them, in whatever state.
    public var count: Int { Int(truncatingIfNeeded: endIndex &- startIndex) }
    public var isEmpty: Bool { endIndex == startIndex }
    /// Packets on their way: sent, neither delivered nor taken to be lost.
    public var outstandingCount: Int { outstanding.count }
    /// Packets that are taken to be lost and wait to be repeated.
    public var lostCount: Int { lost.count }
    /// Packets that the receiver has, though not all before them.
    public var deliveredCount: Int { count &- outstanding.count &- lost.count }

    /// The lost packet to repeat next, in the order in which they were found; nil if none is.
    public var nextLost: UInt64? { lost.count == 0 ? nil : self.index(of: lost.head) }

    /// The packet on its way that was sent longest ago; nil if none is.
    public var oldestOutstanding: SentPacket? {
        outstanding.count == 0 ? nil : slots[Int(outstanding.head) & (slots.count &- 1)]
    }

    /// A packet that is not acknowledged; nil for other numbers.
    public subscript(_ index: UInt64) -> SentPacket? {
        contains(index) ? slots[slot(index)] : nil
    }

    /// Whether the packet is not acknowledged together with all before it.
    public func contains(_ index: UInt64) -> Bool { index >= startIndex && index < endIndex }

    /// The first packet from a number on that is not known to be delivered; nil if all are.
    public func firstUndelivered(from index: UInt64) -> UInt64? {
        let found = delivered.firstClear(from: Swift.max(index, startIndex), to: endIndex)
        return found < endIndex ? found : nil
    }

    /// The ring's places: numbers modulo this are places of their own.
    @usableFromInline var capacity: Int { slots.count }

    private func slot(_ index: UInt64) -> Int { Int(truncatingIfNeeded: index) & (slots.count &- 1) }

    private func index(of link: UInt32) -> UInt64 {
        startIndex &+ UInt64(link &- UInt32(truncatingIfNeeded: startIndex))
    }

    @inline(never)
    private mutating func grow(with filler: SentPacket) {
        let larger = Swift.max(16, slots.count * 2)
        var moved = [SentPacket](repeating: filler, count: larger)
        for index in startIndex..<endIndex {
            moved[Int(truncatingIfNeeded: index) & (larger - 1)] = slots[slot(index)]
        }
        slots = moved
        if larger > delivered.count { delivered.grow(from: startIndex, to: endIndex) }
    }
}
