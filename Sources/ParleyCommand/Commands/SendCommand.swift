import ArgumentParser
import ParleyCore
import ParleyText
import ParleyTypes

struct SendCommand: AsyncParsableCommand {
    static let examples = [
        """
        parley send udp://127.0.0.1:8089 --as proto.h:msg_st \\
            name=Li math=99 chinese=77
        """,
        "parley send udp://127.0.0.1:8089 --as lines hello --count 3 --every 100ms",
        """
        parley send udp://127.0.0.1:8089 --as lines 'hello {n}' \\
            --count 3000 --rate 1000/s
        """,
        """
        parley send udp://127.0.0.1:8089 --as 'seq:u32 at:u64 text:char[16]' \\
            --number seq at={time} text='no. {n}' --count 100 --rate 2mbit
        """,
        """
        echo '{"id":7,"text":"hello"}' \\
            | parley send unix:///tmp/inbox.sock --as 'id:u16 text:text'
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send messages to a receiver.",
        discussion: manual(
            """
            A message of a layout is written as field=value: numbers in decimal or 0x…, names of enums, text as it \
            is, hex:00ff for bytes, @file for a file's content, parts as body.kind=1 items[0].x=2. Without values, \
            or with -, objects of JSON are read from standard input, one a line; @file alone reads them from a \
            file. {n} stands for the message's number, from 0 on, and {time} for the time when it leaves: \
            nanoseconds since 1970 in a field of 64 bits, seconds in one of 32, RFC 3339 in text; {time:s}, \
            {time:ms}, {time:us} and {time:ns} say it. {{n}} is itself. --number fills one field with 0, 1, 2 …, \
            or from the value on that it is given; it wraps, and works with input too. Without --as the words are \
            sent as text, and each line of standard input is a message; --as text and --as raw are cut by the \
            border that --framing names, a terminator, a field or a size. Connections are flushed and closed after \
            the last message.
            """,
            examples: examples,
            statuses: [.done, .failed, .unreachable, .doesNotFit, .usage, .notPermitted]
        )
    )

    @OptionGroup(title: "Endpoint") var place: EndpointOptions
    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @Argument(
        help: ArgumentHelp(
            "field=value …, words of text, - for standard input, or @file.",
            valueName: "values"
        )
    )
    var values: [String] = []
    @OptionGroup var framing: FramingOptions
    @Option(name: [.short, .long], help: ArgumentHelp("Send so many messages.", valueName: "count"))
    var count: Int?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "A message each such time; repeats until interrupted, or --count.",
            valueName: "duration"
        )
    )
    var every: Span?
    @OptionGroup var pace: RateOptions
    @OptionGroup var numbers: NumberOptions
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("How long connecting and each message may take.", valueName: "duration")
    )
    var timeout: Span?
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        if every != nil, pace.rateText != nil {
            throw ValidationError("--every and --rate both say when messages leave: give one of them.")
        }
    }

    func run() async throws {
        let console = output.console
        let endpoint = try place.destination(console)
        let form = try layout.form(console, verb: "writing")
        let isStream = endpoint.transport.isStream
        let outgoing = form.forSending
        let framing = try framing.chosen(for: form, isStream: isStream, console)
        let sender = Sender(
            endpoint: endpoint,
            form: outgoing,
            framing: framing,
            timeout: timeout?.duration,
            every: every?.duration,
            rate: try pace.chosen,
            count: count,
            console: console
        )
        let source = try MessageSource(
            values,
            form: outgoing,
            isStream: isStream,
            framing: framing,
            number: try numbers.field(in: outgoing),
            console: console
        )
        do { try await sender.run(source) } catch { throw Ending(error).askingForBorders(endpoint) }
        if let ending = Stop.shared.ending { throw ending }
    }
}

extension Form {
    /// Without `--as`, words and lines are sent.
    var forSending: Form { if case .automatic = self { .lines } else { self } }
}
