public import ParleyTypes

/// Decides how much may be on its way: told what becomes of packets, it says a window and, if it wants, a
/// rate.
///
/// A sender keeps one as `any CongestionController` and calls it once an acknowledgement, in this order:
/// losses that the acknowledgement shows by ``lost(_:)``, then ``acknowledged(_:by:)``. Before a packet of b
/// bytes it asks whether `flight.bytes + b <= window`.
///
/// ```swift
/// var controller: any CongestionController = try Cubic(packetBytes: 1200)
/// controller.acknowledged(event, by: roundTrip)
/// pacer.setRate(controller.pacingRate, at: now)
/// ```
///
/// The laws that a controller keeps: the window is never below one packet nor above its cap; it does not
/// grow while less is on its way than it allows, whoever is the reason, nor by acknowledgements that are
/// split; and a flight's losses count once.
public protocol CongestionController: Sendable {
    /// Bytes that may be on their way.
    var window: Int { get }
    /// Bytes a second at which to send, nil as fast as the window lets.
    var pacingRate: Int? { get }

    /// A packet left, new or repeated.
    ///
    /// - Parameter flight: bytes on their way, this packet's included.
    mutating func sent(bytes: Int, flight: Int, at now: MonotonicInstant)

    /// An acknowledgement has said something new.
    ///
    /// - Parameter roundTrip: with the acknowledgement's samples already in it.
    mutating func acknowledged(_ event: AcknowledgementEvent, by roundTrip: borrowing RoundTripEstimator)

    /// Packets were found to be lost, by reports or by time.
    mutating func lost(_ event: CongestionEvent)

    /// The receiver has seen marks of congestion (ECN) on packets of this flight.
    mutating func marked(_ event: CongestionEvent)

    /// The retransmission timer expired.
    mutating func timedOut(_ event: CongestionEvent)

    /// Nothing was sent for so many time-outs: what was known of the path has aged.
    mutating func idled(timeouts: Int)

    /// The last losses that were told were none: their packets came late.
    mutating func lossesWereNone()
}

extension CongestionController {
    public var pacingRate: Int? { nil }
    public mutating func sent(bytes: Int, flight: Int, at now: MonotonicInstant) {}
    /// RFC 3168, section 6.1.2: as a loss.
    public mutating func marked(_ event: CongestionEvent) { lost(event) }
    public mutating func idled(timeouts: Int) {}
    public mutating func lossesWereNone() {}
}
