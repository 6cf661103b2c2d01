public import ParleyTypes

/// The interarrival jitter of RFC 3550, section 6.4.1: J += (|D| − J) / 16, where D is by how much two
/// packets are further apart on arrival than they were when they were stamped.
///
/// In the stream's own units (8,000 a second for telephony, 90,000 for video, 1,000,000,000 for
/// nanoseconds), by the integer code of appendix A.8. J is a mean and hides spikes: look at the delays'
/// percentiles too (``DelayWindow``).
///
/// ```swift
/// var jitter = try JitterEstimator(unitsPerSecond: 8000)
/// jitter.receive(stamp: header.timestamp, at: now)
/// jitter.jitter       // for a receiver report
/// ```
public struct JitterEstimator: Sendable, Hashable {
    /// Units of a time stamp in a second.
    public let unitsPerSecond: Int
    /// J · 16.
    private var sixteenths: UInt64 = 0
    private var transit: UInt32?

    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)`` unless there are 1 to 10⁹ units in a second.
    public init(unitsPerSecond: Int) throws(FlowError) {
        self.unitsPerSecond = try FlowError.Setting.unitsPerSecond.checked(
            unitsPerSecond,
            in: 1...1_000_000_000
        )
    }

    private init(units: Int) { unitsPerSecond = units }

    /// One for stamps in nanoseconds.
    public static let nanoseconds = JitterEstimator(units: 1_000_000_000)

    /// A packet arrived.
    ///
    /// - Parameter stamp: the packet's, which wraps. Clocks need not agree: what is constant falls out.
    public mutating func receive(stamp: UInt32, at now: MonotonicInstant) {
        let (seconds, rest) = now.nanoseconds.quotientAndRemainder(dividingBy: second)
        let units = Int64(unitsPerSecond)
        // Truncation commutes with the sum: time stamps count modulo 2³².
        let arrival = UInt32(truncatingIfNeeded: seconds &* units &+ rest &* units / second)
        let newTransit = arrival &- stamp
        defer { transit = newTransit }
        guard let transit else { return }
        let difference = UInt64(Int32(bitPattern: newTransit &- transit).magnitude)
        sixteenths = sixteenths &+ difference &- ((sixteenths &+ 8) >> 4)
    }

    /// J in units, as it stands in a receiver report.
    public var jitter: UInt32 { UInt32(clamping: sixteenths >> 4) }

    /// J as a time.
    public var time: Duration {
        .nanoseconds(
            Int64(clamping: sixteenths.multipliedFullWidth(by: 62_500_000).low / UInt64(unitsPerSecond))
        )
    }
}
