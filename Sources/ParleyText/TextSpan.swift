/// A piece of a line and what it is for. Colour is the terminal's matter; the text alone says everything.
public struct TextSpan: Sendable, Hashable {
    public var text: String
    public var ink: Ink

    public init(_ text: String, _ ink: Ink = .plain) {
        self.text = text
        self.ink = ink
    }

    public enum Ink: Sendable, Hashable {
        case plain
        case title
        case faint
        /// Bytes that belong to no field.
        case gap
        /// What differs.
        case mark
        /// A field, by its place among the fields: the same one has the same colour everywhere.
        case field(Int)
    }
}

/// A line of spans, and the cells of a drawing: one character each, so that columns stay columns.
struct SpanLine: Sendable {
    private(set) var spans: [TextSpan] = []
    private(set) var width = 0

    mutating func add(_ text: String, _ ink: TextSpan.Ink = .plain) {
        guard !text.isEmpty else { return }
        width += text.count
        if let last = spans.indices.last, spans[last].ink == ink {
            spans[last].text += text
        } else {
            spans.append(TextSpan(text, ink))
        }
    }

    /// Blanks up to a column.
    mutating func pad(to column: Int) {
        if column > width { add(String(repeating: " ", count: column - width)) }
    }

    /// The spans without blanks at the end.
    var trimmed: [TextSpan] {
        var spans = spans
        while let last = spans.indices.last {
            while spans[last].text.last == " " { spans[last].text.removeLast() }
            guard spans[last].text.isEmpty else { break }
            spans.removeLast()
        }
        return spans
    }
}

/// A row of cells that is filled out of order.
struct SpanCells: Sendable {
    private var characters: [Character]
    private var inks: [TextSpan.Ink]

    init(width: Int) {
        characters = Array(repeating: " ", count: width)
        inks = Array(repeating: .plain, count: width)
    }

    /// Writes a text; what is outside is left out.
    mutating func put(_ text: String, at column: Int, _ ink: TextSpan.Ink = .plain) {
        for (index, character) in text.enumerated() where characters.indices.contains(column + index) {
            characters[column + index] = character
            inks[column + index] = ink
        }
    }

    func append(to line: inout SpanLine) {
        for (character, ink) in zip(characters, inks) { line.add(String(character), ink) }
    }
}

extension String {
    /// The text, cut where it is wider than `width`: with `…` where four columns are left or more. Digits at
    /// the end, which tell `field_1` and `field_2` apart, stay.
    func fitted(_ width: Int) -> String {
        if count <= width { return self }
        let digits = String(reversed().prefix { $0.isNumber }.reversed())
        if !digits.isEmpty, digits.count + 1 <= width {
            return prefix(width - 1 - digits.count) + "…" + digits
        }
        return width < 4 ? String(prefix(max(0, width))) : prefix(width - 1) + "…"
    }

    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    func rightAligned(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
