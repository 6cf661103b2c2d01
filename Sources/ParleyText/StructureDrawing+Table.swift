import ParleyHeaders
import ParleyWire

extension StructureDrawing {
    /// The fields as rows, the lanes side by side; as many as fit, then the others below.
    var table: [SpanLine] {
        let cells = comparison.rows.map { row in comparison.lanes.indices.map { cell(row, $0) } }
        let widths = LaneWidths(cells, comparison.lanes.map(\.plan))
        let names = comparison.rows.map(rowName)
        let types = comparison.rows.map(rowType)
        var nameWidth = min(max(12, names.map(\.count).max() ?? 0), max(16, columns / 3))
        var typeWidth = min(types.map(\.count).max() ?? 0, max(12, columns / 4))
        let laneWidth = widths.total + 3
        // Two lanes side by side are worth more than whole types and long names.
        let wanted = min(2, comparison.lanes.count) * laneWidth + 2
        typeWidth = min(typeWidth, max(columns - wanted - nameWidth, min(typeWidth, 8)))
        nameWidth = min(nameWidth, max(columns - wanted - typeWidth, min(nameWidth, 12)))
        typeWidth = max(0, min(typeWidth, columns - laneWidth - 2 - min(nameWidth, 12)))
        let room = columns - typeWidth - 2
        if nameWidth + laneWidth > room { nameWidth = max(8, room - laneWidth) }
        let perBlock = max(1, (room - nameWidth) / laneWidth)
        var lines: [SpanLine] = []
        for start in stride(from: 0, to: comparison.lanes.count, by: perBlock) {
            let block = start..<min(start + perBlock, comparison.lanes.count)
            if start > 0 { lines.append(SpanLine()) }
            let left = nameWidth + 2 + typeWidth
            lines += heading(block, widths, left)
            for (place, row) in comparison.rows.enumerated() {
                var line = SpanLine()
                line.add(names[place].fitted(nameWidth), ink(row))
                line.pad(to: nameWidth + 2)
                line.add(types[place].fitted(typeWidth), .faint)
                line.pad(to: left)
                for lane in block { widths.add(cells[place][lane], isGap: row.isGap, to: &line) }
                lines.append(line)
            }
            lines.append(sizes(block, widths, left))
        }
        return lines
    }

    /// What the signs mean that were used.
    var legend: [SpanLine] {
        var parts: [String] = []
        if comparison.lanes.contains(where: { !$0.plan.gaps.isEmpty }) {
            parts.append("░ belongs to no field")
        }
        let isMarked = comparison.rows.contains { row in
            comparison.lanes.indices.contains { cell(row, $0).isOffsetMarked || cell(row, $0).isSizeMarked }
        }
        if isMarked || Set(comparison.lanes.map(\.plan.size)).count > 1 {
            parts.append("≠ differs from \(TerminalText.escape(comparison.lanes[0].labels[0]))")
        }
        let orders = Set(comparison.plans.filter { $0.packing == .asWritten }.map(\.machine.byteOrder))
        if orders.count > 1 { parts.append("LE, BE: numbers begin with their least, most significant byte") }
        if comparison.plans.contains(where: \.hasBitFields) {
            parts.append("3.4: byte 3, bit 4 as the machine counts")
        }
        return parts.isEmpty ? [] : wrapped(parts.joined(separator: "; "), indent: 0, ink: .faint)
    }

    /// One field or gap in one lane.
    struct Cell {
        var offset = ""
        var size = ""
        var alignment = ""
        var isOffsetMarked = false
        var isSizeMarked = false
    }

    private func cell(_ row: StructureComparison.Row, _ lane: Int) -> Cell {
        switch row.subject {
        case .field(let path, _, let fields):
            guard let field = fields[lane] else { return Cell(offset: "-") }
            let first = fields[0]
            return Cell(
                offset: field.isBitField ? "\(field.offset).\(field.firstBit % 8)" : "\(field.offset)",
                size: field.isOpen
                    ? "open" : field.isBitField ? "\(field.bitCount)b" : "\(field.bitCount / 8)",
                alignment: Self.text(comparison.lanes[lane].alignments(of: path)),
                isOffsetMarked: first.map { !isPlaceEqual($0, field, lane) } ?? true,
                isSizeMarked: first.map { $0.bitCount != field.bitCount } ?? true
            )
        case .gap(_, let gaps):
            guard let gap = gaps[lane] else { return Cell(offset: "-") }
            return Cell(
                offset: gap.isWholeBytes || gap.firstBit % 8 == 0
                    ? "\(gap.offset)" : "\(gap.offset).\(gap.firstBit % 8)",
                size: gap.isWholeBytes ? "\(gap.bitCount / 8)" : "\(gap.bitCount)b"
            )
        }
    }

    /// `4`, or `1-4` where machines differ that put everything at the same place.
    private static func text(_ alignments: ClosedRange<Int>?) -> String {
        guard let alignments else { return "" }
        let (least, most) = (alignments.lowerBound, alignments.upperBound)
        return least == most ? "\(least)" : "\(least)-\(most)"
    }

