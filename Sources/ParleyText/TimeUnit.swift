internal import ParleyTypes

/// What a time in a field is counted in: `{time:ms}`.
package enum TimeUnit: String, Sendable, Hashable, CaseIterable {
    case s, ms, us, ns

    package var perSecond: Int {
        switch self {
        case .s: 1
        case .ms: 1000
        case .us: 1_000_000
        case .ns: 1_000_000_000
        }
    }

    /// The time since 1970, without what is less than one.
    func count(_ time: WallTime) -> Int64 {
        let units = Int64(perSecond)
        return time.secondsSince1970 * units + Int64(time.nanoseconds) / (1_000_000_000 / units)
    }

    /// The finest for which a number of so many bits has room, for some decades.
    package init(bits: Int) {
        switch bits {
        case 61...: self = .ns
        case 51...: self = .us
        case 41...: self = .ms
        default: self = .s
        }
    }
}
