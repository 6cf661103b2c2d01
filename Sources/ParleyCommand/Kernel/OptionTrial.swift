import ParleySockets
import ParleyText
import ParleyTypes

/// Values tried on one fresh socket, and what the kernel made of them.
struct OptionTrial {
    let kind: SocketOption.Kind
    private let trials: [(option: SocketOption, text: String)]

    /// - Parameter texts: `NAME=VALUE` each; of what is on or off, a name alone means on.
    init(_ kind: SocketOption.Kind, _ texts: [String]) throws(Ending) {
        self.kind = kind
        var trials: [(option: SocketOption, text: String)] = []
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init
            )
            let option = try OptionQuestion.option(parts[0], of: kind)
            guard option.isSettable else {
                let why =
                    option.access == .readOnly ? "is read, not set" : "takes a structure, which has no text"
                throw Ending(.usage, "\(option.name) \(why)")
            }
            guard let value = parts.count > 1 ? parts[1] : option.form == .flag ? "1" : nil else {
                throw Ending(
                    .usage,
                    "--set \(text) has no value",
                    remedy: "Write --set \(text)=VALUE: it takes \(option.range). "
                        + "parley options \(kind.rawValue) \(option.name) shows what it is now."
                )
            }
            guard option.canonical(value) != nil else {
                throw Ending(
                    .usage,
                    "“\(value)” does not fit \(option.name)",
                    remedy: "It takes \(option.range)."
                )
            }
            trials.append((option, value))
        }
        self.trials = trials
    }

    func run(_ console: Console) throws {
        let socket = try Socket(kind)
        var worst: ExitStatus?
        for (option, text) in trials {
            let readable = option.access == .writeOnly ? OptionVerdict.reading(option) : option
            let before: String? = if let readable { try? socket.text(of: readable) } else { nil }
            var failure: SocketError?
            do throws(SocketError) {
                try socket.set(option, to: text)
            } catch {
                failure = error
                let isForbidden = [.permissionDenied, .notPermitted].contains(error.code)
                if worst == nil || isForbidden { worst = isForbidden ? .notPermitted : worst ?? .failed }
            }
            let after: String? = if let readable { try? socket.text(of: readable) } else { nil }
            let outcome = OptionOutcome(
                option: option,
                kind: kind,
                asked: option.canonical(text) ?? text,
                before: before,
                after: after,
                failure: failure
            )
            try console.write(console.isJSON ? "\(outcome.line)\n" : outcome.text)
        }
        if let worst { throw Ending.silent(worst) }
    }
}

/// One value that was tried.
struct OptionOutcome {
    let option: SocketOption
    let kind: SocketOption.Kind
    let asked: String
    let before: String?
    let after: String?
    let failure: SocketError?

    var text: String {
        let was = before.map { " (was \($0.isEmpty ? "–" : $0))" } ?? ""
        guard failure == nil else { return "\(option.name)=\(asked): refused\(was). \(sentence)\n" }
        guard let after else { return "\(option.name)=\(asked): taken. \(sentence)\n" }
        return "\(option.name)=\(asked): reads \(after.isEmpty ? "–" : after)\(was). \(sentence)\n"
    }

    /// What the kernel made of it, and why.
    var sentence: String {
        if let failure { return refusal(failure) }
        let idle = option.idleReason(of: kind).map { "No effect on \(kind.rawValue): \($0)" }
        guard let after else { return idle ?? "It cannot be read back." }
        let verdict = OptionVerdict(option, asked: asked, reads: after)
        let isAsAsked = verdict.map { $0 == .asAsked } ?? (option.canonical(after) == asked)
        if isAsAsked { return idle ?? "As asked." }
        let made = verdict?.sentence(option, asked: asked) ?? "The kernel spells it so."
        return [made, idle].compactMap { $0 }.joined(separator: " ")
    }

    private func refusal(_ failure: SocketError) -> String {
        let cause = "\(failure.code.message) (\(failure.code.name))"
        if [.permissionDenied, .notPermitted].contains(failure.code), let right = option.right {
            return cause + ": setting it needs \(right.capability)"
                + (right.when.map { " when \($0)" } ?? "") + "."
        }
        let effect = option.effects.first { $0.contains(failure.code.name) }
        return cause + "." + (effect.map { " " + $0 } ?? "")
    }

    /// `parley.option-set/1`.
    var line: JSONLine {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return JSONLine(
            schema: "parley.option-set/1",
            [
                .init("kind", .string(kind.rawValue)),
                .init("name", .string(option.name)),
                .init("asked", .string(asked)),
                .init("before", text(before)),
                .init("after", text(after)),
                .init("error", text(failure?.code.name)),
                .init("right", text(failure == nil ? nil : option.right?.capability)),
                .init("sentence", .string(sentence)),
            ]
        )
    }
}
