import ParleyTypes

/// What the parser of arguments says, with the nearest name instead of all.
enum ParserWords {
    /// `The value 'ecko' is invalid for '<service>'. Please provide one of the following: …` with what is meant
    /// perhaps; as it is where nothing is near.
    static func shortened(_ text: String) -> String {
        guard text.contains("The value '"), let start = text.firstRange(of: "Please provide one of "),
            let value = text.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first
        else { return text }
        let rest = text[start.upperBound...]
        var names: [String] = []
        var end = rest.endIndex
        if rest.hasPrefix("the following:") {
            let lines = rest.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
            let listed = lines.prefix { $0.hasPrefix("  - ") }
            names = listed.map { String($0.dropFirst(4)) }
            end = listed.last?.endIndex ?? end
        } else {
            end = rest.firstIndex(of: "\n") ?? end
            let parts = rest[..<end].split(separator: "'", omittingEmptySubsequences: false)
            names = parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }
        guard let question = Nearest.question(for: String(value), among: names) else { return text }
        return text[..<start.lowerBound] + question + text[end...]
    }
}
