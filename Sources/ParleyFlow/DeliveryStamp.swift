/// What a ``DeliveryRateEstimator`` writes on a packet that is sent, and reads when it is delivered.
public struct DeliveryStamp: Sendable, Hashable {
    /// P.delivered: bytes that had been delivered.
    var delivered: UInt64
    /// P.delivered_time: when the last of them were.
    var deliveredAt: Int64
    /// P.first_sent_time: when the packets of the sample began to be sent.
    var firstSentAt: Int64
    /// P.is_app_limited: the application had too little to send.
    var isApplicationLimited: Bool
    /// Nobody measures.
    var isNone: Bool

    /// For senders that measure no rate.
    public static let none = DeliveryStamp(
        delivered: 0,
        deliveredAt: 0,
        firstSentAt: 0,
        isApplicationLimited: false,
        isNone: true
    )
}
