import ArgumentParser
import ParleyKernel

/// Which sockets are shown.
struct SocketFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Kinds: \(SocketWords.kindNames). Without it, those that have ports, and raw.",
            valueName: "kinds"
        )
    )
    var kind: [String] = []

    @Option(help: ArgumentHelp("States: \(SocketWords.stateNames).", valueName: "states"))
    var state: [String] = []

    @Option(name: .customLong("port"), help: ArgumentHelp("A port, of either side.", valueName: "port"))
    var portNumber: UInt16?

    @Option(help: ArgumentHelp("Sockets of a process, by its name or number.", valueName: "process"))
    var process: String?

    @Flag(help: "Sockets that wait for peers: listeners, and datagram sockets without a peer.")
    var listening = false

    var filter: SocketFilter {
        get throws {
            var filter = SocketFilter()
            if !kind.isEmpty { filter.kinds = try SocketWords.kinds(kind) }
            if !state.isEmpty { filter.states = try SocketWords.states(state) }
            if listening {
                guard state.isEmpty else { throw ValidationError("Give either --listening or --state.") }
                filter.states = [.listen, .closed]
            }
            filter.isListening = listening
            filter.port = portNumber
            filter.process = process
            return filter
        }
    }
}

/// Which sockets are shown, settled.
struct SocketFilter: Sendable {
    var kinds: Set<KernelSocket.Kind> = [.tcp, .udp, .udpLite, .raw]
    var states = Set(KernelSocket.State.allCases)
    var port: UInt16?
    /// A name or a number.
    var process: String?
    var isListening = false

    /// What the kernel can choose by.
    func read() throws -> KernelSockets {
        var listing = try KernelSockets.read(kinds, states: states, port: port)
        // A Unix socket without a name is waited for by nobody.
        if isListening { listing.sockets.removeAll { $0.kind.isUnix && $0.local == nil } }
        return listing
    }

    /// Whether a socket's holders are among those that are asked for.
    func takes(_ process: OwningProcess) -> Bool {
        guard let wanted = self.process else { return true }
        // The kernel cuts names after 15 bytes.
        return wanted == String(process.id) || Array(wanted.utf8.prefix(15)) == Array(process.name.utf8)
    }
}
