extension Endpoint {
    /// The longest URL that is read. The longest one that means something has an abstract name of 107 escaped
    /// bytes.
    public static let urlBytesMax = 2048

    /// Reads an endpoint as it is written:
    ///
    /// - `udp://:8089`, `udp://host:8089`, `udp://[::1]:8089`, `udp://[fe80::1%eth0]:8089` (or `%25eth0`, RFC
    ///   6874), the same with `tcp`; `[::ffff:192.0.2.1]` is 192.0.2.1
    /// - `udp://239.1.2.3:8089?interface=eth0&ttl=4`, `udp://255.255.255.255:8089`
    /// - `udp://232.1.2.3:8089?source=10.0.0.5`: a member that hears only this sender
    /// - `tcp://host:8086?keepalive=30s/10s/3&usertimeout=20s&nodelay`
    /// - `unix:///run/name.sock`, `unix:relative/name.sock`, `unix://@abstract`, `unixgram:` (a name of the
    ///   system's choice), `seqpacket://@abstract`
    ///
    /// - `activated://name`, `activated:` (the only one), `fd://3`: sockets that this process was started with
    ///
    /// No host is every local address, no port is 0. `%41` is a byte in paths, names and options; a path
    /// whose first byte is `@` is written `%40`. Each option of ``Option`` may come once, and each of
    /// ``SocketOption`` that the transport has, by its key or its name in C: `udp://:8089?mark=5&SO_PRIORITY=6`.
    public init(url text: String) throws(EndpointError) {
        guard text.utf8.count <= Self.urlBytesMax else { throw .tooLong(bytes: text.utf8.count) }
        guard !text.utf8.contains(UInt8(ascii: "#")) else { throw .fragment }
        guard let (scheme, body) = Self.split(text[...], at: ":") else { throw .missingScheme(text) }
        let transport = Transport(rawValue: scheme.lowercased())
        guard Transport.known.contains(transport) else { throw .unknownScheme(String(scheme)) }

        let (place, query) = Self.split(body, at: "?") ?? (body, "")
        if transport.isInherited {
            self.init(try Self.inheritedSocket(place, transport))
        } else if transport.isLocal {
            self.init(transport, try Self.unixAddress(place, transport))
        } else {
            let (host, port) = try Self.authority(place, transport)
            self.init(transport, host: host, port: port ?? 0)
        }
        try readOptions(query)
    }

    /// Reads `host`, `host:port`, `:port`, `[::1]:port`: what a command line takes beside whole URLs.
    public static func hostAndPort(_ text: String) throws(EndpointError) -> (host: Host, port: UInt16?) {
        try hostAndPort(text[...])
    }
}

extension Endpoint: CustomStringConvertible {
    /// The URL, in one canonical spelling: reading it gives an equal endpoint.
    public var description: String {
        if let inherited { return inherited.description }
        var text = "\(transport):"
        if let host {
            text += "//\(host):\(port)"
        } else {
            switch unixAddress {
            case .path(let path): text += (path.hasPrefix("/") ? "//" : "") + Escapes.path(path)
            case .abstract(let name): text += "//@" + Escapes.encoded(name)
            case .unnamed, nil: break
            }
        }
        let own = Option.allCases.compactMap { option in
            options.text(of: option).map { (option.rawValue, $0) }
        }
        let settings = options.settings.map { ($0.option.spelling, $0.text) }
        let query = (own + settings).map { "\($0)=\(Escapes.encoded($1.utf8, keeping: "/,"))" }
        return query.isEmpty ? text : "\(text)?\(query.joined(separator: "&"))"
    }
}

extension Endpoint {
    private static func authority(
        _ place: Substring,
        _ transport: Transport
    ) throws(EndpointError) -> (Host, UInt16?) {
        guard place.hasPrefix("//") else { throw .missingSlashes(transport) }
        let (authority, path) = split(place.dropFirst(2), at: "/") ?? (place.dropFirst(2), "")
        guard path.isEmpty else { throw .unexpectedPath(String(path)) }
        return try hostAndPort(authority)
    }

    private static func hostAndPort(_ text: Substring) throws(EndpointError) -> (host: Host, port: UInt16?) {
        guard text.utf8.first == UInt8(ascii: "[") else {
            guard let (name, port) = split(text, at: ":") else { return (try host(text), nil) }
            // More than one colon: an IPv6 address without its brackets.
            guard !port.utf8.contains(UInt8(ascii: ":")) else { throw .invalidHost(String(text)) }
            return (try host(name), try self.port(port))
        }
        guard let (inside, rest) = split(text.dropFirst(), at: "]"), let (address, zone) = Host.zoned(inside)
        else {
            throw .invalidHost(String(text))
        }
        guard address.mapped == nil || zone == nil else { throw .zoneOfIPv4(String(inside)) }
        let host = Host.ipv6(address, zone: zone).unmapped
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.utf8.first == UInt8(ascii: ":") else { throw .invalidHost(String(text)) }
        return (host, try port(rest.dropFirst()))
    }

