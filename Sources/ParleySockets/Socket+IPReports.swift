internal import Glibc
public import ParleyTypes

// The options of level IPPROTO_IP, with their counterparts of IPPROTO_IPV6.
// Each doc ends with the option’s name in C.

extension Socket {
    /// The Differentiated Services field, 6 bits, and the 2 bits of congestion notification, which TCP
    /// keeps for itself. (IP_TOS, IPV6_TCLASS)
    public var typeOfService: Int32 {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, 67, "IPV6_TCLASS")
                : try option(Level.ip, 1, "IP_TOS")
        }
    }

    /// See ``typeOfService``. On an IPv6 socket for both families. Also sets SO_PRIORITY to what the class
    /// stands for.
    public func setTypeOfService(_ value: Int32) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 67, "IPV6_TCLASS", to: value) }
        try setOption(Level.ip, 1, "IP_TOS", to: value)
    }

    /// Whether the local port is chosen at connect instead of at bind to port 0: one port then serves
    /// connections to many peers. (IP_BIND_ADDRESS_NO_PORT)
    public var choosesPortAtConnect: Bool {
        get throws(SocketError) { try option(Level.ip, 24, "IP_BIND_ADDRESS_NO_PORT") != 0 }
    }

    /// Whether IP_RECVERR also brings what routers add to their errors (RFC 4884). Since Linux 5.9.
    /// (IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884)
    public var reportsErrorExtensions: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, 31, "IPV6_RECVERR_RFC4884") != 0
                : try option(Level.ip, 26, "IP_RECVERR_RFC4884") != 0
        }
    }

    /// See ``reportsErrorExtensions``. On an IPv6 socket for both families.
    public func setReportsErrorExtensions(_ value: Bool) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 31, "IPV6_RECVERR_RFC4884", to: value) }
        try setOption(Level.ip, 26, "IP_RECVERR_RFC4884", to: value)
    }

    /// Whether each datagram tells how many hops it had left. (IP_RECVTTL, IPV6_RECVHOPLIMIT)
    public var reportsTimeToLive: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, 51, "IPV6_RECVHOPLIMIT") != 0
                : try option(Level.ip, 12, "IP_RECVTTL") != 0
        }
    }

    /// See ``reportsTimeToLive``. On an IPv6 socket for both families.
    public func setReportsTimeToLive(_ value: Bool) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 51, "IPV6_RECVHOPLIMIT", to: value) }
        try setOption(Level.ip, 12, "IP_RECVTTL", to: value)
    }

    /// Whether each datagram tells its Differentiated Services field. (IP_RECVTOS, IPV6_RECVTCLASS)
    public var reportsTrafficClass: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, 66, "IPV6_RECVTCLASS") != 0
                : try option(Level.ip, 13, "IP_RECVTOS") != 0
        }
    }

    /// See ``reportsTrafficClass``. On an IPv6 socket for both families.
    public func setReportsTrafficClass(_ value: Bool) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 66, "IPV6_RECVTCLASS", to: value) }
        try setOption(Level.ip, 13, "IP_RECVTOS", to: value)
    }

    /// Whether each datagram brings the options of its IP header. (IP_RECVOPTS)
    public var reportsOptions: Bool {
        get throws(SocketError) { try option(Level.ip, 6, "IP_RECVOPTS") != 0 }
    }

    /// See ``reportsOptions``.
    public func setReportsOptions(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, 6, "IP_RECVOPTS", to: value)
    }

    /// Whether each datagram brings the options that an answer needs to take the same way. (IP_RETOPTS)
    public var reportsReturnOptions: Bool {
        get throws(SocketError) { try option(Level.ip, 7, "IP_RETOPTS") != 0 }
    }

    /// See ``reportsReturnOptions``.
    public func setReportsReturnOptions(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, 7, "IP_RETOPTS", to: value)
    }

    /// Whether each datagram tells the address and port it was sent to before a firewall redirected it.
    /// (IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR)
    public var reportsOriginalDestination: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, 74, "IPV6_RECVORIGDSTADDR") != 0
                : try option(Level.ip, 20, "IP_RECVORIGDSTADDR") != 0
        }
    }

    /// See ``reportsOriginalDestination``. On an IPv6 socket for both families.
    public func setReportsOriginalDestination(_ value: Bool) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 74, "IPV6_RECVORIGDSTADDR", to: value) }
        try setOption(Level.ip, 20, "IP_RECVORIGDSTADDR", to: value)
    }

    /// Whether a datagram that came in fragments tells how long the largest one was. (IP_RECVFRAGSIZE,
    /// IPV6_RECVFRAGSIZE)
    public var reportsFragmentBytes: Bool {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, 77, "IPV6_RECVFRAGSIZE") != 0
                : try option(Level.ip, 25, "IP_RECVFRAGSIZE") != 0
        }
    }

    /// See ``reportsFragmentBytes``. On an IPv6 socket for both families.
    public func setReportsFragmentBytes(_ value: Bool) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 77, "IPV6_RECVFRAGSIZE", to: value) }
        try setOption(Level.ip, 25, "IP_RECVFRAGSIZE", to: value)
    }

    /// Whether each datagram brings the sum over its bytes. (IP_CHECKSUM)
    public var reportsChecksum: Bool {
        get throws(SocketError) { try option(Level.ip, 23, "IP_CHECKSUM") != 0 }
    }

    /// See ``reportsChecksum``.
    public func setReportsChecksum(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, 23, "IP_CHECKSUM", to: value)
    }

    /// Whether each datagram brings the security label of its connection, with a security module.
    /// (IP_PASSSEC)
    public var reportsPacketLabel: Bool {
        get throws(SocketError) { try option(Level.ip, 18, "IP_PASSSEC") != 0 }
    }

    /// See ``reportsPacketLabel``.
    public func setReportsPacketLabel(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, 18, "IP_PASSSEC", to: value)
    }

    /// The options in the IP headers of what leaves, in hexadecimal digits. (IP_OPTIONS)
    public var headerOptions: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.ip, 4, "IP_OPTIONS", most: 40) }
    }

    /// See ``headerOptions``. Lessens the room for data. Many routers drop packets that have any.
    public func setHeaderOptions(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.ip, 4, "IP_OPTIONS", to: value)
    }

    /// Whether a raw socket takes forwarded packets with the router alert option out of their way.
    /// (IP_ROUTER_ALERT)
    public var takesRouterAlerts: Bool {
        get throws(SocketError) { try option(Level.ip, 5, "IP_ROUTER_ALERT") != 0 }
    }

    /// See ``takesRouterAlerts``.
    public func setTakesRouterAlerts(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, 5, "IP_ROUTER_ALERT", to: value)
    }

    /// Whether fragments that a raw socket sends are left as they are by connection tracking. (IP_NODEFRAG)
    public var leavesFragments: Bool {
        get throws(SocketError) { try option(Level.ip, 22, "IP_NODEFRAG") != 0 }
    }

    /// See ``leavesFragments``.
    public func setLeavesFragments(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, 22, "IP_NODEFRAG", to: value)
    }

    /// The interface by which other packets leave, weaker than SO_BINDTODEVICE: what comes is not
    /// concerned. (IP_UNICAST_IF, IPV6_UNICAST_IF)
    public var unicastInterfaceIndex: UInt32 {
        get throws(SocketError) {
            family == .ipv6
                ? UInt32(bigEndian: UInt32(bitPattern: try option(Level.ipv6, 76, "IPV6_UNICAST_IF")))
                : UInt32(bigEndian: UInt32(bitPattern: try option(Level.ip, 50, "IP_UNICAST_IF")))
        }
    }

    /// See ``unicastInterfaceIndex``. On an IPv6 socket for both families.
    public func setUnicastInterfaceIndex(_ value: UInt32) throws(SocketError) {
        if family == .ipv6 { try setOption(Level.ipv6, 76, "IPV6_UNICAST_IF", to: value.bigEndian) }
        try setOption(Level.ip, 50, "IP_UNICAST_IF", to: value.bigEndian)
    }
}
