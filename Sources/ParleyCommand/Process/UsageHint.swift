import ArgumentParser
import ParleyHeaders
import ParleyTypes

/// The right command line for one that cannot be read: what those write who know socat, ncat and ss.
struct UsageHint {
    /// Without the program's name.
    private let arguments: [String]
    private let command: String?

    init(_ arguments: [String]) {
        self.arguments = arguments
        command = arguments.first { Self.commands.contains($0) }
    }

    /// A sentence with the right line, nil where none is known.
    var sentence: String? {
        if let line = lineForCommand ?? lineForSwitch ?? lineForOrder ?? lineForLayout ?? lineForURL {
            return "Write: \(SafeText.line(line))"
        }
        return nil
    }

    // A key path to a type's own property ends the 6.3 compiler.
    fileprivate static let commands = RootCommand.configuration.subcommands.compactMap {
        $0.configuration.commandName
    }

    // MARK: The command

    private static let otherNames: [String: String] = [
        "listen": "receive", "recv": "receive", "server": "serve", "connect": "call", "client": "call",
        "request": "call", "sniff": "capture", "dump": "capture", "tcpdump": "capture", "ss": "ports",
        "netstat": "ports", "lsof": "ports", "ip": "interfaces", "ifconfig": "interfaces", "sizeof": "layout",
        "pahole": "layout", "setsockopt": "options", "version": "--version", "echo": "serve echo",
        "discard": "serve discard", "daytime": "serve daytime", "reply": "serve reply", "time": "serve time",
    ]

    private var lineForCommand: String? {
        guard let index = arguments.firstIndex(where: { !$0.hasPrefix("-") }), arguments[index] != "help"
        else {
            return arguments.first == "help" && arguments.count > 1 ? helpLine : nil
        }
        let word = arguments[index]
        if Self.commands.contains(word) {
            // Options stand behind the command.
            return index > 0 ? line([word] + arguments[..<index] + arguments[(index + 1)...]) : nil
        }
        let rest = Array(arguments[(index + 1)...])
        if let name = Self.otherNames[word.lowercased()] {
            return line(name.split(separator: " ").map(String.init) + (name == "--version" ? [] : rest))
        }
        if let name = Nearest.name(to: word.lowercased(), among: Self.commands) { return line([name] + rest) }
        guard let url = Self.url(word) else { return nil }
        return line(["receive", url])
    }

    private var helpLine: String? {
        let word = arguments[1].lowercased()
        let name = Self.otherNames[word]?.split(separator: " ").first.map(String.init)
        guard let near = name ?? Nearest.name(to: word, among: Self.commands), !near.hasPrefix("-") else {
            return "parley --help"
        }
        return "parley help \(near)"
    }

    // MARK: Switches of other programs

