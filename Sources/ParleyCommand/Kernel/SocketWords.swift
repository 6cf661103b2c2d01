import ParleyKernel
import ParleyTypes

/// The words for kinds and states, as they are shown and as they are taken.
enum SocketWords {
    // MARK: Kinds

    private static let kindTable: [(String, [KernelSocket.Kind])] = [
        ("tcp", [.tcp]), ("udp", [.udp]), ("udplite", [.udpLite]), ("raw", [.raw]),
        ("unix", [.unixStream, .unixDatagram, .sequencedPacket]), ("unixstream", [.unixStream]),
        ("unixgram", [.unixDatagram]), ("seqpacket", [.sequencedPacket]),
        ("all", KernelSocket.Kind.allCases),
    ]

    static var kindNames: String { kindTable.map(\.0).joined(separator: ", ") }

    static func kinds(_ words: [String]) throws(Ending) -> Set<KernelSocket.Kind> {
        var kinds: Set<KernelSocket.Kind> = []
        for word in split(words) {
            guard let entry = kindTable.first(where: { $0.0 == plain(word) }) else {
                throw Ending(
                    .usage,
                    "unknown kind “\(word)”",
                    remedy: Nearest.hint(for: word, among: kindTable.map(\.0))
                )
            }
            kinds.formUnion(entry.1)
        }
        guard !kinds.isEmpty else {
            throw Ending(.usage, "no kind named", remedy: "Known are: \(kindNames).")
        }
        return kinds
    }

    // MARK: States

    /// The first name of each is how it is shown.
    private static let stateTable: [(names: [String], states: Set<KernelSocket.State>)] = [
        (["listen", "listening"], [.listen]),
        (["syn_sent"], [.synSent]),
        // Linux shows a half-open connection in a state of its own.
        (["syn_received", "syn_recv"], [.synReceived, .newSynReceived]),
        (["new_syn_received", "new_syn_recv"], [.newSynReceived]),
        (["established", "estab"], [.established]),
        (["fin_wait_1"], [.finWait1]),
        (["fin_wait_2"], [.finWait2]),
        (["close_wait"], [.closeWait]),
        (["closing"], [.closing]),
        (["last_ack"], [.lastAck]),
        (["time_wait"], [.timeWait]),
        (["bound", "bound_inactive"], [.boundInactive]),
        (["unconnected", "unconn", "closed", "close"], [.closed]),
    ]

    static var stateNames: String { stateTable.map { $0.names[0] }.joined(separator: ", ") }

    static func states(_ words: [String]) throws(Ending) -> Set<KernelSocket.State> {
        var states: Set<KernelSocket.State> = []
        for word in split(words) {
            let isMeant: (String) -> Bool = { plain($0) == plain(word) }
            guard let entry = stateTable.first(where: { $0.names.contains(where: isMeant) }) else {
                throw Ending(
                    .usage,
                    "unknown state “\(word)”",
                    remedy: Nearest.hint(for: word, among: stateTable.map { $0.names[0] })
                )
            }
            states.formUnion(entry.states)
        }
        guard !states.isEmpty else {
            throw Ending(.usage, "no state named", remedy: "Known are: \(stateNames).")
        }
        return states
    }

    /// As it is shown: RFC 9293's names; a socket of UDP without a peer is no closed one.
    static func text(_ state: KernelSocket.State) -> String {
        state == .closed ? "UNCONNECTED" : state.description
    }

    /// What a state means for who looks at it.
    static func meaning(_ socket: KernelSocket) -> String {
        guard socket.kind == .tcp else {
            switch socket.state {
            case .listen: return "waits for connections"
            case .established: return "has a peer"
            default: return socket.local == nil ? "has no name and no peer" : "takes what anyone sends"
            }
        }
        return switch socket.state {
        case .listen: "waits for connections"
        case .synSent: "asked (SYN), no answer yet"
        case .synReceived, .newSynReceived: "answered (SYN+ACK), last ACK missing"
        case .established:
            socket.inode == 0 ? "open, not accepted by a process" : "open both ways"
        case .finWait1: "closed here, FIN not acknowledged"
        case .finWait2: "half closed: the peer may still send"
        case .closeWait: "half closed: this side may still send"
        case .closing: "closed by both at once, last ACK missing"
        case .lastAck: "closed by both, last ACK missing"
        case .timeWait: "over; kept for what is still under way"
        case .boundInactive: "bound, neither listens nor connects"
        case .closed: "closed"
        }
    }

    // MARK: Timers

    static func text(_ timer: KernelSocket.Timer.Kind) -> String {
        switch timer {
        case .retransmission: "retransmit"
        case .keepAlive: "keep-alive"
        case .timeWait: "time-wait"
        case .windowProbe: "probe"
        }
    }

    /// `time-wait`, `TIME_WAIT` and `timewait` are the same word.
    private static func plain(_ word: String) -> String {
        word.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    private static func split(_ words: [String]) -> [String] {
        words.flatMap { $0.split(separator: ",") }.map { String($0.filter { $0 != " " }) }
    }
}
