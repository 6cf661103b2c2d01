import ParleyHeaders
internal import ParleyTypes
import ParleyWire

extension StructureDrawing {
    /// What a copy of memory breaks, a sentence a field.
    func sentences(_ copy: MemoryCopy) -> [SpanLine] {
        let isWire = copy.targets.allSatisfy(\.isWire)
        let targets = Phrase.list(copy.targets.map(\.name)) + (isWire ? " (packed, network byte order)" : "")
        let title = wrapped("memcpy from \(copy.source.name) to \(targets)", indent: 2, ink: .title)
        guard !copy.faults.isEmpty else {
            return title + wrapped("Every field arrives as it is.", indent: 2, lead: ("", .plain))
        }
        let names = copy.faults.map { TerminalText.escape($0.field ?? "the whole") }
        let width = min(names.map(\.count).max() ?? 0, columns / 3)
        var lines = title
        for (fault, name) in zip(copy.faults, names) {
            let ink = fault.field.map { TextSpan.Ink.field(index($0)) } ?? .plain
            lines += wrapped(fault.sentence, indent: width + 4, lead: ("  " + name.fitted(width), ink))
        }
        guard !copy.intact.isEmpty else { return lines }
        let intact = Phrase.list(copy.intact.map(TerminalText.escape))
        let verb = copy.intact.count == 1 ? "arrives as it is" : "arrive as they are"
        return lines + wrapped("\(intact) \(verb).", indent: 2, lead: ("", .plain))
    }

    /// What fits into the tail under each limit; a column for each offset that the tail has.
    var roomTable: [SpanLine] {
        // Two blanks and at most seven digits an offset; the limit takes the rest.
        let perBlock = max(1, (columns - 26) / 9)
        return stride(from: 0, to: rooms.count, by: perBlock).flatMap { start in
            roomTable(Array(rooms[start...].prefix(perBlock)))
        }
    }

    private func roomTable(_ rooms: [TailRoom]) -> [SpanLine] {
        guard let first = rooms.first else { return [] }
        let isWide = first.itemSize > 1
        let places = rooms.map { room in
            let machines = self.rooms.count > 1 ? " on \(Phrase.list(room.machines))" : ""
            return "behind \(Phrase.count(room.offset, "byte"))\(machines)"
        }
        let title = "room for \(TerminalText.escape(first.field)) " + places.joined(separator: ", ")
        let rows = TailRoom.limits.map { limit, _ in
            rooms.map { String(isWide ? $0.items(under: limit) : $0.bytes(under: limit)) }
        }
        let widths = rooms.indices.map { place in rows.map { $0[place].count }.max() ?? 0 }
        let lines = zip(TailRoom.limits, rows).map { limit, amounts -> SpanLine in
            var line = SpanLine()
            for (amount, width) in zip(amounts, widths) { line.add("  " + amount.rightAligned(width)) }
            line.add(isWide ? " items" : " bytes")
            line.add(" of " + String(limit.limit.bytes).rightAligned(6) + "  ", .faint)
            line.add("\(limit.limit.name) (\(limit.sum))".fitted(columns - line.width))
            return line
        }
        let sums = rooms.map { room in
            let sum = "512 - 8 - \(room.offset) = \(room.classicalBytes)"
            return isWide ? sum + " (\(room.classicalBytes / room.itemSize) items)" : sum
        }
        let classical =
            "The classical sum \(sums.joined(separator: ", ")) counts UDP's header to the 512, which limit the "
            + "message alone."
        return wrapped(title, indent: 2, ink: .title) + lines
            + wrapped(classical, indent: 2, lead: ("", .plain))
    }
}
