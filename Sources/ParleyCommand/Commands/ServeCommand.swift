import ArgumentParser
import ParleyCore
import ParleyTypes
import ParleyWire

struct ServeCommand: AsyncParsableCommand {
    static let examples = [
        "parley serve stamp tcp://:8086",
        "parley serve echo udp://:8087 -v",
        """
        parley serve reply udp://:8089 --as proto.h:msg_st \\
            math=100 name={name}
        """,
        "parley serve discard udp://:8089 --as 'seq:u32 text:char[16]' --number seq",
        "parley serve echo udp://:8087 --rate 100/s",
        "parley serve reply udp://:8089 --as 'n:u16 add:u32' --number n --lose 30%",
    ]

    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve one of the small standard services, or answers of your own.",
        discussion: manual(
            """
            echo sends back what comes (RFC 862), discard throws it away (RFC 863), daytime says date and time as \
            text (RFC 867), time the seconds since 1900 as four bytes (RFC 868), stamp the seconds since 1970 as a \
            decimal line. Every transport, every client at once. A restart binds at once, also under connected \
            clients. A client of a connection that says nothing for five minutes (--idle), or does not take its \
            answers (--slow), is let go, and so is whoever holds most when the unfinished messages of all take \
            more than --memory; --per-peer keeps one client from taking all places. Over datagrams no answer waits \
            for a client that does not read, and none is sent to what answers everything itself: the summary \
            counts both. Ends on SIGINT and SIGTERM. With -v each peer is logged, and which process it is where \
            both are on one host. reply answers each message of --as with a message written as field=value; \
            {field} stands for the question's field. Fields that are not named are the question's, counts and \
            lengths are filled in; with --reply-as each field of the answer is to be named. When a field tells \
            several structs apart, as in --as 'proto.h:kind{1=hello,2=data}', "hello:" begins the answer to a \
            hello, and other kinds get none. Messages that do not fit are remarked on and not answered. With \
            --rate answers leave at a rate, those to all clients together, and what comes meanwhile waits; over \
            datagrams in the system's queue, which may overflow. --number tells at the end how many of each \
            sender's messages are missing, came twice or late; echo and discard then take --as and --framing too. Of \
            reply over datagrams it also makes questions run once: the number is copied into the answer, and a \
            question that comes again gets the same answer again (parley call --number asks so).
            """,
            examples: examples,
            statuses: [.done, .failed, .couldNotBind, .doesNotFit, .usage, .notPermitted]
        )
    )

    @Argument(help: "echo, discard, daytime, time, stamp or reply.")
    var service: Service
    @OptionGroup(title: "Endpoint") var place: EndpointOptions
    @Argument(
        help: ArgumentHelp(
            "For reply: field=value …, with {field} for a field of the question.",
            valueName: "values"
        )
    )
    var values: [String] = []
    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @Option(help: ArgumentHelp("What the answers are, if not what the questions are.", valueName: "layout"))
    var replyAs: String?
    @OptionGroup var framing: FramingOptions
    @OptionGroup var pace: RateOptions
    @OptionGroup var numbers: NumberOptions
    @Option(
        help: ArgumentHelp(
            "Over datagrams, lose so many of what comes and of the answers, the same ones each time, to see how a "
                + "client takes it: 30%.",
            valueName: "share"
        )
    )
    var lose: LossShare?
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if service == .discard, pace.rateText != nil {
            throw ValidationError("discard answers nothing that a --rate could hold back: leave it out.")
        }
        guard service != .reply else { return }
        if !numbers.fields.isEmpty {
            guard service == .echo || service == .discard else {
                throw ValidationError(
                    "\(service.rawValue) reads nothing that could have a --number; echo, discard and reply do."
                )
            }
            guard layout.layout != nil else {
                throw ValidationError(
                    "--number names a field of the messages: say what they are, --as FILE.h:STRUCT."
                )
            }
            guard values.isEmpty, replyAs == nil else {
                throw ValidationError(
                    "\(service.rawValue) takes no answers; parley serve reply answers by a template."
                )
            }
            return
        }
        guard values.isEmpty, layout.layout == nil, replyAs == nil, framing.framing == nil else {
            throw ValidationError(
                "\(service.rawValue) takes no messages; parley serve reply answers by a template."
            )
        }
    }

    func run() async throws {
        let console = output.console
        let endpoint = try place.settledEndpoint()
        let isStream = endpoint.transport.isStream
        var replier: Replier?
        var number: (NumberField, Form, Framing?)?
        var answering: NumberedAnswering?
        if lose != nil, endpoint.transport.isConnectionOriented {
            throw Ending(
                .usage,
                "--lose is for datagrams, and \(endpoint.transport.rawValue) loses none",
                remedy: "Serve udp or unixgram."
            )
        }
        if service == .reply {
            let made = try self.replier(isStream: isStream, console)
            number = try numbers.field(in: made.question).map { ($0, made.question, nil) }
            if let field = number?.0, !endpoint.transport.isConnectionOriented,
                let answer = try numbers.field(in: made.answer)
            {
                answering = try NumberedAnswering(field, answer: answer)
            }
            replier = made
        } else if !numbers.fields.isEmpty {
            let form = try layout.form(console, verb: "reading")
            let framing = try framing.chosen(for: form, isStream: isStream, console)
            number = try numbers.field(in: form).map { ($0, form, framing) }
        }
        EndpointOptions.remarkOnSharing(endpoint, console)
        if service == .discard { EndpointOptions.remarkOnSending(endpoint, console, by: "discard") }
        if endpoint.options.reportsArrivalTime == true {
            console.remark("timestamps: serve shows no messages, receive does: without effect here")
        }
        EndpointOptions.remarkOnClamping(endpoint, listens: true, console)
        let server = Server(
            service: service,
            replier: replier,
            endpoint: endpoint,
            limits: limits.limits,
            rate: try pace.chosen.map { SharedRate($0) },
            answering: answering,
            lose: lose?.share,
            number: number,
            console: console
        )
        do {
            try await server.run()
        } catch let error as ParleyError where error == .cancelled && Stop.shared.reason != nil {
        }
        server.summarize()
        if let ending = Stop.shared.ending { throw ending }
    }

    private func replier(isStream: Bool, _ console: Console) throws(Ending) -> Replier {
        let (question, answer) = try layout.forms(replyAs, console, verb: "reading", answering: "writing")
        return try Replier(
            values,
            question: question,
            answer: answer,
            framing: try framing.chosen(for: question, answers: answer, isStream: isStream, console),
            console: console
        )
    }
}
