// What kind of address it is, as causes of failures are told by it.

extension IPAddress {
    package var isIPv4: Bool { if case .ipv4 = self { true } else { false } }

    /// `IPv4`, `IPv6`
    package var familyName: String { isIPv4 ? "IPv4" : "IPv6" }

    package var isLoopback: Bool {
        switch self {
        case .ipv4(let address): address.isLoopback
        case .ipv6(let address): address == .loopback
        }
    }

    package var isWildcard: Bool { self == .ipv4(.any) || self == .ipv6(.any) }

    package var isLinkLocal: Bool { if case .ipv6(let address) = self { address.isLinkLocal } else { false } }

    /// Whether the first bits are the same; never across families.
    package func shares(_ bits: Int, with other: IPAddress) -> Bool {
        switch (self, other) {
        case (.ipv4(let one), .ipv4(let two)):
            return Self.differing(UInt64(one.rawValue ^ two.rawValue) << 32, bits) == 0
        case (.ipv6(let one), .ipv6(let two)):
            return Self.differing(one.high ^ two.high, bits) == 0
                && Self.differing(one.low ^ two.low, bits - 64) == 0
        default: return false
        }
    }

    /// The differences among the first bits of 64.
    private static func differing(_ difference: UInt64, _ bits: Int) -> UInt64 {
        bits <= 0 ? 0 : bits >= 64 ? difference : difference >> UInt64(64 - bits)
    }
}
