/// Small parts of sentences.
package enum Phrase {
    /// `a`, `a and b`, `a, b and c`.
    package static func list(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// `1 byte`, `2 bytes`, `3 replies`: the one place that knows.
    package static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        if number == 1 { return "1 \(noun)" }
        return noun.hasSuffix("y") ? "\(number) \(noun.dropLast())ies" : "\(number) \(noun)s"
    }

    /// `1 byte is`, `2 bytes are`.
    package static func countIs(_ number: some BinaryInteger, _ noun: String) -> String {
        count(number, noun) + (number == 1 ? " is" : " are")
    }
}
