/// Where to be reachable or whom to reach, with the socket options that belong to it.
///
/// A value without any system call behind it: names are not resolved, interfaces not looked up, paths not
/// opened. Make one with a factory (``udp(port:)``, ``tcp(_:_:)``, …) or from a URL. An open struct, so that
/// transports and options can be added without breaking a `switch`.
public struct Endpoint: Sendable, Hashable {
    public var transport: Transport
    /// The IP host; nil for the transports of one host, which have a ``unixAddress``.
    public var host: Host?
    /// The port in host order; 0 lets the system choose, and reaches nobody as a destination.
    public var port: UInt16
    /// The path or name of a Unix socket; `.unnamed` lets the system choose a name. Nil for IP transports.
    public var unixAddress: UnixAddress?
    /// The socket that this process was started with, where the endpoint stands for one: it is bound already,
    /// so there is no host, no path and no option.
    public var inherited: InheritedSocket?
    public var options: Options

    /// An endpoint of an IP transport.
    public init(_ transport: Transport, host: Host, port: UInt16, options: Options = Options()) {
        self.transport = transport
        self.host = host
        self.port = port
        unixAddress = nil
        self.options = options
    }

    /// An endpoint of a transport of this host.
    public init(_ transport: Transport, _ address: UnixAddress, options: Options = Options()) {
        self.transport = transport
        host = nil
        port = 0
        unixAddress = address
        self.options = options
    }

    /// An IP host as it is written.
    public enum Host: Sendable, Hashable {
        /// Every local address, IPv6 and IPv4 in one socket where the host has both.
        case any
        case ipv4(IPv4Address)
        /// `zone` is the name or the index of the interface that a link-local address needs, otherwise nil.
        case ipv6(IPv6Address, zone: String?)
        /// A name to resolve.
        case name(String)
    }

    /// Socket options that an endpoint can ask for; nil leaves the system's default.
    public struct Options: Sendable, Hashable {
        /// The interface by its name or index, or by one of its addresses. The socket is kept to it: it sends,
        /// receives, connects and accepts nowhere else, groups are joined there. What travels within this host
        /// counts as arriving by the interface that has the address: `lo` is for 127.0.0.1 and ::1.
        /// (SO_BINDTODEVICE)
        public var interface: String?
        /// How many routers a packet may pass, 1 to 255; 0, for datagrams, keeps what goes to groups on this
        /// host and leaves the rest alone. The system's default is 64, for groups 1.
        public var timeToLive: UInt8?
        /// Whether sending to broadcast addresses is allowed; 255.255.255.255 allows it by itself.
        public var allowsBroadcast: Bool?
        /// Whether this host's members of a group hear what the socket sends to it. The system's default is
        /// yes.
        public var hearsOwnHost: Bool?
        /// How many connections may wait to be accepted. Default ``Endpoint/backlogDefault``, at most
        /// net.core.somaxconn.
        public var backlog: Int32?
        /// The receive queue in bytes; the kernel holds it at net.core.rmem_max and doubles it for its own
        /// records.
        public var receiveBufferBytes: Int32?
        /// The send queue in bytes; the kernel holds it at net.core.wmem_max and doubles it for its own
        /// records.
        public var sendBufferBytes: Int32?
        /// Whether small writes leave at once instead of waiting for company. Accepted connections have it
        /// from their listener. (TCP_NODELAY)
        public var noDelay: Bool?
        /// Whether each letter tells when it came in, by the kernel's clock. The kernel then reads its clock
        /// for every packet of the host, so it is off unless asked for.
        public var reportsArrivalTime: Bool?
        /// The local address to send from; its port may be 0.
        public var localAddress: SocketAddress?
        /// The interface of a link-local ``localAddress`` by its name; nil where the address has its zone, or
        /// needs none.
        public var localZone: String?
        /// How many bytes of each datagram, its 8-byte header first, the checksum covers: 8 to 65535, 0 for
        /// all of it. Makes UDP of an endpoint UDP-Lite (RFC 3828), another protocol with ports of its own. A
        /// datagram whose checksum covers less than this is dropped on arrival, without a word: give both
        /// sides the same. Linux has UDP-Lite up to 7.0.
        public var checksumCoverage: UInt16?
        /// Whether a TCP connection may use several paths at once (RFC 8684), where both sides know how;
        /// otherwise it is plain TCP, and `Socket.isMultipath` says so. Linux has no ``timeToLive`` for it.
        public var multipath: Bool?
        /// Over how many event loops the port is spread, each with a socket of its own
        /// (``PortReuse/loadBalanced``): 2 to ``Endpoint/loopsMax``, or 0 for as many as the machine has
        /// processors. Nil: one socket.
        public var loops: Int?
        /// Who may share the port; nil is the transport's default (see ``PortReuse``).
        public var reuse: PortReuse?
        /// The senders that a member of a group hears, by their addresses; none: everyone. At most
        /// net.ipv4.igmp_max_msf (10) in IPv4. (MCAST_JOIN_SOURCE_GROUP)
        public var groupSources: [Host] = []
        /// How long a closed connection goes on passing on what was sent, in whole seconds (parts count as
        /// one); then the rest is thrown away and the peer gets a reset. 0 does so at once. Nil: 60 seconds
        /// for what the system has not taken over, and its own patience for the rest. Closing never blocks.
        /// Accepted connections have it from their listener. (SO_LINGER)
        public var linger: Duration?
        /// Signs of life from a silent peer. Accepted connections have it from their listener.
        /// (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)
        public var keepAlive: KeepAlive?
        /// How long what was sent may stay unacknowledged before the connection ends with ETIMEDOUT, in
        /// milliseconds (parts count as one); 0 is the system's default, about 15 minutes. Accepted
        /// connections have it from their listener. (TCP_USER_TIMEOUT)
        public var userTimeout: Duration?
        /// How routers are asked to treat what leaves. (IP_TOS, IPV6_TCLASS)
        public var trafficClass: TrafficClass?
        /// Any other option of the system, in the order in which they are set: after those above, before bind,
        /// connect and listen.
        public var settings: [SocketSetting] = []

