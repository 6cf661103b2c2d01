internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of level SOL_SOCKET that concern queues, paths through the system, and what a socket is. Each
// doc ends with the option's name in C.

extension Socket {
    /// The priority in the queues of this host, 0 to 6, and 7 with CAP_NET_ADMIN. A later
    /// ``setTrafficClass(_:)`` overwrites it; accepted connections begin with 0. (SO_PRIORITY)
    public var priority: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_PRIORITY, "SO_PRIORITY") }
    }

    /// See ``priority``.
    public func setPriority(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_PRIORITY, "SO_PRIORITY", to: value)
    }

    /// The mark on packets that leave, for routing rules and firewalls. (SO_MARK)
    public var mark: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(SOL_SOCKET, SO_MARK, "SO_MARK")) }
    }

    /// See ``mark``. Needs CAP_NET_ADMIN or CAP_NET_RAW.
    public func setMark(_ value: UInt32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_MARK, "SO_MARK", to: value)
    }

    /// How many microseconds a receive that would wait looks at the network card's queue by itself; 0 not at
    /// all. (SO_BUSY_POLL)
    public var busyPollMicroseconds: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_BUSY_POLL, "SO_BUSY_POLL") }
    }

    /// See ``busyPollMicroseconds``. More than net.core.busy_read needs CAP_NET_ADMIN.
    public func setBusyPollMicroseconds(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_BUSY_POLL, "SO_BUSY_POLL", to: value)
    }

    /// Whether looking by itself comes before interrupts. Since Linux 5.11. (SO_PREFER_BUSY_POLL)
    public var prefersBusyPoll: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_PREFER_BUSY_POLL, "SO_PREFER_BUSY_POLL") != 0 }
    }

    /// See ``prefersBusyPoll``. Needs CAP_NET_ADMIN.
    public func setPrefersBusyPoll(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_PREFER_BUSY_POLL, "SO_PREFER_BUSY_POLL", to: value)
    }

    /// The processor that handled this connection's last packet, -1 before any. (SO_INCOMING_CPU)
    public var incomingProcessor: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_INCOMING_CPU, "SO_INCOMING_CPU") }
    }

    /// Asks that packets handled by this processor come to this socket rather than to another one of its port
    /// (``reusesPort``). (SO_INCOMING_CPU)
    public func setIncomingProcessor(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_INCOMING_CPU, "SO_INCOMING_CPU", to: value)
    }

    /// Whether only hosts of our own links are reached, past the routing table. (SO_DONTROUTE)
    public var bypassesRouting: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_DONTROUTE, "SO_DONTROUTE") != 0 }
    }

    /// See ``bypassesRouting``.
    public func setBypassesRouting(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_DONTROUTE, "SO_DONTROUTE", to: value)
    }

    /// Whether the urgent byte stays in the stream, as RFC 6093 asks for. (SO_OOBINLINE)
    public var keepsUrgentInline: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE") != 0 }
    }

    /// See ``keepsUrgentInline``.
    public func setKeepsUrgentInline(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE", to: value)
    }

    /// How many bytes make a TCP socket readable; 1 unless asked. (SO_RCVLOWAT)
    public var readableBytesMin: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_RCVLOWAT, "SO_RCVLOWAT") }
    }

    /// See ``readableBytesMin``.
    public func setReadableBytesMin(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_RCVLOWAT, "SO_RCVLOWAT", to: value)
    }

    /// Sets ``receiveBufferBytes`` beyond net.core.rmem_max. Needs CAP_NET_ADMIN. (SO_RCVBUFFORCE)
    public func forceReceiveBufferBytes(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_RCVBUFFORCE, "SO_RCVBUFFORCE", to: value)
    }

    /// Sets ``sendBufferBytes`` beyond net.core.wmem_max. Needs CAP_NET_ADMIN. (SO_SNDBUFFORCE)
    public func forceSendBufferBytes(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_SNDBUFFORCE, "SO_SNDBUFFORCE", to: value)
    }

    /// The most bytes a second that leave, evenly spread; `UInt64.max` for no bound. UDP needs the queueing
    /// discipline fq for it. (SO_MAX_PACING_RATE)
    public var pacingBytesPerSecondMax: UInt64 {
        get throws(SocketError) {
            try option(SOL_SOCKET, SO_MAX_PACING_RATE, "SO_MAX_PACING_RATE", initial: 0)
        }
    }

    /// See ``pacingBytesPerSecondMax``.
    public func setPacingBytesPerSecondMax(_ value: UInt64) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_MAX_PACING_RATE, "SO_MAX_PACING_RATE", to: value)
    }

    /// Where the next ``MessageFlags/peek`` begins, in bytes; each one moves it on. -1, the default, is
    /// always the front. (SO_PEEK_OFF)
    public var peekOffset: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_PEEK_OFF, "SO_PEEK_OFF") }
    }

    /// See ``peekOffset``.
    public func setPeekOffset(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_PEEK_OFF, "SO_PEEK_OFF", to: value)
    }

    /// Whether sends may leave bytes in the program's memory until the kernel has told that it is done.
    /// (SO_ZEROCOPY)
    public var allowsZeroCopy: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_ZEROCOPY, "SO_ZEROCOPY") != 0 }
    }

    /// See ``allowsZeroCopy``.
    public func setAllowsZeroCopy(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_ZEROCOPY, "SO_ZEROCOPY", to: value)
    }

    /// What kind of socket it is. (SO_TYPE)
    public var kind: SocketKind {
        get throws(SocketError) { SocketKind(rawValue: try option(SOL_SOCKET, SO_TYPE, "SO_TYPE")) }
    }

    /// The protocol's number: 6 is TCP, 17 UDP. (SO_PROTOCOL)
    public var protocolNumber: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_PROTOCOL, "SO_PROTOCOL") }
    }

    /// Whether it takes connections. (SO_ACCEPTCONN)
    public var isListening: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_ACCEPTCONN, "SO_ACCEPTCONN") != 0 }
    }

    /// A number that no other socket has had since the host started; `ss -e` shows it as well. (SO_COOKIE)
    public var cookie: UInt64 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_COOKIE, "SO_COOKIE", initial: 0) }
    }
}
