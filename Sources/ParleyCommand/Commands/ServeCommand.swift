import ArgumentParser
import ParleyCore
import ParleyTypes

struct ServeCommand: AsyncParsableCommand {
    static let examples = [
        "parley serve stamp tcp://:8086",
        "parley serve echo udp://:8087 -v",
        "parley serve daytime unix:///tmp/daytime.sock",
    ]

    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve one of the small standard services.",
        discussion: manual(
            """
            echo sends back what comes (RFC 862), discard throws it away (RFC 863), daytime says date and \
            time as text (RFC 867), time the seconds since 1900 as four bytes (RFC 868), stamp the seconds \
            since 1970 as a decimal line. Every transport, every client at once. A restart binds at once, \
            also under connected clients. A client of a stream that says nothing for five minutes is let go. \
            Ends on SIGINT and SIGTERM. With -v each peer is logged.
            """,
            examples: examples,
            statuses: [.done, .failed, .couldNotBind, .usage, .notPermitted]
        )
    )

    @Argument(help: "echo, discard, daytime, time or stamp.")
    var service: Service
    @OptionGroup(title: "Endpoint") var place: EndpointOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let console = output.console
        let server = Server(service: service, endpoint: try place.endpoint(), console: console)
        do {
            try await server.run()
        } catch let error as ParleyError where error == .cancelled && Stop.shared.reason != nil {
        }
        server.summarize()
        if let ending = Stop.shared.ending { throw ending }
    }
}