        public init() {}
    }

    /// How many connections may wait to be accepted unless an endpoint says otherwise: what
    /// net.core.somaxconn, which caps it, has been since Linux 5.4.
    public static let backlogDefault: Int32 = 4096

    /// More event loops than a machine has use for.
    public static let loopsMax = 64

    /// The same place, spread over several event loops: one mailbox or listener with a socket on each, among
    /// which the kernel divides the peers by a hash of their addresses (SO_REUSEPORT). A peer always meets the
    /// same one, so its messages keep their order.
    ///
    ///     let listener = try await Listener(Score.self, at: .tcp(port: 8086).loadBalanced())
    ///
    /// For UDP and TCP, and not for groups and broadcast addresses, where each socket would get everything.
    ///
    /// - Parameter loops: 2 to ``loopsMax``; 0 for as many as the machine has processors.
    public func loadBalanced(over loops: Int = 0) -> Endpoint {
        precondition(
            loops == 0 || (2...Self.loopsMax).contains(loops),
            "2 to 64 loops, or 0 for all processors"
        )
        var endpoint = self
        endpoint.options.loops = loops
        return endpoint
    }

    /// Whether the host is a group's address. Membership is part of the address: it decides how the socket is
    /// bound.
    public var isGroup: Bool {
        switch host?.unmapped {
        case .ipv4(let address): address.isMulticast
        case .ipv6(let address, _): address.isMulticast
        case .any, .name, nil: false
        }
    }

    /// Whether the endpoint asks for broadcast, by an option or by its address.
    public var isBroadcast: Bool { options.allowsBroadcast ?? (host?.unmapped == .ipv4(.broadcast)) }

    /// Whether a resolver must be asked before a socket can be bound or connected.
    public var needsLookup: Bool {
        guard case .name = host else { return false }
        return true
    }
}

extension Endpoint.Host: CustomStringConvertible {
    /// Reads an address of either family, an IPv6 one with `%zone` if need be, an IPv4-mapped one as the IPv4
    /// address that it stands for; anything else is a name, and empty or `*` is every local address. Never
    /// fails: a name that cannot be one fails when it is resolved.
    public init(_ text: String) {
        if text.isEmpty || text == "*" {
            self = .any
        } else if let address = IPv4Address(text) {
            self = .ipv4(address)
        } else if let (address, zone) = Self.zoned(text[...]), address.mapped == nil || zone == nil {
            self = Self.ipv6(address, zone: zone).unmapped
        } else {
            self = .name(text)
        }
    }

    /// As in a URL: an IPv6 address in brackets, every local address as nothing.
    public var description: String {
        switch self {
        case .any: ""
        case .ipv4(let address): address.description
        case .ipv6(let address, nil): "[\(address)]"
        case .ipv6(let address, let zone?): "[\(address)%\(Self.text(ofZone: zone))]"
        case .name(let name): name
        }
    }

    /// An IPv4-mapped IPv6 address (`::ffff:127.0.0.1`) as the IPv4 address that it stands for, every other host
    /// as it is. Where an endpoint is used it counts as this.
    public var unmapped: Endpoint.Host {
        guard case .ipv6(let address, _) = self, let mapped = address.mapped else { return self }
        return .ipv4(mapped)
    }

    /// A zone behind its sign. One whose name begins as RFC 6874's escape does has the escape.
    static func text(ofZone zone: String) -> String { unescaped(zone) == zone ? zone : "25\(zone)" }

    private static func unescaped(_ zone: String) -> String {
        let isEscaped = zone.hasPrefix("25") && zone.utf8.contains { !(48...57).contains($0) }
        return isEscaped ? String(zone.dropFirst(2)) : zone
    }

    /// Splits `fe80::1%eth0`, and `fe80::1%25eth0` as RFC 6874 writes it in a URL. Nil where either half is none.
    ///
    /// `%25` before digits alone stays what it was without that RFC, the beginning of an index: `%252` is 252.
    static func zoned(_ text: Substring) -> (IPv6Address, zone: String?)? {
        guard let percent = text.utf8.firstIndex(of: UInt8(ascii: "%")) else {
            return IPv6Address(text).map { ($0, nil) }
        }
        let zone = unescaped(String(text[text.utf8.index(after: percent)...]))
        guard let address = IPv6Address(text[..<percent]), Endpoint.isInterfaceName(zone) else { return nil }
        return (address, zone)
    }
}
