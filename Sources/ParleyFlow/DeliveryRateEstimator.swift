public import ParleyTypes

/// Measures at which rate a way delivers: draft-cheng-iccrg-delivery-rate-estimation.
///
/// Each packet carries what was known when it was sent (``DeliveryStamp``); the packet of an acknowledgement
/// that was sent last says how much was delivered since, in the longer of the times for sending and for
/// acknowledging it, so that neither bursts nor compressed acknowledgements make a way look faster than it
/// is. A sample is of no use if it is shorter than the least round trip.
///
/// ```swift
/// let stamp = rate.stamp(for: window.flight, at: now)         // before a packet is sent
/// window.acknowledge(before: next) { rate.delivered($0, at: now) }
/// let sample = rate.sample(by: roundTrip)                     // once an acknowledgement
/// rate.applicationLimited(window.flight)                      // when there was nothing more to send
/// ```
public struct DeliveryRateEstimator: Sendable, Hashable {
    /// C.delivered: bytes that were delivered since the beginning.
    public private(set) var delivered: UInt64 = 0
    private var deliveredAt: Int64 = 0
    private var firstSentAt: Int64 = 0
    /// C.app_limited: until so many bytes are delivered, samples are limited by the application; 0 for not.
    private var limitedUntil: UInt64 = 0

    /// The packet of this acknowledgement that was sent last.
    private var newest: DeliveryStamp = .none
    private var newestSentAt: Int64 = 0
    private var newestIndex: UInt64 = 0

    public init() {}

    /// What to send a packet with.
    ///
    /// - Parameter flight: as it is before the packet is in it.
    public mutating func stamp(for flight: borrowing Flight, at now: MonotonicInstant) -> DeliveryStamp {
        if flight.outstandingCount == 0 {
            firstSentAt = now.nanoseconds
            deliveredAt = now.nanoseconds
        }
        return DeliveryStamp(
            delivered: delivered,
            deliveredAt: deliveredAt,
            firstSentAt: firstSentAt,
            isApplicationLimited: limitedUntil != 0,
            isNone: false
        )
    }

    /// A packet was delivered that was not known to be.
    public mutating func delivered(_ packet: SentPacket, at now: MonotonicInstant) {
        delivered &+= UInt64(packet.byteCount)
        deliveredAt = now.nanoseconds
        guard !packet.stamp.isNone else { return }
        let sentAt = packet.sentAt.nanoseconds
        guard newest.isNone || (sentAt, packet.index) > (newestSentAt, newestIndex) else { return }
        newest = packet.stamp
        newestSentAt = sentAt
        newestIndex = packet.index
    }

    /// The sample of the packets that were delivered since the last call; nil if there is none of use.
    public mutating func sample(by roundTrip: borrowing RoundTripEstimator) -> DeliveryRateSample? {
        if limitedUntil != 0, delivered > limitedUntil { limitedUntil = 0 }
        guard !newest.isNone else { return nil }
        let stamp = newest
        newest = .none
        let sending = newestSentAt.elapsed(since: stamp.firstSentAt)
        let acknowledging = deliveredAt.elapsed(since: stamp.deliveredAt)
        firstSentAt = newestSentAt
        let interval = Swift.max(sending, acknowledging)
        guard interval > 0, interval >= roundTrip.minimumNanoseconds ?? 0 else { return nil }
        return DeliveryRateSample(
            bytes: Int(clamping: delivered &- stamp.delivered),
            isApplicationLimited: stamp.isApplicationLimited,
            priorDelivered: stamp.delivered,
            nanoseconds: interval
        )
    }

    /// The application has nothing more to send, though the window would let it: samples of what is on its
    /// way, and of what is sent until that is delivered, say so.
    public mutating func applicationLimited(_ flight: borrowing Flight) {
        limitedUntil = Swift.max(1, delivered &+ UInt64(flight.bytes))
    }
}
