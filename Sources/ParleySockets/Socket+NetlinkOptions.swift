internal import Glibc
public import ParleyTypes

// The options of netlink and virtual machines.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Whether each message tells the group that it was sent to. (NETLINK_PKTINFO)
    public var reportsNetlinkGroup: Bool {
        get throws(SocketError) { try option(Level.netlink, 3, "NETLINK_PKTINFO") != 0 }
    }

    /// See ``reportsNetlinkGroup``.
    public func setReportsNetlinkGroup(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 3, "NETLINK_PKTINFO", to: value)
    }

    /// Whether the sender of a broadcast learns that this socket’s queue was full.
    /// (NETLINK_BROADCAST_ERROR)
    public var reportsBroadcastErrors: Bool {
        get throws(SocketError) { try option(Level.netlink, 4, "NETLINK_BROADCAST_ERROR") != 0 }
    }

    /// See ``reportsBroadcastErrors``.
    public func setReportsBroadcastErrors(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 4, "NETLINK_BROADCAST_ERROR", to: value)
    }

    /// Whether messages lost to a full queue go without ENOBUFS. (NETLINK_NO_ENOBUFS)
    public var losesSilently: Bool {
        get throws(SocketError) { try option(Level.netlink, 5, "NETLINK_NO_ENOBUFS") != 0 }
    }

    /// See ``losesSilently``.
    public func setLosesSilently(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 5, "NETLINK_NO_ENOBUFS", to: value)
    }

    /// Whether messages of every network namespace that has a number here are heard.
    /// (NETLINK_LISTEN_ALL_NSID)
    public var hearsAllNamespaces: Bool {
        get throws(SocketError) { try option(Level.netlink, 8, "NETLINK_LISTEN_ALL_NSID") != 0 }
    }

    /// See ``hearsAllNamespaces``. Needs CAP_NET_BROADCAST.
    public func setHearsAllNamespaces(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 8, "NETLINK_LISTEN_ALL_NSID", to: value)
    }

    /// Whether an error’s message leaves out the request that it answers. (NETLINK_CAP_ACK)
    public var shortensAcknowledgements: Bool {
        get throws(SocketError) { try option(Level.netlink, 10, "NETLINK_CAP_ACK") != 0 }
    }

    /// See ``shortensAcknowledgements``.
    public func setShortensAcknowledgements(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 10, "NETLINK_CAP_ACK", to: value)
    }

    /// Whether an error’s message brings a sentence and the attribute that was wrong. Since Linux 4.12.
    /// (NETLINK_EXT_ACK)
    public var explainsErrors: Bool {
        get throws(SocketError) { try option(Level.netlink, 11, "NETLINK_EXT_ACK") != 0 }
    }

    /// See ``explainsErrors``.
    public func setExplainsErrors(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 11, "NETLINK_EXT_ACK", to: value)
    }

    /// Whether requests for lists are checked strictly, and filter by what they name. Since Linux 4.20.
    /// (NETLINK_GET_STRICT_CHK)
    public var checksRequestsStrictly: Bool {
        get throws(SocketError) { try option(Level.netlink, 12, "NETLINK_GET_STRICT_CHK") != 0 }
    }

    /// See ``checksRequestsStrictly``.
    public func setChecksRequestsStrictly(_ value: Bool) throws(SocketError) {
        try setOption(Level.netlink, 12, "NETLINK_GET_STRICT_CHK", to: value)
    }

    /// The queue of a connection between virtual machines, in bytes. (SO_VM_SOCKETS_BUFFER_SIZE)
    public var virtualBufferBytes: UInt64 {
        get throws(SocketError) { try option(Level.vsock, 0, "SO_VM_SOCKETS_BUFFER_SIZE", initial: 0) }
    }

    /// See ``virtualBufferBytes``.
    public func setVirtualBufferBytes(_ value: UInt64) throws(SocketError) {
        try setOption(Level.vsock, 0, "SO_VM_SOCKETS_BUFFER_SIZE", to: value)
    }

    /// The least that the queue may be set to. (SO_VM_SOCKETS_BUFFER_MIN_SIZE)
    public var virtualBufferBytesMin: UInt64 {
        get throws(SocketError) { try option(Level.vsock, 1, "SO_VM_SOCKETS_BUFFER_MIN_SIZE", initial: 0) }
    }

    /// See ``virtualBufferBytesMin``.
    public func setVirtualBufferBytesMin(_ value: UInt64) throws(SocketError) {
        try setOption(Level.vsock, 1, "SO_VM_SOCKETS_BUFFER_MIN_SIZE", to: value)
    }

    /// The most that the queue may be set to. (SO_VM_SOCKETS_BUFFER_MAX_SIZE)
    public var virtualBufferBytesMax: UInt64 {
        get throws(SocketError) { try option(Level.vsock, 2, "SO_VM_SOCKETS_BUFFER_MAX_SIZE", initial: 0) }
    }

    /// See ``virtualBufferBytesMax``.
    public func setVirtualBufferBytesMax(_ value: UInt64) throws(SocketError) {
        try setOption(Level.vsock, 2, "SO_VM_SOCKETS_BUFFER_MAX_SIZE", to: value)
    }

    /// How long connect waits for the other machine. (SO_VM_SOCKETS_CONNECT_TIMEOUT)
    public var virtualConnectMicroseconds: Int64 {
        get throws(SocketError) { try optionTime(Level.vsock, 6, "SO_VM_SOCKETS_CONNECT_TIMEOUT") }
    }

    /// See ``virtualConnectMicroseconds``.
    public func setVirtualConnectMicroseconds(_ value: Int64) throws(SocketError) {
        try setOptionTime(Level.vsock, 6, "SO_VM_SOCKETS_CONNECT_TIMEOUT", to: value)
    }

    /// Joins a group of messages, by its number; some parts of the kernel ask for CAP_NET_ADMIN.
    /// (NETLINK_ADD_MEMBERSHIP)
    public func joinNetlinkGroup(_ number: UInt32) throws(SocketError) {
        try setOption(Level.netlink, 1, "NETLINK_ADD_MEMBERSHIP", to: number)
    }

    /// Leaves a group of messages. (NETLINK_DROP_MEMBERSHIP)
    public func leaveNetlinkGroup(_ number: UInt32) throws(SocketError) {
        try setOption(Level.netlink, 2, "NETLINK_DROP_MEMBERSHIP", to: number)
    }

    /// The numbers of the groups that the socket is a member of. (NETLINK_LIST_MEMBERSHIPS)
    public var netlinkGroups: [UInt32] {
        get throws(SocketError) {
            let bits = try optionBytes(Level.netlink, 9, "NETLINK_LIST_MEMBERSHIPS", most: 512)
            return bits.indices.flatMap { index in
                (0..<8).filter { bits[index] >> $0 & 1 == 1 }.map { UInt32(index * 8 + $0 + 1) }
            }
        }
    }
}

extension Level {
    /// SOL_NETLINK
    static let netlink: Int32 = 270
    /// The family’s number is the level of VSOCK’s options.
    static let vsock: Int32 = AF_VSOCK
    /// SOL_RAW
    static let raw: Int32 = 255
    static let icmpv6 = Int32(IPPROTO_ICMPV6)
}
