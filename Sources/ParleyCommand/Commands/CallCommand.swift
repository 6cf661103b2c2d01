import ArgumentParser
import ParleyCore
import ParleyTypes

struct CallCommand: AsyncParsableCommand {
    static let examples = [
        "parley call tcp://localhost:8086 --as lines --count 1 --timeout 3s",
        "parley call udp://localhost:8087 hello",
        "seq 1 3 | parley call tcp://localhost:8087 --as lines",
        "seq 1 100 | parley call tcp://localhost:8087 --as lines --parallel 16",
        "parley call udp://localhost:8087 --as 'id:u32 x:u8' --match id id=1 x=2",
        "parley call udp://localhost:8089 --as 'n:u16 x:u8' --number n x=2",
    ]

    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Send messages to a server and print its answers.",
        discussion: manual(
            """
            Messages are written as for send; each line of standard input is one, also at a terminal; --as text \
            and --as raw are cut by the border that --framing names, a terminator, a field or a size. At the end \
            of the input our half of a connection is closed and the answers are read to the peer's close. Over udp \
            and unixgram each message waits for its answer, 5s unless --timeout says otherwise; without any input \
            an empty datagram is sent. After a question that got no answer in time, answers are printed with a \
            remark that they may be late ones. Questions leave at --rate, however fast they come and are answered; \
            {time} in a value is when the question is made. Ends after --count answers, when the peer closes, or \
            when none has come for --timeout. With --parallel or --match each question gets its own answer, in 5s \
            or as --timeout says: connections answer in order unless --match names the field that tells; datagrams \
            need it to be asked many at once. Late answers are then thrown away and counted, and the connection is \
            closed when each question has its answer or its time is over. Over udp and unixgram --number fills the \
            field in, each question's own number, sends a question again when no answer comes (after 1s, 2s, 4s, 8s; \
            sooner once answers have told how long they take) and takes the answer with the same number alone; \
            --window asks more than one at once. What answers must copy the number and run a question once that \
            comes again: parley serve reply --number does.
            """,
            examples: examples,
            statuses: [.done, .failed, .nothingCame, .unreachable, .doesNotFit, .usage, .notPermitted]
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
    @Option(help: ArgumentHelp("What the answers are, if not what the questions are.", valueName: "layout"))
    var replyAs: String?
    @OptionGroup var framing: FramingOptions
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "End after so many answers; with --number, ask what the arguments say so many times.",
            valueName: "count"
        )
    )
    var count: Int?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("How long to wait for connecting and for each answer.", valueName: "duration")
    )
    var timeout: Span?
    @Option(
        help: ArgumentHelp(
            "Keep up to so many questions open at once, 1 to \(Asking.parallelMax), each with its own answer.",
            valueName: "count"
        )
    )
    var parallel: Int?
    @Option(
        help: ArgumentHelp(
            "The field that question and answer have in common, such as header.seq; "
                + "question-field=answer-field where they differ.",
            valueName: "field"
        )
    )
    var match: String?
    @OptionGroup var numbers: NumberOptions
    @Option(
        help: ArgumentHelp(
            "With --number: send a question up to so many times more, \(NumberedPlan.retriesUsual) unless said.",
            valueName: "count"
        )
    )
    var retry: Int?
    @Option(
        help: ArgumentHelp(
            "With --number: so many questions under way at once, 1 unless said.",
            valueName: "count"
        )
    )
    var window: Int?
    @OptionGroup var pace: RateOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        if let parallel, !(1...Asking.parallelMax).contains(parallel) {
            throw ValidationError("--parallel must be 1 to \(Asking.parallelMax), not \(parallel).")
        }
        if numbers.fields.isEmpty {
            guard retry == nil, window == nil else {
                throw ValidationError(
                    "--\(retry != nil ? "retry" : "window") needs --number FIELD: only a number tells an answer from "
                        + "others."
                )
            }
            return
        }
        if let retry, !NumberedPlan.retriesRange.contains(retry) {
            throw ValidationError(
                "--retry must be 0 to \(NumberedPlan.retriesRange.upperBound), not \(retry)."
            )
        }
        if let window, !NumberedPlan.windowRange.contains(window) {
            throw ValidationError(
                "--window must be 1 to \(NumberedPlan.windowRange.upperBound), not \(window)."
            )
        }
        guard parallel == nil, match == nil else {
            throw ValidationError(
                "--number tells answers apart by itself: leave \(match != nil ? "--match" : "--parallel") out, and say "
                    + "--window for many at once."
            )
        }
    }

    func run() async throws {
        let console = output.console
        Signals.watchOutput()
        let endpoint = try place.destination(console)
        let (form, other) = try layout.forms(
            replyAs,
            console,
            verb: replyAs == nil ? "exchanging" : "writing",
            answering: "reading"
        )
        let answers = other ?? form
        let isStream = endpoint.transport.isStream
        let framing = try framing.chosen(for: form, answers: other, isStream: isStream, console)
        let plan = try NumberedPlan(
            numbers,
            retry: retry,
            window: window,
            timeout,
            at: endpoint,
            form,
            answers
        )
        let asking =
            try plan.map { Asking($0) }
            ?? Asking(parallel: parallel, match: match, at: endpoint, form, answers, framing)
        let view = MessageView(form: answers, console: console, showsPeer: endpoint.reachesMany)
        let caller = Caller(
            endpoint: endpoint,
            form: form,
            answers: answers,
            framing: framing,
            timeout: timeout?.duration,
            asking: asking,
            rate: try pace.chosen.map { SharedRate($0) },
            tally: Tally(view: view, console: console, countMax: count),
            console: console
        )
        let source = try MessageSource(
            values,
            form: form.forSending,
            isStream: isStream,
            framing: framing,
            number: plan?.question,
            console: console
        )
        do {
            try await caller.run(source)
        } catch let error as ParleyError where error == .cancelled && Stop.shared.reason != nil {
        }
        if let ending = Stop.shared.ending { throw ending }
    }
}

extension Endpoint {
    /// Whether several may answer.
    var reachesMany: Bool { !transport.isConnectionOriented && (isGroup || isBroadcast) }
}
