/// A word of C.
struct Token: Sendable {
    var kind: Kind
    /// The token as written, line continuations taken out; strings with their quotes.
    var text: String
    var spot: Spot
    /// Whether it is the first of its line: `#` is a directive only there.
    var startsLine = false
    var hasSpaceBefore = false
    /// Whether it came out of its own macro and must not be expanded again (C17, 6.10.3.4).
    var isPainted = false

    enum Kind: Sendable {
        case identifier, number, string, character, punctuator
        /// A byte that is no C.
        case stray
        /// A string or character constant that the line's end cut off.
        case unterminated
        /// A `#pragma` that changes layouts, handed through to the parser; its words are in the text, with
        /// spaces between them.
        case pragma
        /// Where a macro's replacement ends, while expanding.
        case macroEnd
        case end
    }

    func `is`(_ punctuator: String) -> Bool {
        kind == .punctuator && text == punctuator
    }

    func isWord(_ word: String) -> Bool {
        kind == .identifier && text == word
    }

    /// The token in a sentence.
    var quoted: String {
        switch kind {
        case .end, .macroEnd: "the end"
        case .pragma: "#pragma \(text.prefix { $0 != " " })"
        case .stray: "a byte that is no C"
        case .unterminated: "an unfinished constant"
        default: "\u{201C}\(text.count > 40 ? text.prefix(40) + "…" : text)\u{201D}"
        }
    }
}

/// The work that was done, against its limit.
struct Budget: Sendable {
    let limits: HeaderLimits
    private var steps = 0

    init(_ limits: HeaderLimits) {
        self.limits = limits
    }

    mutating func spend(_ count: Int = 1, at spot: Spot) throws(Fault) {
        steps += count
        guard steps <= limits.stepsMax else {
            throw Fault(.tooMuch(.steps, maximum: limits.stepsMax), at: spot)
        }
    }
}
