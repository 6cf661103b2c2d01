internal import Glibc
public import ParleyTypes

// The options of level IPPROTO_IPV6 that IPv4 has no counterpart of.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Whether a datagram larger than the path allows is refused with EMSGSIZE instead of being cut.
    /// (IPV6_DONTFRAG)
    public var refusesFragments: Bool {
        get throws(SocketError) { try option(Level.ipv6, 62, "IPV6_DONTFRAG") != 0 }
    }

    /// See ``refusesFragments``.
    public func setRefusesFragments(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 62, "IPV6_DONTFRAG", to: value)
    }

    /// Whether each datagram tells its flow label and traffic class. (IPV6_FLOWINFO)
    public var reportsFlow: Bool {
        get throws(SocketError) { try option(Level.ipv6, 11, "IPV6_FLOWINFO") != 0 }
    }

    /// See ``reportsFlow``.
    public func setReportsFlow(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 11, "IPV6_FLOWINFO", to: value)
    }

    /// Whether each datagram brings its hop-by-hop options. (IPV6_RECVHOPOPTS)
    public var reportsHopOptions: Bool {
        get throws(SocketError) { try option(Level.ipv6, 53, "IPV6_RECVHOPOPTS") != 0 }
    }

    /// See ``reportsHopOptions``.
    public func setReportsHopOptions(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 53, "IPV6_RECVHOPOPTS", to: value)
    }

    /// Whether each datagram brings its destination options. (IPV6_RECVDSTOPTS)
    public var reportsDestinationOptions: Bool {
        get throws(SocketError) { try option(Level.ipv6, 58, "IPV6_RECVDSTOPTS") != 0 }
    }

    /// See ``reportsDestinationOptions``.
    public func setReportsDestinationOptions(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 58, "IPV6_RECVDSTOPTS", to: value)
    }

    /// Whether each datagram brings its routing header. (IPV6_RECVRTHDR)
    public var reportsRoutingHeader: Bool {
        get throws(SocketError) { try option(Level.ipv6, 56, "IPV6_RECVRTHDR") != 0 }
    }

    /// See ``reportsRoutingHeader``.
    public func setReportsRoutingHeader(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 56, "IPV6_RECVRTHDR", to: value)
    }

    /// Whether the path’s limit is reported when it gets smaller than what was sent. (IPV6_RECVPATHMTU)
    public var reportsPathLimit: Bool {
        get throws(SocketError) { try option(Level.ipv6, 60, "IPV6_RECVPATHMTU") != 0 }
    }

    /// See ``reportsPathLimit``.
    public func setReportsPathLimit(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 60, "IPV6_RECVPATHMTU", to: value)
    }

    /// The hop-by-hop options of what leaves, in hexadecimal digits. (IPV6_HOPOPTS)
    public var hopOptions: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.ipv6, 54, "IPV6_HOPOPTS", most: 2048) }
    }

    /// See ``hopOptions``. Needs CAP_NET_RAW.
    public func setHopOptions(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.ipv6, 54, "IPV6_HOPOPTS", to: value)
    }

    /// The destination options before a routing header, in hexadecimal digits. (IPV6_RTHDRDSTOPTS)
    public var wayDestinationOptions: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.ipv6, 55, "IPV6_RTHDRDSTOPTS", most: 2048) }
    }

    /// See ``wayDestinationOptions``. Needs CAP_NET_RAW.
    public func setWayDestinationOptions(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.ipv6, 55, "IPV6_RTHDRDSTOPTS", to: value)
    }

    /// The routing header of what leaves, in hexadecimal digits. (IPV6_RTHDR)
    public var routingHeader: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.ipv6, 57, "IPV6_RTHDR", most: 2048) }
    }

    /// See ``routingHeader``.
    public func setRoutingHeader(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.ipv6, 57, "IPV6_RTHDR", to: value)
    }

    /// The destination options of what leaves, in hexadecimal digits. (IPV6_DSTOPTS)
    public var destinationOptions: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.ipv6, 59, "IPV6_DSTOPTS", most: 2048) }
    }

    /// See ``destinationOptions``. Needs CAP_NET_RAW.
    public func setDestinationOptions(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.ipv6, 59, "IPV6_DSTOPTS", to: value)
    }

    /// Whether sends and connects take the flow label of the address that is given. (IPV6_FLOWINFO_SEND)
    public var sendsFlow: Bool {
        get throws(SocketError) { try option(Level.ipv6, 33, "IPV6_FLOWINFO_SEND") != 0 }
    }

    /// See ``sendsFlow``.
    public func setSendsFlow(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 33, "IPV6_FLOWINFO_SEND", to: value)
    }

    /// Whether the kernel labels each flow by a hash of its addresses, for routers that divide traffic.
    /// (IPV6_AUTOFLOWLABEL)
    public var labelsFlows: Bool {
        get throws(SocketError) { try option(Level.ipv6, 70, "IPV6_AUTOFLOWLABEL") != 0 }
    }

    /// See ``labelsFlows``.
    public func setLabelsFlows(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 70, "IPV6_AUTOFLOWLABEL", to: value)
    }

    /// Which of several source addresses is preferred: 1 a temporary one, 2 a public one, 256 the system’s
    /// choice of both (RFC 5014). (IPV6_ADDR_PREFERENCES)
    public var sourcePreferences: Int32 {
        get throws(SocketError) { try option(Level.ipv6, 72, "IPV6_ADDR_PREFERENCES") }
    }

    /// See ``sourcePreferences``. Reads with the bits of what was left to the system.
    public func setSourcePreferences(_ value: Int32) throws(SocketError) {
        try setOption(Level.ipv6, 72, "IPV6_ADDR_PREFERENCES", to: value)
    }

    /// Whether IPV6_ROUTER_ALERT concerns only packets of this network namespace. Since Linux 5.1.
    /// (IPV6_ROUTER_ALERT_ISOLATE)
    public var isolatesRouterAlerts: Bool {
        get throws(SocketError) { try option(Level.ipv6, 30, "IPV6_ROUTER_ALERT_ISOLATE") != 0 }
    }

    /// See ``isolatesRouterAlerts``.
    public func setolatesRouterAlerts(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 30, "IPV6_ROUTER_ALERT_ISOLATE", to: value)
    }

    /// Whether what a raw socket sends begins with an IPv6 header that the program wrote. (IPV6_HDRINCL)
    public var writesIPv6Headers: Bool {
        get throws(SocketError) { try option(Level.ipv6, 36, "IPV6_HDRINCL") != 0 }
    }

    /// See ``writesIPv6Headers``.
    public func setWritesIPv6Headers(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, 36, "IPV6_HDRINCL", to: value)
    }
}
