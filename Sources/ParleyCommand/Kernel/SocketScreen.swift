import Glibc
import ParleyKernel
import ParleyText
import ParleyTypes

/// How a watch shows itself: a table that is drawn over, or a line a change.
struct SocketScreen {
    private let console: Console
    private var texts: SocketTexts
    /// What stands on the terminal.
    private var frame: [String] = []

    init(_ console: Console) {
        self.console = console
        texts = SocketTexts(SocketOwners())
    }

    // MARK: A line a change

    mutating func append(_ change: SocketJournal.Change, after time: Duration, to text: inout ByteText) {
        let entry = change.entry
        guard !console.isJSON else {
            var lines = SocketLines(SocketOwners())
            lines.append(change, at: .now)
            return text.append(lines.bytes, lines.bytes.indices)
        }
        var line = Self.padded(Self.seconds(time), 9, isRight: true) + "  "
        line += Self.padded(entry.socket.kind.rawValue, 5)
        line += Self.padded(local(entry.socket), 21) + " " + Self.padded(remote(entry.socket), 21) + " "
        let state = SocketWords.text(entry.socket.state)
        switch change.kind {
        case .there: line += "there \(state)"
        case .born: line += "born \(state)"
        case .state: line += "\(change.from.map(SocketWords.text) ?? "") -> \(state)"
        case .gone: line += "\(state) -> gone"
        }
        if change.kind != .gone {
            if let timer = timer(entry.socket) { line += ", \(timer)" }
            line += ": \(SocketWords.meaning(entry.socket))"
        }
        if let owner = entry.owner { line += " [\(Self.text(owner))]" }
        text.append(string: line)
        text.append("\n")
    }

    // MARK: A table that is drawn over

    mutating func draw(_ entries: [SocketJournal.Entry], at now: MonotonicInstant) throws(Ending) {
        let (columns, rows) = Self.size()
        let room = max(1, rows - 3)
        var chosen = entries
        if chosen.count > room {
            // Too many for the screen: those that changed last.
            chosen.sort { ($1.since, $0.number) < ($0.since, $1.number) }
            chosen.removeLast(chosen.count - room)
        }
        chosen.sort {
            let (left, right) = ($0.socket, $1.socket)
            return (left.kind.rawValue, left.state == .listen ? 0 : 1, $0.number)
                < (right.kind.rawValue, right.state == .listen ? 0 : 1, $1.number)
        }
        var lines = table(chosen, now, columns)
        if entries.count > chosen.count {
            lines.append(console.style.faint("… and \(entries.count - chosen.count) more"))
        }
        guard lines != frame else { return }
        let count = frame.count
        frame = lines
        try console.write(lines.map { $0 + "\n" }.joined(), overLines: count)
    }

    mutating func finish() throws(Ending) { frame = [] }

    private func table(_ entries: [SocketJournal.Entry], _ now: MonotonicInstant, _ columns: Int) -> [String]
    {
        let titles = [
            "KIND", "STATE", "FOR", "LOCAL", "REMOTE", "RECV-Q", "SEND-Q", "TIMER", "OWNER", "MEANING",
        ]
        var rows = [titles]
        for entry in entries {
            let socket = entry.socket
            let age = (entry.gone ?? now)
            rows.append([
                socket.kind.rawValue,
                entry.gone == nil ? SocketWords.text(socket.state) : "gone",
                Self.whole(entry.gone == nil ? entry.since.duration(to: now) : age.duration(to: now)),
                local(socket), remote(socket), "\(socket.receiveQueue)", "\(socket.sendQueue)",
                entry.gone == nil ? timer(socket) ?? "-" : "-",
                entry.owner.map(Self.text) ?? "-",
                entry.gone == nil ? SocketWords.meaning(socket) : Self.course(entry),
            ])
        }
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.enumerated().map { index, row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += column == row.count - 1 ? cell : Self.padded(cell, widths[column] + 2)
            }
            if line.count > columns { line = String(line.prefix(columns - 1)) + "…" }
            guard index > 0 else { return console.style.faint(line) }
            return paint(line, entries[index - 1])
        }
    }

    private func paint(_ line: String, _ entry: SocketJournal.Entry) -> String {
        if entry.gone != nil { return console.style.faint(line) }
        switch entry.socket.state {
        case .synSent, .synReceived, .newSynReceived, .finWait1, .finWait2, .closeWait, .lastAck, .closing:
            return console.style.remark(line)
        case .timeWait: return console.style.faint(line)
        default: return line
        }
    }

    private static func course(_ entry: SocketJournal.Entry) -> String {
        "was " + (entry.course + [entry.socket.state]).map(SocketWords.text).joined(separator: ", ")
    }

    private func local(_ socket: KernelSocket) -> String {
        socket.local?.description ?? (socket.kind.isUnix ? "-" : "*")
    }

    private func remote(_ socket: KernelSocket) -> String {
        socket.remote?.description ?? socket.peerInode.map { "#\($0)" } ?? (socket.kind.isUnix ? "-" : "*")
    }

    private func timer(_ socket: KernelSocket) -> String? {
        guard socket.timer != nil else { return nil }
        var text = ByteText()
        texts.appendTimer(of: socket, to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private static func text(_ owner: OwningProcess) -> String {
        "\(SafeText.line(owner.name))/\(owner.id)"
    }

    /// `12.345s`
    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let thousandths = String(attoseconds / 1_000_000_000_000_000 + 1000).dropFirst()
        return "\(seconds).\(thousandths)s"
    }

    private static func whole(_ duration: Duration) -> String { "\(duration.components.seconds)s" }

    private static func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? space + text : text + space
    }

    private static func size() -> (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 10, size.ws_row > 4
        else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
