/// The limits of a ``RoundTripEstimator``'s time-out.
public struct TimeoutSettings: Sendable, Hashable {
    /// Before the first sample.
    public let initial: Duration
    public let minimum: Duration
    public let maximum: Duration
    /// The clock's granularity: a variation below it counts as it.
    public let granularity: Duration
    /// How much longer than the smoothed round trip the time-out is at least, because the peer may hold an
    /// acknowledgement back for so long, or nearly.
    public let acknowledgementDelay: Duration

    /// - Throws: ``FlowError/timeOutOfRange(_:_:allowed:)`` unless
    ///   1 ms ≤ minimum ≤ initial ≤ maximum ≤ 1 h, granularity and delay from 0 to the maximum.
    public init(
        initial: Duration = .seconds(1),
        minimum: Duration = .seconds(1),
        maximum: Duration = .seconds(60),
        granularity: Duration = .milliseconds(1),
        acknowledgementDelay: Duration = .zero
    ) throws(FlowError) {
        let least = Duration.milliseconds(1)
        _ = try FlowError.Setting.maximumTimeout.checked(maximum, in: least...Self.longest)
        _ = try FlowError.Setting.minimumTimeout.checked(minimum, in: least...maximum)
        _ = try FlowError.Setting.initialTimeout.checked(initial, in: minimum...maximum)
        _ = try FlowError.Setting.granularity.checked(granularity, in: .zero...maximum)
        _ = try FlowError.Setting.acknowledgementDelay.checked(acknowledgementDelay, in: .zero...maximum)
        self.init(initial, minimum, maximum, granularity, acknowledgementDelay)
    }

    private init(
        _ initial: Duration,
        _ minimum: Duration,
        _ maximum: Duration,
        _ granularity: Duration,
        _ acknowledgementDelay: Duration
    ) {
        self.initial = initial
        self.minimum = minimum
        self.maximum = maximum
        self.granularity = granularity
        self.acknowledgementDelay = acknowledgementDelay
    }

    /// As RFC 6298 wants it: 1 s at first (2.1) and at least (2.4), 60 s at most (2.5).
    public static let rfc6298 = TimeoutSettings(
        .seconds(1),
        .seconds(1),
        .seconds(60),
        .milliseconds(1),
        .zero
    )

    /// For questions of programs: 1 s at first, at least 200 ms and at most 10 s.
    ///
    /// Deviation: RFC 6298, sections 2.4 and 2.5, wants 1 s and 60 s. The second guards bulk data against
    /// delayed acknowledgements, and the minute a path that is congested for everyone; an answer is not
    /// delayed, and who asks has given up before a minute is over.
    public static let questions = TimeoutSettings(
        .seconds(1),
        .milliseconds(200),
        .seconds(10),
        .milliseconds(1),
        .zero
    )

    private static let longest = Duration.seconds(3600)
}
