extension SocketAddress {
    /// Reads an internet address as ``description`` writes it, `192.0.2.1:4000` or `[2001:db8::1%2]:4000`;
    /// names are not looked up.
    ///
    /// - Parameter port: the port of an address that is written without one; nil asks for it.
    public init?(internet text: some StringProtocol, defaultPort: UInt16? = nil) {
        var host = text[...]
        var port = defaultPort
        let isBracketed = host.hasPrefix("[")
        let colon =
            isBracketed ? host.lastIndex(of: "]").map { host.index(after: $0) } : host.lastIndex(of: ":")
        // Without brackets an IPv6 address has no port: its last colon is its own.
        let isBare = !isBracketed && host.utf8.filter { $0 == UInt8(ascii: ":") }.count > 1
        if let colon, colon < host.endIndex, !isBare {
            guard host[colon] == ":",
                let number = Endpoint.number(host[host.index(after: colon)...], in: 0...65535)
            else { return nil }
            port = UInt16(number)
            host = host[..<colon]
        }
        guard let port else { return nil }
        if isBracketed { host = host.dropFirst().dropLast() }
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var zone: UInt32 = 0
        if parts.count == 2 {
            guard let number = UInt32(parts[1]) else { return nil }
            zone = number
        }
        guard let name = parts.first, let address = IPAddress(String(name)) else { return nil }
        switch address {
        case .ipv4(let address):
            guard !isBracketed, parts.count == 1 else { return nil }
            self = .ipv4(address, port: port)
        case .ipv6(let address):
            guard isBracketed || isBare else { return nil }
            self = .ipv6(address, port: port, zone: zone)
        }
    }
}