    private func isPlaceEqual(_ first: StructurePlan.Field, _ field: StructurePlan.Field, _ lane: Int) -> Bool
    {
        guard first.isBitField, field.isBitField else { return first.firstBit == field.firstBit }
        let orders = [0, lane].map { comparison.lanes[$0].plan.machine.byteOrder }
        return first.sharesBits(orders[0], with: field, orders[1])
    }

    private func rowName(_ row: StructureComparison.Row) -> String {
        let indent = String(repeating: "  ", count: row.depth)
        switch row.subject {
        case .field(let path, _, _):
            return indent + TerminalText.escape(path.split(separator: ".").last.map(String.init) ?? path)
        case .gap(let isTail, let gaps):
            let repeats = gaps.compactMap { $0?.repeats }.max() ?? 1
            if repeats > 1 { return indent + "░ padding ×\(repeats)" }
            return indent + (isTail ? "░ end padding" : "░ padding")
        }
    }

    private func rowType(_ row: StructureComparison.Row) -> String {
        if case .field(_, let type, _) = row.subject { return TerminalText.escape(type) }
        return ""
    }

    private func ink(_ row: StructureComparison.Row) -> TextSpan.Ink {
        if case .field(let path, _, _) = row.subject { return .field(index(path)) }
        return .gap
    }

    /// The lanes' names, one below another, then what the numbers are.
    private func heading(_ block: Range<Int>, _ widths: LaneWidths, _ left: Int) -> [SpanLine] {
        let hasOrders = Set(comparison.plans.map(\.machine.byteOrder)).count > 1
        let labels = block.map { lane -> [String] in
            let plans = comparison.lanes[lane].plans
            let orders = Dictionary(plans.map { ($0.machine.name, $0.machine.byteOrder) }) { first, _ in first
            }
            let names = comparison.lanes[lane].labels.map { label in
                guard hasOrders, let order = orders[label] else { return TerminalText.escape(label) }
                return TerminalText.escape(label) + (order == .little ? " LE" : " BE")
            }
            return packedLines(names, widths.total)
        }
        var lines: [SpanLine] = []
        for row in 0..<(labels.map(\.count).max() ?? 0) {
            var line = SpanLine()
            line.pad(to: left)
            for names in labels {
                line.add("   ")
                let offset = row - ((labels.map(\.count).max() ?? 0) - names.count)
                let name = offset >= 0 ? names[offset] : ""
                line.add(name.fitted(widths.total).padded(widths.total), .title)
            }
            lines.append(line)
        }
        var line = SpanLine()
        line.add("field", .faint)
        line.pad(to: left)
        for _ in block { widths.addHeading(to: &line) }
        return lines + [line]
    }

    /// Names, several on a line while they fit.
    private func packedLines(_ names: [String], _ width: Int) -> [String] {
        var lines: [String] = []
        for name in names {
            if let last = lines.last, last.count + 2 + name.count <= width {
                lines[lines.count - 1] += ", " + name
            } else {
                lines.append(name)
            }
        }
        return lines
    }

    private func sizes(_ block: Range<Int>, _ widths: LaneWidths, _ left: Int) -> SpanLine {
        var line = SpanLine()
        line.add("sizeof", .title)
        line.pad(to: left)
        for lane in block {
            let plan = comparison.lanes[lane].plan
            let alignments = comparison.lanes[lane].alignments()
            var cell = Cell(size: "\(plan.size)", alignment: Self.text(alignments))
            cell.isSizeMarked = plan.size != comparison.lanes[0].plan.size
            widths.add(cell, isGap: false, to: &line)
        }
        return line
    }
}

/// The columns of one lane: offset, size, alignment.
private struct LaneWidths {
    var offset: Int
    var size: Int
    let alignment = 5
    /// Room for a mark behind a number, when there is anything to compare.
    let mark: Int

    init(_ cells: [[StructureDrawing.Cell]], _ plans: [StructurePlan]) {
        let all = cells.flatMap(\.self)
        offset = max(6, all.map(\.offset.count).max() ?? 0)
        size = max(4, all.map(\.size.count).max() ?? 0, plans.map { String($0.size).count }.max() ?? 0)
        mark = plans.count > 1 ? 1 : 0
    }

    var total: Int { offset + mark + 1 + size + mark + 1 + alignment }

    func addHeading(to line: inout SpanLine) {
        line.add("   ")
        let marks = String(repeating: " ", count: mark)
        line.add(
            "offset".rightAligned(offset) + marks + " " + "size".rightAligned(size) + marks + " align",
            .faint
        )
    }

    func add(_ cell: StructureDrawing.Cell, isGap: Bool, to line: inout SpanLine) {
        line.add("   ")
        put(cell.offset, offset, cell.isOffsetMarked, isGap, &line)
        line.add(" ")
        put(cell.size, size, cell.isSizeMarked, isGap, &line)
        line.add(" ")
        line.add(cell.alignment.rightAligned(alignment), .faint)
    }

    private func put(_ text: String, _ width: Int, _ isMarked: Bool, _ isGap: Bool, _ line: inout SpanLine) {
        line.add(text.rightAligned(width), isMarked ? .mark : isGap ? .gap : .plain)
        if mark > 0 { line.add(isMarked ? "≠" : " ", .mark) }
    }
}

extension StructureComparison.Row {
    var isGap: Bool {
        if case .gap = subject { true } else { false }
    }
}
