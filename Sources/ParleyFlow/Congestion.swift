internal import ParleyTypes

/// What controllers have in common.
enum Congestion {
    /// A packet is at most so large: what one number counts for.
    static let packetBytesMax = 65_536
    /// No window is larger: a gigabyte, 100 Gbit/s over 80 ms.
    static let windowMax = 1 << 30

    /// What is being repaired.
    enum Recovery: Sendable, Hashable {
        case none
        /// Losses found, until all before this packet is acknowledged: nothing grows.
        case losses(end: UInt64)
        /// A time-out, until all before this packet is acknowledged: slow start, but the losses of that
        /// flight have been answered.
        case timeout(end: UInt64)

        /// Where it ends; nil for none.
        var end: UInt64? {
            switch self {
            case .none: nil
            case .losses(let end), .timeout(let end): end
            }
        }

        mutating func acknowledged(before index: UInt64) {
            if let end, index >= end { self = .none }
        }
    }

    /// What a controller of slow start, avoidance and recovery keeps beside its window.
    struct Course: Sendable, Hashable {
        var recovery = Recovery.none
        /// The smoothed round trip in nanoseconds.
        private var roundTrip: Int64 = 0

        /// An acknowledgement has come.
        ///
        /// - Returns: whether losses were being repaired until then: nothing grows by it.
        mutating func acknowledged(
            _ event: AcknowledgementEvent,
            by estimator: borrowing RoundTripEstimator
        ) -> Bool {
            roundTrip = estimator.smoothedNanoseconds
            let wasRepairing = if case .losses = recovery { true } else { false }
            recovery.acknowledged(before: event.startIndex)
            return wasRepairing
        }

        /// Losses are answered once a flight: not those of the one that a time-out has answered, nor any during
        /// recovery.
        mutating func mustAnswer(_ event: CongestionEvent) -> Bool {
            recovery.acknowledged(before: event.startIndex)
            switch recovery {
            case .none: return true
            case .losses: return false
            case .timeout(let end): return event.index >= end
            }
        }

        /// A flight's time-outs are answered once, too: RFC 5681, section 3.1, equation 4.
        ///
        /// - Returns: whether it is the flight's first.
        mutating func timedOut(_ event: CongestionEvent) -> Bool {
            recovery.acknowledged(before: event.startIndex)
            defer { recovery = .timeout(end: event.endIndex) }
            if case .timeout = recovery { return false }
            return true
        }

        /// Bytes a second: twice the window a round trip in slow start, 1.25 times in avoidance; nil before the
        /// first sample.
        func pacingRate(window: Int, isInSlowStart: Bool) -> Int? {
            guard roundTrip > 0 else { return nil }
            // At most 2³⁰ · 200 · 10⁷, less than 2⁶³.
            return Swift.max(1, window &* (isInSlowStart ? 200 : 125) &* 10_000_000 / Int(roundTrip))
        }

        /// How much later something is expected to be acknowledged that is sent now.
        var roundTripNanoseconds: Int64 { roundTrip }
    }

    /// RFC 5681, section 4.1, and RFC 9260, section 7.2.1: half of the window for each time-out without sending, not
    /// below four packets.
    static func idleWindow(_ window: Int, timeouts: Int, packetBytes: Int) -> Int {
        Swift.min(window, Swift.max(window >> Swift.min(timeouts, 62), 4 &* packetBytes))
    }
}
