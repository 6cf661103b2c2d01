import ParleyHeaders

extension StructureDrawing {
    /// How the bytes are spread over columns: the same for all lanes, so that they compare.
    private struct Scale {
        var bytesPerLine: Int
        var columnsPerByte: Int

        /// One line when a byte has three columns there, or two and every name fits; otherwise lines of a
        /// power of two.
        init(bytes: Int, room: Int, _ segments: [StructureSegment]) {
            let isWholeInTwo = segments.allSatisfy { segment in
                let label = segment.label(in: 2 * (segment.end - segment.first) - 1)
                return segment.isNamed(label)
            }
            if bytes * 3 <= room || isWholeInTwo && bytes * 2 <= room {
                bytesPerLine = max(bytes, 1)
                columnsPerByte = min(room / bytesPerLine, 8)
            } else {
                bytesPerLine = [64, 32, 16, 8].first { $0 * 3 <= room } ?? 4
                columnsPerByte = max(2, room / bytesPerLine)
            }
        }

        /// The rows in which a piece is drawn; a tail stands behind the last byte.
        func rows(_ segment: StructureSegment) -> [Int] {
            if case .tail = segment.content { return [max(segment.first - 1, 0) / bytesPerLine] }
            return segment.rows(bytesPerRow: bytesPerLine)
        }

        var width: Int { bytesPerLine * columnsPerByte }

        /// How many bytes apart numbers may stand.
        func step(upTo last: Int) -> Int {
            [1, 2, 4, 8, 16].first { $0 * columnsPerByte >= String(last).count + 2 } ?? 16
        }
    }

    /// The lanes of bytes below a ruler.
    var byteMap: [SpanLine] {
        let lanes = comparison.lanes.map { lane in
            (label: shortLabel(lane), size: lane.plan.size, segments: lane.plan.segments(index))
        }
        let total = lanes.map { max($0.size, $0.segments.last?.end ?? 0) }.max() ?? 0
        let tailWidth = lanes.compactMap { Self.tailLabel($0.segments.last)?.count }.max().map { $0 + 3 } ?? 0
        let left = labelWidth + 2
        guard total > 0 || tailWidth > 0 else { return [noBytes] }
        let scale = Scale(bytes: total, room: columns - left - 1 - tailWidth, lanes.flatMap(\.segments))
        var lines: [SpanLine] = []
        let rows = Set(lanes.flatMap { $0.segments.flatMap(scale.rows) }).sorted()
        for (place, row) in rows.enumerated() {
            let start = row * scale.bytesPerLine
            if place > 0 { lines.append(SpanLine()) }
            // What is left out is the inside of long fields.
            if place > 0, rows[place - 1] != row - 1 { lines += [skipped(left), SpanLine()] }
            lines.append(ruler(scale, start, total, left))
            for lane in lanes where start == 0 || start < max(lane.size, lane.segments.last?.end ?? 0) {
                var line = SpanLine()
                line.add(lane.label)
                line.pad(to: left)
                draw(lane.segments, lane.size, scale, start, tailWidth).append(to: &line)
                lines.append(line)
            }
        }
        return lines
    }

    private var noBytes: SpanLine {
        var line = SpanLine()
        line.add("It has no bytes.", .faint)
        return line
    }

    private func skipped(_ left: Int) -> SpanLine {
        var line = SpanLine()
        line.pad(to: left)
        line.add("⋮", .faint)
        return line
    }

    private func ruler(_ scale: Scale, _ start: Int, _ total: Int, _ left: Int) -> SpanLine {
        var cells = SpanCells(width: scale.width + String(total).count + 1)
        let step = scale.step(upTo: total)
        for byte in stride(from: start, through: min(start + scale.bytesPerLine, total), by: step) {
            let isBorder = byte == start + scale.bytesPerLine && byte < total
            if !isBorder { cells.put(String(byte), at: (byte - start) * scale.columnsPerByte, .faint) }
        }
        var line = SpanLine()
        line.pad(to: left)
        cells.append(to: &line)
        return line
    }

    private func draw(
        _ segments: [StructureSegment],
        _ size: Int,
        _ scale: Scale,
        _ start: Int,
        _ tailWidth: Int
    ) -> SpanCells {
        var cells = SpanCells(width: scale.width + 1 + tailWidth)
        let chunk = start..<start + scale.bytesPerLine
        func column(_ byte: Int) -> Int { (byte - start) * scale.columnsPerByte }
        for segment in segments {
            if let label = Self.tailLabel(segment) {
                let isHere =
                    chunk.contains(segment.first)
                    || segment.first == chunk.upperBound && size == segment.first
                if isHere { cells.put("│" + label + " ▸", at: column(segment.first), ink(segment)) }
                continue
            }
            let piece = segment.range.clamped(to: chunk)
            guard !piece.isEmpty else { continue }
            let width = column(piece.upperBound) - column(piece.lowerBound) - 1
            let isBegin = piece.lowerBound == segment.first
            cells.put(isBegin ? "│" : "┊", at: column(piece.lowerBound), .faint)
            if segment.content == .gap {
                cells.put(String(repeating: "░", count: width), at: column(piece.lowerBound) + 1, .gap)
            } else if start == segment.widestRow(bytesPerRow: scale.bytesPerLine) * scale.bytesPerLine {
                cells.put(
                    segment.label(in: width).padded(width),
                    at: column(piece.lowerBound) + 1,
                    ink(segment)
                )
            } else {
                cells.put(
                    String(repeating: " ", count: width),
                    at: column(piece.lowerBound) + 1,
                    ink(segment)
                )
            }
            // The right border stands where nothing else will.
            cells.put(piece.upperBound == segment.end ? "│" : "┊", at: column(piece.upperBound), .faint)
        }
        return cells
    }

    private func ink(_ segment: StructureSegment) -> TextSpan.Ink {
        switch segment.content {
        case .gap: .gap
        case .field(_, let index), .tail(_, let index): .field(index)
        }
    }

    private static func tailLabel(_ segment: StructureSegment?) -> String? {
        guard case .tail(let label, _)? = segment?.content else { return nil }
        return label.fitted(16)
    }
}

extension StructureSegment {
    fileprivate var range: Range<Int> { first..<end }

    /// Whether a label is one of the names, not a part of one.
    fileprivate func isNamed(_ label: String) -> Bool {
        if case .field(let labels, _) = content { labels.contains(label) } else { true }
    }
}
