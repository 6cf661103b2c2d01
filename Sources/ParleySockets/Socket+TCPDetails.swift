internal import Glibc
public import ParleyTypes

// The options of level IPPROTO_TCP that few programs need.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Formerly whether one duplicate acknowledgement was enough for a retransmission of a connection with
    /// little under way. (TCP_THIN_DUPACK)
    public var retriesThinEarly: Bool {
        get throws(SocketError) { try option(Level.tcp, 17, "TCP_THIN_DUPACK") != 0 }
    }

    /// See ``retriesThinEarly``.
    public func setRetriesThinEarly(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, 17, "TCP_THIN_DUPACK", to: value)
    }

    /// Whether data in a first packet is sent and taken without the cookie of RFC 7413.
    /// (TCP_FASTOPEN_NO_COOKIE)
    public var opensFastWithoutCookie: Bool {
        get throws(SocketError) { try option(Level.tcp, 34, "TCP_FASTOPEN_NO_COOKIE") != 0 }
    }

    /// See ``opensFastWithoutCookie``.
    public func setOpensFastWithoutCookie(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, 34, "TCP_FASTOPEN_NO_COOKIE", to: value)
    }

    /// The key that a listener makes its cookies with, 16 bytes, or 32 for a second one that is still
    /// taken; in hexadecimal digits. (TCP_FASTOPEN_KEY)
    public var fastOpenKey: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.tcp, 33, "TCP_FASTOPEN_KEY", most: 32) }
    }

    /// See ``fastOpenKey``.
    public func setFastOpenKey(_ value: [UInt8]) throws(SocketError) {
        try setOptionBytes(Level.tcp, 33, "TCP_FASTOPEN_KEY", to: value)
    }

    /// Whether a listener keeps the first packet of each connection for TCP_SAVED_SYN: 1 with the IP
    /// header, 2 with the link’s too. (TCP_SAVE_SYN)
    public var savesHandshake: Int32 {
        get throws(SocketError) { try option(Level.tcp, 27, "TCP_SAVE_SYN") }
    }

    /// See ``savesHandshake``.
    public func setSavesHandshake(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 27, "TCP_SAVE_SYN", to: value)
    }

    /// The first packet of this connection, in hexadecimal digits; empty unless the listener kept it.
    /// (TCP_SAVED_SYN)
    public var savedHandshake: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.tcp, 28, "TCP_SAVED_SYN", most: 2048) }
    }

    /// Whether each receive brings the count of bytes that are left in the queue. Since Linux 4.18.
    /// (TCP_INQ)
    public var reportsUnreadBytes: Bool {
        get throws(SocketError) { try option(Level.tcp, 36, "TCP_INQ") != 0 }
    }

    /// See ``reportsUnreadBytes``.
    public func setReportsUnreadBytes(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, 36, "TCP_INQ", to: value)
    }

    /// By how much everything that leaves is delayed, to try out long ways. Since Linux 5.3. (TCP_TX_DELAY)
    public var transmitDelayMicroseconds: Int32 {
        get throws(SocketError) { try option(Level.tcp, 37, "TCP_TX_DELAY") }
    }

    /// See ``transmitDelayMicroseconds``. Needs the queueing discipline fq. Later acknowledgements count as
    /// a longer round trip.
    public func setTransmitDelayMicroseconds(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 37, "TCP_TX_DELAY", to: value)
    }

    /// The clock of the time stamps in segments (RFC 7323), in milliseconds. (TCP_TIMESTAMP)
    public var timestampClock: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(Level.tcp, 24, "TCP_TIMESTAMP")) }
    }

    /// Whether the connection is taken apart or put together without its peer’s knowledge, to move it to
    /// another host; -1 ends it without a window probe. (TCP_REPAIR)
    public var isUnderRepair: Int32 {
        get throws(SocketError) { try option(Level.tcp, 19, "TCP_REPAIR") }
    }

    /// See ``isUnderRepair``. Needs CAP_NET_ADMIN. Close then sends nothing.
    public func setUnderRepair(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 19, "TCP_REPAIR", to: value)
    }

    /// Which queue TCP_QUEUE_SEQ speaks of; EPERM unless TCP_REPAIR. (TCP_REPAIR_QUEUE)
    public var repairedQueue: Int32 {
        get throws(SocketError) { try option(Level.tcp, 20, "TCP_REPAIR_QUEUE") }
    }

    /// See ``repairedQueue``. Needs CAP_NET_ADMIN.
    public func setRepairedQueue(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 20, "TCP_REPAIR_QUEUE", to: value)
    }

    /// The sequence number of the queue under repair; EPERM or EINVAL unless TCP_REPAIR. (TCP_QUEUE_SEQ)
    public var queueSequence: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(Level.tcp, 21, "TCP_QUEUE_SEQ")) }
    }

    /// See ``queueSequence``. Needs CAP_NET_ADMIN.
    public func setQueueSequence(_ value: UInt32) throws(SocketError) {
        try setOption(Level.tcp, 21, "TCP_QUEUE_SEQ", to: value)
    }

    /// The protocol that takes over the connection’s bytes, such as tls. (TCP_ULP)
    public var upperProtocol: String {
        get throws(SocketError) { try text(Level.tcp, 31, "TCP_ULP") }
    }

    /// See ``upperProtocol``. Only on an established connection (ENOTCONN); cannot be taken away. ENOENT
    /// where the kernel lacks it.
    public func setUpperProtocol(_ value: String) throws(SocketError) {
        try setOptionBytes(Level.tcp, 31, "TCP_ULP", to: Array(value.utf8))
    }

    /// The longest wait between retransmissions. Since Linux 6.15. (TCP_RTO_MAX_MS)
    public var retryWaitMillisecondsMax: Int32 {
        get throws(SocketError) { try option(Level.tcp, 44, "TCP_RTO_MAX_MS") }
    }

    /// See ``retryWaitMillisecondsMax``.
    public func setRetryWaitMillisecondsMax(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 44, "TCP_RTO_MAX_MS", to: value)
    }

    /// The shortest wait before a retransmission. Since Linux 6.17. (TCP_RTO_MIN_US)
    public var retryWaitMicrosecondsMin: Int32 {
        get throws(SocketError) { try option(Level.tcp, 45, "TCP_RTO_MIN_US") }
    }

    /// See ``retryWaitMicrosecondsMin``. Rounded to the kernel’s tick.
    public func setRetryWaitMicrosecondsMin(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 45, "TCP_RTO_MIN_US", to: value)
    }

    /// The longest time that an acknowledgement waits for company. Since Linux 6.17. (TCP_DELACK_MAX_US)
    public var acknowledgementDelayMicrosecondsMax: Int32 {
        get throws(SocketError) { try option(Level.tcp, 46, "TCP_DELACK_MAX_US") }
    }

    /// See ``acknowledgementDelayMicrosecondsMax``. Rounded to the kernel’s tick.
    public func setAcknowledgementDelayMicrosecondsMax(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, 46, "TCP_DELACK_MAX_US", to: value)
    }

    /// Whether the socket speaks Multipath TCP and has not fallen back to plain TCP. Since Linux 5.16.
    /// (TCP_IS_MPTCP)
    public var isMultipathSocket: Bool {
        get throws(SocketError) { try option(Level.tcp, 43, "TCP_IS_MPTCP") != 0 }
    }

    /// What the congestion control knows, in its own structure, in hexadecimal digits. (TCP_CC_INFO)
    public var congestionDetails: [UInt8] {
        get throws(SocketError) { try optionBytes(Level.tcp, 26, "TCP_CC_INFO", most: 64) }
    }
}
