extension WallTime {
    /// RFC 3339 in UTC with all its digits: microseconds, or nanoseconds where it is finer than that.
    ///
    /// ``init(rfc3339:)`` gives the same instant again.
    public var exactDescription: String {
        guard nanoseconds % 1000 != 0 else { return description }
        let rest = Int(nanoseconds % 1000)
        return description.dropLast() + (rest < 10 ? "00" : rest < 100 ? "0" : "") + "\(rest)Z"
    }

    /// Reads `2026-11-21T04:05:06.000123Z`: RFC 3339 in UTC, with up to nine digits of fraction or none.
    ///
    /// Nil for what is written otherwise, for days that no month has, and for other zones than `Z`.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 30, bytes.last == UInt8(ascii: "Z") else { return nil }
        let marks: [(Int, Unicode.Scalar)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        guard marks.allSatisfy({ bytes[$0] == UInt8(ascii: $1) }) else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard 48...57 ~= byte else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            1...12 ~= month, day >= 1, hour < 24, minute < 60, second < 60
        else { return nil }
        var nanoseconds: Int64 = 0
        if bytes.count > 20 {
            guard bytes.count > 21, bytes[19] == UInt8(ascii: "."),
                let fraction = number(20..<bytes.count - 1)
            else { return nil }
            nanoseconds = fraction
            for _ in bytes.count - 21..<9 { nanoseconds *= 10 }
        }
        let days = Self.days(year: year, month: month, day: day)
        let date = Self.date(daysSince1970: days)
        guard date.month == month, date.day == day else { return nil }
        self.init(
            secondsSince1970: days * 86400 + hour * 3600 + minute * 60 + second,
            nanoseconds: Int32(nanoseconds)
        )
    }

    /// Days since 1970, by eras of 400 years that begin on the first of March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
