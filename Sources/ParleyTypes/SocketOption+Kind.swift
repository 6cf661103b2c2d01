extension SocketOption {
    /// A kind of socket, as `parley options` names it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case tcp, tcp6, mptcp, udp, udp6, udplite, unix, unixgram, seqpacket, icmp, icmp6, raw, raw6
        case packet, netlink, vsock

        /// What it is, as C writes it.
        public var spelled: String {
            switch self {
            case .tcp: "AF_INET SOCK_STREAM"
            case .tcp6: "AF_INET6 SOCK_STREAM"
            case .mptcp: "AF_INET SOCK_STREAM IPPROTO_MPTCP"
            case .udp: "AF_INET SOCK_DGRAM"
            case .udp6: "AF_INET6 SOCK_DGRAM"
            case .udplite: "AF_INET SOCK_DGRAM IPPROTO_UDPLITE"
            case .unix: "AF_UNIX SOCK_STREAM"
            case .unixgram: "AF_UNIX SOCK_DGRAM"
            case .seqpacket: "AF_UNIX SOCK_SEQPACKET"
            case .icmp: "AF_INET SOCK_DGRAM IPPROTO_ICMP"
            case .icmp6: "AF_INET6 SOCK_DGRAM IPPROTO_ICMPV6"
            case .raw: "AF_INET SOCK_RAW IPPROTO_ICMP"
            case .raw6: "AF_INET6 SOCK_RAW IPPROTO_ICMPV6"
            case .packet: "AF_PACKET SOCK_RAW"
            case .netlink: "AF_NETLINK SOCK_RAW NETLINK_ROUTE"
            case .vsock: "AF_VSOCK SOCK_STREAM"
            }
        }

        /// The same over IPv6, where that is another kind.
        public var overIPv6: Kind? {
            switch self {
            case .tcp, .tcp6: .tcp6
            case .udp, .udp6: .udp6
            case .icmp, .icmp6: .icmp6
            case .raw, .raw6: .raw6
            default: nil
            }
        }

        /// The kinds that a URL of a transport may open.
        public static func kinds(of transport: Transport) -> [Kind] { transport.row.kinds }
    }

    /// Where getsockopt(2) keeps an option.
    public enum Level: Int32, Sendable, Hashable, CaseIterable {
        case socket = 1
        case ip = 0
        case ipv6 = 41
        case tcp = 6
        case udp = 17
        case udpLite = 136
        case raw = 255
        case icmp6 = 58
        case packet = 263
        case netlink = 270
        case vsock = 40
        case multipath = 284

        /// As C writes it.
        public var name: String {
            switch self {
            case .socket: "SOL_SOCKET"
            case .ip: "IPPROTO_IP"
            case .ipv6: "IPPROTO_IPV6"
            case .tcp: "IPPROTO_TCP"
            case .udp: "IPPROTO_UDP"
            case .udpLite: "IPPROTO_UDPLITE"
            case .raw: "SOL_RAW"
            case .icmp6: "IPPROTO_ICMPV6"
            case .packet: "SOL_PACKET"
            case .netlink: "SOL_NETLINK"
            case .vsock: "AF_VSOCK"
            case .multipath: "SOL_MPTCP"
            }
        }
    }
}

extension [SocketOption.Kind] {
    static let every = SocketOption.Kind.allCases
    static let tcp: Self = [.tcp, .tcp6]
    static let udp: Self = [.udp, .udp6, .udplite]
    static let local: Self = [.unix, .unixgram, .seqpacket]
    static let streams: Self = [.tcp, .tcp6, .mptcp, .unix, .seqpacket, .vsock]
    /// Whose sockets have the options of IPPROTO_IP: those that speak IPv6 too speak IPv4 as well.
    static let ipv4: Self = [.tcp, .tcp6, .udp, .udp6, .udplite, .icmp, .raw]
    static let ipv6: Self = [.tcp6, .udp6, .icmp6, .raw6]
    static let internet: Self = [.tcp, .tcp6, .udp, .udp6, .udplite, .icmp, .icmp6, .raw, .raw6]

    func without(_ kinds: SocketOption.Kind...) -> Self { filter { !kinds.contains($0) } }
}
