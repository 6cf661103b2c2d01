internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of level SOL_SOCKET. Each doc ends with the option's name in C.

extension Socket {
    /// Whether a port may be shared under rules that differ by kind: see ``PortReuse``, which applies them.
    /// On a unicast datagram socket it lets any process of the host take the port's datagrams. (SO_REUSEADDR)
    public var reusesAddress: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR") != 0 }
    }

    /// See ``reusesAddress``. Before bind.
    public func setReusesAddress(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR", to: value)
    }

    /// Whether sockets of this user share the port and its peers. All of them must set it, before bind.
    /// (SO_REUSEPORT)
    public var reusesPort: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT") != 0 }
    }

    /// See ``reusesPort``. Before bind.
    public func setReusesPort(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT", to: value)
    }

    /// Whether *sending* to broadcast addresses is allowed; receiving needs nothing. A stream socket takes it
    /// without any effect. (SO_BROADCAST)
    public var allowsBroadcast: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST") != 0 }
    }

    /// See ``allowsBroadcast``.
    public func setAllowsBroadcast(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST", to: value)
    }

    /// The receive queue in bytes of memory: reads as twice what was set, as the kernel counts its own
    /// records in, and never above twice net.core.rmem_max. (SO_RCVBUF)
    public var receiveBufferBytes: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF") }
    }

    /// See ``receiveBufferBytes``. Ends the automatic growth of a TCP socket's queue; before connect or
    /// listen there, as the window scale is settled in the handshake.
    public func setReceiveBufferBytes(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", to: value)
    }

    /// The send queue in bytes of memory: reads as twice what was set. (SO_SNDBUF)
    public var sendBufferBytes: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF") }
    }

    /// See ``sendBufferBytes``. Ends the automatic growth of a TCP socket's queue.
    public func setSendBufferBytes(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF", to: value)
    }

    /// The error that waits to be reported, if any. Reading takes it away. (SO_ERROR)
    public var pendingError: ErrorCode? {
        get throws(SocketError) {
            let code = try option(SOL_SOCKET, SO_ERROR, "SO_ERROR")
            return code == 0 ? nil : ErrorCode(code)
        }
    }

    /// Whether a silent peer is asked for signs of life: by default after two hours. (SO_KEEPALIVE)
    public var keepsAlive: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE") != 0 }
    }

    /// See ``keepsAlive``.
    public func setKeepsAlive(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", to: value)
    }

    /// How many seconds close waits for what was sent to arrive; nil: it goes on in the background. 0: close
    /// discards it and sends a reset. A close with a wait blocks even on a non-blocking socket. (SO_LINGER)
    public var lingerSeconds: Int32? {
        get throws(SocketError) {
            let value = try option(SOL_SOCKET, SO_LINGER, "SO_LINGER", initial: linger())
            return value.l_onoff == 0 ? nil : value.l_linger
        }
    }

    /// See ``lingerSeconds``.
    public func setLingerSeconds(_ seconds: Int32?) throws(SocketError) {
        let value = linger(l_onoff: seconds == nil ? 0 : 1, l_linger: seconds ?? 0)
        try setOption(SOL_SOCKET, SO_LINGER, "SO_LINGER", to: value)
    }

    /// Whether each datagram brings the count of those lost to a full queue: ``Arrival/drops``. (SO_RXQ_OVFL)
    public var reportsDrops: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_RXQ_OVFL, "SO_RXQ_OVFL") != 0 }
    }

    /// See ``reportsDrops``.
    public func setReportsDrops(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_RXQ_OVFL, "SO_RXQ_OVFL", to: value)
    }

    /// Whether each datagram brings the time at which it came in: ``Arrival/time``. (SO_TIMESTAMPNS)
    public var reportsTime: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, SO_TIMESTAMPNS, "SO_TIMESTAMPNS") != 0 }
    }

    /// See ``reportsTime``. The kernel reads the clock for every packet of the host while any socket asks.
    public func setReportsTime(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_TIMESTAMPNS, "SO_TIMESTAMPNS", to: value)
    }

    /// How full the socket's queues are, and what it has lost. (SO_MEMINFO)
    public var memory: SocketMemory {
        get throws(SocketError) {
            SocketMemory(
                try option(SOL_SOCKET, 55, "SO_MEMINFO", initial: InlineArray<9, UInt32>(repeating: 0))
            )
        }
    }

    /// The interface that the socket keeps to, nil for all. (SO_BINDTODEVICE)
    public var boundInterface: String? {
        get throws(SocketError) {
            let name = try text(SOL_SOCKET, SO_BINDTODEVICE, "SO_BINDTODEVICE")
            return name.isEmpty ? nil : name
        }
    }

    /// Keeps the socket to one interface: it sends and receives nowhere else. What this host sends to one of
    /// its own addresses counts as arriving by that address's interface, although it travels over lo. Needs
    /// no right unless the socket is bound to a device already (since Linux 5.7). (SO_BINDTODEVICE)
    public func bind(toInterface name: String) throws(SocketError) {
        let result = unsafe name.withCString { text in
            unsafe setsockopt(fileDescriptor, SOL_SOCKET, SO_BINDTODEVICE, text, socklen_t(name.utf8.count))
        }
        guard result == 0 else { throw Interfaces.failure(.option, ErrorCode(errno), named: name) }
    }
}
