import ParleyText
import ParleyTypes

/// `--time`: the field that says when a message was sent, by its sender's clock, and what it counts in.
struct TimeField: Sendable {
    let field: NumberField
    let unitsPerSecond: Int

    /// - Parameter texts: `at`, `h.at:ms`, `stamp:90000/s`: one that all messages have, or one of each kind.
    init(_ texts: [String], in form: Form) throws(Ending) {
        var fields: [String] = []
        var units: [Int?] = []
        for text in texts {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            fields.append(String(text[..<end]))
            units.append(end == text.endIndex ? nil : try Self.units(text[end...].dropFirst(), of: text))
        }
        field = try NumberField(fields, in: form, as: .time)
        guard let first = units.first, units.allSatisfy({ $0 == first }) else {
            throw Ending(
                .usage,
                "--time \(SafeText.line(Phrase.list(texts))): the times count in different units",
                remedy: "Name fields of one unit, or one kind alone."
            )
        }
        if let first {
            unitsPerSecond = first
            return
        }
        let unit = TimeUnit(bits: field.bits)
        guard unit != .s else {
            throw Ending(
                .usage,
                "--time \(SafeText.line(field.text)): \(field.bits) bits that say no unit are seconds, which are too "
                    + "long to smooth by",
                remedy: "Say the unit: --time \(SafeText.line(fields[0])):ms, or how many are a second: "
                    + "--time \(SafeText.line(fields[0])):90000/s."
            )
        }
        unitsPerSecond = unit.perSecond
    }

    private static func units(_ word: Substring, of text: String) throws(Ending) -> Int {
        if let unit = TimeUnit(rawValue: String(word)) { return unit.perSecond }
        let digits = word.hasSuffix("/s") ? word.dropLast(2) : ""
        guard let count = Int(digits), (1...1_000_000_000).contains(count) else {
            throw Ending(
                .usage,
                "--time \(SafeText.line(text)): there is no unit \u{201C}\(SafeText.line(String(word)))\u{201D}",
                remedy: "Write s, ms, us or ns, or how many are a second, 1/s to 1000000000/s: stamp:90000/s."
            )
        }
        return count
    }
}
