/// What a receiver keeps until it can be read: each element once, in the order of its numbers, which wrap.
///
/// ```swift
/// var window = try ReceiveWindow<UInt16, Message>(next: 0, countMax: 256)
/// window.receive(message, number: header.number)
/// while let message = window.popFirst() { use(message) }
/// report.next = window.next                       // cumulative
/// window.runs { run in report.append(run) }       // selective
/// ```
///
/// A packet is known to be a duplicate for as long as its number is less than half of all numbers behind the
/// expected one: 32,768 packets of 16 bits. Later it is taken for a new one, so a protocol whose packets can
/// be as late as that needs wider numbers. Whatever comes, no more is kept than the window holds.
public struct ReceiveWindow<Base: FixedWidthInteger & UnsignedInteger & Sendable, Element: Sendable>: Sendable
{
    @usableFromInline
    struct Slot: Sendable {
        @usableFromInline var element: Element?
        @usableFromInline var bytes: Int

        @usableFromInline
        init(element: Element?, bytes: Int) {
            self.element = element
            self.bytes = bytes
        }
    }

    /// Places for elements that came and were not read.
    public let countMax: Int
    /// Bytes for them. Early ones never take more; so that the expected one always finds room, those that can
    /// be read have so many for themselves.
    public let bytesMax: Int
    /// Packets that came again.
    public var duplicates: UInt64 {
        @inlinable get { repeatedCount }
    }
    /// Packets for which there was no room.
    public var refused: UInt64 {
        @inlinable get { refusedCount }
    }

    @usableFromInline let origin: SerialNumber<Base>
    @usableFromInline var keptBytes = 0
    @usableFromInline var repeatedCount: UInt64 = 0
    @usableFromInline var refusedCount: UInt64 = 0
    /// Of those in ``bytes``, those that can be read.
    @usableFromInline var readableBytes = 0
    /// The next one to read, the next one expected, and one behind the last that came; without wraps.
    @usableFromInline var readIndex: UInt64 = 0
    @usableFromInline var nextIndex: UInt64 = 0
    @usableFromInline var endIndex: UInt64 = 0
    /// The last that came early.
    @usableFromInline var latestIndex: UInt64?
    @usableFromInline var slots: [Slot] = []
    @usableFromInline var present = BitRing(count: 64)

    /// - Parameters:
    ///   - next: the number that is expected first.
    ///   - countMax: places, at least 1, at most half of all numbers and ``Flight/countLimit``.
    ///   - bytesMax: bytes, at least 1.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(next: SerialNumber<Base>, countMax: Int, bytesMax: Int = .max) throws(FlowError) {
        let half = Swift.min(Int(clamping: SerialNumber<Base>.half), Flight.countLimit)
        self.countMax = try FlowError.Setting.windowCount.checked(countMax, in: 1...half)
        self.bytesMax = try FlowError.Setting.windowBytes.checked(bytesMax, in: 1...Int.max)
        origin = next
    }

    /// A packet came.
    ///
    /// - Parameter bytes: what it counts for; fewer than none count as none, more than 1 GiB as that.
    @inlinable @discardableResult
    public mutating func receive(
        _ element: Element,
        number: SerialNumber<Base>,
        bytes: Int = 0
    ) -> ReceiveVerdict {
        let steps = number.value &- next.value
        guard steps < SerialNumber<Base>.half else { return repeated() }
        let size = Swift.min(Swift.max(0, bytes), 1 << 30)
        let ahead = UInt64(truncatingIfNeeded: steps)
        guard ahead < UInt64(room) else { return refusal() }
        let index = nextIndex &+ ahead
        if ahead > 0 {
            if index < endIndex, present[index] { return repeated() }
            guard size <= bytesMax &- Swift.min(bytesMax, keptBytes) else { return refusal() }
        } else {
            guard readableBytes == 0 || size <= bytesMax &- Swift.min(bytesMax, readableBytes) else {
                return refusal()
            }
        }
        while Int(truncatingIfNeeded: index &- readIndex) >= slots.count { grow() }
        slots[place(index)] = Slot(element: element, bytes: size)
        keptBytes &+= size
        guard ahead == 0 else {
            present.set(index)
            latestIndex = index
            endIndex = Swift.max(endIndex, index &+ 1)
            return .early
        }
        readableBytes &+= size
        nextIndex &+= 1
        guard endIndex > nextIndex else {
            endIndex = nextIndex
            return .inOrder
        }
        advance()
        return .gapFilled
    }

    /// The next element in order, taken out; nil if it has not come.
    @inlinable
    public mutating func popFirst() -> Element? {
        while readIndex < nextIndex {
            let place = place(readIndex)
            let size = slots[place].bytes
            readIndex &+= 1
            keptBytes &-= size
            readableBytes &-= size
            // Nil where it was given up.
            if let element = slots[place].element.take() { return element }
        }
        return nil
    }
}

