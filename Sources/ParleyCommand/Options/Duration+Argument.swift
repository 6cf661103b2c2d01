import ArgumentParser

/// A duration as people write it: `3s`, `500ms`, `1.5s`, `1m`, `2h`; a number alone is seconds.
struct Span: ExpressibleByArgument, Sendable, Hashable {
    var duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units = ["": 1, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600]
        guard let number = Double(digits), let unit = units[String(argument[digits.endIndex...])],
            number * unit <= 86400 * 36500
        else { return nil }
        duration = .nanoseconds(Int64((number * unit * 1e9).rounded()))
    }

    var defaultValueDescription: String { duration.spelled }
}

extension Duration {
    /// `3s`, `500ms`, `1m`: the largest unit that leaves no fraction.
    var spelled: String {
        let (seconds, attoseconds) = components
        if attoseconds == 0 {
            if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
            return seconds > 0 && seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
        }
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
    }

    /// For a summary: `1.2s`.
    var rounded: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds < 1000
            ? "\(milliseconds)ms" : "\(milliseconds / 1000).\(milliseconds / 100 % 10)s"
    }
}
