import ArgumentParser
import ParleyCapture
import ParleyText
import ParleyTypes

struct CaptureCommand: AsyncParsableCommand {
    static let examples = [
        "parley capture --interface lo udp port 8089 --as proto.h:msg_st",
        "parley capture --interface lo tcp port 8086 --segments --json",
        "parley capture --write web.pcapng --count 1000 'tcp and (port 80 or 443)'",
    ]

    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Show the messages between other programs, off the wire.",
        discussion: manual(
            """
            Prints what passes an interface and the filter. With --as every UDP datagram is a message, and \
            TCP streams are put together and cut as receive does; each message has both peers, sender > \
            receiver. Without --as a datagram is a line, and so is a TCP segment: the end that opened the \
            connection stands left, the arrow says who sent, the states of both ends follow as RFC 9293 \
            draws them. --segments shows these beside messages. Needs root or CAP_NET_RAW.

            The filter's words: ip, ip6, arp, udp, tcp, icmp, icmp6, sctp; src, dst; host A, net A/N, port N, \
            portrange N-M; and, or, not. "and" and "or" bind equally, from left to right as in tcpdump; \
            parentheses need quotes. Tests side by side must all hold. Later fragments have no ports: they \
            are taken, put together, and asked then.

            On lo each packet is shown once. Packets that the kernel has still to cut are seen before that: \
            UDP is cut here into its datagrams, TCP is one long segment. Ends after --count, when nothing \
            has come for --timeout, or on SIGINT and SIGTERM, and tells how many packets were lost.
            """,
            examples: examples,
            statuses: [.done, .failed, .nothingCame, .usage, .notPermitted]
        )
    )

    @Argument(help: ArgumentHelp("Which packets: udp port 8089. Default: all.", valueName: "filter"))
    var filter: [String] = []
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The interface by name or index, or any for all at once.", valueName: "name")
    )
    var interface = "any"
    @Flag(help: "Take what is addressed to other hosts as well, where the link lets us hear it.")
    var promiscuous = false
    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @OptionGroup var framing: FramingOptions
    @Flag(help: "Show TCP segments with flags, numbers and states; the default without --as.")
    var segments = false
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Write the packets to this file too, pcapng; - is standard output. Alone nothing is decoded.",
            valueName: "file"
        ),
        completion: .file(extensions: ["pcapng"])
    )
    var write: String?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "End after so many messages, or lines, or packets that are only written.",
            valueName: "count"
        )
    )
    var count: Int?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("End when nothing has come for so long: 500ms, 3s, 1m.", valueName: "duration")
    )
    var timeout: Span?
    @Option(help: ArgumentHelp("End when the file has so many bytes: 100M.", valueName: "bytes"))
    var size: ByteSize?
    @Option(help: ArgumentHelp("Keep only the first bytes of each packet.", valueName: "bytes"))
    var snaplen: Int = 262_144
    @Option(
        help: ArgumentHelp("The ring in which packets wait for us: 1M to 1G.", valueName: "bytes")
    )
    var buffer = ByteSize(byteCount: 32 << 20)
    @Flag(help: "Read messages and count them, and print only the summary.")
    var countOnly = false
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        guard 64...262_144 ~= snaplen else { throw ValidationError("--snaplen must be 64 to 262144.") }
        guard 1 << 20...1 << 30 ~= buffer.byteCount else {
            throw ValidationError("--buffer must be 1M to 1G.")
        }
        if size != nil, write == nil { throw ValidationError("--size belongs to --write.") }
        if write == "-", showsAnything {
            throw ValidationError(
                "--write - needs standard output for itself: leave out what is to be printed."
            )
        }
    }

    /// Whether something is asked for besides the file.
    private var showsAnything: Bool { layout.layout != nil || segments || output.json || countOnly }

    func run() async throws {
        let console = output.console
        Signals.watchOutput()
        let words = filter.joined(separator: " ")
        let expression: FilterExpression
        do throws(FilterError) { expression = try FilterExpression(words: filter) } catch {
            throw Ending(
                .usage,
                SafeText.line("\(error)"),
                remedy: "Its words are \(FilterError.known)."
            )
        }
        let form = layout.layout == nil ? nil : try layout.form(console, verb: "reading")
        let device = try CaptureDevice(
            interface,
            expression,
            snapLength: snaplen,
            ringBytes: buffer.byteCount,
            isPromiscuous: promiscuous
        )
        let file = try write.map {
            try CaptureFile(
                path: $0,
                .init(
                    linkType: device.linkType,
                    name: interface,
                    filter: words,
                    snapLength: UInt32(snaplen),
                    application: "parley"
                )
            )
        }
        let reading =
            file == nil || showsAnything
            ? CaptureReading(
                console,
                form: form,
                framing: try framing.chosen(for: form),
                showsSegments: segments || form == nil,
                isSilent: countOnly,
                itemsMax: count,
                expression: expression
            ) : nil
        let session = CaptureSession(
            device: device,
            reading: reading,
            file: file,
            limits: .init(count: count, timeout: timeout?.duration, fileBytes: size?.byteCount),
            console: console
        )
        let title = words.isEmpty ? "" : ": " + SafeText.line(words)
        if let refused = device.ringBytesRefused {
            let size = ByteSize(byteCount: device.ringBytes).text
            console.remark(
                "memory for a ring of \(ByteSize(byteCount: refused).text) was refused: it has \(size), and loses "
                    + "packets sooner"
            )
        }
        console.note("capturing on \(SafeText.line(device.name))\(title)")
        let wake = try Wake()
        try await withTaskCancellationHandler {
            try session.run(wake)
        } onCancel: {
            wake.wake()
        }
    }
}

/// A number of bytes as people write it: `4096`, `64K`, `32M`, `1G`.
struct ByteSize: ExpressibleByArgument, Sendable, Hashable {
    var byteCount: Int

    init(byteCount: Int) { self.byteCount = byteCount }

    init?(argument: String) {
        let shifts: [Character: Int] = ["K": 10, "k": 10, "M": 20, "G": 30]
        let shift = argument.last.flatMap { shifts[$0] }
        guard let number = Int(shift == nil ? argument : String(argument.dropLast())), number > 0,
            number <= Int.max >> 31
        else { return nil }
        byteCount = number << (shift ?? 0)
    }

    /// `32M`, `512K`
    var text: String {
        byteCount % (1 << 20) != 0 && byteCount % (1 << 10) == 0
            ? "\(byteCount >> 10)K" : defaultValueDescription
    }

    var defaultValueDescription: String {
        byteCount % (1 << 20) == 0 ? "\(byteCount >> 20)M" : "\(byteCount)"
    }
}
