internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of levels IPPROTO_IP, IPPROTO_IPV6 and IPPROTO_TCP. Each doc ends with the option's name in C.
// An IPv6 socket that also speaks IPv4 has both sets: what concerns both is set on both.

extension Socket {
    /// Whether an IPv6 socket leaves IPv4 to others. Before bind. The default is net.ipv6.bindv6only.
    /// (IPV6_V6ONLY)
    public var isIPv6Only: Bool {
        get throws(SocketError) { try option(Level.ipv6, Int32(IPV6_V6ONLY), "IPV6_V6ONLY") != 0 }
    }

    /// See ``isIPv6Only``.
    public func setIPv6Only(_ value: Bool) throws(SocketError) {
        try setOption(Level.ipv6, Int32(IPV6_V6ONLY), "IPV6_V6ONLY", to: value)
    }

    /// Whether small writes leave at once instead of waiting for the last one's acknowledgement.
    /// (TCP_NODELAY)
    public var noDelay: Bool {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_NODELAY), "TCP_NODELAY") != 0 }
    }

    /// See ``noDelay``.
    public func setNoDelay(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_NODELAY), "TCP_NODELAY", to: value)
    }

    /// How many routers a unicast packet may pass: 1 to 255. (IP_TTL, IPV6_UNICAST_HOPS)
    public var timeToLive: Int32 {
        get throws(SocketError) {
            family == .ipv6
                ? try option(Level.ipv6, Int32(IPV6_UNICAST_HOPS), "IPV6_UNICAST_HOPS")
                : try option(Level.ip, Int32(IP_TTL), "IP_TTL")
        }
    }

    /// See ``timeToLive``. On an IPv6 socket for both families.
    public func setTimeToLive(_ value: Int32) throws(SocketError) {
        if family == .ipv6 {
            try setOption(Level.ipv6, Int32(IPV6_UNICAST_HOPS), "IPV6_UNICAST_HOPS", to: value)
        }
        try setOption(Level.ip, Int32(IP_TTL), "IP_TTL", to: value)
    }

    /// Whether each datagram tells which address was asked and by which interface it came:
    /// ``Arrival/localAddress``. (IP_PKTINFO, IPV6_RECVPKTINFO)
    public var reportsArrival: Bool {
        get throws(SocketError) { try option(Level.ip, Int32(IP_PKTINFO), "IP_PKTINFO") != 0 }
    }

    /// See ``reportsArrival``. On an IPv6 socket for both families.
    public func setReportsArrival(_ value: Bool) throws(SocketError) {
        if family == .ipv6 {
            try setOption(Level.ipv6, Int32(IPV6_RECVPKTINFO), "IPV6_RECVPKTINFO", to: value)
        }
        try setOption(Level.ip, Int32(IP_PKTINFO), "IP_PKTINFO", to: value)
    }

    /// Whether the local port is chosen at connect instead of at bind to port 0: then one port serves
    /// connections to many peers. (IP_BIND_ADDRESS_NO_PORT)
    public func setChoosesPortAtConnect(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, Int32(IP_BIND_ADDRESS_NO_PORT), "IP_BIND_ADDRESS_NO_PORT", to: value)
    }
}
