public import ParleyTypes

/// Plays elements out at the distances at which they were sent, however irregularly they came.
///
/// An element that was stamped s by its sender is due at s + offset. The offset is the least delay of the
/// last ten seconds plus the ``PlayoutDelay``: so it follows clocks that drift (100 ppm need neither more nor
/// less room after an hour), and a step of the path's delay makes elements late only until the delay has
/// grown by it. Less than 4 ms moves nothing, so that distances stay as they were. The clocks need not agree.
///
/// ```swift
/// var buffer = try JitterBuffer<Frame>(delay: .adaptive())
/// buffer.receive(frame, sentAt: stamp, number: number, at: now)
/// while let played = buffer.next(at: now) { show(played.element) }
/// wake(at: buffer.nextDeadline)
/// ```
///
/// Stamps are points on the sender's clock. Of numbers alone they are made by a ``SerialUnwrapper`` and the
/// time between two of them: number · 20 ms.
///
/// A delay that jumps by more than two seconds is another clock, and a second in which all were late another
/// path: the buffer plays what it has and begins anew.
public struct JitterBuffer<Element: Sendable>: Sendable {
    public let delay: PlayoutDelay
    /// What is late is played at once, and marked, instead of being dropped.
    public let playsLate: Bool
    public let countMax: Int
    public let bytesMax: Int
    /// Bytes of the elements inside.
    public var bytes: Int {
        @inlinable get { keptBytes }
    }
    /// Elements that were late, dropped or not.
    public var late: UInt64 {
        @inlinable get { lateCount }
    }
    /// Elements that came again.
    public var duplicates: UInt64 {
        @inlinable get { repeatedCount }
    }
    /// Elements for which there was no room.
    public var refused: UInt64 {
        @inlinable get { refusedCount }
    }
    /// How often the buffer has begun anew.
    public var restarts: UInt64 {
        @inlinable get { playout.restarts }
    }

    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline var element: Element?
        @usableFromInline var stamp: Int64
        @usableFromInline var number: Int64?
        @usableFromInline var bytes: Int
        @usableFromInline var isLate: Bool

