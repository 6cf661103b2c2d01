import Glibc
import ParleySockets
import ParleyText
import ParleyTypes

/// The options of a kind, one a line.
struct OptionTable {
    let kind: SocketOption.Kind

    init(_ kind: SocketOption.Kind) { self.kind = kind }

    func write(to console: Console) throws {
        let socket: Socket?
        do throws(SocketError) {
            socket = try Socket(kind)
        } catch {
            socket = nil
            console.remark("no current values: \(error)")
        }
        var facts: [OptionFacts] = []
        for option in SocketOption.options(of: [kind]) { facts.append(OptionFacts(option, kind, socket)) }
        if console.isJSON {
            for fact in facts { try console.write("\(fact.line)\n") }
            return
        }
        let rows = facts.map(row)
        let table = Columns.text([Self.titles] + rows, Style(isColored: false))
        let width = table.split(separator: "\n").map(\.count).max() ?? 0
        guard isatty(STDOUT_FILENO) == 1, width > console.columns else {
            return try console.write(Columns.text([Self.titles] + rows, console.style))
        }
        try console.write(narrow(rows, console))
    }

    private static let titles = ["OPTION", "KEY", "DEFAULT", "NOW", "VALUE", "REMARKS"]

    private func row(_ fact: OptionFacts) -> [String] {
        let option = fact.option
        let initial = fact.initial.map { $0.isEmpty ? "–" : OptionFacts.short($0) } ?? "–"
        let value = option.access == .readOnly ? "read only" : option.range
        return [
            option.name, option.isSettable ? key(of: option) : "–", initial, fact.shown, value,
            remarks(of: fact),
        ]
    }

    /// For a terminal that the table does not fit: what else there is to an option stands below it.
    private func narrow(_ rows: [[String]], _ console: Console) -> String {
        var columns = Columns(Self.titles.filter { !["DEFAULT", "VALUE", "REMARKS"].contains($0) })
        for row in rows { columns.add([row[0], row[1], row[3]].map { TextSpan($0) }) }
        let lines = columns.lines
        var text = console.style.paint([lines[0]])
        for (row, line) in zip(rows, lines.dropFirst()) {
            text += console.style.paint([line])
            var more = row[2] == row[3] ? [] : ["default \(row[2])"]
            more += [row[4], row[5]].filter { !$0.isEmpty }
            text += console.style.faint("    " + more.joined(separator: "; ")) + "\n"
        }
        return text
    }

    /// What stands for it in URLs of the kind.
    private func key(of option: SocketOption) -> String {
        let transport = Transport.known.first { SocketOption.Kind.kinds(of: $0).contains(kind) }
        return transport.map { option.spelling(for: $0) } ?? option.key
    }

    /// Settings, the right, and whether it does anything.
    private func remarks(of fact: OptionFacts) -> String {
        var remarks: [String] = []
        if fact.idleReason != nil { remarks.append("no effect here") }
        if let right = fact.option.right {
            remarks.append("needs \(right.capability)" + (right.when.map { ": \($0)" } ?? ""))
        }
        for setting in fact.settings {
            let value = setting.value.map { " = \($0)" } ?? " (not here)"
            remarks.append(setting.name + value)
        }
        return remarks.joined(separator: "; ")
    }
}

/// Every option there is.
enum OptionIndex {
    static func write(to console: Console) throws {
        if console.isJSON {
            for option in SocketOption.all {
                try console.write("\(OptionFacts(option, option.kinds[0], nil).line)\n")
            }
            return
        }
        var rows = [["OPTION", "KEY", "LEVEL", "KINDS"]]
        for option in SocketOption.all {
            let isEvery = option.kinds.count == SocketOption.Kind.allCases.count
            let kinds = isEvery ? "every" : option.kinds.map(\.rawValue).joined(separator: " ")
            rows.append([option.name, option.isSettable ? option.key : "–", option.level.name, kinds])
        }
        try console.write(Columns.text(rows, console.style))
        console.note("parley options NAME tells of one, parley options KIND lists those of a kind")
    }
}
