public import ParleyTypes

/// One socket of this network namespace, as the kernel lists it (sock_diag(7)).
public struct KernelSocket: Sendable, Hashable {
    public var kind: Kind
    public var state: State
    /// Our side: an IP address and a port, or a Unix path or name; nil for a Unix socket without a name. IPv4
    /// inside IPv6 is shown as IPv4; a raw socket has its protocol's number as its port.
    public var local: SocketAddress?
    /// The other side; nil for a socket without one.
    public var remote: SocketAddress?
    /// Bytes that wait to be read. Of a listener: connections that wait to be accepted.
    public var receiveQueue: UInt32
    /// Bytes that wait to be sent or acknowledged. Of a listener: the limit that listen(2) was given; one more
    /// is admitted.
    public var sendQueue: UInt32
    /// Packets that the socket lost, mostly to a full receive queue; nil where the kernel does not tell. Datagrams
    /// that the kernel had joined (UDP_GRO) count as one packet, so at least so many datagrams.
    public var drops: UInt32?
    /// The timer that runs for a TCP socket.
    public var timer: Timer?
    /// The socket's file; 0 where no process has it any more (TIME_WAIT and the like), or not yet (a connection that
    /// waits to be accepted).
    public var inode: UInt64
    /// The kernel's own number for it, which never comes again while the system runs.
    public var cookie: UInt64
    /// The user who made it (geteuid(2) at that time); nil where the kernel does not tell.
    public var user: UInt32?
    /// The index of the interface it is bound to, 0 for all.
    public var interface: UInt32
    /// Whether an IPv6 socket takes no IPv4 peers; nil for other families and where the kernel does not tell.
    public var isIPv6Only: Bool?
    /// The inode of the Unix socket at the other end.
    public var peerInode: UInt64?
    /// Whether it is an IPv6 socket whose addresses, shown as IPv4, are IPv4 inside IPv6 (::ffff:192.0.2.1).
    public var isMapped: Bool

    public init(
        kind: Kind,
        state: State,
        local: SocketAddress?,
        remote: SocketAddress? = nil,
        receiveQueue: UInt32 = 0,
        sendQueue: UInt32 = 0,
        drops: UInt32? = nil,
        timer: Timer? = nil,
        inode: UInt64 = 0,
        cookie: UInt64 = 0,
        user: UInt32? = nil,
        interface: UInt32 = 0,
        isIPv6Only: Bool? = nil,
        peerInode: UInt64? = nil,
        isMapped: Bool = false
    ) {
        self.kind = kind
        self.state = state
        self.local = local
        self.remote = remote
        self.receiveQueue = receiveQueue
        self.sendQueue = sendQueue
        self.drops = drops
        self.timer = timer
        self.inode = inode
        self.cookie = cookie
        self.user = user
        self.interface = interface
        self.isIPv6Only = isIPv6Only
        self.peerInode = peerInode
        self.isMapped = isMapped
    }

    /// Whether it is a socket of AF_INET6, whatever its address looks like.
    public var isIPv6: Bool {
        if case .ipv6? = local { true } else { isMapped }
    }

    /// What kind of socket it is. The raw value is what the command shows and takes; those of Unix sockets are
    /// the schemes of their endpoints.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case tcp, udp
        case udpLite = "udplite"
        case raw
        case unixStream = "unix"
        case unixDatagram = "unixgram"
        case sequencedPacket = "seqpacket"

        /// Whether it is a Unix socket, which has no port.
        public var isUnix: Bool { self == .unixStream || self == .unixDatagram || self == .sequencedPacket }
    }

    /// Where a socket is in its life: TCP's states (RFC 9293, section 3.3.2), which other kinds use in part.
    /// The number is the kernel's.
    public enum State: UInt8, Sendable, Hashable, CaseIterable {
        case established = 1
        case synSent, synReceived, finWait1, finWait2, timeWait
        /// Of UDP: without a peer.
        case closed
        case closeWait, lastAck, listen, closing
        /// A half-open connection in a listener's queue.
        case newSynReceived
        /// Bound, neither listening nor connected.
        case boundInactive
    }

    /// A timer of a TCP socket.
    public struct Timer: Sendable, Hashable {
        public var kind: Kind
        public var remaining: Duration
        /// How often it has run out without an answer.
        public var retries: UInt8

        public init(kind: Kind, remaining: Duration, retries: UInt8 = 0) {
            self.kind = kind
            self.remaining = remaining
            self.retries = retries
        }

        /// What happens when it runs out.
        public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
            /// When to send again what was not acknowledged.
            case retransmission = 1
            /// When to ask a silent peer for a sign of life; also when to give up FIN_WAIT_2.
            case keepAlive = 2
            /// When to forget the connection.
            case timeWait = 3
            /// When to ask whether a closed window has opened.
            case windowProbe = 4
        }
    }
}

extension KernelSocket.State: CustomStringConvertible {
    /// As RFC 9293 and netstat(8) write it: `ESTABLISHED`, `TIME_WAIT`.
    public var description: String {
        switch self {
        case .established: "ESTABLISHED"
        case .synSent: "SYN_SENT"
        case .synReceived: "SYN_RECEIVED"
        case .finWait1: "FIN_WAIT_1"
        case .finWait2: "FIN_WAIT_2"
        case .timeWait: "TIME_WAIT"
        case .closed: "CLOSED"
        case .closeWait: "CLOSE_WAIT"
        case .lastAck: "LAST_ACK"
        case .listen: "LISTEN"
        case .closing: "CLOSING"
        case .newSynReceived: "NEW_SYN_RECEIVED"
        case .boundInactive: "BOUND"
        }
    }
}
