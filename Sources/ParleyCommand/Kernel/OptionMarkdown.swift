import ParleyTypes

/// The catalogue as docs/options.md has it. Nothing in it depends on the machine.
enum OptionMarkdown {
    static var text: String {
        var text = """
            # Options of sockets

            Every option that Linux has for the kinds of sockets that Parley opens, one table a level. \
            `parley options KIND` says what a
            fresh socket has now; `parley options NAME` tells of one option, `parley options KIND --set \
            NAME=VALUE` tries it. This page is
            what `parley options --markdown` prints; tests compare it with the catalogue, and the \
            catalogue with the kernel.

            In a URL an option is written by its key or by its name in C, \
            `udp://:8089?mark=5&SO_PRIORITY=6`, and is set before bind,
            connect and listen. Keys that [endpoints have of their own](command.md#options-of-endpoints) \
            mean what they mean there. In Swift
            each is a property or a method of `Socket` in ParleySockets, or, in brackets, another type.

            Kinds: \(kinds).


            """
        for level in SocketOption.Level.allCases {
            let options = SocketOption.all.filter { $0.level == level }
            guard !options.isEmpty else { continue }
            text += "## \(level.name)\n\n| Option | Key | Swift | Value | Default | Kinds | Meaning |\n"
            text += "|---|---|---|---|---|---|---|\n"
            for option in options {
                let cells = [
                    "`\(option.name)`", option.isSettable ? "`\(option.key)`" : "", "`\(option.property)`",
                    value(option), initial(option), kinds(of: option), meaning(option),
                ]
                text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
            }
            text += "\n"
        }
        text.removeLast()
        return text
    }

    private static var kinds: String {
        SocketOption.Kind.allCases.map { "`\($0.rawValue)` (\($0.spelled))" }.joined(separator: ", ")
    }

    private static func value(_ option: SocketOption) -> String {
        switch option.access {
        case .readWrite: option.range
        case .readOnly: "\(option.range); read only"
        case .writeOnly: "\(option.range); write only"
        }
    }

    private static func initial(_ option: SocketOption) -> String {
        option.initial.map(initial).joined(separator: "; ")
    }

    private static func initial(_ initial: SocketOption.Initial) -> String {
        switch initial {
        case .value(let text): text.isEmpty ? "none" : text.utf8.count > 20 ? "\(text.prefix(8))…" : text
        case .sysctl(let name, 0): "`\(name)`"
        case .sysctl(let name, let field): "`\(name)`, number \(field + 1)"
        case .sysctlBased(let text, let name): "\(text), or by `\(name)`"
        case .varies(let reason): "varies: \(reason)"
        case .of(let kinds, let inner):
            "\(Self.initial(inner)) (\(kinds.map(\.rawValue).joined(separator: ", ")))"
        }
    }

    private static func kinds(of option: SocketOption) -> String {
        let all = SocketOption.Kind.allCases
        if option.kinds.count == all.count { return "every" }
        let missing = all.filter { !option.kinds.contains($0) }
        if missing.count <= 2 { return "every but " + missing.map(\.rawValue).joined(separator: ", ") }
        return option.kinds.map(\.rawValue).joined(separator: ", ")
    }

    private static func meaning(_ option: SocketOption) -> String {
        var sentences = [option.summary] + option.effects
        for idle in option.idle {
            let kinds = idle.kinds.filter(option.kinds.contains)
            let names =
                kinds.count == option.kinds.count
                ? "any of these kinds" : kinds.map(\.rawValue).joined(separator: ", ")
            sentences.append("**No effect** on \(names): \(idle.reason)")
        }
        if let right = option.right {
            sentences.append("**Needs** \(right.capability)" + (right.when.map { ", when \($0)." } ?? "."))
        }
        if !option.bounds.isEmpty {
            sentences.append("Bounded by \(option.bounds.map { "`\($0)`" }.joined(separator: ", ")).")
        }
        if let since = option.since { sentences.append("Since Linux \(since).") }
        if let twin = option.twin { sentences.append("For IPv6 `\(twin)`; a URL and Swift set both.") }
        return sentences.joined(separator: " ")
    }
}
