import FaultInjection
import Glibc
import ParleySockets
import ParleyTypes

/// One option, read or written.
private struct Option: Sendable {
    var name: String
    var level: Int32
    var number: Int32
    var family = SocketFamily.ipv4
    var kind = SocketKind.datagram
    var operation = SocketError.Operation.option
    var use: @Sendable (borrowing Socket) throws(SocketError) -> Void

    init(
        _ name: String,
        _ level: Int32,
        _ number: Int32,
        _ family: SocketFamily = .ipv4,
        _ kind: SocketKind = .datagram,
        as operation: SocketError.Operation = .option,
        _ use: @escaping @Sendable (borrowing Socket) throws(SocketError) -> Void
    ) {
        self.name = name
        self.level = level
        self.number = number
        self.family = family
        self.kind = kind
        self.operation = operation
        self.use = use
    }

    func wrapper(_ verb: String, _ call: SystemCall, _ page: [ErrorCode]) -> Wrapper {
        let (family, kind, use) = (family, kind, use)
        return Wrapper(
            description: "\(verb) \(name) (\(family == .ipv6 ? "IPv6" : "IPv4"))",
            call: call.with(1, level).with(2, number),
            page: page,
            operation: operation,
            tells: [.subject]
        ) {
            let socket = try Socket(family, kind)
            return { () throws(SocketError) in
                try use(socket)
                return .done
            }
        }
    }
}

extension Wrapper {
    static let options: [Wrapper] =
        reading.map { $0.wrapper("get", .getsockopt, ManualPage.getsockopt) }
        + writing.map { $0.wrapper("set", .setsockopt, ManualPage.setsockopt) }
        + membership.map { $0.wrapper("change", .setsockopt, ManualPage.membership) }

    private static let ip = Int32(IPPROTO_IP)
    private static let ipv6 = Int32(IPPROTO_IPV6)
    private static let tcp = Int32(IPPROTO_TCP)
    private static let udp = Int32(IPPROTO_UDP)

    private static let reading: [Option] = [
        Option("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR) { socket throws(SocketError) in
            _ = try socket.reusesAddress
        },
        Option("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT) { socket throws(SocketError) in
            _ = try socket.reusesPort
        },
        Option("SO_BROADCAST", SOL_SOCKET, SO_BROADCAST) { socket throws(SocketError) in
            _ = try socket.allowsBroadcast
        },
        Option("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF) { socket throws(SocketError) in
            _ = try socket.receiveBufferBytes
        },
        Option("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF) { socket throws(SocketError) in
            _ = try socket.sendBufferBytes
        },
        Option("SO_ERROR", SOL_SOCKET, SO_ERROR) { socket throws(SocketError) in _ = try socket.pendingError
        },
        Option("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE) { socket throws(SocketError) in
            _ = try socket.keepsAlive
        },
        Option("SO_LINGER", SOL_SOCKET, SO_LINGER) { socket throws(SocketError) in
            _ = try socket.lingerSeconds
        },
        Option("SO_RXQ_OVFL", SOL_SOCKET, SO_RXQ_OVFL) { socket throws(SocketError) in
            _ = try socket.reportsDrops
        },
        Option("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE) { socket throws(SocketError) in
            _ = try socket.boundInterface
        },
        Option("SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS) { socket throws(SocketError) in
            _ = try socket.reportsTime
        },
        // SO_MEMINFO, UDP_SEGMENT and UDP_GRO by their numbers: Swift's module lacks the names.
        Option("SO_MEMINFO", SOL_SOCKET, 55) { socket throws(SocketError) in _ = try socket.memory },
        Option("UDP_SEGMENT", udp, 103) { socket throws(SocketError) in _ = try socket.segmentBytes },
        Option("UDP_GRO", udp, 104) { socket throws(SocketError) in _ = try socket.joinsDatagrams },
        Option("IPV6_V6ONLY", ipv6, Int32(IPV6_V6ONLY), .ipv6) { socket throws(SocketError) in
            _ = try socket.isIPv6Only
        },
        Option("TCP_NODELAY", tcp, Int32(TCP_NODELAY), .ipv4, .stream) { socket throws(SocketError) in
            _ = try socket.noDelay
        },
        Option("IP_TTL", ip, Int32(IP_TTL)) { socket throws(SocketError) in _ = try socket.timeToLive },
        Option("IPV6_UNICAST_HOPS", ipv6, Int32(IPV6_UNICAST_HOPS), .ipv6) { socket throws(SocketError) in
            _ = try socket.timeToLive
        },
        Option("IP_PKTINFO", ip, Int32(IP_PKTINFO)) { socket throws(SocketError) in
            _ = try socket.reportsArrival
        },
        Option("IP_MULTICAST_TTL", ip, Int32(IP_MULTICAST_TTL)) { socket throws(SocketError) in
            _ = try socket.groupTimeToLive
        },
        Option("IP_MULTICAST_LOOP", ip, Int32(IP_MULTICAST_LOOP)) { socket throws(SocketError) in
            _ = try socket.hearsOwnHost
        },
        Option("IP_MULTICAST_ALL", ip, Int32(IP_MULTICAST_ALL)) { socket throws(SocketError) in
            _ = try socket.hearsOthersGroups
        },
    ]

