/// How bytes travel: the scheme of an endpoint's URL. Open, so that later transports break nobody.
public struct Transport: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The URL's scheme, in lower case.
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Datagrams over IP (RFC 768).
    public static let udp = Transport(rawValue: "udp")
    /// A stream over IP (RFC 9293).
    public static let tcp = Transport(rawValue: "tcp")
    /// A stream between processes of one host (unix(7)).
    public static let unix = Transport(rawValue: "unix")
    /// Datagrams between processes of one host: reliable and in order (unix(7)).
    public static let unixgram = Transport(rawValue: "unixgram")

    /// Messages with their borders on a connection between processes of one host (unix(7)).
    public static let seqpacket = Transport(rawValue: "seqpacket")

    /// A socket that a service manager passed, by its name: how it carries bytes shows when it is opened.
    public static let activated = Transport(rawValue: "activated")
    /// A socket that this process was started with, by its number.
    public static let descriptor = Transport(rawValue: "fd")

    /// The transports that a URL may name today.
    public static let known: [Transport] = table.map(\.transport)

    /// Whether the socket exists already, and with it the transport that it really has.
    public var isInherited: Bool { row.place == .inherited }

    /// Whether the address is a path or a name of this host instead of an IP address and a port.
    public var isLocal: Bool { row.place == .name }
    /// Whether bytes keep no borders: what is sent in one piece may arrive in several.
    public var isStream: Bool { !row.hasBorders }
    /// Whether one end listens and the other connects before anything is sent, and each learns when the other
    /// has ended.
    public var isConnectionOriented: Bool { row.hasConnections }

    public var description: String { rawValue }
}

extension Transport {
    /// What is true of a transport: the row that a new one adds.
    struct Row: Sendable {
        var transport: Transport
        /// What stands behind the scheme.
        var place: Place
        var hasConnections = false
        var hasBorders = true
        /// Which keys of a URL mean something to it.
        var options: Set<Endpoint.Option> = []
        /// The sockets that a URL of it may open, whose options of the system it has beside.
        var kinds: [SocketOption.Kind] = []
        /// Whether the system may choose the name.
        var mayBeUnnamed = false
    }

    enum Place: Sendable {
        /// A host and a port.
        case host
        /// A path, or an abstract name, of this host.
        case name
        /// A socket that is there already.
        case inherited
    }

    static let table: [Row] = [
        Row(
            transport: .udp,
            place: .host,
            options: queues.union(routes).union([.broadcast, .loop, .source, .lite, .timestamps]),
            kinds: [.udp, .udp6, .udplite]
        ),
        Row(
            transport: .tcp,
            place: .host,
            hasConnections: true,
            hasBorders: false,
            options: queues.union(routes).union(connections),
            kinds: [.tcp, .tcp6, .mptcp]
        ),
        Row(
            transport: .unix,
            place: .name,
            hasConnections: true,
            hasBorders: false,
            options: queues.union([.backlog]),
            kinds: [.unix]
        ),
        Row(transport: .unixgram, place: .name, options: queues, kinds: [.unixgram], mayBeUnnamed: true),
        Row(
            transport: .seqpacket,
            place: .name,
            hasConnections: true,
            options: queues.union([.backlog]),
            kinds: [.seqpacket]
        ),
        Row(transport: .activated, place: .inherited),
        Row(transport: .descriptor, place: .inherited),
    ]

    private static let queues: Set<Endpoint.Option> = [.rcvbuf, .sndbuf]
    private static let routes: Set<Endpoint.Option> = [.interface, .ttl, .local, .reuse, .dscp, .loops]
    private static let connections: Set<Endpoint.Option> = [
        .backlog, .nodelay, .linger, .keepalive, .usertimeout, .multipath,
    ]

    /// Transports of other packages: hosts, datagrams, every option.
    var row: Row {
        Self.table.first { $0.transport == self }
            ?? Row(transport: self, place: .host, options: Set(Endpoint.Option.allCases))
    }
}