        @inlinable
        init(element: Element?, stamp: Int64, number: Int64?, bytes: Int, isLate: Bool) {
            self.element = element
            self.stamp = stamp
            self.number = number
            self.bytes = bytes
            self.isLate = isLate
        }
    }

    /// What is played.
    public struct Played: Sendable {
        public var element: Element
        /// The sender's time.
        public var sentAt: MonotonicInstant
        /// Its time had passed when it came.
        public var isLate: Bool

        @inlinable
        init(element: Element, sentAt: MonotonicInstant, isLate: Bool) {
            self.element = element
            self.sentAt = sentAt
            self.isLate = isLate
        }
    }

    @usableFromInline var playout: Playout
    @usableFromInline var slots: [Entry] = []
    @usableFromInline var head = 0
    @usableFromInline var keptCount = 0
    @usableFromInline var keptBytes = 0
    @usableFromInline var lateCount: UInt64 = 0
    @usableFromInline var repeatedCount: UInt64 = 0
    @usableFromInline var refusedCount: UInt64 = 0
    /// Elements inside.
    public var count: Int {
        @inlinable get { keptCount }
    }
    /// So many of the first are due whatever the time is: they are older than the last beginning.
    @usableFromInline var releasedCount = 0
    /// The numbers that came, played or not.
    @usableFromInline var known: RecentNumbers
    /// The last one that was played.
    @usableFromInline var last: (stamp: Int64, number: Int64?)?

    /// Of an empty buffer: one that held much for once does not keep the memory.
    @usableFromInline static var idleSlotsMax: Int { 1024 }

    /// So many of the last numbers are known at least.
    public static var numbersMax: Int { 1024 }

    /// - Parameters:
    ///   - countMax: elements, 1 to 65,536.
    ///   - bytesMax: bytes, at least 1.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)`` or ``FlowError/timeOutOfRange(_:_:allowed:)``.
    public init(
        delay: PlayoutDelay,
        playsLate: Bool = false,
        countMax: Int = 1024,
        bytesMax: Int = .max
    ) throws(FlowError) {
        playout = try Playout(delay)
        self.delay = delay
        self.playsLate = playsLate
        self.countMax = try FlowError.Setting.itemCount.checked(countMax, in: 1...65_536)
        known = RecentNumbers(count: Swift.max(countMax, Self.numbersMax))
        self.bytesMax = try FlowError.Setting.itemBytes.checked(bytesMax, in: 1...Int.max)
    }

    /// An element came.
    ///
    /// - Parameters:
    ///   - stamp: when it was sent, by the sender's clock.
    ///   - number: its number without wraps, which orders elements of one stamp and tells duplicates, late ones
    ///     too, as long as it is less than ``numbersMax`` or ``countMax`` below the greatest; nil if elements have
    ///     none.
    ///   - bytes: what it counts for; fewer than none count as none.
    @inlinable @discardableResult
    public mutating func receive(
        _ element: Element,
        sentAt stamp: MonotonicInstant,
        number: Int64? = nil,
        bytes: Int = 0,
        at now: MonotonicInstant
    ) -> JitterVerdict {
        let time = stamp.nanoseconds
        let size = Swift.max(0, bytes)
        var isLate = false
        switch playout.receive(stamp: time, at: now.nanoseconds) {
        case .inTime: break
        case .late: isLate = true
        case .restart:
            releasedCount = count
            last = nil
            known.removeAll()
        }
        if let number, known.contains(number) { return repeated() }
        if let last, precedes(time, number, last.stamp, last.number) { isLate = true }
        if isLate {
            lateCount &+= 1
            guard playsLate else {
                if let number { known.insert(number) }
                return .late
            }
        }
        guard count < countMax, size <= bytesMax &- self.bytes else {
            refusedCount &+= 1
            return .noRoom
        }
        // From the back, where most belong.
        var place = count
        while place > releasedCount {
            let before = slot(place &- 1)
            guard precedes(time, number, slots[before].stamp, slots[before].number) else { break }
            place &-= 1
        }
        if let number { known.insert(number) }
        insert(Entry(element: element, stamp: time, number: number, bytes: size, isLate: isLate), at: place)
        return isLate ? .late : .kept
    }

    /// The next element, if its time has come.
    @inlinable
    public mutating func next(at now: MonotonicInstant) -> Played? {
        guard count > 0 else { return nil }
        let (stamp, number, isLate) = (slots[head].stamp, slots[head].number, slots[head].isLate)
        let isDue = releasedCount > 0 || isLate || playout.dueTime(of: stamp) <= now.nanoseconds
        guard isDue, let element = slots[head].element.take() else { return nil }
        keptCount &-= 1
        keptBytes &-= slots[head].bytes
        head = (head &+ 1) & (slots.count &- 1)
        if keptCount == 0, slots.count > Self.idleSlotsMax { forgetSlots() }
        if releasedCount > 0 {
            releasedCount &-= 1
        } else if last.map({ precedes($0.stamp, $0.number, stamp, number) }) ?? true {
            last = (stamp, number)
        }
        return Played(element: element, sentAt: MonotonicInstant(nanoseconds: stamp), isLate: isLate)
    }

    /// What is inside is due at once, in its order: for the end of a program that does not wait for its times. What
    /// comes later is played as before; what belongs before the last one inside is late then.
    public mutating func release() {
        guard count > releasedCount else { return }
        let entry = slots[slot(count &- 1)]
        releasedCount = count
        if last.map({ precedes($0.stamp, $0.number, entry.stamp, entry.number) }) ?? true {
            last = (entry.stamp, entry.number)
        }
    }

    /// When ``next(at:)`` has something to play, as far as is known now; nil while the buffer is empty. In
    /// the past if it is due already.
    @inlinable
    public var nextDeadline: MonotonicInstant? {
        guard count > 0 else { return nil }
        if releasedCount > 0 || slots[head].isLate { return MonotonicInstant(nanoseconds: .min) }
        return MonotonicInstant(nanoseconds: playout.dueTime(of: slots[head].stamp))
    }

    /// How long what comes fastest is held now.
    public var currentDelay: Duration { playout.currentDelay }
}

// MARK: - Inside

extension JitterBuffer {
    @inlinable
    func slot(_ place: Int) -> Int { (head &+ place) & (slots.count &- 1) }

    @inlinable
    func precedes(_ stamp: Int64, _ number: Int64?, _ other: Int64, _ otherNumber: Int64?) -> Bool {
        if stamp != other { return stamp < other }
        guard let number, let otherNumber else { return false }
        return number < otherNumber
    }

    @usableFromInline
    mutating func forgetSlots() {
        slots = []
        head = 0
    }

    @inlinable
    mutating func repeated() -> JitterVerdict {
        repeatedCount &+= 1
        return .duplicate
    }

    @inlinable
    mutating func insert(_ entry: Entry, at place: Int) {
        if count == slots.count {
            var larger: [Entry] = []
            let size = Swift.max(16, slots.count * 2)
            larger.reserveCapacity(size)
            for old in 0..<count { larger.append(slots[slot(old)]) }
            var filler = entry
            filler.element = nil
            while larger.count < size { larger.append(filler) }
            slots = larger
            head = 0
        }
        var index = count
        while index > place {
            slots[slot(index)] = slots[slot(index &- 1)]
            index &-= 1
        }
        slots[slot(place)] = entry
        keptCount &+= 1
        keptBytes &+= entry.bytes
    }
}
