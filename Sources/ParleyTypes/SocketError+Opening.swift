extension SocketError {
    /// What to do where socket(2) itself said no. The subject of such an error is what was asked for, as C
    /// writes it: `AF_INET SOCK_STREAM IPPROTO_SCTP`.
    var remedyForOpening: String? {
        guard let subject else { return nil }
        switch code {
        case .addressFamilyNotSupported, .protocolFamilyNotSupported:
            return KernelFeature.named(in: subject)?.remedy
        case .socketTypeNotSupported, .protocolNotSupported: return remedyForKind(subject)
        case .notPermitted, .permissionDenied: return remedyForRight(subject)
        case .protocolOptionUnavailable where subject.contains("IPPROTO_MPTCP"):
            return "Multipath TCP is switched off here: `sysctl -w net.mptcp.enabled=1` switches it on."
        case .noSuchDevice where subject.hasPrefix("AF_VSOCK"):
            return
                "No transport of this machine carries such VSOCK sockets: try SOCK_STREAM or SOCK_SEQPACKET."
        case .wouldBlock where subject == "a thread":
            return
                "The system has none to give: raise RLIMIT_NPROC (ulimit -u), RLIMIT_AS (ulimit -v) or the "
                + "control group's pids.max."
        default: return nil
        }
    }

    private func remedyForKind(_ subject: String) -> String? {
        if let feature = KernelFeature.named(in: subject), feature.name.hasPrefix("IPPROTO_") {
            return feature.remedy
        }
        if subject.contains("SOCK_RDM") {
            return "Only TIPC has this type: AF_TIPC, which needs CONFIG_TIPC."
        }
        let isIP = subject.hasPrefix("AF_INET")
        if isIP, subject.contains("SOCK_SEQPACKET") {
            return
                "Over IP only SCTP has this type, which needs CONFIG_IP_SCTP; within a host AF_UNIX has it."
        }
        if isIP, subject.hasSuffix("SOCK_RAW") { return "A raw IP socket needs the number of its protocol." }
        return "The family has no sockets of this type and protocol."
    }

    private func remedyForRight(_ subject: String) -> String? {
        if subject.contains("SOCK_DGRAM IPPROTO_ICMP") {
            return "No group of this user is in net.ipv4.ping_group_range: widen it, as in "
                + "`sysctl -w net.ipv4.ping_group_range='0 2147483647'`."
        }
        guard subject.contains("SOCK_RAW") || subject.hasPrefix("AF_PACKET") else { return nil }
        return "It needs CAP_NET_RAW: run as root, or give it by `setcap cap_net_raw+ep PROGRAM`."
    }
}