    /// A name of RFC 1123 (with `_`, which people use), or an IPv4 address. A last label of digits alone must
    /// be an address: getaddrinfo(3) would read `127.1` and `010.0.0.1` as addresses that nobody meant.
    private static func host(_ text: Substring) throws(EndpointError) -> Host {
        if let (address, _) = split(text, at: "%"), IPv4Address(address) != nil {
            throw .zoneOfIPv4(String(text))
        }
        let host = Host(String(text))
        guard case .name(let name) = host else {
            // Without brackets a colon would have been in the way, so this is no IPv6 address.
            return host
        }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isNamed = (labels.last?.isEmpty ?? false) && labels.count > 1 ? labels.dropLast() : labels[...]
        guard name.utf8.count <= 253,
            isNamed.allSatisfy({ (1...63).contains($0.count) && $0.allSatisfy(isNameByte) }),
            let last = isNamed.last, let first = last.first, !isNumber(last), first != UInt8(ascii: "-")
        else { throw .invalidHost(name) }
        return host
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        Escapes.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// What inet_aton(3) takes for a number: decimal, octal or `0x…`.
    private static func isNumber(_ label: Substring.UTF8View) -> Bool {
        let isHexadecimal =
            label.first == UInt8(ascii: "0") && label.dropFirst().first.map { $0 | 0x20 } == 0x78
        return label.allSatisfy { (48...57).contains($0) } || isHexadecimal
    }

    private static func port(_ text: Substring) throws(EndpointError) -> UInt16 {
        guard let port = number(text, in: 0...65535) else { throw .invalidPort(String(text)) }
        return UInt16(port)
    }

    private static func unixAddress(
        _ place: Substring,
        _ transport: Transport
    ) throws(EndpointError) -> UnixAddress {
        var place = place
        let hasSlashes = place.hasPrefix("//")
        if hasSlashes { place = place.dropFirst(2) }
        guard let first = place.utf8.first else {
            guard transport.row.mayBeUnnamed else { throw .missingPath(transport) }
            return .unnamed
        }
        let isAbstract = first == UInt8(ascii: "@")
        if hasSlashes && !isAbstract && first != UInt8(ascii: "/") {
            throw .unexpectedHost(String(place), transport)
        }
        let bytes = try Escapes.decoded(isAbstract ? place.dropFirst() : place)
        guard !bytes.isEmpty else { throw .missingPath(transport) }
        guard bytes.count <= UnixAddress.lengthMax else { throw .pathTooLong(bytes: bytes.count) }
        if isAbstract { return .abstract(bytes) }
        guard !bytes.contains(0), let path = String(validating: bytes, as: UTF8.self) else {
            throw .invalidPath(String(place))
        }
        return .path(path)
    }

    private mutating func readOptions(_ query: Substring) throws(EndpointError) {
        var seen: Set<Option> = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let (key, value) = Self.split(Substring(pair), at: "=") ?? (Substring(pair), "")
            guard let option = Option(rawValue: String(key)) else {
                try readSetting(String(key), value)
                continue
            }
            guard option.applies(to: transport) else { throw .optionDoesNotApply(option, transport) }
            guard seen.insert(option).inserted else { throw .repeatedOption(option) }
            try readOption(option, value)
            if option == .ttl, options.timeToLive == 0, transport.isStream {
                throw .invalidOption(option, value: String(value))
            }
        }
    }

    private mutating func readOption(_ option: Option, _ value: Substring) throws(EndpointError) {
        do throws(EndpointError) {
            guard let text = String(validating: try Escapes.decoded(value), as: UTF8.self) else {
                throw .invalidOption(option, value: String(value))
            }
            try options.set(option, to: text)
        } catch {
            // `local=fe80::1%eth0`: a zone whose sign was not escaped.
            guard option == .local, value.utf8.contains(UInt8(ascii: "%")),
                (try? options.set(option, to: String(value))) != nil
            else { throw error }
        }
    }

    private static func split(_ text: Substring, at separator: Unicode.Scalar) -> (Substring, Substring)? {
        guard let index = text.utf8.firstIndex(of: UInt8(ascii: separator)) else { return nil }
        return (text[..<index], text[text.utf8.index(after: index)...])
    }

    /// Decimal digits and nothing else: no sign, no space.
    static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let value = Int(text), range.contains(value)
        else { return nil }
        return value
    }

    /// Whether the kernel could have an interface of this name, or an address stands for one.
    static func isInterfaceName(_ text: String) -> Bool {
        // IFNAMSIZ is 16 with the NUL, and dev_valid_name() of the kernel refuses slashes and spaces.
        (1...15).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/[]%".utf8.contains($0) }
    }
}
