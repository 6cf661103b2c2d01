import ParleyHeaders

extension StructureDrawing {
    /// The bytes that hold bit fields, bit by bit, the most significant of each byte first as RFCs draw them.
    /// Lanes whose bit fields lie in the same bytes stand together.
    var bitMaps: [SpanLine] {
        var groups: [(bytes: [Int], lanes: [StructureComparison.Lane])] = []
        for lane in comparison.lanes {
            let bytes = Set(lane.plan.bitFieldBytes).sorted()
            if let index = groups.firstIndex(where: { $0.bytes == bytes }) {
                groups[index].lanes.append(lane)
            } else if !bytes.isEmpty {
                groups.append((bytes, [lane]))
            }
        }
        let left = labelWidth + 2
        let room = columns - left - 1
        let perLine = [8, 4, 2].first { $0 * 8 * 4 <= room } ?? (room >= 2 * 8 * 3 ? 2 : 1)
        let width = max(2, min(6, room / (perLine * 8)))
        var lines: [SpanLine] = []
        for (bytes, lanes) in groups {
            for start in stride(from: 0, to: bytes.count, by: perLine) {
                if !lines.isEmpty { lines.append(SpanLine()) }
                let shown = Array(bytes[start...].prefix(perLine))
                lines += bitRuler(shown, width, left)
                for lane in lanes {
                    var line = SpanLine()
                    line.add(shortLabel(lane))
                    line.pad(to: left)
                    draw(lane.plan, shown, width).append(to: &line)
                    lines.append(line)
                }
            }
        }
        return lines
    }

    /// The numbers of the bytes, and below them those of their bits.
    private func bitRuler(_ bytes: [Int], _ width: Int, _ left: Int) -> [SpanLine] {
        var names = SpanCells(width: bytes.count * 8 * width + 1)
        var numbers = names
        for (place, byte) in bytes.enumerated() {
            names.put("byte \(byte)", at: place * 8 * width, .faint)
            for bit in 0..<8 { numbers.put(String(7 - bit), at: (place * 8 + bit) * width, .faint) }
        }
        return [("bits", names), ("", numbers)].map { title, cells in
            var line = SpanLine()
            line.add(title)
            line.pad(to: left)
            cells.append(to: &line)
            return line
        }
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
