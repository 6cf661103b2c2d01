import ArgumentParser
import ParleyKernel
import ParleyTypes

struct PortsCommand: AsyncParsableCommand {
    static let examples = [
        #"parley ports --listening"#,
        #"parley ports --kind tcp --state established,time-wait --port 8086 --json"#,
        #"parley ports 8086 --kind udp --reuse loadBalanced"#,
        #"parley ports --watch --port 8086 --timeout 30s"#,
    ]

    static let configuration = CommandConfiguration(
        commandName: "ports",
        abstract:
            "List sockets, watch connections, explain who holds a port and whether a bind would succeed.",
        discussion: manual(
            """
            Lists the sockets of this network namespace with state, addresses, queues, packets lost, the timer that \
            runs and the process that holds them; Unix sockets, which have no ports, with --kind unix or all. \
            RECV-Q and SEND-Q are bytes; of a listener the connections that wait to be accepted, and how many \
            may. The processes of other users can be looked into only as root (CAP_SYS_PTRACE). --watch shows \
            what changes: it looks every 100ms, or as often as --every says.

            With a port it answers who holds it, in which state and since when; under which policy and address a bind \
            would succeed, why not and what to change on which side; of UDP who receives; of a listener how full \
            its queues are; with --state, --process, --listening or --watch it is listed instead. The answers are \
            reasoned from the kernel's tables: nothing is bound, no datagram taken.
            """,
            examples: examples,
            statuses: [.done, .failed, .usage, .notPermitted]
        )
    )

    @Argument(
        help: ArgumentHelp(
            "A port from 1 to 65535, or the URL of an endpoint with its address in numbers: who holds it, and "
                + "would a bind succeed?",
            valueName: "port"
        )
    )
    var place: PortPlace?
    @OptionGroup(title: "One port") var asking: PortQuestionOptions
    @OptionGroup(title: "Filters") var filter: SocketFilterOptions
    @OptionGroup(title: "Watching") var watching: WatchOptions
    @OptionGroup(title: "Who may share a port") var table: MatrixOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        try watching.check()
        try table.check()
        if place != nil, filter.portNumber != nil {
            throw ValidationError(
                "Name the port once: parley ports 8086 explains it, --port 8086 lists sockets."
            )
        }
        if place == nil || isList, asking.reuse != nil || asking.address != nil {
            throw ValidationError(
                "--reuse and --address belong to a port: parley ports 8086 --reuse exclusive."
            )
        }
    }

    /// Whether sockets are listed or watched, also those of one port, instead of explaining it.
    private var isList: Bool {
        watching.watch || !filter.state.isEmpty || filter.process != nil || filter.listening
    }

    func run() async throws {
        let console = output.console
        Signals.watchOutput()
        if table.matrix { return try MatrixReport(options: table, console: console).run() }
        var filter = try filter.filter
        if let place {
            guard isList else {
                let question = try asking.question(about: place, kinds: self.filter.kind)
                return try await PortAnswer(place.port, question, console).run()
            }
            _ = try asking.question(about: place, kinds: [])
            filter.port = place.port
        }
        if watching.watch {
            try await SocketWatch(filter, watching, console).run()
        } else {
            try SocketList(filter, console).run()
        }
    }
}
