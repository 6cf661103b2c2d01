import ParleySockets
import ParleyText
import ParleyTypes

/// Values tried on one fresh socket, and what the kernel made of them.
struct OptionTrial {
    let kind: SocketOption.Kind
    private let trials: [(option: SocketOption, text: String)]

    /// - Parameter texts: `NAME=VALUE` each; a name alone means 1.
    init(_ kind: SocketOption.Kind, _ texts: [String]) throws(Ending) {
        self.kind = kind
        var trials: [(option: SocketOption, text: String)] = []
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init
            )
            let option = try OptionQuestion.option(parts[0], of: kind)
            let value = parts.count > 1 ? parts[1] : "1"
            guard option.isSettable else {
                let why =
                    option.access == .readOnly ? "is read, not set" : "takes a structure, which has no text"
                throw Ending(.usage, "\(option.name) \(why)")
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
            let before = try? socket.text(of: option)
            var failure: SocketError?
            do throws(SocketError) {
                try socket.set(option, to: text)
            } catch {
                failure = error
                let isForbidden = [.permissionDenied, .notPermitted].contains(error.code)
                if worst == nil || isForbidden { worst = isForbidden ? .notPermitted : worst ?? .failed }
            }
            let outcome = OptionOutcome(
                option: option,
                kind: kind,
                asked: option.canonical(text) ?? text,
                before: option.access == .writeOnly ? nil : before,
                after: option.access == .writeOnly ? nil : try? socket.text(of: option),
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
        if after == asked || option.canonical(after) == asked { return idle ?? "As asked." }
        return [adjustment(after), idle].compactMap { $0 }.joined(separator: " ")
    }

    private func adjustment(_ after: String) -> String {
        guard let asked = Int64(asked), let after = Int64(after) else {
            return "The kernel spells it so."
        }
        guard option.name.hasPrefix("SO_RCVBUF") || option.name.hasPrefix("SO_SNDBUF") else {
            return option.effects.first { $0.contains("ounded") || $0.contains("count") }
                ?? "The kernel made \(after) of it."
        }
        if after == asked * 2 { return "The kernel doubles it, to keep room for its own records." }
        if after > asked * 2 { return "\(after) is the least that the kernel allows." }
        if let bound = option.bounds.first, let most = SystemSetting.text(bound) {
            return "\(bound) = \(most) caps it, and the kernel doubles that for its own records."
        }
        return "The kernel caps it."
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
