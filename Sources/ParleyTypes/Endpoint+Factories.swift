extension Endpoint {
    /// Datagrams at a port that the system chooses, on every local address: the usual place to send from.
    public static var udp: Endpoint { udp(port: 0) }

    /// Datagrams at a port, on every local address.
    public static func udp(port: UInt16) -> Endpoint {
        Endpoint(.udp, host: .any, port: port)
    }

    /// Datagrams at one host: a name or an address. `.udp("0.0.0.0", 8089)` is IPv4 only, `.udp("::", 8089)`
    /// IPv6 only.
    public static func udp(_ host: String, _ port: UInt16) -> Endpoint {
        Endpoint(.udp, host: Host(host), port: port)
    }

    /// As ``udp(_:_:)``, with its labels.
    public static func udp(host: String, port: UInt16) -> Endpoint { udp(host, port) }

    /// Membership of a group: datagrams to `group` from anywhere, nothing that is addressed to this host
    /// alone.
    ///
    /// - Parameters:
    ///   - group: An address from 224.0.0.0 to 239.255.255.255, or an IPv6 one that begins with ff. Anything
    ///     else is refused when the socket is opened.
    ///   - interface: The interface's name or index, or one of its addresses; nil lets the routing table
    ///     choose.
    ///   - sources: The only senders that are heard, by their addresses in numbers; none: everyone. What is
    ///     no address is refused when the socket is opened.
    public static func udp(
        group: String,
        port: UInt16,
        on interface: String? = nil,
        sources: [String] = []
    ) -> Endpoint {
        var endpoint = Endpoint(.udp, host: Host(group), port: port)
        endpoint.options.interface = interface
        endpoint.options.groupSources = sources.map(Host.init)
        if !endpoint.isGroup { endpoint.options.reuse = .groupMember }
        return endpoint
    }

    /// As ``udp(group:port:on:sources:)``: a group is what multicast addresses.
    public static func udp(
        multicast group: String,
        port: UInt16,
        on interface: String? = nil,
        sources: [String] = []
    ) -> Endpoint {
        udp(group: group, port: port, on: interface, sources: sources)
    }

    /// Every host of a link: datagrams to a broadcast address, such as 192.168.1.255 or 255.255.255.255.
    public static func udp(broadcast address: String, port: UInt16) -> Endpoint {
        var endpoint = Endpoint(.udp, host: Host(address), port: port)
        endpoint.options.allowsBroadcast = true
        return endpoint
    }

    /// A stream at a port, on every local address.
    public static func tcp(port: UInt16) -> Endpoint {
        Endpoint(.tcp, host: .any, port: port)
    }

    /// A stream at one host: a name or an address.
    public static func tcp(_ host: String, _ port: UInt16) -> Endpoint {
        Endpoint(.tcp, host: Host(host), port: port)
    }

    /// As ``tcp(_:_:)``, with its labels.
    public static func tcp(host: String, port: UInt16) -> Endpoint { tcp(host, port) }

    /// A stream within this host, at a place as it is written: a path of at most 107 bytes, `"/run/name.sock"`,
    /// or, after an `@`, a name that needs no file, `"@name"`.
    public static func unix(_ place: String) -> Endpoint { Endpoint(.unix, written(place)) }

    /// A stream within this host, at a path of at most 107 bytes.
    public static func unix(path: String) -> Endpoint {
        Endpoint(.unix, .path(path))
    }

    /// A stream within this host, under a name of at most 107 bytes that needs no file.
    public static func unix(abstract name: String) -> Endpoint {
        Endpoint(.unix, .abstract(Array(name.utf8)))
    }

    /// Datagrams within this host, under a name that the system chooses, so that answers find the way back.
    public static var unixgram: Endpoint { Endpoint(.unixgram, .unnamed) }

    /// Datagrams within this host, at a place as it is written: `"/run/name.sock"` or `"@name"`, as
    /// ``unix(_:)``.
    public static func unixgram(_ place: String) -> Endpoint { Endpoint(.unixgram, written(place)) }

    /// Datagrams within this host, at a path of at most 107 bytes.
    public static func unixgram(path: String) -> Endpoint {
        Endpoint(.unixgram, .path(path))
    }

    /// Datagrams within this host, under a name of at most 107 bytes that needs no file.
    public static func unixgram(abstract name: String) -> Endpoint {
        Endpoint(.unixgram, .abstract(Array(name.utf8)))
    }

    /// Messages on a connection within this host, at a place as it is written: `"/run/name.sock"` or
    /// `"@name"`, as ``unix(_:)``.
    public static func seqpacket(_ place: String) -> Endpoint { Endpoint(.seqpacket, written(place)) }

    /// Messages on a connection within this host, at a path of at most 107 bytes.
    public static func seqpacket(path: String) -> Endpoint {
        Endpoint(.seqpacket, .path(path))
    }

    /// Messages on a connection within this host, under a name of at most 107 bytes that needs no file.
    public static func seqpacket(abstract name: String) -> Endpoint {
        Endpoint(.seqpacket, .abstract(Array(name.utf8)))
    }

    /// A path, or after an `@` an abstract name, as URLs and ss(8) write them.
    private static func written(_ place: String) -> UnixAddress {
        guard place.utf8.first == UInt8(ascii: "@") else { return .path(place) }
        return .abstract(Array(place.utf8.dropFirst()))
    }
}

// Guesses that the compiler answers with the right name.
extension Endpoint {
    @available(*, unavailable, renamed: "init(url:)")
    public init(_ text: String) { fatalError() }

    @available(*, unavailable, renamed: "udp(port:)")
    public static func udp(_ port: UInt16) -> Endpoint { fatalError() }

    @available(*, unavailable, renamed: "tcp(port:)")
    public static func tcp(_ port: UInt16) -> Endpoint { fatalError() }

    @available(*, unavailable, renamed: "udp(_:_:)")
    public static func udp(_ host: String, port: UInt16) -> Endpoint { fatalError() }

    @available(*, unavailable, renamed: "tcp(_:_:)")
    public static func tcp(_ host: String, port: UInt16) -> Endpoint { fatalError() }
}
