/// What a ``DeliveryRateEstimator`` writes on a packet that is sent, and reads when it is delivered.
public struct DeliveryStamp: Sendable, Hashable {
    /// P.delivered: bytes that had been delivered.
    @usableFromInline var delivered: UInt64
    /// P.delivered_time: when the last of them were.
    @usableFromInline var deliveredAt: Int64
    /// P.first_sent_time: when the packets of the sample began to be sent.
    @usableFromInline var firstSentAt: Int64
    /// P.is_app_limited: the application had too little to send.
    @usableFromInline var isApplicationLimited: Bool
    /// Nobody measures.
    @usableFromInline var isNone: Bool

    @inlinable
    init(
        delivered: UInt64,
        deliveredAt: Int64,
        firstSentAt: Int64,
        isApplicationLimited: Bool,
        isNone: Bool
    ) {
        self.delivered = delivered
        self.deliveredAt = deliveredAt
        self.firstSentAt = firstSentAt
        self.isApplicationLimited = isApplicationLimited
        self.isNone = isNone
    }

    /// For senders that measure no rate.
    public static var none: DeliveryStamp {
        @inlinable get {
            DeliveryStamp(
                delivered: 0,
                deliveredAt: 0,
                firstSentAt: 0,
                isApplicationLimited: false,
                isNone: true
            )
        }
    }
}
