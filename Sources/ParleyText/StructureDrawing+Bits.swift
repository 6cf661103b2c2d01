import ParleyHeaders
import ParleyWire

extension StructureDrawing {
    /// The bytes that hold bit fields, bit by bit, the most significant of each byte first as RFCs draw them.
    var bitMaps: [SpanLine] {
        let lanes = comparison.lanes.map { (label: shortLabel($0), plan: $0.plan) }
        let bytes = Set(lanes.flatMap { $0.plan.bitFieldBytes }).sorted()
        guard !bytes.isEmpty else { return [] }
        let left = labelWidth + 2
        let room = columns - left - 1
        let perLine = [8, 4, 2].first { $0 * 8 * 4 <= room } ?? (room >= 2 * 8 * 3 ? 2 : 1)
        let width = max(2, min(6, room / (perLine * 8)))
        var lines: [SpanLine] = []
        for start in stride(from: 0, to: bytes.count, by: perLine) {
            if start > 0 { lines.append(SpanLine()) }
            let shown = Array(bytes[start...].prefix(perLine))
            lines.append(bitRuler(shown, width, left))
            for lane in lanes {
                var line = SpanLine()
                line.add(lane.label)
                line.pad(to: left)
                draw(lane.plan, shown, width).append(to: &line)
                lines.append(line)
            }
        }
        return lines
    }

    /// `byte 12  6   5   4   3   2   1   0`: the first bit's number gives way to the byte's.
    private func bitRuler(_ bytes: [Int], _ width: Int, _ left: Int) -> SpanLine {
        var cells = SpanCells(width: bytes.count * 8 * width + 1)
        for (place, byte) in bytes.enumerated() {
            let name = "byte \(byte)"
            for bit in 0..<8 where bit * width > name.count {
                cells.put(String(7 - bit), at: (place * 8 + bit) * width + 1, .faint)
            }
            cells.put(name, at: place * 8 * width, .faint)
        }
        var line = SpanLine()
        line.add("bits")
        line.pad(to: left)
        cells.append(to: &line)
        return line
    }

    private func draw(
        _ plan: StructurePlan,
        _ bytes: [Int],
        _ width: Int
    ) -> SpanCells {
        var cells = SpanCells(width: bytes.count * 8 * width + 1)
        for (place, byte) in bytes.enumerated() where byte < plan.size {
            let base = place * 8 * width
            cells.put("│" + String(repeating: "░", count: 8 * width - 1), at: base, .gap)
            cells.put("│", at: base, .faint)
            for field in plan.fields where !field.hasMembers {
                guard let range = field.bits(in: byte, plan.machine.byteOrder) else { continue }
                let column = base + range.lowerBound * width
                let room = range.count * width - 1
                let label = TerminalText.escape(field.name).fitted(room).padded(room)
                cells.put("│", at: column, .faint)
                cells.put(label, at: column + 1, .field(index(field.path)))
                cells.put("│", at: column + room + 1, .faint)
            }
            cells.put("│", at: base + 8 * width, .faint)
        }
        return cells
    }
}

extension StructurePlan {
    /// The bytes that hold a bit of a bit field.
    var bitFieldBytes: [Int] {
        fields.filter { $0.isBitField && $0.bitCount > 0 }.flatMap { Array($0.offset...($0.end - 1) / 8) }
    }
}

extension StructurePlan.Field {
    /// Where the field's bits stand in a byte, counted from the most significant.
    func bits(in byte: Int, _ order: ByteOrder) -> Range<Int>? {
        let range = (firstBit..<end).clamped(to: byte * 8..<byte * 8 + 8)
        guard !range.isEmpty else { return nil }
        let first = range.lowerBound - byte * 8
        let last = range.upperBound - byte * 8
        return order == .big ? first..<last : 8 - last..<8 - first
    }
}
