/// Small parts of sentences.
package enum Phrase {
    /// `a`, `a and b`, `a, b and c`.
    package static func list(_ items: [String], _ last: String = "and") -> String {
        guard items.count > 1, let end = items.last else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " \(last) " + end
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
