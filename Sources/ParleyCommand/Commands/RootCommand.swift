import ArgumentParser

struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parley",
        abstract: "Exchange typed messages with other programs over UDP, TCP and Unix sockets.",
        discussion: """
            New here? parley tour shows what it is for, in a few seconds and on loopback alone.

            Endpoints are URLs: udp://host:port, tcp://host:port, and within a host unix:///path (a stream), \
            unixgram:///path (datagrams), seqpacket:///path (messages on a connection), or //@name instead of \
            a path for a name without a file; no host is every local address. Data goes to standard output, \
            everything else to standard error.

            Exit codes:
            \(ExitStatus.table)
            """,
        version: "parley 0.1.0",
        subcommands: [
            TourCommand.self,
            ReceiveCommand.self, SendCommand.self, ServeCommand.self, CallCommand.self,
            ImpairCommand.self,
            EncodeCommand.self, DecodeCommand.self, CaptureCommand.self, LayoutCommand.self,
            PortsCommand.self, OptionsCommand.self, FamiliesCommand.self, InterfacesCommand.self,
        ]
    )
}

/// The discussion of a subcommand: what it does, three lines to copy, and the exit codes that it can end
/// with.
func manual(_ text: String, examples: [String], statuses: [ExitStatus]) -> String {
    let codes = statuses.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ")
    return """
        \(text)

        Examples:
        \(examples.map { "  " + $0.split(separator: "\n").joined(separator: "\n  ") }.joined(separator: "\n"))

        Exit codes: \(codes).
        """
}
