import ArgumentParser
import ParleyCapture
import ParleyText
import ParleyTypes
import ParleyWire

struct EncodeCommand: AsyncParsableCommand {
    static let examples = [
        "parley encode --as proto.h:msg_st name=Trans math=0x30313233 chinese=1",
        "parley encode --as 'id:u16 text:text' id=7 text=hello --to xxd",
        """
        echo '{"name":"Li","math":99,"chinese":77}' \\
            | parley encode --as proto.h:msg_st --output /tmp/scores.pcap
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Show the bytes of a message, each with the field it belongs to.",
        discussion: manual(
            """
            A table of the fields with their bytes in network order, as they travel, and in host order, as \
            this machine's memory holds them; or what --to names: hex (a message a line), xxd, hexdump \
            (-C), c (an array), raw, pcap, pcapng. decode reads all of these again. Values are written as \
            for send; without values, objects of JSON are read from standard input, one a line, or from \
            @file. Nothing is sent.

            In a capture each message is a UDP datagram from --source to --destination, now; lines that \
            decode or receive printed with --json bring their own addresses and time.
            """,
            examples: examples,
            statuses: [.done, .failed, .doesNotFit, .usage]
        )
    )

    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @Argument(help: ArgumentHelp("field=value …, - for standard input, or @file.", valueName: "values"))
    var values: [String] = []
    @Option(
        help: ArgumentHelp(
            "How to write them: table, hex, xxd, hexdump, c, raw, pcap, pcapng. Default: as the name of "
                + "--output ends, otherwise table.",
            valueName: "format"
        )
    )
    var to: OutputFormat?
    @Flag(help: "Print the bytes as hexadecimal digits, one message a line: --to hex.")
    var hex = false
    @Flag(help: "Write the bytes themselves: --to raw.")
    var raw = false
    @Option(
        help: ArgumentHelp(
            "What stands between messages of --to raw: length, length2, lines … (length:FIELD adds nothing and "
                + "checks). Default: nothing.",
            valueName: "framing"
        )
    )
    var framing: FramingName?
    @Option(
        help: ArgumentHelp(
            "In a capture: from where, 192.0.2.1:49152 unless said otherwise.",
            valueName: "address"
        )
    )
    var source: String?
    @Option(
        help: ArgumentHelp(
            "In a capture: to where, 192.0.2.2:8089 unless said otherwise.",
            valueName: "address"
        )
    )
    var destination: String?
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write to a file, not to standard output.", valueName: "file"),
        completion: .file()
    )
    var output: String?
    @OptionGroup(title: "Output") var options: OutputOptions

    func validate() throws {
        if layout.layout == nil {
            throw ValidationError("Name a layout: --as proto.h:struct_name or --as 'id:u16'.")
        }
        let formats = [hex, raw, options.json, to != nil].filter { $0 }
        if formats.count > 1 { throw ValidationError("--to, --hex, --raw and --json exclude each other.") }
        if source != nil || destination != nil, format.capture == nil {
            throw ValidationError("--source and --destination belong to --to pcap and --to pcapng.")
        }
        if framing != nil, format != .raw { throw ValidationError("--framing belongs to --to raw.") }
    }

    private var format: OutputFormat {
        if hex { return .hex }
        if raw { return .raw }
        if options.json { return .table }
        return to ?? output.flatMap { OutputFormat(path: $0) } ?? .table
    }

    func run() async throws {
        let console = options.patientConsole
        let form = try layout.form(console, verb: "writing")
        let flow = try flow()
        let framing = try framing?.framing(of: form)
        var messages = try MessageSource(
            values,
            form: form,
            isStream: false,
            framing: framing,
            suggestsFraming: format == .raw,
            console: console
        )
        let output = try EncodedOutput(
            format: format,
            form: form,
            console: console,
            framing: framing,
            flow: flow,
            path: output
        )
        do throws(Ending) {
            while let parcel = try await messages.next() { try output.take(parcel, messages.envelope) }
        } catch {
            // What was right before the mistake has been asked for.
            try output.flush()
            throw error
        }
        try output.flush()
        if let ending = Stop.shared.ending { throw ending }
    }

    /// Addresses of documentation (RFC 5737, RFC 3849), of the family that was named.
    private func flow() throws(Ending) -> Flow {
        let named = try (
            address(source, "--source", port: 49152), address(destination, "--destination", port: 8089)
        )
        let isIPv6 = [named.0, named.1].contains { if case .ipv6? = $0 { true } else { false } }
        let network = IPv6Address(high: 0x2001_0DB8_0000_0000, low: 0)
        func host(_ number: UInt8, _ port: UInt16) -> SocketAddress {
            guard isIPv6 else { return .ipv4(IPv4Address(192, 0, 2, number), port: port) }
            return .ipv6(IPv6Address(high: network.high, low: UInt64(number)), port: port, zone: 0)
        }
        return Flow(source: named.0 ?? host(1, 49152), destination: named.1 ?? host(2, 8089))
    }

    private func address(_ text: String?, _ option: String, port: UInt16) throws(Ending) -> SocketAddress? {
        guard let text else { return nil }
        if let address = SocketAddress(internet: text, defaultPort: port) { return address }
        throw Ending(
            .usage,
            "\(option) \(SafeText.line(text)) is no address",
            remedy: "Write 192.0.2.1:4000 or [2001:db8::1]:4000."
        )
    }
}
