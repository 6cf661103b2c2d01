import ParleyHeaders
import ParleyWire

extension StructureDrawing {
    /// What a copy of memory breaks, a sentence a field.
    func sentences(_ copy: MemoryCopy) -> [SpanLine] {
        let isWire = copy.targets.map(\.name) == [StructurePlan.Machine.wire().name]
        let targets = Self.list(copy.targets.map(\.name)) + (isWire ? " (packed, network byte order)" : "")
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
        let intact = Self.list(copy.intact.map(TerminalText.escape))
        let verb = copy.intact.count == 1 ? "arrives as it is" : "arrive as they are"
        return lines + wrapped("\(intact) \(verb).", indent: 2, lead: ("", .plain))
    }

    /// What fits into the tail under each limit.
    var roomTable: [SpanLine] {
        rooms.flatMap { room -> [SpanLine] in
            let isWide = room.itemSize > 1
            let machines = rooms.count > 1 ? " on \(Self.list(room.machines))" : ""
            var title = SpanLine()
            title.add(
                "room for \(TerminalText.escape(room.field)) behind the \(Self.bytes(room.offset)) before it\(machines)",
                .title
            )
            let rows = TailRoom.limits.map { limit, sum -> [String] in
                let amount =
                    isWide ? "\(room.items(under: limit)) items" : Self.bytes(room.bytes(under: limit))
                return [amount, "\(limit.bytes)", limit.name + " (\(sum))"]
            }
            let amountWidth = rows.map { $0[0].count }.max() ?? 0
            let lines = rows.map { row -> SpanLine in
                var line = SpanLine()
                line.add("  " + row[0].rightAligned(amountWidth))
                line.add("  of " + row[1].rightAligned(6) + "  ", .faint)
                line.add(row[2].fitted(columns - line.width))
                return line
            }
            let sum = "512 - 8 - \(room.offset) = \(room.classicalBytes)"
            let items = isWide ? " bytes, \(room.classicalBytes / room.itemSize) items" : " bytes"
            let classical =
                "The classical sum \(sum)\(items) counts UDP's header to the 512, which limit the message alone."
            return [title] + lines + wrapped(classical, indent: 2, lead: ("", .plain))
        }
    }

    private static func bytes(_ count: Int) -> String { "\(count) \(count == 1 ? "byte" : "bytes")" }

    static func list(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
