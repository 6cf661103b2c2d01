public import ParleyTypes

/// When to give up waiting for an acknowledgement: the timer of RFC 6298, section 5, one for all packets of
/// a conversation.
///
/// ```swift
/// timer.arm(by: roundTrip, at: now)               // 5.1 a packet was sent
/// timer.restart(by: roundTrip, at: now)           // 5.3 new data was acknowledged
/// timer.stop()                                    // 5.2 all of it was
/// if timer.expire(by: roundTrip, at: now) { … }   // 5.4 to 5.6 repeat the first packet
/// ```
///
/// Each expiry doubles the time-out, up to the longest of the settings, and it stays doubled until the
/// estimator has taken a new sample: an acknowledgement of a repeated packet is none (Karn's rule).
public struct RetransmissionTimer: Sendable, Hashable {
    /// When ``expire(by:at:)`` has something to do; nil while the timer does not run.
    public private(set) var deadline: MonotonicInstant?
    private var start: Int64 = 0
    private var doublings = 0
    /// The estimator's samples at the last expiry.
    private var samples: UInt64 = 0

    public init() {}

    public var isRunning: Bool { deadline != nil }

    /// 5.1: starts the timer unless it runs.
    public mutating func arm(by roundTrip: borrowing RoundTripEstimator, at now: MonotonicInstant) {
        guard deadline == nil else { return }
        restart(by: roundTrip, at: now)
    }

    /// 5.3: starts the timer anew.
    public mutating func restart(by roundTrip: borrowing RoundTripEstimator, at now: MonotonicInstant) {
        start = now.nanoseconds
        let wait = timeoutNanoseconds(by: roundTrip)
        deadline = MonotonicInstant(nanoseconds: start.addingSaturated(wait))
    }

    /// 5.2: nothing is outstanding.
    public mutating func stop() {
        deadline = nil
    }

    /// 5.4 to 5.6: if the time has come, doubles the time-out and starts anew.
    ///
    /// A clock that lies before the timer's start was set back: the timer starts there, so that it does not
    /// wait for the old time to come again.
    ///
    /// - Returns: whether the time had come.
    public mutating func expire(by roundTrip: borrowing RoundTripEstimator, at now: MonotonicInstant) -> Bool
    {
        guard let deadline else { return false }
        guard now >= deadline else {
            if now.nanoseconds < start { restart(by: roundTrip, at: now) }
            return false
        }
        doublings = Swift.min(backoffs(by: roundTrip) + 1, Self.doublingsMax)
        samples = roundTrip.sampleCount
        restart(by: roundTrip, at: now)
        return true
    }

    /// How often the time-out has been doubled since the estimator's last sample.
    public func backoffs(by roundTrip: borrowing RoundTripEstimator) -> Int {
        roundTrip.sampleCount == samples ? doublings : 0
    }

    /// The time-out that the next start takes.
    public func timeout(by roundTrip: borrowing RoundTripEstimator) -> Duration {
        .nanoseconds(timeoutNanoseconds(by: roundTrip))
    }

    private func timeoutNanoseconds(by roundTrip: borrowing RoundTripEstimator) -> Int64 {
        let single = roundTrip.timeoutNanoseconds
        let most = roundTrip.timeoutMaxNanoseconds
        let count = backoffs(by: roundTrip)
        return single > most >> Int64(count) ? most : single << Int64(count)
    }

    /// More would change nothing: 1 ms doubled so often is 50 days.
    private static let doublingsMax = 32
}
