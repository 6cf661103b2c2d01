extension SocketError {
    /// The right that socket(2) missed, as Linux names it: `CAP_NET_RAW`, `CAP_NET_ADMIN`, or the sysctl that gives
    /// it; nil where nothing but a filter (seccomp(2), a security module) refuses such sockets, and for other errors.
    public var missingRight: String? {
        guard operation == .open, [.notPermitted, .permissionDenied].contains(code), let subject else {
            return nil
        }
        let words = subject.split(separator: " ")
        if subject.contains("SOCK_DGRAM IPPROTO_ICMP") { return "net.ipv4.ping_group_range" }
        switch words.first {
        case "AF_KEY", "AF_CAIF": return "CAP_NET_ADMIN"
        case "AF_PHONET": return "CAP_SYS_ADMIN"
        case "AF_PACKET", "AF_LLC", "AF_XDP": return "CAP_NET_RAW"
        case "AF_UNIX", "AF_NETLINK": return nil
        default: return words.contains("SOCK_RAW") ? "CAP_NET_RAW" : nil
        }
    }
}
