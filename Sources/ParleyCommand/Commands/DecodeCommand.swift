import ArgumentParser
import ParleyText
import ParleyTypes
import ParleyWire

struct DecodeCommand: AsyncParsableCommand {
    static let examples = [
        "parley decode --as 'id:u16 text:text' 0007 68656c6c6f",
        "parley decode --as proto.h:msg_st --raw @message.bin --json",
        """
        parley encode --as proto.h:msg_st name=Li math=99 chinese=77 --to pcap \\
            | parley decode --as proto.h:msg_st --port 8089
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show what bytes mean, each with the field it belongs to.",
        discussion: manual(
            """
            The input is arguments, a file (its path, or @path), or standard input, and is recognized by \
            its content; --from settles it. hex: digits with or without blanks, 0x or \\x, the output of \
            xxd, hexdump -C, od -t x1 and tcpdump -x, arrays and strings of C; hex-lines: each line of \
            digits a message; raw: the bytes themselves; pcap, pcapng: captures.

            Messages of a fixed size, and those that say where they end, stand one after another; \
            others need --framing, or are one message for each dump, array or input. In a capture every \
            datagram to or from --port is a message; TCP streams are put together and cut as receive does. \
            --json prints an object a line, which send and encode read again, with time, source, \
            destination and packet of a capture. What does not fit is reported on standard error, and the \
            rest goes on.
            """,
            examples: examples,
            statuses: [.done, .failed, .nothingCame, .doesNotFit, .usage]
        )
    )

    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @Argument(help: ArgumentHelp("Hexadecimal digits, a file, or - for standard input.", valueName: "input"))
    var input: [String] = []
    @Option(
        help: ArgumentHelp(
            "What the input is: hex, hex-lines, raw, pcap, pcapng. Default: as it looks.",
            valueName: "format"
        )
    )
    var from: InputFormat?
    @Flag(help: "The input is the bytes themselves: --from raw.")
    var raw = false
    @Option(
        help: ArgumentHelp(
            "In a capture: only what goes to or comes from it; may be repeated.",
            valueName: "port"
        )
    )
    var port: [UInt16] = []
    @OptionGroup var framing: FramingOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if layout.layout == nil {
            throw ValidationError("Name a layout: --as proto.h:struct_name or --as 'id:u16'.")
        }
        if raw, let from, from != .raw {
            throw ValidationError("--raw and --from \(from.rawValue) exclude each other.")
        }
    }

    func run() async throws {
        let console = output.patientConsole
        let form = try layout.form(console, verb: "reading")
        var blocks = try source()
        let progress = Progress(console: console, total: blocks.size)
        let sink = MessageSink(form: form, console: console, progress: progress)
        var isGoing = try await blocks.next()
        let format = try format(blocks, isEmpty: !isGoing, console)
        var intake = try intake(format, form, sink, console, blocks.name)
        while isGoing {
            try intake.take(blocks.block)
            // Whoever watches a pipe sees what has come before the next wait.
            try sink.flush()
            progress.update(bytes: blocks.readCount, messages: sink.messageCount)
            isGoing = try await blocks.next()
        }
        if let ending = Stop.shared.ending { throw ending }
        try intake.finish()
        try sink.finish()
    }

    // MARK: Input

    private var named: InputFormat? { raw ? .raw : from }

    private func source() throws(Ending) -> InputBlocks {
        if input.isEmpty || input == ["-"] { return try InputBlocks(path: nil) }
        if input.count == 1 {
            let word = input[0]
            if word.hasPrefix("@") { return try InputBlocks(path: String(word.dropFirst())) }
            let isDigits = word.allSatisfy { $0.isHexDigit }
            if named == .raw || named?.isCapture ?? false || !isDigits && Files.exists(word) {
                return try InputBlocks(path: word)
            }
        }
        guard named == nil || named == .hex || named == .hexLines else {
            throw Ending(.usage, "\(named?.rawValue ?? "") is read from standard input or one file")
        }
        if input.count == 1, let ending = Self.noFile(input[0]) { throw ending }
        return InputBlocks(text: input.joined(separator: " "))
    }

    /// What to say of a word that looks like a file's name and is neither a file nor digits.
    static func noFile(_ word: String) -> Ending? {
        let isName = word.contains { "./".contains($0) }
        guard isName, !word.contains(where: \.isWhitespace) else { return nil }
        do throws(HexError) { _ = try HexInput.parse(word) } catch {
            guard case .notADigit = error.reason else { return nil }
            return Ending(
                .failed,
                "there is no file \(SafeText.line(word)), and it is no hexadecimal digits"
            )
        }
        return nil
    }

    private func format(_ blocks: InputBlocks, isEmpty: Bool, _ console: Console) throws(Ending)
        -> InputFormat
    {
        let format = named ?? InputFormat.recognized(blocks.block)
        guard port.isEmpty || format.isCapture else {
            throw Ending(
                .usage,
                "--port belongs to a capture, \(SafeText.line(blocks.name)) is none",
                remedy: "pcap and pcapng are read: tcpdump -w, dumpcap, parley encode --to pcap."
            )
        }
        if named == nil, format == .raw {
            console.note(
                "reading \(SafeText.line(blocks.name)) as the bytes themselves; --from says otherwise"
            )
        }
        return isEmpty && named == nil ? .raw : format
    }

    private func intake(
        _ format: InputFormat,
        _ form: Form,
        _ sink: MessageSink,
        _ console: Console,
        _ name: String
    ) throws(Ending) -> any Intake {
        let name = SafeText.line(name)
        let chosen = try framing.chosen(for: form)
        if chosen != nil { BorderRemarks(framing: framing.framing, forms: [form]).tell(console) }
        switch format {
        case .pcap, .pcapng:
            return CaptureIntake(sink, console, form, chosen, ports: Set(port), name: name)
        case .raw:
            if chosen == nil, form.fileFraming == nil, case .layout(let compiled, _) = form {
                console.note(
                    "\(BorderRemarks.names(compiled.layout.endless)) where each message ends: \(name) is taken as one; "
                        + "--framing length where each has its length in front"
                )
            }
            return RawIntake(sink, chosen ?? form.fileFraming, name: name)
        case .hex, .hexLines:
            let isFile = input.count == 1 && input[0].hasPrefix("@") || input.isEmpty || input == ["-"]
            return TextIntake(
                sink,
                chosen ?? form.fileFraming,
                name: name,
                isFile: isFile,
                emptyLinesEnd: chosen == nil && !form.isFixedSize,
                linesEnd: format == .hexLines
            )
        }
    }
}

extension Form {
    /// Whether all messages have the same number of bytes, and at least one.
    var isFixedSize: Bool {
        guard case .layout(let compiled, _) = self else { return false }
        return compiled.layout.isFixedSize && compiled.layout.sizeMinimum > 0
    }

    /// How messages are told apart in a file or a dump: those of one size by it, those that say where they end by
    /// that, lines by their ends; nil is one message.
    var fileFraming: Framing? {
        switch self {
        case .layout where framing.isBackToBack: framing
        case .lines, .json: framing
        default: nil
        }
    }
}
