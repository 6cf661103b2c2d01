import ParleyText
import ParleyTypes
import ParleyWire

/// Messages as they are printed.
struct MessageView: Sendable {
    let form: Form
    let console: Console
    /// Whether each message tells its peer; an answer has the peer that was asked.
    var showsPeer = true

    /// Whether messages go to standard output byte for byte.
    var isExact: Bool {
        guard case .raw = form else { return false }
        return !console.isJSON
    }

    /// Writes what ``render(_:_:from:at:arrival:)`` has made.
    func write(_ rendered: [UInt8]) throws(Ending) {
        if isExact { try console.write(exactly: rendered) } else { try console.write(rendered) }
    }

    /// A message as bytes for standard output.
    ///
    /// - Parameters:
    ///   - arrival: when the kernel took it in, where it was asked to tell.
    ///   - mayAnswer: from the first to the last question that it may be the answer to, where that is not clear.
    ///   - answers: the question that it answers, where that is known.
    ///   - isLate: it came after the time at which it was to be printed.
    func render(
        _ content: JSONLine.Content,
        _ bytes: [UInt8],
        from peer: String,
        at time: WallTime,
        arrival: WallTime? = nil,
        mayAnswer: ClosedRange<Int>? = nil,
        answers: Int? = nil,
        cost: QuestionCost? = nil,
        isLate: Bool = false
    ) -> [UInt8] {
        if console.isJSON {
            var line = JSONLine.received(
                content,
                from: peer,
                at: time,
                arrival: arrival,
                mayAnswer: mayAnswer,
                answers: answers,
                form.policy
            )
            line.members += cost?.json ?? []
            if isLate { line.members.append(.init("late", .bool(true))) }
            return Array("\(line)\n".utf8)
        }
        if case .raw = form { return bytes }
        var text = text(content, from: peer, arrival, isLate: isLate)
        if console.verbosity > 0, let cost, text.hasSuffix("\n") { text += "  (\(cost))\n" }
        return Array(text.utf8)
    }

    private func text(
        _ content: JSONLine.Content,
        from peer: String,
        _ arrival: WallTime?,
        isLate: Bool
    ) -> String {
        let moment = arrival.map { "  \($0.exactDescription)" } ?? ""
        let mark = isLate ? "  " + console.style.remark("late") : ""
        let name = console.style.peer(SafeText.line(peer)) + moment + mark
        switch content {
        case .message(let message):
            let fields = MessagePrinter(form.policy).text(message)
            return showsPeer ? name + "\n" + fields : fields
        case .text(let text):
            return lines(Self.lines(text), name)
        case .json(let value):
            return lines(["\(value)"], name)
        case .bytes(let bytes):
            switch form {
            case .text, .lines: return lines([TerminalText.escape(bytes: bytes)], name)
            default: return lines(HexDump.lines(bytes), name)
            }
        }
    }

    /// One line stands beside its peer, several below it.
    private func lines(_ lines: [String], _ peer: String) -> String {
        guard showsPeer else { return lines.map { $0 + "\n" }.joined() }
        if lines.count == 1 { return peer + "  " + lines[0] + "\n" }
        return peer + "\n" + lines.map { "  \($0)\n" }.joined()
    }

    /// The lines of a text, without what a terminal could obey.
    static func lines(_ text: String) -> [String] {
        var parts = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if parts.count > 1, parts.last?.isEmpty ?? false { parts.removeLast() }
        return parts.map { part in
            let line = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
            return TerminalText.escape(bytes: line)
        }
    }
}

/// Bytes as digits: a few on one line, more as `hexdump -C` shows them, which `decode` reads again.
enum HexDump {
    static func lines(_ bytes: [UInt8]) -> [String] {
        if bytes.isEmpty { return ["(no bytes)"] }
        if bytes.count <= 16 { return [Hex.text(bytes, separator: " ")] }
        // Without the last line, which is the size alone.
        return DumpFormat.hexdump.text(bytes).split(separator: "\n").dropLast().map(String.init)
    }
}
