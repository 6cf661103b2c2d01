internal import ParleyTypes

/// A socket address in 24 bytes that hold no reference: what packets carry. A Unix address is a number, for which the
/// world has the name.
struct Place: Hashable, Sendable {
    /// An IPv4 address is where IPv6 maps it.
    var high: UInt64
    var low: UInt64
    var port: UInt16
    /// Whether it is a Unix address, and ``low`` its number.
    private(set) var isLocal = false

    init(high: UInt64 = 0, low: UInt64 = 0, port: UInt16 = 0) {
        self.high = high
        self.low = low
        self.port = port
    }

    init(local number: UInt64) {
        self.init(low: number)
        isLocal = true
    }

    init(_ address: IPv4Address, port: UInt16) {
        self.init(high: 0, low: IPv6Address(mapping: address).low, port: port)
    }

    init(_ address: IPv6Address, port: UInt16) {
        self.init(high: address.high, low: address.low, port: port)
    }

    /// Nil for a Unix address.
    init?(_ address: SocketAddress) {
        switch address {
        case .ipv4(let address, let port): self.init(address, port: port)
        case .ipv6(let address, let port, _): self.init(address, port: port)
        case .unix: return nil
        }
    }

    var isIPv4: Bool { !isLocal && high == 0 && low >> 32 == 0xFFFF }

    var ip: IPv6Address { IPv6Address(high: high, low: low) }

    var ipv4: IPv4Address { IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) }

    /// Of an IP place.
    var address: SocketAddress {
        isIPv4 ? .ipv4(ipv4, port: port) : .ipv6(IPv6Address(high: high, low: low), port: port, zone: 0)
    }

    var isMulticast: Bool { isLocal ? false : isIPv4 ? ipv4.isMulticast : high >> 56 == 0xFF }

    /// 0.0.0.0 or ::.
    var isWildcard: Bool { !isLocal && high == 0 && (low == 0 || low == 0xFFFF_0000_0000) }

    var isLoopback: Bool { isLocal ? true : isIPv4 ? low >> 24 & 0xFF == 127 : high == 0 && low == 1 }

    /// Where packets to it go: no address in particular means this host.
    var target: Place {
        guard isWildcard else { return self }
        return isIPv4 ? Place(IPv4Address.loopback, port: port) : Place(IPv6Address.loopback, port: port)
    }

    func with(port: UInt16) -> Place {
        var place = self
        place.port = port
        return place
    }
}
