public import ParleyTypes

/// A packet of a ``Flight``: what a sender knows of it until it is acknowledged.
public struct SentPacket: Sendable, Hashable {
    /// Its number in the flight: the first packet ever is 0, and it never wraps.
    public let index: UInt64
    /// What it counts for in the window.
    public let byteCount: Int
    /// When it was sent last.
    public internal(set) var sentAt: MonotonicInstant
    /// How often it was sent.
    public internal(set) var transmissions: Int = 1
    public internal(set) var state: State = .outstanding
    /// What its sender's ``DeliveryRateEstimator`` knew when it was sent last.
    public internal(set) var stamp: DeliveryStamp

    /// Its neighbours in the list that its state says: the low bits of their numbers.
    var previous: UInt32 = 0
    var next: UInt32 = 0

    init(index: UInt64, byteCount: Int, sentAt: MonotonicInstant, stamp: DeliveryStamp) {
        self.index = index
        self.byteCount = byteCount
        self.sentAt = sentAt
        self.stamp = stamp
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
