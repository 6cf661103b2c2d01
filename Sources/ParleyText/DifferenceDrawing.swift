public import ParleyHeaders

/// What changed on the wire between two versions of a struct, for a terminal and for programs.
public struct DifferenceDrawing: Sendable {
    public let difference: StructureDifference
    /// The names of the two files.
    public let oldFile: String
    public let newFile: String
    /// Constants of the headers that have other values now, to be told below the verdict.
    public let constants: [HeaderDifference.ConstantChange]
    /// The width of the terminal, at least 40.
    public let columns: Int

    public init(
        _ difference: StructureDifference,
        oldFile: String,
        newFile: String,
        constants: [HeaderDifference.ConstantChange] = [],
        columns: Int = 80
    ) {
        self.difference = difference
        self.constants = constants
        self.oldFile = oldFile
        self.newFile = newFile
        self.columns = max(40, columns)
    }

    /// The lines, without line ends: both versions' bytes, then a sentence a change, then the verdict.
    public var lines: [[TextSpan]] {
        var title = SpanLine()
        title.add("struct " + TerminalText.escape(difference.name), .title)
        if let machine = (difference.new ?? difference.old)?.machine.name {
            title.add("  on " + machine, .faint)
        }
        let drawing = drawing
        var lines = [title, SpanLine()]
        let isDrawn = ![.same, .added, .removed].contains(difference.verdict)
        if isDrawn { lines += drawing.byteMap + [SpanLine()] }
        if isDrawn, !drawing.bitMaps.isEmpty { lines += drawing.bitMaps + [SpanLine()] }
        let names = difference.changes.map { TerminalText.escape($0.field) }
        let width = min(names.map(\.count).max() ?? 0, columns / 3)
        for (change, name) in zip(difference.changes, names) {
            let lead = "  \(change.kind.sign) " + name.fitted(width)
            lines += drawing.wrapped(
                TerminalText.escape(change.sentence),
                indent: width + 6,
                lead: (lead, drawing.places[change.field].map { .field($0) } ?? .plain)
            )
        }
        lines += drawing.wrapped(
            difference.consequence + ".",
            indent: 2,
            lead: (difference.verdict.rawValue + ":", difference.verdict.isSameOnTheWire ? .title : .mark)
        )
        if !constants.isEmpty {
            let changes = constants.map { "\($0)" }.joined(separator: "; ")
            lines += drawing.wrapped(
                "\(changes): tags and sizes may mean something else.",
                indent: 2,
                lead: ("constants changed:", .mark)
            )
        }
        return lines.map(\.trimmed)
    }

    /// The lines without colour, each with its line end.
    public var text: String { lines.map { $0.map(\.text).joined() + "\n" }.joined() }

    /// Both versions as lanes.
    private var drawing: StructureDrawing {
        var plans: [StructurePlan] = []
        for (plan, name) in [(difference.old, "old"), (difference.new, "new")] {
            guard var plan else { continue }
            plan.machine.name = name
            plans.append(plan)
        }
        return StructureDrawing(StructureComparison(name: difference.name, plans: plans), columns: columns)
    }

    /// `parley.layout-diff/1`.
    public var json: JSONLine {
        let changes = difference.changes.map { change in
            JSONValue.object([
                .init("field", .string(change.field)), .init("change", .string(change.kind.rawValue)),
                .init("sentence", .string(change.sentence)),
            ])
        }
        return JSONLine(
            schema: "parley.layout-diff/1",
            [
                .init("struct", .string(difference.name)),
                .init("old", .string(oldFile)), .init("new", .string(newFile)),
                .init("abi", .string((difference.new ?? difference.old)?.machine.name ?? "")),
                .init("verdict", .string(difference.verdict.rawValue)),
                .init("consequence", .string(difference.consequence)),
                .init("oldSize", difference.old.map { .integer($0.size) } ?? .null),
                .init("newSize", difference.new.map { .integer($0.size) } ?? .null),
                .init("changes", .array(changes)),
                .init("constants", .array(constants.map(\.json))),
            ]
        )
    }
}

extension StructureDifference.Change.Kind {
    /// One sign in front of a change: `+` new, `-` gone, `~` other, `=` the same bytes.
    fileprivate var sign: String {
        switch self {
        case .inserted, .appended, .filled, .named: "+"
        case .removed: "-"
        case .moved, .resized, .retyped, .revalued: "~"
        case .renamed: "="
        }
    }
}

extension HeaderDifference.ConstantChange {
    fileprivate var json: JSONValue {
        .object([.init("name", .string(name)), .init("old", Self.json(old)), .init("new", Self.json(new))])
    }

    private static func json(_ value: CHeader.Constant.Value) -> JSONValue {
        switch value {
        case .integer(let number): .integer(number)
        case .text(let text): .string(text)
        }
    }
}
