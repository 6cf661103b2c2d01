/// An instant of the calendar, as seconds since 1970 in UTC: what `clock_gettime(CLOCK_REALTIME)` says.
public struct WallTime: Sendable, Hashable {
    public var secondsSince1970: Int64
    /// 0 to 999 999 999.
    public var nanoseconds: Int32

    public init(secondsSince1970: Int64, nanoseconds: Int32 = 0) {
        precondition(0..<1_000_000_000 ~= nanoseconds, "a second has a billion nanoseconds")
        self.secondsSince1970 = secondsSince1970
        self.nanoseconds = nanoseconds
    }
}

extension WallTime: CustomStringConvertible {
    /// RFC 3339 in UTC with microseconds: `2026-11-21T04:05:06.000123Z`.
    public var description: String {
        let days = secondsSince1970 / 86400 - (secondsSince1970 % 86400 < 0 ? 1 : 0)
        let second = secondsSince1970 - days * 86400
        let (year, month, day) = Self.date(daysSince1970: days)
        let time =
            "\(Self.pad(second / 3600, 2)):\(Self.pad(second / 60 % 60, 2)):\(Self.pad(second % 60, 2))"
        let fraction = Self.pad(Int64(nanoseconds) / 1000, 6)
        return "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))T\(time).\(fraction)Z"
    }

    /// The civil date, by eras of 400 years that begin on the first of March.
    static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1
        )
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
