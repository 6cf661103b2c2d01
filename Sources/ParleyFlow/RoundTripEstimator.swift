public import ParleyTypes

/// How long an answer takes, and how long to wait for one: RFC 6298.
///
/// The first sample R makes SRTT = R and RTTVAR = R/2; each later one RTTVAR = 3/4 · RTTVAR + 1/4 ·
/// |SRTT − R|, then SRTT = 7/8 · SRTT + 1/8 · R. The time-out is SRTT + max(G, 4 · RTTVAR), within the
/// limits of its ``TimeoutSettings``. Nanoseconds in integers, SRTT and RTTVAR kept to an eighth and a
/// quarter of one.
///
/// ```swift
/// var roundTrip = RoundTripEstimator()
/// roundTrip.acknowledged(sentAt: sent, transmissions: 1, at: now)
/// roundTrip.timeout
/// ```
///
/// Doubling after a time-out is ``RetransmissionTimer``'s part.
public struct RoundTripEstimator: Sendable, Hashable {
    /// Samples taken, those of no use not counted; goes on over ``reset()``, so that who remembers a count never meets
    /// it again.
    public private(set) var sampleCount: UInt64 = 0
    private let initial: Int64
    private let least: Int64
    private let most: Int64
    private let granularity: Int64
    private let delay: Int64
    /// SRTT · 8.
    private var eighths: Int64 = 0
    /// RTTVAR · 4.
    private var quarters: Int64 = 0
    private var last: Int64 = 0
    private var lowest = WindowedMinimum()

    /// The least round trip is looked for in so much time; then a path that has become longer is believed.
    public static let minimumWindow: Duration = .nanoseconds(WindowedMinimum.window)
    /// A sample is at most this long; longer ones count as it.
    public static let sampleMax: Duration = .seconds(3600)

    public init(_ settings: TimeoutSettings = .rfc6298) {
        initial = settings.initial.clampedNanoseconds
        least = settings.minimum.clampedNanoseconds
        most = settings.maximum.clampedNanoseconds
        granularity = settings.granularity.clampedNanoseconds
        delay = settings.acknowledgementDelay.clampedNanoseconds
    }

    /// A packet was acknowledged. Of an acknowledgement that says it of several tell the one that was sent last: one
    /// before it may have come a time-out ago, and its report been lost. That would be a sample of the time-out.
    ///
    /// - Parameters:
    ///   - transmissions: how often it was sent. From 2 on nothing is learned, because nobody can tell which
    ///     one was acknowledged: Karn's rule (RFC 6298, section 3). Where packets carry time stamps that come
    ///     back, use ``addSample(_:at:)``, repeated or not.
    /// - Returns: whether it was a sample.
    @discardableResult
    public mutating func acknowledged(
        sentAt: MonotonicInstant,
        transmissions: Int,
        at now: MonotonicInstant
    ) -> Bool {
        guard transmissions <= 1 else { return false }
        let time = now.nanoseconds.subtractingSaturated(sentAt.nanoseconds)
        guard time >= 0 else { return false }
        add(time, at: now.nanoseconds)
        return true
    }

    /// Takes a sample whose packet is known for certain. One below zero comes from a clock that stepped back
    /// and is left out; one of more than ``sampleMax`` counts as that.
    public mutating func addSample(_ sample: Duration, at now: MonotonicInstant) {
        let time = sample.saturatedNanoseconds
        guard time >= 0 else { return }
        add(time, at: now.nanoseconds)
    }

    /// Forgets all samples, as for another path.
    public mutating func reset() {
        eighths = 0
        quarters = 0
        last = 0
        lowest = WindowedMinimum()
    }

    private mutating func add(_ time: Int64, at now: Int64) {
        let time = Swift.min(time, Self.longest)
        last = time
        if isEmpty {
            eighths = time &* 8
            quarters = time &* 2
        } else {
            let error = time &- (eighths / 8)
            quarters &+= Int64(error.magnitude) &- (quarters / 4)
            eighths &+= error
        }
        lowest.add(time, at: now)
        sampleCount &+= 1
    }

    private var isEmpty: Bool { lowest.value == nil }

    /// ``sampleMax``: a number that need not be looked up.
    private static var longest: Int64 { 3_600_000_000_000 }
}

// MARK: - Queries

extension RoundTripEstimator {
    /// SRTT; nil before the first sample.
    public var smoothed: Duration? { isEmpty ? nil : .nanoseconds(eighths / 8) }

    /// RTTVAR; nil before the first sample.
    public var variation: Duration? { isEmpty ? nil : .nanoseconds(quarters / 4) }

    /// The last sample; nil before the first.
    public var latest: Duration? { isEmpty ? nil : .nanoseconds(last) }

    /// The least sample of the last ``minimumWindow``, or of nearly so long; nil before the first.
    public var minimum: Duration? { lowest.value.map { .nanoseconds($0) } }

    /// RTO: how long to wait for an acknowledgement.
    public var timeout: Duration { .nanoseconds(timeoutNanoseconds) }

    /// The longest time-out there is, also after doubling.
    public var timeoutMax: Duration { .nanoseconds(most) }

    var timeoutNanoseconds: Int64 {
        guard !isEmpty else { return initial }
        let smoothed = eighths / 8
        let wanted = Swift.max(smoothed &+ Swift.max(granularity, quarters), smoothed &+ delay)
        return Swift.min(most, Swift.max(least, wanted))
    }

    var smoothedNanoseconds: Int64 { eighths / 8 }

    var latestNanoseconds: Int64 { last }

    var minimumNanoseconds: Int64? { lowest.value }

    var timeoutMaxNanoseconds: Int64 { most }
}