    private static let writing: [Option] = [
        Option("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR) { socket throws(SocketError) in
            try socket.setReusesAddress(true)
        },
        Option("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT) { socket throws(SocketError) in
            try socket.setReusesPort(true)
        },
        Option("SO_BROADCAST", SOL_SOCKET, SO_BROADCAST) { socket throws(SocketError) in
            try socket.setAllowsBroadcast(true)
        },
        Option("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF) { socket throws(SocketError) in
            try socket.setReceiveBufferBytes(4096)
        },
        Option("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF) { socket throws(SocketError) in
            try socket.setSendBufferBytes(4096)
        },
        Option("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE) { socket throws(SocketError) in
            try socket.setKeepsAlive(true)
        },
        Option("SO_LINGER", SOL_SOCKET, SO_LINGER) { socket throws(SocketError) in
            try socket.setLingerSeconds(0)
        },
        Option("SO_RXQ_OVFL", SOL_SOCKET, SO_RXQ_OVFL) { socket throws(SocketError) in
            try socket.setReportsDrops(true)
        },
        Option("SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS) { socket throws(SocketError) in
            try socket.setReportsTime(true)
        },
        Option("UDP_SEGMENT", udp, 103) { socket throws(SocketError) in try socket.setSegmentBytes(100) },
        Option("UDP_GRO", udp, 104) { socket throws(SocketError) in try socket.setJoinsDatagrams(true) },
        Option("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE) { socket throws(SocketError) in
            try socket.bind(toInterface: "lo")
        },
        Option("IPV6_V6ONLY", ipv6, Int32(IPV6_V6ONLY), .ipv6) { socket throws(SocketError) in
            try socket.setIPv6Only(true)
        },
        Option("TCP_NODELAY", tcp, Int32(TCP_NODELAY), .ipv4, .stream) { socket throws(SocketError) in
            try socket.setNoDelay(true)
        },
        Option("IP_TTL", ip, Int32(IP_TTL)) { socket throws(SocketError) in try socket.setTimeToLive(9) },
        Option("IPV6_UNICAST_HOPS", ipv6, Int32(IPV6_UNICAST_HOPS), .ipv6) { socket throws(SocketError) in
            try socket.setTimeToLive(9)
        },
        Option("IP_TTL", ip, Int32(IP_TTL), .ipv6) { socket throws(SocketError) in
            try socket.setTimeToLive(9)
        },
        Option("IP_PKTINFO", ip, Int32(IP_PKTINFO)) { socket throws(SocketError) in
            try socket.setReportsArrival(true)
        },
        Option("IPV6_RECVPKTINFO", ipv6, Int32(IPV6_RECVPKTINFO), .ipv6) { socket throws(SocketError) in
            try socket.setReportsArrival(true)
        },
        Option("IP_BIND_ADDRESS_NO_PORT", ip, Int32(IP_BIND_ADDRESS_NO_PORT), .ipv4, .stream) {
            socket throws(SocketError) in
            try socket.setChoosesPortAtConnect(true)
        },
        Option("IP_MULTICAST_TTL", ip, Int32(IP_MULTICAST_TTL)) { socket throws(SocketError) in
            try socket.setGroupTimeToLive(1)
        },
        Option("IPV6_MULTICAST_HOPS", ipv6, Int32(IPV6_MULTICAST_HOPS), .ipv6) { socket throws(SocketError) in
            try socket.setGroupTimeToLive(1)
        },
        Option("IP_MULTICAST_LOOP", ip, Int32(IP_MULTICAST_LOOP)) { socket throws(SocketError) in
            try socket.setHearsOwnHost(false)
        },
        Option("IPV6_MULTICAST_LOOP", ipv6, Int32(IPV6_MULTICAST_LOOP), .ipv6) { socket throws(SocketError) in
            try socket.setHearsOwnHost(false)
        },
        Option("IP_MULTICAST_ALL", ip, Int32(IP_MULTICAST_ALL)) { socket throws(SocketError) in
            try socket.setHearsOthersGroups(false)
        },
        Option("IP_MULTICAST_IF", ip, Int32(IP_MULTICAST_IF)) { socket throws(SocketError) in
            try socket.setGroupInterface(.any)
        },
    ]

    private static let membership: [Option] = [
        Option("IP_ADD_MEMBERSHIP", ip, Int32(IP_ADD_MEMBERSHIP), as: .join) { socket throws(SocketError) in
            try socket.join(IPAddress("239.255.77.1")!)
        },
        Option("IP_DROP_MEMBERSHIP", ip, Int32(IP_DROP_MEMBERSHIP), as: .leave) {
            socket throws(SocketError) in
            try socket.leave(IPAddress("239.255.77.1")!)
        },
        Option("IPV6_JOIN_GROUP", ipv6, Int32(IPV6_JOIN_GROUP), .ipv6, as: .join) {
            socket throws(SocketError) in
            try socket.join(IPAddress("ff02::7777")!)
        },
        Option("IPV6_LEAVE_GROUP", ipv6, Int32(IPV6_LEAVE_GROUP), .ipv6, as: .leave) {
            socket throws(SocketError) in
            try socket.leave(IPAddress("ff02::7777")!)
        },
    ]
}
