internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of raw sockets, UDP-Lite and Multipath TCP. Each doc ends with the option's name in C.

extension Socket {
    /// Whether the packets that a raw IPv4 socket sends begin with an IP header that the program wrote. The
    /// kernel fills in the checksum and the total length, and the source and the identifier where they are 0.
    /// Always so for ``IPProtocol/raw``. (IP_HDRINCL)
    public var writesHeaders: Bool {
        get throws(SocketError) { try option(Level.ip, Int32(IP_HDRINCL), "IP_HDRINCL") != 0 }
    }

    /// See ``writesHeaders``.
    public func setWritesHeaders(_ value: Bool) throws(SocketError) {
        try setOption(Level.ip, Int32(IP_HDRINCL), "IP_HDRINCL", to: value)
    }

    /// Where a raw IPv6 socket's packets have the checksum that the kernel fills in and checks, in bytes from
    /// the packet's start; nil: nowhere. ICMPv6 has it at 2 and cannot be changed. (IPV6_CHECKSUM)
    public var checksumOffset: Int32? {
        get throws(SocketError) {
            let offset = try option(Level.ipv6, Int32(IPV6_CHECKSUM), "IPV6_CHECKSUM")
            return offset < 0 ? nil : offset
        }
    }

    /// See ``checksumOffset``. An odd offset is `.invalidArgument`.
    public func setChecksumOffset(_ offset: Int32?) throws(SocketError) {
        try setOption(Level.ipv6, Int32(IPV6_CHECKSUM), "IPV6_CHECKSUM", to: offset ?? -1)
    }

    /// How many bytes, from the header on, a UDP-Lite socket's checksum covers in what it sends; 0: all of
    /// the datagram. (UDPLITE_SEND_CSCOV)
    public var checksumCoverage: UInt16 {
        get throws(SocketError) {
            UInt16(truncatingIfNeeded: try option(Level.udpLite, Lite.send, "UDPLITE_SEND_CSCOV"))
        }
    }

    /// Sets how much of each datagram's bytes, from the header on, the checksum covers in what a UDP-Lite
    /// socket sends, and must cover at least in what it receives: less is dropped. 1 to 7 count as 8, as the
    /// header is always covered; 0 is all of the datagram. (UDPLITE_SEND_CSCOV, UDPLITE_RECV_CSCOV)
    public func setChecksumCoverage(_ byteCount: UInt16) throws(SocketError) {
        try setOption(Level.udpLite, Lite.send, "UDPLITE_SEND_CSCOV", to: Int32(byteCount))
        try setOption(Level.udpLite, Lite.receive, "UDPLITE_RECV_CSCOV", to: Int32(byteCount))
    }

    /// Whether a connection speaks Multipath TCP with its peer. Of a plain TCP socket, and of one that fell
    /// back to plain TCP because the peer or something on the way does not know more, it is `false`.
    /// (MPTCP_INFO)
    public var isMultipath: Bool {
        get throws(SocketError) { try multipathSubflows != nil }
    }

    /// Over how many paths a Multipath TCP connection runs besides the first; nil where it is plain TCP.
    /// (MPTCP_INFO)
    public var multipathSubflows: Int? {
        get throws(SocketError) {
            // The first byte of struct mptcp_info; the kernel writes as much as there is room for.
            var subflows: UInt8 = 0
            var length = socklen_t(1)
            if unsafe getsockopt(fileDescriptor, Level.multipath, 1, &subflows, &length) == 0 {
                return length > 0 ? Int(subflows) : nil
            }
            let code = ErrorCode(errno)
            guard code == .operationNotSupported || code == .protocolOptionUnavailable else {
                throw failure(.option, code, subject: "MPTCP_INFO")
            }
            return nil
        }
    }

    /// The options of UDP-Lite, which the C library's headers lack.
    private enum Lite {
        static let send: Int32 = 10
        static let receive: Int32 = 11
    }
}

extension Level {
    static let udpLite = Int32(IPPROTO_UDPLITE)
    static let packet = Int32(SOL_PACKET)
    /// SOL_MPTCP
    static let multipath: Int32 = 284
}
