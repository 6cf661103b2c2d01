import ArgumentParser
import ParleyKernel
import ParleyTypes

struct PortsCommand: AsyncParsableCommand {
    static let examples = [
        #"parley ports --listening"#,
        #"parley ports --kind tcp --state established,time-wait --port 8086 --json"#,
        #"parley ports --watch --port 8086 --timeout 30s"#,
    ]

    static let configuration = CommandConfiguration(
        commandName: "ports",
        abstract: "List sockets, and watch connections being born and dying.",
        discussion: manual(
            """
            Lists the sockets of this network namespace with state, addresses, queues, packets lost, the timer that \
            runs and the process that holds them; Unix sockets, which have no ports, with --kind unix or all. \
            RECV-Q and SEND-Q are bytes; of a listener the connections that wait to be accepted, and how many \
            may. The processes of other users can be looked into only as root (CAP_SYS_PTRACE). --watch shows \
            what changes: it looks every 100ms, or as often as --every says.
            """,
            examples: examples,
            statuses: [.done, .failed, .usage, .notPermitted]
        )
    )

    @Argument(help: "A port, of either side.") var port: UInt16?
    @OptionGroup(title: "Filters") var filter: SocketFilterOptions
    @OptionGroup(title: "Watching") var watching: WatchOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        try watching.check()
    }

    func run() async throws {
        let console = output.console
        Signals.watchOutput()
        var filter = try filter.filter
        if let port { filter.port = port }
        if watching.watch {
            try await SocketWatch(filter, watching, console).run()
        } else {
            try SocketList(filter, console).run()
        }
    }
}
