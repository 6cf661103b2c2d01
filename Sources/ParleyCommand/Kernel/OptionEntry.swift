import ParleySockets
import ParleyTypes

/// All that is known of one option.
struct OptionEntry {
    let option: SocketOption
    let kind: SocketOption.Kind

    /// - Parameter kind: The kind that was named; nil: the first that has the option.
    init(_ option: SocketOption, _ kind: SocketOption.Kind?) {
        self.option = option
        self.kind = kind ?? option.kinds.first { $0 != .icmp } ?? option.kinds[0]
    }

    func write(to console: Console) throws {
        let socket: Socket?
        do throws(SocketError) {
            socket = try Socket(kind)
        } catch {
            socket = nil
            console.remark("no current value: \(error)")
        }
        let fact = OptionFacts(option, kind, socket)
        if console.isJSON { return try console.write("\(fact.line)\n") }
        var text = "\(option.name)  \(console.style.faint("\(option.level.name), number \(option.number)"))\n"
        text += wrapped(option.summary, indent: 2) + "\n"
        for row in rows(fact) {
            let body = wrapped(row.text, indent: 14)
            text += "  \(row.title)" + String(repeating: " ", count: 12 - row.title.count)
            text += body.drop { $0 == " " } + "\n"
        }
        try console.write(text)
    }

    private func rows(_ fact: OptionFacts) -> [(title: String, text: String)] {
        var rows: [(title: String, text: String)] = []
        let transports = Transport.known.filter { transport in
            SocketOption.Kind.kinds(of: transport).contains { option.kinds.contains($0) }
        }
        let named = transports.first { SocketOption.Kind.kinds(of: $0).contains(kind) } ?? transports.first
        if option.isSettable, let transport = named {
            let host = transport.isLocal ? "@name" : ":8089"
            let key = option.spelling(for: transport)
            let other = key == option.name ? "" : ", or \(option.name)=…"
            rows.append(("in a URL", "\(transport)://\(host)?\(key)=…\(other)"))
        }
        rows.append(("in Swift", "Socket.\(option.property)"))
        rows.append(("value", option.range))
        switch option.access {
        case .readWrite: break
        case .readOnly: rows.append(("access", "is read, cannot be set"))
        case .writeOnly: rows.append(("access", "is set, cannot be read"))
        }
        let initial = fact.initial ?? ""
        if !initial.isEmpty {
            rows.append(("default", initial + (fact.preset.map { " (\($0))" } ?? "")))
        } else if case .varies(let reason)? = option.initial(of: kind) {
            rows.append(("default", "varies: \(reason)"))
        }
        if let current = fact.current {
            rows.append(("now", "\(current.isEmpty ? "–" : current) on a fresh socket of \(kind.rawValue)"))
        } else if let error = fact.error {
            rows.append(("now", "\(error.code) on a fresh socket of \(kind.rawValue)"))
        }
        for setting in fact.settings where setting.name != fact.preset {
            rows.append(("bounded by", setting.name + (setting.value.map { " = \($0)" } ?? " (not here)")))
        }
        for effect in option.effects { rows.append(("note", effect)) }
        for idle in option.idle {
            let kinds = idle.kinds.filter(option.kinds.contains).map(\.rawValue).joined(separator: ", ")
            rows.append(("no effect", "\(kinds): \(idle.reason)"))
        }
        if let right = option.right {
            rows.append(("needs", right.capability + (right.when.map { ", when \($0)" } ?? "")))
        }
        if let since = option.since { rows.append(("since", "Linux \(since)")) }
        if let twin = option.twin { rows.append(("for IPv6", "\(twin); a URL and Swift set both")) }
        let isEvery = option.kinds.count == SocketOption.Kind.allCases.count
        rows.append(("kinds", isEvery ? "every" : option.kinds.map(\.rawValue).joined(separator: ", ")))
        return rows
    }

    private func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines = [margin]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count >= 88, lines[lines.count - 1] != margin {
                lines.append(margin)
            }
            if lines[lines.count - 1] != margin { lines[lines.count - 1] += " " }
            lines[lines.count - 1] += word
        }
        return lines.joined(separator: "\n")
    }
}