// MARK: - Queries

extension ReceiveWindow {
    /// The number that is expected: all before it came.
    @inlinable
    public var next: SerialNumber<Base> { number(of: nextIndex) }

    /// Bytes of elements that came and were not read.
    @inlinable
    public var bytes: Int { keptBytes }

    /// Elements that can be read.
    @inlinable
    public var readableCount: Int { Int(truncatingIfNeeded: nextIndex &- readIndex) }

    /// Whether one came before which another is missing.
    @inlinable
    public var hasGap: Bool { endIndex > nextIndex }

    /// How many numbers from the expected one on have a place: what a receive window says that counts
    /// packets.
    @inlinable
    public var room: Int { countMax &- Int(truncatingIfNeeded: nextIndex &- readIndex) }

    /// How many bytes there is room for: what a receive window says that counts bytes.
    @inlinable
    public var bytesRoom: Int { Swift.max(0, bytesMax &- bytes) }

    /// What came beyond the expected number, in runs from the lowest up, until `body` answers false.
    @inlinable
    public func runs(_ body: (SerialRun<Base>) -> Bool) {
        var index = present.firstSet(from: nextIndex, to: endIndex)
        while index < endIndex {
            let end = present.firstClear(from: index, to: endIndex)
            let isWanted = body(SerialRun(first: number(of: index), last: number(of: end &- 1)))
            guard isWanted else { return }
            index = present.firstSet(from: end, to: endIndex)
        }
    }

    /// The run that holds what came last beyond the expected number: the first block of RFC 2018's SACK. Nil
    /// if there is none.
    @inlinable
    public var latestRun: SerialRun<Base>? {
        guard let latest = latestIndex, latest >= nextIndex, latest < endIndex else { return nil }
        let start = present.runStart(of: latest, from: nextIndex)
        let end = present.firstClear(from: latest, to: endIndex)
        return SerialRun(first: number(of: start), last: number(of: end &- 1))
    }

    @inlinable
    func number(of index: UInt64) -> SerialNumber<Base> {
        SerialNumber(origin.value &+ Base(truncatingIfNeeded: index))
    }

    @inlinable
    func place(_ index: UInt64) -> Int { Int(truncatingIfNeeded: index) & (slots.count &- 1) }
}

// MARK: - Inside

extension ReceiveWindow {
    /// Goes on over what waits behind the gap.
    @inlinable
    mutating func advance() {
        while nextIndex < endIndex, present[nextIndex] {
            present.clear(nextIndex)
            readableBytes &+= slots[place(nextIndex)].bytes
            nextIndex &+= 1
        }
    }

    @inlinable
    mutating func repeated() -> ReceiveVerdict {
        repeatedCount &+= 1
        return .duplicate
    }

    @inlinable
    mutating func refusal() -> ReceiveVerdict {
        refusedCount &+= 1
        return .noRoom
    }

    @inlinable
    mutating func grow() {
        let count = Swift.max(16, slots.count * 2)
        var larger = [Slot](repeating: Slot(element: nil, bytes: 0), count: count)
        for index in readIndex..<endIndex where !slots.isEmpty {
            larger[Int(truncatingIfNeeded: index) & (count - 1)] = slots[place(index)]
        }
        slots = larger
        if count > present.count { present.grow(from: nextIndex, to: endIndex) }
    }
}
