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

    /// Bytes a second: a share of the window in a round trip, in percent.
    static func pacingRate(window: Int, roundTrip: Int64, percent: Int) -> Int? {
        guard roundTrip > 0 else { return nil }
        // At most 2³⁰ · 200 · 10⁷, less than 2⁶³.
        return Swift.max(1, window &* percent &* 10_000_000 / Int(roundTrip))
    }
}
