import ArgumentParser
import ParleyCore
import ParleyTypes
import ParleyWire

struct ReceiveCommand: AsyncParsableCommand {
    static let examples = [
        #"parley receive "udp://:8089" --as proto.h:msg_st --count 1 --json"#,
        """
        parley receive "udp://239.1.2.3:8089?interface=lo" \\
            --as 'name:char[13] math:u32 chinese:u32'
        """,
        #"parley receive unix:///tmp/inbox.sock --as lines --timeout 1m"#,
        #"parley receive udp://:8089 --as 'seq:u32 text:char[16]' --number seq"#,
        """
        parley receive udp://:8089 --as 'seq:u16 sound:bytes' --json \\
            --number seq --every 20ms --smooth auto
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Print the messages that anyone sends.",
        discussion: manual(
            """
            Over udp and unixgram every datagram is a message; over tcp, unix and seqpacket every client is \
            served, all at once, and -v tells which process a client of this host is. Each message is printed with \
            its peer. What does not fit the layout is reported on standard error and ends nothing. A client that \
            says nothing for five minutes (--idle) is let go, and so is whoever holds most when the unfinished \
            messages of all take more than --memory; --per-peer keeps one client from taking all places. --number \
            tells at the end how many messages of each sender are missing, came twice, and came late: what is late \
            is not missing. --smooth holds each datagram until its time, so that they are printed at the distances \
            at which they were sent, in order: what comes later is dropped (--play-late: marked), and the summary \
            says how many, the jitter (RFC 3550, a mean) and the delay. Ends after --count messages, when nothing \
            has come for --timeout, or on SIGINT and SIGTERM.
            """,
            examples: examples,
            statuses: [.done, .failed, .nothingCame, .couldNotBind, .usage, .notPermitted]
        )
    )

    @OptionGroup(title: "Endpoint") var place: EndpointOptions
    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @OptionGroup var framing: FramingOptions
    @Option(name: [.short, .long], help: ArgumentHelp("End after so many messages.", valueName: "count"))
    var count: Int?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("End when nothing has come for so long: 500ms, 3s, 1m.", valueName: "duration")
    )
    var timeout: Span?
    @OptionGroup var numbers: NumberOptions
    @OptionGroup(title: "Smoothing") var smooth: SmoothOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        try smooth.mustBeTimed(by: numbers)
    }

    func run() async throws {
        let console = output.console
        Signals.watchOutput()
        let endpoint = try place.settledEndpoint()
        EndpointOptions.remarkOnSharing(endpoint, console)
        EndpointOptions.remarkOnSending(endpoint, console, by: "receive")
        EndpointOptions.remarkOnClamping(endpoint, listens: true, console)
        if smooth.delay != nil, endpoint.transport.isConnectionOriented {
            throw Ending(
                .usage,
                "--smooth is for datagrams: over \(endpoint.transport.rawValue) messages come in their order, and all "
                    + "of them wait for one that is late",
                remedy: "Receive udp or unixgram."
            )
        }
        let form = try layout.form(console, verb: "reading")
        let number = try numbers.field(in: form)
        let tally = Tally(
            view: MessageView(form: form, console: console),
            console: console,
            countMax: count,
            number: number,
            smoothing: try smooth.smoothing(number, in: form, bytesMax: limits.memory.byteCount)
        )
        let receiver = Receiver(
            endpoint: endpoint,
            form: form,
            framing: try framing.chosen(for: form, isStream: endpoint.transport.isStream, console),
            timeout: timeout?.duration,
            limits: limits.limits,
            tally: tally,
            console: console
        )
        try await receiver.run()
    }
}
