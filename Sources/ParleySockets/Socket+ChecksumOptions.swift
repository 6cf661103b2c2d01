internal import Glibc
public import ParleyTypes

// The options of UDP, UDP-Lite and raw sockets that few programs need.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Whether datagrams over IPv6 leave without a checksum (RFC 6935). (UDP_NO_CHECK6_TX)
    public var omitsIPv6Checksum: Bool {
        get throws(SocketError) { try option(Level.udp, 101, "UDP_NO_CHECK6_TX") != 0 }
    }

    /// See ``omitsIPv6Checksum``.
    public func setOmitsIPv6Checksum(_ value: Bool) throws(SocketError) {
        try setOption(Level.udp, 101, "UDP_NO_CHECK6_TX", to: value)
    }

    /// Whether datagrams over IPv6 are taken that have no checksum (RFC 6935). (UDP_NO_CHECK6_RX)
    public var takesIPv6WithoutChecksum: Bool {
        get throws(SocketError) { try option(Level.udp, 102, "UDP_NO_CHECK6_RX") != 0 }
    }

    /// See ``takesIPv6WithoutChecksum``.
    public func setTakesIPv6WithoutChecksum(_ value: Bool) throws(SocketError) {
        try setOption(Level.udp, 102, "UDP_NO_CHECK6_RX", to: value)
    }

    /// Which packets within datagrams the kernel takes out by itself: those of IPsec or L2TP. (UDP_ENCAP)
    public var encapsulation: Int32 {
        get throws(SocketError) { try option(Level.udp, 100, "UDP_ENCAP") }
    }

    /// See ``encapsulation``. ENOPROTOOPT where the kernel lacks the protocol; it cannot be taken back.
    public func setEncapsulation(_ value: Int32) throws(SocketError) {
        try setOption(Level.udp, 100, "UDP_ENCAP", to: value)
    }

    /// How many bytes the checksum must cover at least in what arrives: less is dropped without a word; 0
    /// all. (UDPLITE_RECV_CSCOV)
    public var checksumCoverageMin: Int32 {
        get throws(SocketError) { try option(Level.udpLite, 11, "UDPLITE_RECV_CSCOV") }
    }

    /// See ``checksumCoverageMin``. 1 to 7 count as 8.
    public func setChecksumCoverageMin(_ value: Int32) throws(SocketError) {
        try setOption(Level.udpLite, 11, "UDPLITE_RECV_CSCOV", to: value)
    }

    /// Which ICMP messages a raw socket of IPPROTO_ICMP does not hear: a bit for each type. (ICMP_FILTER)
    public var refusedMessages: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(Level.raw, 1, "ICMP_FILTER")) }
    }

    /// See ``refusedMessages``. EOPNOTSUPP on a raw socket of another protocol.
    public func setRefusedMessages(_ value: UInt32) throws(SocketError) {
        try setOption(Level.raw, 1, "ICMP_FILTER", to: value)
    }

    /// Which ICMPv6 messages a raw socket of IPPROTO_ICMPV6 does not hear: a bit for each of 256 types, in
    /// hexadecimal digits. (ICMPV6_FILTER)
    public var refusedIPv6Messages: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.icmpv6, 1, "ICMPV6_FILTER", most: 32) }
    }

    /// See ``refusedIPv6Messages``. EOPNOTSUPP on a raw socket of another protocol.
    public func setRefusedIPv6Messages(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.icmpv6, 1, "ICMPV6_FILTER", to: value)
    }
}
