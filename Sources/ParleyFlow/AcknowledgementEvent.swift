public import ParleyTypes

/// What an acknowledgement has said, as a ``CongestionController`` sees it.
public struct AcknowledgementEvent: Sendable, Hashable {
    public let time: MonotonicInstant
    /// Bytes that were not known to be delivered, by whatever part of it.
    public let bytes: Int
    /// Bytes on their way before it.
    public let flightBefore: Int
    /// The flight's oldest packet after it: ``Flight/startIndex``.
    public let startIndex: UInt64
    /// The number of the next new packet: ``Flight/endIndex``.
    public let endIndex: UInt64
    /// It brought a sample: ``RoundTripEstimator/latest`` is of it.
    public let hasSample: Bool
    /// The pacer held packets back since the last one: less was on its way than the window allows for that
    /// reason.
    public let isPaced: Bool
    /// How fast packets were delivered, if that is measured.
    public let rate: DeliveryRateSample?

    /// - Parameters: as the properties; held to what is possible.
    public init(
        time: MonotonicInstant,
        bytes: Int,
        flightBefore: Int,
        startIndex: UInt64,
        endIndex: UInt64,
        hasSample: Bool = false,
        isPaced: Bool = false,
        rate: DeliveryRateSample? = nil
    ) {
        self.time = time
        self.bytes = Swift.min(Swift.max(0, bytes), 1 << 30)
        self.flightBefore = Swift.max(0, flightBefore)
        self.startIndex = startIndex
        self.endIndex = endIndex
        self.hasSample = hasSample
        self.isPaced = isPaced
        self.rate = rate
    }

    /// Whether the window was used, so that it may grow: no further packet fitted into it; or the pacer alone
    /// held packets back, and at least half of it was on its way.
    public func uses(_ window: Int, packetBytes: Int) -> Bool {
        flightBefore.addingSaturated(packetBytes) > window || (isPaced && flightBefore >= window / 2)
    }
}
