/// Where one end of a conversation is, as the kernel sees it: numbers and paths, no names to resolve.
public enum SocketAddress: Sendable, Hashable {
    case ipv4(IPv4Address, port: UInt16)
    /// `zone` is the index of the interface that a link-local address needs (RFC 4007), otherwise 0.
    case ipv6(IPv6Address, port: UInt16, zone: UInt32)
    case unix(UnixAddress)

    /// The port, or nil for a Unix address.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port, _): port
        case .unix: nil
        }
    }

    /// Whether the address is that of a group (IPv4 or IPv6 multicast).
    public var isMulticast: Bool {
        switch self {
        case .ipv4(let address, _): address.isMulticast
        case .ipv6(let address, _, _): address.isMulticast
        case .unix: false
        }
    }

    /// Whether the address stands for every local one: 0.0.0.0 or ::.
    public var isWildcard: Bool {
        switch self {
        case .ipv4(let address, _): address == .any
        case .ipv6(let address, _, _): address == .any
        case .unix: false
        }
    }

    /// The IP address, without port and zone, or nil for a Unix address.
    public var ip: IPAddress? {
        switch self {
        case .ipv4(let address, _): .ipv4(address)
        case .ipv6(let address, _, _): .ipv6(address)
        case .unix: nil
        }
    }

    /// Whether the address means something only together with an interface, which ``ipv6(_:port:zone:)``
    /// calls a zone.
    public var isLinkLocal: Bool {
        guard case .ipv6(let address, _, _) = self else { return false }
        return address.isLinkLocal
    }

    /// The address of an IP host.
    public init(_ address: IPAddress, port: UInt16, zone: UInt32 = 0) {
        switch address {
        case .ipv4(let address): self = .ipv4(address, port: port)
        case .ipv6(let address): self = .ipv6(address, port: port, zone: zone)
        }
    }

    /// The same host with another port; a Unix address stays as it is.
    public func with(port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let address, _, let zone): .ipv6(address, port: port, zone: zone)
        case .unix: self
        }
    }

    /// An IPv4-mapped IPv6 address as the IPv4 address that it stands for; every other one as it is.
    public var unmapped: SocketAddress {
        guard case .ipv6(let address, let port, _) = self, let mapped = address.mapped else { return self }
        return .ipv4(mapped, port: port)
    }
}

/// The address of a Unix socket (unix(7)).
public enum UnixAddress: Sendable, Hashable {
    /// A path in the file system, at most 107 bytes.
    case path(String)
    /// A name without a file, of any bytes, at most 107: Linux only, gone with the last socket that holds it.
    case abstract([UInt8])
    /// A socket that never bound: nobody can write back to it.
    case unnamed

    /// The most bytes a path or an abstract name may have: `sun_path` holds 108, one is the NUL.
    public static let lengthMax = 107
}

extension SocketAddress: CustomStringConvertible {
    /// `127.0.0.1:8089`, `[fe80::1%2]:8089`, `/run/a.sock`, `@name`.
    public var description: String {
        switch self {
        case .ipv4(let address, let port): "\(address):\(port)"
        case .ipv6(let address, let port, 0): "[\(address)]:\(port)"
        case .ipv6(let address, let port, let zone): "[\(address)%\(zone)]:\(port)"
        case .unix(let address): address.description
        }
    }
}

extension UnixAddress: CustomStringConvertible {
    /// A path as it is, a name after `@`. Bytes that are not printable ASCII show as `%1B`: a peer chooses
    /// its own address, and must not write commands to a terminal by it.
    public var description: String {
        switch self {
        case .path(let path): Self.printable(path.utf8)
        case .abstract(let name): "@" + Self.printable(name)
        case .unnamed: "(unnamed)"
        }
    }

    private static func printable(_ bytes: some Collection<UInt8>) -> String {
        guard !bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var text = ""
        for byte in bytes {
            text += (0x20...0x7E).contains(byte) ? String(Unicode.Scalar(byte)) : Escapes.encoded([byte])
        }
        return text
    }
}
