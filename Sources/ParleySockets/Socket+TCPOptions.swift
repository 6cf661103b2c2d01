internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of level IPPROTO_TCP, after TCP_NODELAY. Each doc ends with the option's name in C. Connections
// that a listener accepts have all of them from it, except where the doc says otherwise.

extension Socket {
    /// The silence in seconds before the first sign of life is asked for, 1 to 32767, if ``keepsAlive``.
    /// (TCP_KEEPIDLE)
    public var keepAliveIdleSeconds: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_KEEPIDLE), "TCP_KEEPIDLE") }
    }

    /// See ``keepAliveIdleSeconds``.
    public func setKeepAliveIdleSeconds(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_KEEPIDLE), "TCP_KEEPIDLE", to: value)
    }

    /// The seconds between questions that are not answered, 1 to 32767. (TCP_KEEPINTVL)
    public var keepAliveIntervalSeconds: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_KEEPINTVL), "TCP_KEEPINTVL") }
    }

    /// See ``keepAliveIntervalSeconds``.
    public func setKeepAliveIntervalSeconds(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_KEEPINTVL), "TCP_KEEPINTVL", to: value)
    }

    /// After how many unanswered questions the connection ends, 1 to 127. (TCP_KEEPCNT)
    public var keepAliveProbes: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_KEEPCNT), "TCP_KEEPCNT") }
    }

    /// See ``keepAliveProbes``.
    public func setKeepAliveProbes(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_KEEPCNT), "TCP_KEEPCNT", to: value)
    }

    /// How many milliseconds what was sent may stay unacknowledged before the connection ends with ETIMEDOUT;
    /// 0 is the system's default (net.ipv4.tcp_retries2, about 15 minutes). With ``keepsAlive`` it decides in
    /// the place of ``keepAliveProbes``. (TCP_USER_TIMEOUT)
    public var userTimeoutMilliseconds: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_USER_TIMEOUT), "TCP_USER_TIMEOUT") }
    }

    /// See ``userTimeoutMilliseconds``.
    public func setUserTimeoutMilliseconds(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_USER_TIMEOUT), "TCP_USER_TIMEOUT", to: value)
    }

    /// Whether only full segments leave, until it is set to false or 200 ms have passed. Stronger than
    /// ``noDelay``. (TCP_CORK)
    public var isCorked: Bool {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_CORK), "TCP_CORK") != 0 }
    }

    /// See ``isCorked``.
    public func setCorked(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_CORK), "TCP_CORK", to: value)
    }

    /// Whether acknowledgements leave at once instead of waiting for company. The kernel changes it by itself
    /// as the connection goes on. (TCP_QUICKACK)
    public var acknowledgesAtOnce: Bool {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_QUICKACK), "TCP_QUICKACK") != 0 }
    }

    /// See ``acknowledgesAtOnce``.
    public func setAcknowledgesAtOnce(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_QUICKACK), "TCP_QUICKACK", to: value)
    }

    /// How many seconds a listener waits for a connection's first bytes before accept tells of it; 0 does not
    /// wait. Rounded up to what a number of retransmissions of the handshake takes. (TCP_DEFER_ACCEPT)
    public var acceptDelaySeconds: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_DEFER_ACCEPT), "TCP_DEFER_ACCEPT") }
    }

    /// See ``acceptDelaySeconds``.
    public func setAcceptDelaySeconds(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_DEFER_ACCEPT), "TCP_DEFER_ACCEPT", to: value)
    }

    /// How many connections of a listener may wait with data in their first packet (RFC 7413); 0 allows none.
    /// Needs net.ipv4.tcp_fastopen. (TCP_FASTOPEN)
    public var fastOpenBacklog: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_FASTOPEN), "TCP_FASTOPEN") }
    }

    /// See ``fastOpenBacklog``.
    public func setFastOpenBacklog(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_FASTOPEN), "TCP_FASTOPEN", to: value)
    }

    /// Whether connect waits for the first send, whose bytes then travel in the first packet (RFC 7413): they
    /// may be delivered twice, so only for requests that bear it. (TCP_FASTOPEN_CONNECT)
    public var connectsWithData: Bool {
        get throws(SocketError) {
            try option(Level.tcp, Int32(TCP_FASTOPEN_CONNECT), "TCP_FASTOPEN_CONNECT") != 0
        }
    }

    /// See ``connectsWithData``. Before connect.
    public func setConnectsWithData(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_FASTOPEN_CONNECT), "TCP_FASTOPEN_CONNECT", to: value)
    }

    /// The most bytes of a segment; before the connection, as set or 536, then what both ends settled on, less
    /// the room for options. (TCP_MAXSEG)
    public var segmentBytesMax: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_MAXSEG), "TCP_MAXSEG") }
    }

    /// See ``segmentBytesMax``. 88 to 32767, before connect or listen.
    public func setSegmentBytesMax(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_MAXSEG), "TCP_MAXSEG", to: value)
    }

    /// How many times an unanswered handshake begins again, 1 to 127; the waits double from one second.
    /// (TCP_SYNCNT)
    public var handshakeRetries: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_SYNCNT), "TCP_SYNCNT") }
    }

    /// See ``handshakeRetries``.
    public func setHandshakeRetries(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_SYNCNT), "TCP_SYNCNT", to: value)
    }

    /// How many seconds a closed socket waits for the peer's end (FIN-WAIT-2), at most 120 unless the system
    /// allows more; -1 does not wait. (TCP_LINGER2)
    public var endWaitSeconds: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_LINGER2), "TCP_LINGER2") }
    }

    /// See ``endWaitSeconds``.
    public func setEndWaitSeconds(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_LINGER2), "TCP_LINGER2", to: value)
    }

    /// The largest window that is offered to the peer, in bytes; 0 for no bound. (TCP_WINDOW_CLAMP)
    public var windowBytesMax: Int32 {
        get throws(SocketError) { try option(Level.tcp, Int32(TCP_WINDOW_CLAMP), "TCP_WINDOW_CLAMP") }
    }

    /// See ``windowBytesMax``.
    public func setWindowBytesMax(_ value: Int32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_WINDOW_CLAMP), "TCP_WINDOW_CLAMP", to: value)
    }

    /// The socket is writable only while fewer bytes than this wait to leave: less waits in the kernel, more
    /// is still ours to change. (TCP_NOTSENT_LOWAT)
    public var unsentBytesMax: UInt32 {
        get throws(SocketError) {
            UInt32(bitPattern: try option(Level.tcp, Int32(TCP_NOTSENT_LOWAT), "TCP_NOTSENT_LOWAT"))
        }
    }

    /// See ``unsentBytesMax``.
    public func setUnsentBytesMax(_ value: UInt32) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_NOTSENT_LOWAT), "TCP_NOTSENT_LOWAT", to: value)
    }

    /// Whether retransmissions of a connection with little under way keep their pace instead of doubling it.
    /// (TCP_THIN_LINEAR_TIMEOUTS)
    public var retriesSteadily: Bool {
        get throws(SocketError) {
            try option(Level.tcp, Int32(TCP_THIN_LINEAR_TIMEOUTS), "TCP_THIN_LINEAR_TIMEOUTS") != 0
        }
    }

    /// See ``retriesSteadily``.
    public func setRetriesSteadily(_ value: Bool) throws(SocketError) {
        try setOption(Level.tcp, Int32(TCP_THIN_LINEAR_TIMEOUTS), "TCP_THIN_LINEAR_TIMEOUTS", to: value)
    }

    /// The name of the congestion control, such as `cubic`, `bbr`, `reno`. (TCP_CONGESTION)
    public var congestionControl: String {
        get throws(SocketError) {
            try text(Level.tcp, Int32(TCP_CONGESTION), "TCP_CONGESTION")
        }
    }

    /// See ``congestionControl``. One that the kernel does not have is `.noSuchFile`, one that this user may
    /// not choose `.notPermitted` (net.ipv4.tcp_allowed_congestion_control).
    public func setCongestionControl(_ name: String) throws(SocketError) {
        let result = unsafe name.withCString { text in
            let length = socklen_t(name.utf8.count)
            return unsafe setsockopt(fileDescriptor, Level.tcp, Int32(TCP_CONGESTION), text, length)
        }
        guard result == 0 else { throw failure(.option, ErrorCode(errno), subject: "TCP_CONGESTION") }
    }
}
