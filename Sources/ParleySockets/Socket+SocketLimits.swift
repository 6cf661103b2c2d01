internal import Glibc
public import ParleyTypes

// The options that bound queues and ways, at level SOL_SOCKET.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Which queues the kernel no longer sizes by itself: 1 the send queue, 2 the receive queue, 3 both.
    /// Since Linux 5.15. (SO_BUF_LOCK)
    public var lockedBuffers: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, 72, "SO_BUF_LOCK") }
    }

    /// See ``lockedBuffers``. SO_SNDBUF sets bit 1 and SO_RCVBUF bit 2; 0 lets TCP’s automatic growth begin
    /// again.
    public func setLockedBuffers(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, 72, "SO_BUF_LOCK", to: value)
    }

    /// How much room a socket must have to count as writable, by the letter of POSIX; Linux always says 1.
    /// (SO_SNDLOWAT)
    public var writableBytesMin: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, 19, "SO_SNDLOWAT") }
    }

    /// How long a blocking receive waits before it ends with EAGAIN; 0 for ever. (SO_RCVTIMEO)
    public var receiveTimeoutMicroseconds: Int64 {
        get throws(SocketError) { try optionTime(SOL_SOCKET, 20, "SO_RCVTIMEO") }
    }

    /// See ``receiveTimeoutMicroseconds``. Rounded up to the kernel’s tick, 1 to 10 ms.
    public func setReceiveTimeoutMicroseconds(_ value: Int64) throws(SocketError) {
        try setOptionTime(SOL_SOCKET, 20, "SO_RCVTIMEO", to: value)
    }

    /// How long a blocking send or connect waits before it ends with EAGAIN or EINPROGRESS; 0 for ever.
    /// (SO_SNDTIMEO)
    public var sendTimeoutMicroseconds: Int64 {
        get throws(SocketError) { try optionTime(SOL_SOCKET, 21, "SO_SNDTIMEO") }
    }

    /// See ``sendTimeoutMicroseconds``. Rounded up to the kernel’s tick, 1 to 10 ms.
    public func setSendTimeoutMicroseconds(_ value: Int64) throws(SocketError) {
        try setOptionTime(SOL_SOCKET, 21, "SO_SNDTIMEO", to: value)
    }

    /// How many bytes of the memory cgroup are kept for this socket, so that it need not ask for each
    /// packet. Since Linux 5.16. (SO_RESERVE_MEM)
    public var reservedBytes: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, 73, "SO_RESERVE_MEM") }
    }

    /// See ``reservedBytes``. EOPNOTSUPP without a memory cgroup that accounts for sockets.
    public func setReservedBytes(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, 73, "SO_RESERVE_MEM", to: value)
    }

    /// SO_BINDTODEVICE by the interface’s index; 0 for all. Since Linux 5.1. (SO_BINDTOIFINDEX)
    public var boundInterfaceIndex: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(SOL_SOCKET, 62, "SO_BINDTOIFINDEX")) }
    }

    /// See ``boundInterfaceIndex``. Needs CAP_NET_RAW where the socket keeps to an interface already.
    public func setBoundInterfaceIndex(_ value: UInt32) throws(SocketError) {
        try setOption(SOL_SOCKET, 62, "SO_BINDTOIFINDEX", to: value)
    }

    /// Whether each datagram brings the mark that a firewall gave it. Since Linux 5.19. (SO_RCVMARK)
    public var reportsMark: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 75, "SO_RCVMARK") != 0 }
    }

    /// See ``reportsMark``. Linux 5.19 asked for CAP_NET_ADMIN or CAP_NET_RAW, 6.18 does not.
    public func setReportsMark(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 75, "SO_RCVMARK", to: value)
    }

    /// Whether each datagram brings the priority that its packet had. Since Linux 6.14. (SO_RCVPRIORITY)
    public var reportsPriority: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 82, "SO_RCVPRIORITY") != 0 }
    }

    /// See ``reportsPriority``.
    public func setReportsPriority(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 82, "SO_RCVPRIORITY", to: value)
    }
}
