extension Duration {
    /// Reads `500ms`, `10s`, `5m`, `2h`; a number alone is seconds. Up to ten digits, no fraction.
    init?(endpointText text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Endpoint.number(digits, in: 0...9_999_999_999) else { return nil }
        switch text[digits.endIndex...] {
        case "ms": self = .milliseconds(number)
        case "", "s": self = .seconds(number)
        case "m": self = .seconds(number * 60)
        case "h": self = .seconds(number * 3600)
        default: return nil
        }
    }

    /// What ``init(endpointText:)`` reads again: the largest unit that leaves no fraction, parts of a
    /// millisecond counted as a whole one.
    var endpointText: String {
        let milliseconds = wholeMilliseconds
        guard milliseconds % 1000 == 0 else { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        return seconds > 0 && seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }

    /// The duration in seconds as socket options take it: parts count as a whole one, below zero is zero, at
    /// most `Int32.max`.
    package var wholeSeconds: Int32 { whole(1_000_000_000) }

    /// The duration in milliseconds, counted as ``wholeSeconds`` is.
    package var wholeMilliseconds: Int32 { whole(1_000_000) }

    private func whole(_ unit: Int64) -> Int32 {
        let nanoseconds = max(0, saturatedNanoseconds)
        return Int32(clamping: nanoseconds / unit + (nanoseconds % unit == 0 ? 0 : 1))
    }
}
