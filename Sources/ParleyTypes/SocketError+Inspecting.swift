extension SocketError {
    /// What to do where the kernel could not be asked about something, or an endpoint's interfaces contradict each
    /// other. The subject of a kind of sockets that it does
    /// not list is `raw sockets`.
    var remedyForInspecting: String? {
        if code == .invalidArgument, subject?.contains(", but zone ") == true {
            return
                "They name two interfaces, and a socket leaves by one: write one of them, or the same twice."
        }
        guard code == .protocolNotSupported, let subject, subject.hasSuffix(" sockets") else { return nil }
        let option =
            switch subject.dropLast(" sockets".count) {
            case "tcp": "CONFIG_INET_TCP_DIAG"
            case "udp": "CONFIG_INET_UDP_DIAG"
            case "udplite": "CONFIG_INET_UDP_DIAG, and UDP-Lite, which Linux has no longer since 7.1"
            case "raw": "CONFIG_INET_RAW_DIAG"
            case "unix", "unixgram", "seqpacket": "CONFIG_UNIX_DIAG"
            default: "CONFIG_INET_DIAG"
            }
        return "This kernel does not list them, nor is there a table in /proc/net: it needs \(option)."
    }
}
