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
/// Where several numbers travel in one packet (SCTP numbers chunks) all but the first say so when they are sent, with
/// `joinsLast`: numbers are kept, lost and repeated one by one, but losses and probes count packets
/// (``outstandingPackets``, ``deliveredPackets``).
///
/// A ``SendWindow`` is a flight with items and with numbers that wrap. Numbers that are not in the flight
/// change nothing, whatever they are.
public struct Flight: Sendable {
    /// The most packets that are kept.
    public let countMax: Int
    /// The oldest packet that is not acknowledged together with all before it; ``endIndex`` if there is none.
    public var startIndex: UInt64 {
        @inlinable get { low }
    }
    /// What the next packet's number is.
    public var endIndex: UInt64 {
        @inlinable get { high }
    }
    /// Bytes on their way: sent, neither delivered nor taken to be lost.
    public var bytes: Int {
        @inlinable get { bytesOnWay }
    }
    /// Packets that the receiver has though not all before them, counted by their first numbers: one of which the
    /// first number alone is missing does not count.
    public var deliveredPackets: Int {
        @inlinable get { reportedPackets }
    }
    /// Numbers that were given up and are not acknowledged together with all before them.
    public var abandonedCount: Int {
        @inlinable get { givenUpCount }
    }

    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0
    @usableFromInline var bytesOnWay = 0
    @usableFromInline var reportedPackets = 0
    @usableFromInline var givenUpCount = 0
    @usableFromInline var slots: [SentPacket] = []
    /// What needs nothing more: delivered, or abandoned.
    @usableFromInline var settled = BitRing(count: 64)
    @usableFromInline var outstanding = PacketList()
    @usableFromInline var lost = PacketList()
    /// All from ``startIndex`` up to it are abandoned; may lie before it.
    @usableFromInline var abandonedEnd: UInt64 = 0
    /// The packet that left last.
    @usableFromInline var packet: UInt32 = 0

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
    /// - Parameters:
    ///   - bytes: what it counts for; fewer than none count as none, more than 1 GiB as that.
    ///   - joinsLast: it leaves in the packet of what was sent just before, at the same time.
    /// - Returns: its number.
    /// - Throws: ``FlowError/windowFull(countMax:)``.
    @inlinable @discardableResult
    public mutating func send(
        bytes: Int,
        at now: MonotonicInstant,
        stamp: DeliveryStamp = .none,
        joinsLast: Bool = false
    ) throws(FlowError) -> UInt64 {
        guard count < countMax else { throw .windowFull(countMax: countMax) }
        let index = high
        let size = Swift.min(Swift.max(0, bytes), 1 << 30)
        let packet = SentPacket(
            index: index,
            byteCount: size,
            packet: depart(joinsLast),
            sentAt: now,
            stamp: stamp
        )
        if count == slots.count { grow(with: packet) }
        outstanding.append(packet, in: &slots)
        bytesOnWay &+= size
        high &+= 1
        return index
    }

    /// A packet leaves once more, because it is lost or as a probe.
    ///
    /// - Parameter joinsLast: it leaves in the packet of what was sent just before, at the same time.
    /// - Returns: whether there is such a packet, not delivered yet and not abandoned.
    @inlinable @discardableResult
    public mutating func sendAgain(
        _ index: UInt64,
        at now: MonotonicInstant,
        stamp: DeliveryStamp = .none,
        joinsLast: Bool = false
    ) -> Bool {
        guard contains(index), !settled[index] else { return false }
        let slot = slot(index)
        let link = UInt32(truncatingIfNeeded: index)
        let departure = depart(joinsLast)
        if slots[slot].currentState == .lost {
            lost.remove(link, becoming: .outstanding, in: &slots)
            bytesOnWay &+= slots[slot].byteCount
        } else {
            outstanding.remove(link, becoming: .outstanding, in: &slots)
        }
        slots[slot].packet = departure.number
        slots[slot].isFirst = departure.isNew
        slots[slot].lastSentAt = now
        slots[slot].lastStamp = stamp
        if slots[slot].sends < .max { slots[slot].sends &+= 1 }
        outstanding.append(link, in: &slots)
        return true
    }

    @inlinable @inline(__always)
    mutating func depart(_ joinsLast: Bool) -> SentPacket.Departure {
        // The first of all has none to join.
        let isNew = !joinsLast || (high == 0)
        if isNew { packet &+= 1 }
        return SentPacket.Departure(number: packet, isNew: isNew)
    }

    @usableFromInline @inline(never)
    mutating func grow(with filler: SentPacket) {
        let larger = Swift.max(16, slots.count * 2)
        var moved = [SentPacket](repeating: filler, count: larger)
        for index in low..<high {
            moved[Int(truncatingIfNeeded: index) & (larger - 1)] = slots[slot(index)]
        }
        slots = moved
        if larger > settled.count { settled.grow(from: low, to: high) }
    }
}

// MARK: - Queries

extension Flight {
    /// Packets that are not acknowledged together with all before them, in whatever state.
    @inlinable
    public var count: Int { Int(truncatingIfNeeded: high &- low) }
    @inlinable
    public var isEmpty: Bool { high == low }
    /// Numbers on their way: sent, neither delivered nor taken to be lost.
    @inlinable
    public var outstandingCount: Int { outstanding.count }
    /// The packets that those on their way were sent in.
    @inlinable
    public var outstandingPackets: Int { outstanding.packetCount }
    /// Numbers that are taken to be lost and wait to be repeated.
    @inlinable
    public var lostCount: Int { lost.count }
    /// Numbers that the receiver has, though not all before them.
    @inlinable
    public var deliveredCount: Int { count &- outstanding.count &- lost.count &- givenUpCount }

    /// Numbers of which it is not known what will become: on their way or lost.
    @inlinable
    var pendingCount: Int { outstanding.count &+ lost.count }

    /// The lost packet to repeat next, in the order in which they were found; nil if none is.
    @inlinable
    public var nextLost: UInt64? { lost.count == 0 ? nil : self.index(of: lost.head) }

    /// The packet on its way that was sent longest ago; nil if none is.
    @inlinable
    public var oldestOutstanding: SentPacket? {
        outstanding.count == 0 ? nil : slots[Int(outstanding.head) & (slots.count &- 1)]
    }

    /// A packet that is not acknowledged; nil for other numbers.
    @inlinable
    public subscript(_ index: UInt64) -> SentPacket? {
        contains(index) ? slots[slot(index)] : nil
    }

    /// Whether the packet is not acknowledged together with all before it.
    @inlinable
    public func contains(_ index: UInt64) -> Bool { index >= low && index < high }

    /// The first packet from a number on that is neither known to be delivered nor abandoned; nil if all are.
    @inlinable
    public func firstUndelivered(from index: UInt64) -> UInt64? {
        let found = settled.firstClear(from: Swift.max(index, low), to: high)
        return found < high ? found : nil
    }

    /// The ring's places: numbers modulo this are places of their own.
    @inlinable
    var capacity: Int { slots.count }

    @inlinable @inline(__always)
    func slot(_ index: UInt64) -> Int { Int(truncatingIfNeeded: index) & (slots.count &- 1) }

    @inlinable
    func index(of link: UInt32) -> UInt64 {
        low &+ UInt64(link &- UInt32(truncatingIfNeeded: low))
    }
}
