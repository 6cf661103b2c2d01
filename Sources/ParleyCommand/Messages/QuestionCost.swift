import ParleyText

/// What a question cost that may be repeated.
struct QuestionCost: Sendable, Hashable, CustomStringConvertible {
    /// How often it was sent.
    var tries: Int
    /// From when it was first sent to its answer.
    var elapsed: Duration

    /// `sent 3 times, answered after 3.1s`
    var description: String {
        "sent \(tries == 1 ? "once" : "\(tries) times"), answered after \(elapsed.precise)"
    }

    var json: [JSONValue.Member] {
        [.init("tries", .integer(tries)), .init("microseconds", .integer(elapsed.microseconds))]
    }
}

extension Duration {
    var microseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }

    /// `85us`, `3.4ms`, `1.2s`: three digits or so.
    var precise: String {
        let microseconds = microseconds
        if microseconds < 1000 { return "\(microseconds)us" }
        if microseconds < 1_000_000 { return "\(microseconds / 1000).\(microseconds / 100 % 10)ms" }
        return rounded
    }
}