    private var lineForSwitch: String? {
        guard let command else { return nil }
        if command == "ports" { return lineForPorts }
        var rest: [String] = []
        var port: String?
        var isUDP = false
        var isChanged = false
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            switch argument {
            case "-p", "--port":
                guard command != "capture", command != "decode", command != "layout", index < arguments.count,
                    URLGuess.isPort(arguments[index][...])
                else { return nil }
                port = arguments[index]
                index += 1
                isChanged = true
            case _ where argument.hasPrefix("--port=") && URLGuess.isPort(argument.dropFirst(7)):
                port = String(argument.dropFirst(7))
                isChanged = true
            case "-u", "--udp": (isUDP, isChanged) = (true, true)
            case "-l", "--listen", "-k", "-lk", "-kl", "--keep-open": isChanged = true
            case "-ul", "-lu": (isUDP, isChanged) = (true, true)
            default: rest.append(argument)
            }
        }
        guard isChanged else { return nil }
        rest.removeAll { $0 == command }
        var words = [command]
        if command == "serve", let service = rest.first { words.append(service) }
        if command == "serve", !rest.isEmpty { rest.removeFirst() }
        return lineWithPlace(words, rest, port, isUDP)
    }

    private func lineWithPlace(_ words: [String], _ rest: [String], _ port: String?, _ isUDP: Bool) -> String?
    {
        var (port, host, rest) = (port, "", rest)
        if let first = rest.first, !first.hasPrefix("-") {
            if first.contains("://") {
                rest.removeFirst()
                let hasPort =
                    first.split(separator: "?")[0].last?.isNumber == true && first.dropFirst(6).contains(":")
                guard let port, !hasPort else { return line(words + [first] + rest) }
                return line(words + [first + ":" + port] + rest)
            }
            if URLGuess.isPort(first[...]), port == nil {
                port = first
                rest.removeFirst()
            } else if !first.contains("=") {
                host = first
                rest.removeFirst()
                if port == nil, let next = rest.first, URLGuess.isPort(next[...]) {
                    port = next
                    rest.removeFirst()
                }
            }
        }
        let place = host + (port.map { ":" + $0 } ?? (host.contains(":") ? "" : ":8089"))
        return line(words + [(isUDP ? "udp://" : "tcp://") + place] + rest)
    }

    /// ss -tlnp, netstat -an: what their letters mean here.
    private var lineForPorts: String? {
        let letters = arguments.filter { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.count > 1 }
            .flatMap { $0.dropFirst() }
        guard !letters.isEmpty, letters.allSatisfy({ "tulnpaexws".contains($0) }) else {
            let word = arguments.drop { $0 != "ports" }.dropFirst().first { !$0.hasPrefix("-") }
            guard let word, let port = word.split(separator: ":").last, URLGuess.isPort(port) else {
                let next = arguments.first { URLGuess.isPort($0[...]) }
                let kind = arguments.first { ["tcp", "udp"].contains($0.lowercased()) }
                guard let next, let kind else { return nil }
                return "parley ports \(next) --kind \(kind.lowercased())"
            }
            return word == port ? nil : "parley ports \(port)"
        }
        var words = ["ports"]
        if letters.contains("l") { words.append("--listening") }
        if letters.contains("t") != letters.contains("u") {
            words += ["--kind", letters.contains("t") ? "tcp" : "udp"]
        }
        if letters.contains("x") { words += ["--kind", "unix"] }
        return line(words)
    }

    // MARK: Arguments in another order

    private var lineForOrder: String? {
        guard command == "serve", let start = arguments.firstIndex(of: "serve"), arguments.count > start + 1
        else {
            return nil
        }
        let rest = arguments[(start + 1)...].filter { $0 != "serve" }
        guard let url = rest.first, Service(argument: url) == nil, !url.hasPrefix("-") else { return nil }
        if rest.count > 1, Service(argument: rest[1]) != nil, let place = Self.url(url) {
            return line(["serve", rest[1], place] + rest.dropFirst(2))
        }
        if let place = Self.url(url) { return line(["serve", "echo", place] + rest.dropFirst()) }
        let names = Service.allCases.map(\.rawValue)
        guard let near = Nearest.name(to: url.lowercased(), among: names) else { return nil }
        return line(["serve", near] + rest.dropFirst())
    }

    // MARK: Layouts

    /// A layout without `--as`, a struct apart from its header, `--field value`.
    private var lineForLayout: String? {
        guard let command, let start = arguments.firstIndex(of: command) else { return nil }
        if let index = arguments.indices.first(where: { $0 > start && Self.isLayout(arguments[$0]) }) {
            let word = arguments[index]
            var rest = arguments
            if command == "layout" {
                guard index + 1 < rest.count, Self.isName(rest[index + 1]) else { return nil }
                let name = rest.remove(at: index + 1)
                rest[index] = word.split(separator: ":")[0] + ":" + name
                return line(rest)
            }
            let isGiven = index > 0 && rest[index - 1] == "--as"
            if isGiven, word.hasSuffix(":struct") || word.hasSuffix(".h"), index + 1 < rest.count {
                let name = rest.remove(at: index + 1)
                rest[index] = word.split(separator: ":")[0] + ":" + name
                return line(rest)
            }
            if !isGiven, !rest.contains("--as") {
                rest.insert("--as", at: index)
                return line(rest)
            }
        }
        return lineForOptionOfURL(start) ?? lineForField(start)
    }

    private static func isLayout(_ word: String) -> Bool {
        !word.hasPrefix("-") && (word.hasSuffix(".h") || word.contains(".h:") && !word.contains("://"))
    }

    private static func isName(_ word: String) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
    }

    /// What stands behind a URL and was to be one of its options.
    private func lineForOptionOfURL(_ start: Int) -> String? {
        guard ["receive", "serve"].contains(command),
            let index = arguments.indices.first(where: { $0 > start && arguments[$0].contains("://") }),
            index + 1 < arguments.count, arguments[index + 1].contains("="),
            !arguments[index + 1].hasPrefix("-")
        else { return nil }
        var rest = arguments
        let option = rest.remove(at: index + 1)
        rest[index] += (rest[index].contains("?") ? "&" : "?") + option
        guard (try? Endpoint(url: rest[index])) != nil else { return nil }
        return line(rest)
    }

    /// `--name Trans` for a field.
    private func lineForField(_ start: Int) -> String? {
        guard ["send", "call", "encode"].contains(command), arguments.contains("--as") else { return nil }
        let known = Self.options(of: command)
        guard
            let index = arguments.indices.first(where: {
                $0 > start && arguments[$0].hasPrefix("--") && !known.contains(arguments[$0])
                    && Self.isName(String(arguments[$0].dropFirst(2)))
            }), index + 1 < arguments.count, !arguments[index + 1].hasPrefix("-")
        else { return nil }
        var rest = arguments
        let value = rest.remove(at: index + 1)
        rest[index] = "\(rest[index].dropFirst(2))=\(value)"
        return line(rest)
    }

    /// The options that a command has, as its help names them: none of them is a field's value.
    private static func options(of command: String?) -> Set<String> {
        guard
            let type = RootCommand.configuration.subcommands.first(where: {
                $0.configuration.commandName == command
            })
        else { return [] }
        return Set(RootCommand.helpMessage(for: type).matches(of: /--[a-z][a-z-]*/).map { String($0.0) })
    }

    // MARK: Places

    /// A word that is no URL where one must stand; a port behind its host; a message in front of its place.
    private var lineForURL: String? {
        guard let command, ["receive", "send", "call", "serve"].contains(command),
            let start = arguments.firstIndex(of: command)
        else { return nil }
        let first = start + (command == "serve" ? 2 : 1)
        guard first < arguments.count, !arguments[first].hasPrefix("-") else {
            let host = ["send", "call"].contains(command) ? "localhost" : ""
            return first == arguments.count ? line(arguments + ["udp://\(host):8089"]) : nil
        }
        let word = arguments[first]
        var rest = arguments
        if let next = arguments[(first + 1)...].firstIndex(where: { $0.contains("://") }),
            !word.contains("://")
        {
            rest.swapAt(first, next)
            return line(rest)
        }
        if first + 1 < arguments.count, URLGuess.isPort(arguments[first + 1][...]) {
            let place = word + ":" + arguments[first + 1]
            if let url = Self.url(place), !word.contains(":") || word.contains("://") {
                rest.remove(at: first + 1)
                rest[first] = url
                return line(rest)
            }
        }
        guard (try? Endpoint(url: word)) == nil else { return nil }
        let guesses = URLGuess.guesses(for: word)
        guard let url = guesses.first else { return nil }
        rest[first] = url
        return line(rest) + (guesses.count > 1 ? "   (or \(guesses[1]))" : "")
    }

    private static func url(_ word: String) -> String? {
        if (try? Endpoint(url: word)) != nil { return word }
        return URLGuess.guesses(for: word).first
    }

    // MARK: Spelling

    private func line(_ words: some Sequence<String>) -> String {
        (["parley"] + words.map(Self.shellWord)).joined(separator: " ")
    }

    /// A word as a shell reads it back.
    private static func shellWord(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
                || "/._-+@:,=%[]".utf8.contains($0)
        }
        guard !isPlain || word.isEmpty else { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension UsageHint {
    /// A word that names no subcommand, nil when it does.
    static func unknownCommand(_ word: String) -> String? {
        word.hasPrefix("-") || word == "help" || commands.contains(word) ? nil : word
    }
}

extension Ending {
    /// With the right line, where wrong usage has no remedy yet and one is known.
    func hinted(_ arguments: [String]) -> Ending {
        guard code == ExitStatus.usage.rawValue, remedy == nil,
            let sentence = UsageHint(arguments).sentence
        else { return self }
        var ending = self
        guard isParagraph, var lines = message?.split(separator: "\n", omittingEmptySubsequences: false)
        else {
            ending.remedy = sentence
            return ending
        }
        // Behind the sentence that says what is wrong, in front of the help.
        lines.insert(Substring(sentence), at: 1)
        ending.message = lines.joined(separator: "\n")
        return ending
    }
}
