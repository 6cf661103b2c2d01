import ParleySockets
import ParleyText
import ParleyTypes

/// A setting of the system below /proc/sys.
enum SystemSetting {
    /// What `net.core.rmem_max` says now, blanks as one; nil where this kernel has no such setting.
    static func text(_ name: String) -> String? {
        guard let bytes = try? Files.read("/proc/sys/" + name.replacing(".", with: "/")) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
    }
}

/// What is known of an option on sockets of a kind, live.
struct OptionFacts {
    let option: SocketOption
    let kind: SocketOption.Kind
    /// What a fresh socket says; nil where it says nothing.
    let current: String?
    /// Why it says nothing.
    let error: SocketError?

    /// - Parameter socket: A fresh socket of the kind, nil where there can be none.
    init(_ option: SocketOption, _ kind: SocketOption.Kind, _ socket: borrowing Socket?) {
        self.option = option
        self.kind = kind
        guard option.access != .writeOnly, !option.isStructure else {
            (current, error) = (nil, nil)
            return
        }
        do throws(SocketError) {
            let text: String? =
                switch socket {
                case .some(let socket): try socket.text(of: option)
                case .none: nil
                }
            (current, error) = (text, nil)
        } catch {
            (current, self.error) = (nil, error)
        }
    }

    /// What a fresh socket has by the catalogue, with settings of the system read now.
    var initial: String? {
        switch option.initial(of: kind) {
        case .value(let text)?, .sysctlBased(let text, _)?: text
        case .sysctl(let name, let field)?:
            SystemSetting.text(name).flatMap { text in
                let words = text.split(separator: " ")
                return words.count > field ? String(words[field]) : nil
            }
        case .varies?, .of?, nil: nil
        }
    }

    /// The setting that the default comes from.
    var preset: String? {
        switch option.initial(of: kind) {
        case .sysctl(let name, _)?, .sysctlBased(_, let name)?: name
        default: nil
        }
    }

    /// The settings that concern it, with what they say.
    var settings: [(name: String, value: String?)] {
        ((preset.map { [$0] } ?? []) + option.bounds.filter { $0 != preset })
            .map { ($0, SystemSetting.text($0)) }
    }

    private var isInURLs: Bool {
        Transport.known.contains { SocketOption.Kind.kinds(of: $0).contains(kind) }
    }

    var idleReason: String? { option.idleReason(of: kind) }

    /// What stands in the column of the current value.
    var shown: String {
        if let current { return current.isEmpty ? "–" : Self.short(current) }
        return error?.code.name ?? "–"
    }

    /// Bytes of structures are for `--json`.
    static func short(_ text: String) -> String {
        text.utf8.count > 20 ? String(text.prefix(16)) + "…" : text
    }

    /// `parley.option/1`.
    var line: JSONLine {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        let members: [JSONValue.Member] = [
            .init("kind", .string(kind.rawValue)),
            .init("name", .string(option.name)),
            .init("key", .string(option.key)),
            .init("level", .string(option.level.name)),
            .init("levelNumber", .integer(option.level.rawValue)),
            .init("number", .integer(option.number)),
            .init("property", .string(option.property)),
            .init("access", .string(option.access.rawValue)),
            .init("range", .string(option.range)),
            .init(
                "inURL",
                .bool(option.isSettable && isInURLs)
            ),
            .init("default", text(initial)),
            .init("current", text(current)),
            .init("error", text(error?.code.name)),
            .init("preset", text(preset)),
            .init(
                "settings",
                .array(
                    settings.map { setting in
                        .object([.init("name", .string(setting.name)), .init("value", text(setting.value))])
                    }
                )
            ),
            .init("summary", .string(option.summary)),
            .init("effects", .array(option.effects.map { .string($0) })),
            .init("noEffect", text(idleReason)),
            .init("right", text(option.right?.capability)),
            .init("rightWhen", text(option.right?.when)),
            .init("since", text(option.since)),
        ]
        return JSONLine(schema: "parley.option/1", members)
    }
}

extension SocketOption {
    /// Whether its value has no text.
    var isStructure: Bool {
        if case .structure = form { return true }
        return false
    }
}
