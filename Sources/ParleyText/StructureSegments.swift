import ParleyHeaders

/// The pieces that a struct's bytes fall into when they are drawn: a field, fields that share bytes, or a gap.
struct StructureSegment: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        /// Names to choose from, the longest first, and the field's place among all.
        case field(labels: [String], index: Int)
        case gap
        /// An open tail; it ends nowhere.
        case tail(label: String, index: Int)
    }

    var first: Int
    /// One past the last.
    var end: Int
    var content: Content

    /// The rows that show it all, of rows of so many bytes: its first, its second, which is the first that may
    /// be full, and its last. Between them nothing but itself stands.
    func rows(bytesPerRow: Int) -> [Int] {
        let (first, last) = (first / bytesPerRow, max(end - 1, first) / bytesPerRow)
        return [first, min(first + 1, last), last]
    }

    /// The row where there is most room for its name.
    func widestRow(bytesPerRow: Int) -> Int {
        let room = { (row: Int) in
            (first..<end).clamped(to: row * bytesPerRow..<(row + 1) * bytesPerRow).count
        }
        return rows(bytesPerRow: bytesPerRow).reduce(first / bytesPerRow) { room($1) > room($0) ? $1 : $0 }
    }

    /// The whole names that fit, otherwise the shortest one cut.
    func label(in width: Int) -> String {
        switch content {
        case .gap: ""
        case .tail(let label, _): label.fitted(width)
        case .field(let labels, _):
            labels.first { $0.count <= width } ?? (labels.last ?? "").fitted(width)
        }
    }
}

extension StructurePlan {
    /// The pieces of bytes, in order, without overlap.
    ///
    /// - Parameter index: the place of a field among all, by its path.
    func segments(_ index: (String) -> Int) -> [StructureSegment] {
        var segments: [StructureSegment] = []
        var shared: [[Field]] = []
        for field in drawnFields.sorted(by: { ($0.firstBit, -$0.end) < ($1.firstBit, -$1.end) }) {
            let end = (field.end + 7) / 8
            if field.bitCount == 0 { continue }
            if let last = segments.indices.last, field.offset < segments[last].end {
                segments[last].end = max(segments[last].end, end)
                shared[last].append(field)
            } else {
                segments.append(StructureSegment(first: field.offset, end: end, content: .gap))
                shared.append([field])
            }
        }
        for (place, fields) in shared.enumerated() {
            segments[place].content = .field(labels: Self.labels(fields), index: index(fields[0].path))
        }
        let tail = fields.last.flatMap { $0.isOpen ? $0 : nil }
        for gap in gaps {
            let first = (gap.firstBit + 7) / 8
            let end = min(gap.end / 8, tail?.offset ?? .max)
            // What is drawn as a whole hides the gaps in it.
            let isHidden = segments.contains { $0.first <= first && end <= $0.end && $0.content != .gap }
            if end > first, !isHidden {
                segments.append(StructureSegment(first: first, end: end, content: .gap))
            }
        }
        segments.sort { $0.first < $1.first }
        if let tail {
            let label = TerminalText.escape(tail.name) + "[]"
            segments.append(
                StructureSegment(
                    first: tail.offset,
                    end: tail.offset,
                    content: .tail(label: label, index: index(tail.path))
                )
            )
        }
        return segments
    }

    /// Leaves; arrays of structs and unions as a whole.
    private var drawnFields: [Field] {
        var drawn: [Field] = []
        var closedDepth: Int?
        for field in fields {
            if let depth = closedDepth, field.depth > depth { continue }
            closedDepth = nil
            let isArray = field.elementSize > 0 && field.bitCount > field.elementSize * 8
            if field.kind == .union || field.kind == .structure && isArray { closedDepth = field.depth }
            if field.kind != .structure || closedDepth != nil { drawn.append(field) }
        }
        return drawn
    }

    private static func labels(_ fields: [Field]) -> [String] {
        let names = fields.map { TerminalText.escape($0.name) }
        if fields.contains(where: \.isBitField) { return [names.joined(separator: " "), "bits", "::"] }
        if names.count > 1 { return [names.joined(separator: "|")] }
        let path = TerminalText.escape(fields[0].path)
        return path == names[0] ? names : [path, names[0]]
    }
}
