import ArgumentParser
import ParleyCore
import ParleyTypes

struct ServeCommand: AsyncParsableCommand {
    static let examples = [
        "parley serve stamp tcp://:8086",
        "parley serve echo udp://:8087 -v",
        """
        parley serve reply udp://:8089 --as proto.h:msg_st \\
            math=100 name={name}
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve one of the small standard services, or answers of your own.",
        discussion: manual(
            """
            echo sends back what comes (RFC 862), discard throws it away (RFC 863), daytime says date and \
            time as text (RFC 867), time the seconds since 1900 as four bytes (RFC 868), stamp the seconds \
            since 1970 as a decimal line. Every transport, every client at once. A restart binds at once, \
            also under connected clients. A client of a connection that says nothing for five minutes \
            (--idle), or does not take its answers (--slow), is let go, and so is whoever holds most when the \
            unfinished messages of all take more than --memory; --per-peer keeps one client from taking all \
            places. Over datagrams no answer waits for a client that does not read, and none is sent to what \
            answers everything itself: the summary counts both. Ends on SIGINT and SIGTERM. With -v each peer is \
            logged, and which process it is where both are on one host. \
            reply answers each message of --as with a message written as field=value; {field} stands for the \
            question's field. Fields that are not named are the question's, counts and lengths are filled in; with \
            --reply-as each field of the answer is to be named. When a field tells several \
            structs apart, as in --as 'proto.h:kind{1=hello,2=data}', "hello:" begins the answer to a hello, \
            and other kinds get none. Messages that do not fit are remarked on and not answered.
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
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard service != .reply else { return }
        guard values.isEmpty, layout.layout == nil, replyAs == nil, framing.framing == nil else {
            throw ValidationError(
                "\(service.rawValue) takes no messages; parley serve reply answers by a template."
            )
        }
    }

    func run() async throws {
        let console = output.console
        let endpoint = try place.settledEndpoint()
        let replier = service == .reply ? try replier(isStream: endpoint.transport.isStream, console) : nil
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
