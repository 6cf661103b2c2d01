public import ParleyTypes

/// A packet of a ``Flight``: what a sender knows of it until it is acknowledged.
public struct SentPacket: Sendable, Hashable {
    // In this order it is 64 bytes, a line of the cache.

    /// Its number in the flight: the first packet ever is 0, and it never wraps.
    public let index: UInt64
    /// When it was sent last.
    public internal(set) var sentAt: MonotonicInstant
    /// What its sender's ``DeliveryRateEstimator`` knew when it was sent last.
    public internal(set) var stamp: DeliveryStamp
    public internal(set) var state: State = .outstanding
    private let size: UInt32
    private var sends: UInt32 = 1
    /// Its neighbours in the list that its state says: the low bits of their numbers.
    var previous: UInt32 = 0
    var next: UInt32 = 0

    /// - Parameter byteCount: 0 to 1 GiB.
    init(index: UInt64, byteCount: Int, sentAt: MonotonicInstant, stamp: DeliveryStamp) {
        self.index = index
        self.sentAt = sentAt
        self.stamp = stamp
        size = UInt32(truncatingIfNeeded: byteCount)
    }

    /// What it counts for in the window.
    public var byteCount: Int { Int(size) }

    /// How often it was sent.
    public internal(set) var transmissions: Int {
        get { Int(sends) }
        set { sends = UInt32(clamping: newValue) }
    }

    public enum State: UInt8, Sendable, Hashable {
        /// On its way, as far as is known.
        case outstanding
        /// It is taken to be lost, and waits to be repeated.
        case lost
        /// The receiver has it, though not all before it.
        case delivered
    }
}
