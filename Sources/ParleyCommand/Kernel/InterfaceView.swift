import ParleyHeaders
import ParleyKernel
import ParleySockets
import ParleyText
import ParleyTypes

/// An interface for people and for programs.
struct InterfaceView {
    let record: InterfaceRecord
    let remarks: [InterfaceRemark]
    let table: InterfaceTable

    init(_ record: InterfaceRecord, _ remarks: [InterfaceRemark], _ table: InterfaceTable) {
        self.record = record
        self.remarks = remarks
        self.table = table
    }

    /// A paragraph; remarks are broken at `columns`.
    func lines(columns: Int) -> [[TextSpan]] {
        var lines: [[TextSpan]] = [title]
        lines += section("link", [link])
        lines += section("addresses", Self.table(record.addresses.map(Self.cells)))
        lines += section("packets", Self.table(packets))
        lines += section("groups", groups)
        for remark in remarks {
            let room = max(40, columns - 15)
            for (index, line) in Self.broken(SafeText.line(remark.text), room).enumerated() {
                lines.append([TextSpan(index == 0 ? "    !          " : Self.margin), TextSpan(line, .mark)])
            }
        }
        return lines
    }

    private var title: [TextSpan] {
        var rest = "  " + record.flags.names.joined(separator: " ") + "  mtu \(record.packetBytesMax)"
        if let kind = record.kind { rest += "  " + SafeText.line(kind) }
        if !record.otherNames.isEmpty {
            rest += "  also " + record.otherNames.map { SafeText.line($0) }.joined(separator: ", ")
        }
        return [TextSpan("\(record.index): \(SafeText.line(record.name))", .title), TextSpan(rest)]
    }

    private var link: [TextSpan] {
        var words: [String] = []
        if record.hardwareAddress.byteCount > 0, !record.flags.contains(.loopback) {
            words.append("\(record.hardwareAddress)")
        }
        if record.queuePacketsMax > 0 { words.append("queue of \(record.queuePacketsMax) packets") }
        if let lower = record.lowerIndex {
            let name = record.isLowerElsewhere ? nil : table[index: lower]?.name
            words.append(
                (record.kind == "veth" ? "other end " : "on ")
                    + (name.map { SafeText.line($0) } ?? "\(lower) in another namespace")
            )
        }
        if let master = record.masterIndex, let name = table[index: master]?.name {
            words.append("part of \(SafeText.line(name))")
        }
        return words.isEmpty ? [] : [TextSpan(words.joined(separator: ", "))]
    }

    private static func cells(_ address: InterfaceRecord.Address) -> [TextSpan] {
        var rest: [String] = []
        if let broadcast = address.broadcast { rest.append("broadcast \(broadcast)") }
        if let peer = address.peer { rest.append("peer \(peer)") }
        if address.scope != .global { rest.append("scope \(address.scope)") }
        rest += address.remarks
        if let left = address.validFor { rest.append("for \(left.components.seconds) s") }
        return [TextSpan("\(address)"), TextSpan(rest.joined(separator: ", "), .faint)]
    }

    private var packets: [[TextSpan]] {
        let counters = record.counters
        var received = Self.cells("received", counters.received)
        received.append(TextSpan("\(counters.groupPackets) to groups"))
        return [received, Self.cells("sent", counters.sent)]
    }

    private static func cells(_ name: String, _ direction: InterfaceRecord.Counters.Direction) -> [TextSpan] {
        let losses = [(direction.errors, "errors"), (direction.dropped, "dropped")]
        return [
            TextSpan(name), TextSpan("\(direction.packets) packets"), TextSpan("\(direction.bytes) bytes"),
        ] + losses.map { TextSpan("\($0.0) \($0.1)", $0.0 > 0 ? .mark : .plain) }
    }

    private var groups: [[TextSpan]] {
        let ip = record.groups.filter { if case .ip = $0.address { true } else { false } }
        var lines = Self.table(ip.map(Self.cells))
        if !ip.contains(where: { $0.sockets > 0 }) {
            let text = table.knowsGroups ? "no socket has joined a group here" : "not known without /proc"
            lines.append([TextSpan(text, .faint)])
        }
        return lines
    }

    private static func cells(_ group: InterfaceRecord.Group) -> [TextSpan] {
        var parties: [String] = []
        if group.sockets > 0 { parties.append(plural(group.sockets, "socket")) }
        if group.hasKernel { parties.append("the kernel") }
        let wanted = group.sources.filter { $0.includes > 0 }.map { "\($0.address) (\($0.includes))" }
        let unwanted = group.sources.filter { $0.excludes > 0 }.map { "\($0.address) (\($0.excludes))" }
        var sources: [String] = []
        if !wanted.isEmpty { sources.append("from " + wanted.joined(separator: ", ")) }
        if !unwanted.isEmpty { sources.append("not from " + unwanted.joined(separator: ", ")) }
        return [
            TextSpan("\(group.address)"), TextSpan(Phrase.list(parties), group.sockets > 0 ? .plain : .faint),
            TextSpan(sources.joined(separator: "; ")),
        ]
    }

    private static let margin = String(repeating: " ", count: 15)

    private static func table(_ rows: [[TextSpan]]) -> [[TextSpan]] {
        var columns = Columns()
        for row in rows { columns.add(row) }
        return columns.lines
    }

    private func section(_ name: String, _ lines: [[TextSpan]]) -> [[TextSpan]] {
        lines.filter { !$0.isEmpty }.enumerated().map { index, line in
            [TextSpan(index == 0 ? Columns.pad("    " + name, 15) : Self.margin, .faint)] + line
        }
    }

    /// A text in lines of at most `width` columns.
    static func broken(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
