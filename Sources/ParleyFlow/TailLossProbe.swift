public import ParleyTypes

/// Asks for an acknowledgement when the end of a flight may be lost, long before the time-out: RFC 8985,
/// section 7. Nothing is delivered after the last packets, so neither reports nor time can find their loss.
///
/// ```swift
/// probe.schedule(for: window.flight, roundTrip: roundTrip, timeout: timer.deadline, at: now)
/// if probe.expire(by: roundTrip, at: now) {
///     // send a new packet, whatever the window says, or repeat the last one
///     probe.sent(in: window.flight, isRepeated: true, roundTrip: roundTrip)
/// }
/// if probe.acknowledged(window.flight, isDuplicate: false) { controller.lost(…) }
/// ```
public struct TailLossProbe: Sendable, Hashable {
    /// When a probe may be due; nil for never.
    public private(set) var deadline: MonotonicInstant?
    /// How long the peer may hold an acknowledgement of a single packet back.
    public let acknowledgementDelay: Duration
    private let delay: Int64
    /// TLP.end_seq: what is acknowledged after the probe.
    private var end: UInt64?
    private var isRepeated = false
    /// The estimator's samples at the last probe: without one since then, or at all, none is sent (7.3).
    private var samples: UInt64 = 0

    /// - Parameter acknowledgementDelay: TLP.max_ack_delay, 0 to 500 ms; RFC 8985, section 7.2, and Linux
    ///   take 200 ms.
    /// - Throws: ``FlowError/timeOutOfRange(_:_:allowed:)``.
    public init(acknowledgementDelay: Duration = .milliseconds(200)) throws(FlowError) {
        let range = Duration.zero ... .milliseconds(500)
        delay = try FlowError.Setting.acknowledgementDelay.checked(acknowledgementDelay, in: range)
        self.acknowledgementDelay = acknowledgementDelay
    }

    /// Sets ``deadline`` anew: after a new packet, and after an acknowledgement of all before some packet
    /// (7.2). Never while losses are being repaired or reported, because that finds them.
    ///
    /// - Parameter timeout: the retransmission timer's deadline, which a probe does not outlast.
    public mutating func schedule(
        for flight: borrowing Flight,
        roundTrip: borrowing RoundTripEstimator,
        timeout: MonotonicInstant?,
        at now: MonotonicInstant
    ) {
        deadline = nil
        guard end == nil, samples != roundTrip.sampleCount, flight.outstandingCount > 0 else { return }
        guard flight.lostCount == 0, flight.deliveredCount == 0, roundTrip.smoothed != nil else { return }
        let smoothed = roundTrip.smoothedNanoseconds
        var wait = smoothed.addingSaturated(smoothed)
        if flight.outstandingPackets == 1 { wait = wait.addingSaturated(delay) }
        let due = MonotonicInstant(nanoseconds: now.nanoseconds.addingSaturated(wait))
        deadline = timeout.map { Swift.min($0, due) } ?? due
    }

    /// Whether a probe must leave now (7.3): a new packet if there is one, else the last one again.
    public mutating func expire(by roundTrip: borrowing RoundTripEstimator, at now: MonotonicInstant) -> Bool
    {
        guard let due = deadline, now >= due else { return false }
        deadline = nil
        let isFresh = samples != roundTrip.sampleCount
        return isFresh && end == nil
    }

    /// A probe has left. The retransmission timer starts anew then, and no second probe is sent before there
    /// is a sample.
    ///
    /// - Parameter isRepeated: it was the last packet again.
    public mutating func sent(
        in flight: borrowing Flight,
        isRepeated: Bool,
        roundTrip: borrowing RoundTripEstimator
    ) {
        end = flight.endIndex
        self.isRepeated = isRepeated
        samples = roundTrip.sampleCount
    }

    /// After each acknowledgement (7.4.2).
    ///
    /// - Parameter isDuplicate: the receiver reports that the probe came twice.
    /// - Returns: whether the probe has repaired a loss that nobody else will find: the congestion controller
    ///   must hear of it.
    public mutating func acknowledged(_ flight: borrowing Flight, isDuplicate: Bool) -> Bool {
        guard let end, flight.startIndex >= end else { return false }
        if !isRepeated || isDuplicate {
            self.end = nil
            return false
        }
        guard flight.startIndex > end else { return false }
        self.end = nil
        return true
    }

    /// Forgets a probe that is on its way: at the start of a recovery, and after a time-out (7.1).
    public mutating func reset() {
        deadline = nil
        end = nil
        isRepeated = false
    }
}
