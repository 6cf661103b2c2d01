import ArgumentParser
import ParleyTypes

struct OptionsCommand: AsyncParsableCommand {
    static let examples = [
        #"parley options tcp"#,
        #"parley options udp SO_RCVBUF"#,
        #"parley options udp --set rcvbuf=65536 --set SO_RCVBUF=1 --json"#,
    ]

    static let configuration = CommandConfiguration(
        commandName: "options",
        abstract: "Every option of a kind of socket: what it is, may be, and does nothing for.",
        discussion: manual(
            """
            With a kind: its options, each with its default, what a fresh socket has now, what its value may \
            be and the settings of the system that bound it. With an option, by its name in C or its key in \
            URLs: all that is known of it. --set tries a value on a fresh socket and reports what the kernel \
            made of it; nothing else is changed. Alone: every option there is. Kinds: \
            \(SocketOption.Kind.allCases.map(\.rawValue).joined(separator: ", ")).
            """,
            examples: examples,
            statuses: [.done, .failed, .usage, .notPermitted]
        )
    )

    @Argument(help: ArgumentHelp("A kind of socket, an option, or both.", valueName: "kind-or-option"))
    var words: [String] = []

    @Flag(name: [.customLong("ipv6"), .customShort("6")], help: "The kind over IPv6: tcp is then tcp6.")
    var isIPv6 = false

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Try a value on a fresh socket; may be repeated.", valueName: "name=value")
    )
    var trials: [String] = []

    @Flag(help: "The whole catalogue as Markdown, as docs/options.md has it.")
    var markdown = false

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let console = output.patientConsole
        if markdown { return try console.write(OptionMarkdown.text) }
        let question = try OptionQuestion(words, isIPv6: isIPv6)
        guard trials.isEmpty else {
            guard let kind = question.kind, question.option == nil else {
                throw Ending(
                    .usage,
                    "--set needs the kind of socket to try it on, and it alone",
                    remedy: "Write parley options tcp --set NAME=VALUE. Kinds: \(OptionQuestion.kinds)."
                )
            }
            return try OptionTrial(kind, trials).run(console)
        }
        switch (question.kind, question.option) {
        case (let kind?, nil): try OptionTable(kind).write(to: console)
        case (let kind, let option?): try OptionEntry(option, kind).write(to: console)
        case (nil, nil): try OptionIndex.write(to: console)
        }
    }
}

/// What the arguments ask about.
struct OptionQuestion {
    var kind: SocketOption.Kind?
    var option: SocketOption?

    static let kinds = SocketOption.Kind.allCases.map(\.rawValue).joined(separator: ", ")

    init(_ words: [String], isIPv6: Bool) throws(Ending) {
        guard words.count <= 2 else {
            throw Ending(.usage, "more than a kind and an option", remedy: "Leave out “\(words[2])”.")
        }
        for word in words {
            if kind == nil, option == nil, let found = SocketOption.Kind(rawValue: word.lowercased()) {
                kind = found
                continue
            }
            guard option == nil else {
                throw Ending(.usage, "“\(words[0])” is no kind: kinds are \(Self.kinds)")
            }
            option = try Self.option(word, of: kind)
        }
        guard isIPv6, let old = kind else { return }
        guard let new = old.overIPv6 else {
            throw Ending(.usage, "--ipv6: there is no \(old.rawValue) over IPv6", remedy: "Leave out --ipv6.")
        }
        kind = new
    }

    /// The option of a name in C, whatever its case, or of a key.
    static func option(_ word: String, of kind: SocketOption.Kind?) throws(Ending) -> SocketOption {
        let kinds = kind.map { [$0] } ?? SocketOption.Kind.allCases
        for spelling in [word, word.uppercased(), word.lowercased()] {
            if let option = SocketOption.find(spelling, in: kinds) { return option }
        }
        let known = SocketOption.options(of: kinds)
        if let kind, let other = SocketOption.find(word) ?? SocketOption.find(word.uppercased()) {
            throw Ending(
                .usage,
                "sockets of \(kind.rawValue) do not have \(other.name): those that do are "
                    + other.kinds.map(\.rawValue).joined(separator: ", ")
            )
        }
        throw Ending(
            .usage,
            "“\(word)” is no option" + (kind.map { " of \($0.rawValue)" } ?? " and no kind of socket"),
            remedy: Nearest.hint(
                for: word,
                among: OptionNames.spelled(as: word, known, orKinds: kind == nil),
                listedBy: kind.map { "parley options \($0.rawValue)" } ?? "parley options"
            )
        )
    }
}
