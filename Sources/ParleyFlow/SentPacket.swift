public import ParleyTypes

/// A packet of a ``Flight``: what a sender knows of it until it is acknowledged.
public struct SentPacket: Sendable, Hashable {
    // In this order it is 64 bytes, a line of the cache.

    /// Its number in the flight: the first packet ever is 0, and it never wraps.
    public let index: UInt64
    @usableFromInline var lastSentAt: MonotonicInstant
    @usableFromInline var lastStamp: DeliveryStamp
    @usableFromInline var currentState: State = .outstanding
    @usableFromInline var isFirst: Bool
    @usableFromInline let size: UInt32
    @usableFromInline var sends: UInt32 = 1
    /// The packet that it was sent in last: packets are counted as they leave, and wrap.
    @usableFromInline var packet: UInt32
    /// Its neighbours in the list that its state says: the low bits of their numbers.
    @usableFromInline var previous: UInt32 = 0
    @usableFromInline var next: UInt32 = 0

    /// - Parameter byteCount: 0 to 1 GiB.
    @inlinable @inline(__always)
    init(index: UInt64, byteCount: Int, packet: Departure, sentAt: MonotonicInstant, stamp: DeliveryStamp) {
        self.index = index
        lastSentAt = sentAt
        lastStamp = stamp
        self.packet = packet.number
        isFirst = packet.isNew
        size = UInt32(truncatingIfNeeded: byteCount)
    }

    /// Which packet a number leaves in.
    @usableFromInline
    struct Departure {
        @usableFromInline var number: UInt32
        @usableFromInline var isNew: Bool

        @inlinable
        init(number: UInt32, isNew: Bool) {
            self.number = number
            self.isNew = isNew
        }
    }

    /// When it was sent last.
    public var sentAt: MonotonicInstant {
        @inlinable get { lastSentAt }
    }

    /// What its sender's ``DeliveryRateEstimator`` knew when it was sent last.
    public var stamp: DeliveryStamp {
        @inlinable get { lastStamp }
    }

    public var state: State {
        @inlinable get { currentState }
    }

    /// Whether it was the first number of the packet that it was sent in last.
    public var opensPacket: Bool {
        @inlinable get { isFirst }
    }

    /// What it counts for in the window.
    public var byteCount: Int {
        @inlinable get { Int(truncatingIfNeeded: size) }
    }

    /// How often it was sent.
    public var transmissions: Int {
        @inlinable get { Int(truncatingIfNeeded: sends) }
    }

    /// RACK_sent_after (RFC 8985, section 5.2): whether it was sent later than another one; of those sent at one time
    /// the greater number was. Numbers of one packet left together.
    @inlinable @inline(__always)
    func isSent(after other: (time: Int64, index: UInt64, packet: UInt32)) -> Bool {
        let time = lastSentAt.nanoseconds
        guard time == other.time else { return time > other.time }
        return index > other.index && packet != other.packet
    }

    /// The other way round.
    @inlinable @inline(__always)
    func isSent(before other: (time: Int64, index: UInt64, packet: UInt32)) -> Bool {
        let time = lastSentAt.nanoseconds
        guard time == other.time else { return time < other.time }
        return index < other.index && packet != other.packet
    }

    public enum State: UInt8, Sendable, Hashable {
        /// On its way, as far as is known.
        case outstanding
        /// It is taken to be lost, and waits to be repeated.
        case lost
        /// The receiver has it, though not all before it.
        case delivered
        /// It is not repeated any more, whether it has come or not (``Flight/abandon(_:)``).
        case abandoned
    }
}
