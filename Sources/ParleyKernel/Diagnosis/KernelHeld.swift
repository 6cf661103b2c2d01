internal import ParleyTypes

/// A socket that the kernel keeps by itself, because no process has it yet or has it any more: in words.
struct KernelHeld {
    /// What it is, as the subject of a sentence.
    var name: String
    /// In which state it is, where, with whom, for how long.
    var deed: String

    /// Nil for a socket that some process has.
    init?(_ socket: KernelSocket) {
        guard socket.inode == 0 else { return nil }
        let place = socket.local.map { "\($0)" } ?? "an unnamed socket"
        let peer = socket.remote.map { " with \($0)" } ?? ""
        let seconds = socket.timer.map { $0.remaining.components.seconds } ?? 0
        guard socket.kind == .tcp else {
            name = "a socket of the kernel itself"
            deed = socket.state == .closed ? "receives at \(place)" : "is open at \(place)\(peer)"
            return
        }
        switch socket.state {
        case .newSynReceived, .synReceived:
            name = "a half-open connection of the listener"
            let again = socket.timer.map { $0.retries > 0 ? ", \($0.retries + 1) times by now," : "" } ?? ""
            deed =
                "is in \(socket.state) at \(place)\(peer): the SYN was answered (SYN+ACK)\(again) and the "
                + "peer has not confirmed; it is forgotten when net.ipv4.tcp_synack_retries is used up"
        case .established:
            name = "a connection that no process has accepted yet"
            deed = "is open at \(place)\(peer)"
        case .closeWait:
            // Who had accepted it and ended would have closed it.
            name = "a connection that no process has accepted yet"
            deed = "is in CLOSE_WAIT at \(place)\(peer), whose side has closed already"
        case .timeWait:
            name = Self.orphan
            deed =
                "waits in TIME_WAIT at \(place)\(peer)"
                + (socket.timer == nil
                    ? ""
                    : " for another \(seconds) s")
        case .finWait1:
            name = Self.orphan
            deed =
                "is in FIN_WAIT_1 at \(place)\(peer), which has not acknowledged the end"
                + Self.unsent(socket.sendQueue)
        case .finWait2:
            name = Self.orphan
            deed =
                "is in FIN_WAIT_2 at \(place)\(peer), which has not closed its side"
                + (socket.timer == nil ? "" : ": it is given another \(seconds) s (net.ipv4.tcp_fin_timeout)")
        case .lastAck, .closing:
            name = Self.orphan
            deed =
                "is in \(socket.state) at \(place)\(peer): both sides have closed, and the last ACK is "
                + "missing"
                + Self.unsent(socket.sendQueue)
        default:
            name = Self.orphan
            deed = "is in \(socket.state) at \(place)\(peer)"
        }
    }

    private static let orphan = "a connection that no process holds any more"

    /// A FIN counts as one.
    private static func unsent(_ bytes: UInt32) -> String {
        bytes > 1 ? "; \(bytes) bytes are not acknowledged" : ""
    }
}
