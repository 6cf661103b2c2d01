internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of levels IPPROTO_IP and IPPROTO_IPV6 that concern the way of packets. Each doc ends
// with the option's name in C. On an IPv6 socket they are set for both families.

extension Socket {
    /// How routers are asked to treat what leaves. (IP_TOS, IPV6_TCLASS)
    public var trafficClass: TrafficClass {
        get throws(SocketError) {
            let byte =
                family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_TCLASS), "IPV6_TCLASS")
                : try option(Level.ip, Int32(IP_TOS), "IP_TOS")
            return TrafficClass(rawValue: UInt8(truncatingIfNeeded: byte) >> 2) ?? .bestEffort
        }
    }

    /// See ``trafficClass``. Also sets ``priority`` where the class stands for one.
    public func setTrafficClass(_ value: TrafficClass) throws(SocketError) {
        try setBoth(
            (Int32(IP_TOS), "IP_TOS"),
            (Int32(IPV6_TCLASS), "IPV6_TCLASS"),
            to: Int32(value.rawValue) << 2
        )
    }

    /// The fewest routers' worth of hops that a packet must still have when it arrives, 0 to 255: 255 admits
    /// only neighbours (RFC 5082). (IP_MINTTL, IPV6_MINHOPCOUNT)
    public var timeToLiveMin: Int32 {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_MINHOPCOUNT), "IPV6_MINHOPCOUNT")
                : try option(Level.ip, Int32(IP_MINTTL), "IP_MINTTL")
        }
    }

    /// See ``timeToLiveMin``.
    public func setTimeToLiveMin(_ value: Int32) throws(SocketError) {
        try setBoth(
            (Int32(IP_MINTTL), "IP_MINTTL"),
            (Int32(IPV6_MINHOPCOUNT), "IPV6_MINHOPCOUNT"),
            to: value
        )
    }

    /// Whether the socket may be bound to an address that no interface has, or not yet. (IP_FREEBIND)
    public var bindsFreely: Bool {
        get throws(SocketError) { try option(Level.ip, Int32(IP_FREEBIND), "IP_FREEBIND") != 0 }
    }

    /// See ``bindsFreely``. Before bind.
    public func setBindsFreely(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, Int32(IP_FREEBIND), "IP_FREEBIND", to: value)
    }

    /// Whether the socket speaks for addresses that are not ours, for proxies. (IP_TRANSPARENT)
    public var isTransparent: Bool {
        get throws(SocketError) { try option(Level.ip, Int32(IP_TRANSPARENT), "IP_TRANSPARENT") != 0 }
    }

    /// See ``isTransparent``. Before bind; needs CAP_NET_ADMIN or CAP_NET_RAW.
    public func setTransparent(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, Int32(IP_TRANSPARENT), "IP_TRANSPARENT", to: value)
    }

    /// Whether ICMP errors are kept in a queue (``MessageFlags/errorQueue``) and reported to sends that have no
    /// connection. (IP_RECVERR, IPV6_RECVERR)
    public var reportsErrors: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_RECVERR), "IPV6_RECVERR") != 0
                : try option(Level.ip, Int32(IP_RECVERR), "IP_RECVERR") != 0
        }
    }

    /// See ``reportsErrors``.
    public func setReportsErrors(_ value: Bool) throws(SocketError) {
        try setBoth(
            (Int32(IP_RECVERR), "IP_RECVERR"),
            (Int32(IPV6_RECVERR), "IPV6_RECVERR"),
            to: value ? 1 : 0
        )
    }

    /// The largest packet on the way to the peer, in bytes with all headers, as far as it is known. Connected
    /// sockets only, otherwise ENOTCONN. (IP_MTU, IPV6_MTU)
    public var pathPacketBytesMax: Int32 {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_MTU), "IPV6_MTU")
                : try option(Level.ip, Int32(IP_MTU), "IP_MTU")
        }
    }

    /// What becomes of a datagram that is larger than the path allows.
    public enum PathDiscovery: Int32, Sendable, Hashable {
        /// It is sent in fragments. (IP_PMTUDISC_DONT)
        case fragment = 0
        /// In fragments where the path's limit is known, else EMSGSIZE from a router: the usual default.
        /// (IP_PMTUDISC_WANT)
        case fragmentAsKnown = 1
        /// Never in fragments: `.messageTooLong` as soon as the limit is known. (IP_PMTUDISC_DO)
        case never = 2
        /// Never in fragments, and only the interface's limit counts: for programs that look for the path's
        /// themselves. (IP_PMTUDISC_PROBE)
        case probe = 3
        /// The interface's limit, and nothing that ICMP says is believed. (IP_PMTUDISC_INTERFACE)
        case interface = 4
        /// As `interface`, in fragments where the datagram is larger. (IP_PMTUDISC_OMIT)
        case omit = 5
    }

    /// See ``PathDiscovery``; nil for a number that this list does not have. (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)
    public var pathDiscovery: PathDiscovery? {
        get throws(SocketError) {
            PathDiscovery(
                rawValue: family == .ipv6
                    ? try option(Level.ipv6, Int32(IPV6_MTU_DISCOVER), "IPV6_MTU_DISCOVER")
                    : try option(Level.ip, Int32(IP_MTU_DISCOVER), "IP_MTU_DISCOVER")
            )
        }
    }

    /// See ``PathDiscovery``.
    public func setPathDiscovery(_ value: PathDiscovery) throws(SocketError) {
        try setBoth(
            (Int32(IP_MTU_DISCOVER), "IP_MTU_DISCOVER"),
            (Int32(IPV6_MTU_DISCOVER), "IPV6_MTU_DISCOVER"),
            to: value.rawValue
        )
    }

    /// The ports among which the system chooses for this socket; nil: net.ipv4.ip_local_port_range. Since
    /// Linux 6.3. (IP_LOCAL_PORT_RANGE)
    public var localPorts: ClosedRange<UInt16>? {
        get throws(SocketError) {
            let value = UInt32(bitPattern: try option(Level.ip, Self.portRange, "IP_LOCAL_PORT_RANGE"))
            let (low, high) = (UInt16(truncatingIfNeeded: value), UInt16(truncatingIfNeeded: value >> 16))
            return high > 0 && low <= high ? low...high : nil
        }
    }

    /// See ``localPorts``. Before bind and connect; only ports of the system's own range are chosen.
    public func setLocalPorts(_ ports: ClosedRange<UInt16>?) throws(SocketError) {
        let value = ports.map { UInt32($0.upperBound) << 16 | UInt32($0.lowerBound) } ?? 0
        try setOption(Level.ip, Self.portRange, "IP_LOCAL_PORT_RANGE", to: value)
    }

    /// glibc's header has it since 2.38.
    private static var portRange: Int32 { 51 }

    private func setBoth(
        _ ipv4: (option: Int32, name: String),
        _ ipv6: (option: Int32, name: String),
        to value: Int32
    ) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, ipv6.option, ipv6.name, to: value) }
        try setOption(Level.ip, ipv4.option, ipv4.name, to: value)
    }
}
