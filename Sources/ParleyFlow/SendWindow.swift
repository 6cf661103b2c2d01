public import ParleyTypes

/// What a sender keeps until it is acknowledged: items under numbers that wrap, never more than the window
/// holds.
///
/// ```swift
/// var window = try SendWindow<UInt16, Message>(first: 0, countMax: 256)
/// let number = try window.send(message, bytes: 1200, at: now)
/// window.acknowledge(before: report.next)             // all before it
/// for run in report.runs { window.acknowledge(run) }  // and these
/// ```
///
/// Items are let go when all before them are acknowledged as well: a receiver may take back a selective
/// report (``Flight/isReneged``). Abandoned ones are let go at once. What acknowledges packets that were never sent
/// changes nothing and is counted; so is what says nothing new.
public struct SendWindow<Base: FixedWidthInteger & UnsignedInteger & Sendable, Item: Sendable>: Sendable {
    /// Acknowledgements that said nothing new.
    public var repeatedAcknowledgements: UInt64 {
        @inlinable get { repeatedCount }
    }

    /// Acknowledgements of what was never sent.
    public var falseAcknowledgements: UInt64 {
        @inlinable get { falseCount }
    }

    @usableFromInline var packets: Flight
    @usableFromInline var repeatedCount: UInt64 = 0
    @usableFromInline var falseCount: UInt64 = 0
    /// The number of the flight's packet 0.
    @usableFromInline let origin: SerialNumber<Base>
    /// In the flight's places; nil where nothing is kept.
    @usableFromInline var items: [Item?] = []
    /// The oldest item that is kept.
    @usableFromInline var keptFrom: UInt64 = 0

    /// - Parameters:
    ///   - first: the first packet's number.
    ///   - countMax: packets that the window holds: at least 1, at most half of all numbers and
    ///     ``Flight/countLimit``. With more, old and new numbers could not be told apart.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(first: SerialNumber<Base>, countMax: Int) throws(FlowError) {
        let half = Swift.min(Int(clamping: SerialNumber<Base>.half), Flight.countLimit)
        packets = try Flight(countMax: try FlowError.Setting.windowCount.checked(countMax, in: 1...half))
        origin = first
    }

    /// A new packet leaves, under the number that is next.
    ///
    /// - Parameters:
    ///   - bytes: what it counts for in ``Flight/bytes``.
    ///   - joinsLast: it leaves in the packet of what was sent just before.
    /// - Throws: ``FlowError/windowFull(countMax:)``; then nothing has changed.
    @inlinable
    public mutating func send(
        _ item: Item,
        bytes: Int,
        at now: MonotonicInstant,
        stamp: DeliveryStamp = .none,
        joinsLast: Bool = false
    ) throws(FlowError) -> SerialNumber<Base> {
        let index = try packets.send(bytes: bytes, at: now, stamp: stamp, joinsLast: joinsLast)
        if items.count != packets.capacity { grow() }
        items[place(index)] = item
        return number(of: index)
    }

    /// The receiver has all packets before this number.
    ///
    /// - Parameter body: is told of each packet that was not known to be delivered.
    @inlinable @discardableResult
    public mutating func acknowledge(
        before next: SerialNumber<Base>,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> AcknowledgementVerdict {
        let steps = first.steps(to: next)
        guard steps > 0, steps <= packets.count else { return rejection(of: next) }
        let unknown = packets.pendingCount
        packets.acknowledge(before: packets.startIndex &+ UInt64(steps), body)
        release()
        return .news(unknown &- packets.pendingCount)
    }

    /// The receiver has this packet and all before it: a cumulative TSN.
    @inlinable @discardableResult
    public mutating func acknowledge(
        through last: SerialNumber<Base>,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> AcknowledgementVerdict {
        acknowledge(before: last.advanced(by: 1), body)
    }

    /// The receiver has these packets, though not all before them.
    ///
    /// - Parameter body: is told of each packet that was not known to be delivered.
    @inlinable @discardableResult
    public mutating func acknowledge(
        _ run: SerialRun<Base>,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> AcknowledgementVerdict {
        let end = first.steps(to: run.last)
        guard end < packets.count else { return rejection(of: run.last.advanced(by: 1)) }
        var start = first.steps(to: run.first)
        if start > end {
            // A report that is older than the last cumulative one may begin before it.
            guard run.first.precedes(first) else { return falsehood() }
            start = 0
        }
        let origin = packets.startIndex
        let count = packets.deliver(origin &+ UInt64(start)..<origin &+ UInt64(end) &+ 1, body)
        guard count > 0 else {
            return repetition()
        }
        return .news(count)
    }

    @inlinable
    mutating func repetition() -> AcknowledgementVerdict {
        repeatedCount &+= 1
        return .nothingNew
    }

    /// Old, or never sent.
    @inlinable
    mutating func rejection(of next: SerialNumber<Base>) -> AcknowledgementVerdict {
        if next == first || next.precedes(first) { return repetition() }
        return falsehood()
    }

    @inlinable
    mutating func falsehood() -> AcknowledgementVerdict {
        falseCount &+= 1
        return .neverSent
    }

    /// Lets go what is acknowledged.
    @inlinable
    mutating func release() {
        while keptFrom < packets.startIndex {
            items[place(keptFrom)] = nil
            keptFrom &+= 1
        }
    }

    @inlinable
    mutating func grow() {
        var larger = [Item?](repeating: nil, count: packets.capacity)
        for index in keptFrom..<packets.endIndex where !items.isEmpty {
            larger[Int(truncatingIfNeeded: index) & (larger.count &- 1)] = items[place(index)]
        }
        items = larger
    }
}

// MARK: - Queries

extension SendWindow {
    /// The packets by numbers that do not wrap. To look at; what becomes of packets is told to the window.
    public var flight: Flight {
        @inlinable _read { yield packets }
    }

    /// The number of the oldest packet that is not acknowledged together with all before it; ``next`` if
    /// there is none.
    @inlinable
    public var first: SerialNumber<Base> { number(of: packets.startIndex) }

    /// The number that the next packet gets.
    @inlinable
    public var next: SerialNumber<Base> { number(of: packets.endIndex) }

    /// Packets that may be sent before the window is full.
    @inlinable
    public var room: Int { packets.countMax &- packets.count }

    /// What was sent under a number; nil if it is acknowledged together with all before it, abandoned, or was not sent.
    @inlinable
    public func item(_ number: SerialNumber<Base>) -> Item? {
        let steps = first.steps(to: number)
        return steps < packets.count ? items[place(packets.startIndex &+ UInt64(steps))] : nil
    }

    /// What was sent as a packet of the flight; nil as for ``item(_:)``.
    @inlinable
    public func item(at index: UInt64) -> Item? {
        packets.contains(index) ? items[place(index)] : nil
    }

    /// What the receiver is told to wait for no more, because it was abandoned: all before this number (FORWARD TSN
    /// says the one before it). Nil while the oldest packet was not abandoned.
    @inlinable
    public var forward: SerialNumber<Base>? { packets.forwardIndex.map(number) }

    /// The number of a packet of the flight.
    @inlinable
    public func number(of index: UInt64) -> SerialNumber<Base> {
        SerialNumber(origin.value &+ Base(truncatingIfNeeded: index))
    }

    @inlinable
    func place(_ index: UInt64) -> Int { Int(truncatingIfNeeded: index) & (items.count &- 1) }
}
