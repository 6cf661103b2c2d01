internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// Groups: the options of levels IPPROTO_IP and IPPROTO_IPV6 that concern multicast.

extension Socket {
    /// How many routers a packet to a group may pass; 0 stays on this host, 1 (the default) on the link.
    /// (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS)
    public var groupTimeToLive: Int32 {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_MULTICAST_HOPS), "IPV6_MULTICAST_HOPS")
                : try option(Level.ip, Int32(IP_MULTICAST_TTL), "IP_MULTICAST_TTL")
        }
    }

    /// See ``groupTimeToLive``. On an IPv6 socket for both families.
    public func setGroupTimeToLive(_ value: Int32) throws(SocketError) {
        if family == .ipv6 {
            try setOption(Level.ipv6, Int32(IPV6_MULTICAST_HOPS), "IPV6_MULTICAST_HOPS", to: value)
        }
        try setOption(Level.ip, Int32(IP_MULTICAST_TTL), "IP_MULTICAST_TTL", to: value)
    }

    /// Whether members on this host hear what this socket sends to a group. A matter of the *sender*, on by
    /// default, and without effect on the loopback interface, where what leaves comes back in.
    /// (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP)
    public var hearsOwnHost: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_MULTICAST_LOOP), "IPV6_MULTICAST_LOOP") != 0
                : try option(Level.ip, Int32(IP_MULTICAST_LOOP), "IP_MULTICAST_LOOP") != 0
        }
    }

    /// See ``hearsOwnHost``. On an IPv6 socket for both families.
    public func setHearsOwnHost(_ value: Bool) throws(SocketError) {
        if family == .ipv6 {
            try setOption(Level.ipv6, Int32(IPV6_MULTICAST_LOOP), "IPV6_MULTICAST_LOOP", to: value)
        }
        try setOption(Level.ip, Int32(IP_MULTICAST_LOOP), "IP_MULTICAST_LOOP", to: value)
    }

    /// Whether the socket hears groups that *other* sockets of this host joined, if it is bound to their
    /// port. On by default in Linux, and never what anyone means. (IP_MULTICAST_ALL)
    public var hearsOthersGroups: Bool {
        get throws(SocketError) { try option(Level.ip, Int32(IP_MULTICAST_ALL), "IP_MULTICAST_ALL") != 0 }
    }

    /// See ``hearsOthersGroups``. On an IPv6 socket for both families.
    public func setHearsOthersGroups(_ value: Bool) throws(SocketError) {
        if family == .ipv6 {
            // Since Linux 4.20; glibc's header has it since 2.29 and Swift's module not everywhere.
            try setOption(Level.ipv6, 29, "IPV6_MULTICAST_ALL", to: value)
        }
        try setOption(Level.ip, Int32(IP_MULTICAST_ALL), "IP_MULTICAST_ALL", to: value)
    }

    /// Picks the interface by which packets to groups leave. Joins nothing. On an IPv6 socket for both
    /// families. (IP_MULTICAST_IF, IPV6_MULTICAST_IF)
    ///
    /// - Parameter source: The address that IPv4 packets to groups come from where the socket has none; 0.0.0.0 leaves
    ///   the choice to the system.
    public func setGroupInterface(_ interface: Interface, from source: IPv4Address = .any) throws(SocketError)
    {
        if family == .ipv6, interface.index != 0 {
            try setOption(Level.ipv6, Int32(IPV6_MULTICAST_IF), "IPV6_MULTICAST_IF", to: interface.index)
        }
        var request = Self.request(.any, interface)
        request.imr_address.s_addr = source.rawValue.bigEndian
        try setOption(Level.ip, Int32(IP_MULTICAST_IF), "IP_MULTICAST_IF", to: request)
    }

    /// Joins a group: its datagrams reach this host from now on, whoever sends them. At most 20 groups a
    /// socket. (IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP)
    public func join(_ group: IPAddress, on interface: Interface = .any) throws(SocketError) {
        try change(group, interface, .join, Int32(IP_ADD_MEMBERSHIP), Int32(IPV6_JOIN_GROUP))
    }

    /// Leaves a group. Closing leaves all. (IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP)
    public func leave(_ group: IPAddress, on interface: Interface = .any) throws(SocketError) {
        try change(group, interface, .leave, Int32(IP_DROP_MEMBERSHIP), Int32(IPV6_LEAVE_GROUP))
    }

    private func change(
        _ group: IPAddress,
        _ interface: Interface,
        _ operation: SocketError.Operation,
        _ ipv4Option: Int32,
        _ ipv6Option: Int32
    ) throws(SocketError) {
        do throws(SocketError) {
            switch group {
            case .ipv4(let address):
                try setOption(Level.ip, ipv4Option, "", to: Self.request(address, interface))
            case .ipv6(let address):
                let request = parley_in6_interface(address, interface.index)
                try setOption(Level.ipv6, ipv6Option, "", to: request)
            }
        } catch {
            throw failure(
                operation,
                error.code,
                subject: "\(group)\(interface == .any ? "" : " on \(interface)")"
            )
        }
    }

    private static func request(_ group: IPv4Address, _ interface: Interface) -> ip_mreqn {
        var request = ip_mreqn()
        request.imr_multiaddr.s_addr = group.rawValue.bigEndian
        request.imr_ifindex = Int32(bitPattern: interface.index)
        return request
    }
}
