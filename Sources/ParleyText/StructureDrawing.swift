public import ParleyHeaders

/// A struct drawn for a terminal: its bytes as blocks, one lane for each layout; its fields as a table; and
/// what is lost when its bytes are copied between machines.
///
///               0        4        8        12       16       20       24
///     x86-64    │name                        │░░░░░░│math    │chinese │
///     packed    │name                        │math    │chinese │
public struct StructureDrawing: Sendable {
    public let comparison: StructureComparison
    /// What to say below the table.
    public var copies: [MemoryCopy]
    public var rooms: [TailRoom]
    /// Sentences at the end.
    public var notes: [String]
    /// The width of the terminal, at least 40.
    public let columns: Int
    /// The fields' places among all of them, by path: their colours.
    let places: [String: Int]

    public init(
        _ comparison: StructureComparison,
        copies: [MemoryCopy] = [],
        rooms: [TailRoom] = [],
        notes: [String] = [],
        columns: Int = 80
    ) {
        self.comparison = comparison
        self.copies = copies
        self.rooms = rooms
        self.notes = notes
        self.columns = max(40, columns)
        places = comparison.places
    }

    /// The lines, without line ends.
    public var lines: [[TextSpan]] {
        let parts =
            [[title], byteMap, bitMaps, table, legend, roomTable] + copies.map(sentences) + [notesText]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [SpanLine()])).map(\.trimmed)
    }

    /// The lines without colour, each with its line end.
    public var text: String {
        lines.map { $0.map(\.text).joined() + "\n" }.joined()
    }

    private var title: SpanLine {
        var line = SpanLine()
        let kind = comparison.plans[0].isUnion ? "union" : comparison.location == nil ? "layout" : "struct"
        line.add(kind + " " + TerminalText.escape(comparison.name), .title)
        if let location = comparison.location {
            line.add("  " + TerminalText.escape("\(location.file):\(location.line)"), .faint)
        }
        return line
    }

    private var notesText: [SpanLine] { notes.flatMap { wrapped($0, indent: 0) } }

    // MARK: What the parts share

    func index(_ path: String) -> Int { places[path] ?? 0 }

    /// The lane's name where there is little room: the first of its machines and how many more.
    func shortLabel(_ lane: StructureComparison.Lane) -> String {
        let names = lane.labels.map(TerminalText.escape)
        let all = names.joined(separator: ", ")
        if all.count <= Self.labelWidthMax || names.count < 2 { return all }
        return (names[0] + " +\(names.count - 1)").fitted(Self.labelWidthMax)
    }

    static let labelWidthMax = 16

    var labelWidth: Int { comparison.lanes.map { shortLabel($0).count }.max() ?? 0 }

    /// Words in lines of the terminal's width; the lines after the first are indented.
    func wrapped(
        _ text: String,
        indent: Int,
        lead: (String, TextSpan.Ink)? = nil,
        ink: TextSpan.Ink = .plain
    ) -> [SpanLine] {
        var lines: [SpanLine] = []
        var line = SpanLine()
        if let lead {
            line.add(lead.0, lead.1)
            line.pad(to: indent)
        }
        for word in text.split(separator: " ") {
            let isFirst = line.width == (lead == nil && lines.isEmpty ? 0 : indent)
            if !isFirst, line.width + 1 + word.count > columns {
                lines.append(line)
                line = SpanLine()
                line.pad(to: indent)
                line.add(String(word), ink)
            } else {
                line.add((isFirst ? "" : " ") + word, ink)
            }
        }
        return lines + [line]
    }
}

extension StructureComparison {
    /// The place of each field among all, by its path.
    var places: [String: Int] {
        var places: [String: Int] = [:]
        for row in rows {
            if case .field(let path, _, _) = row.subject { places[path] = places.count }
        }
        return places
    }
}
