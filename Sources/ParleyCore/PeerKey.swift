internal import ParleyTypes

/// What counts as one peer where peers are limited.
enum PeerKey: Hashable, Sendable {
    case ipv4(IPv4Address)
    /// The leading bits of an address, the others zero.
    case ipv6(IPv6Address, zone: UInt32)

    /// - Parameter prefixLength: how many leading bits of an IPv6 address count.
    /// - Returns: nil for a Unix address, which says nothing about who it is.
    init?(_ address: SocketAddress, prefixLength: Int) {
        switch address.unmapped {
        case .ipv4(let address, _): self = .ipv4(address)
        case .ipv6(let address, _, let zone):
            self = .ipv6(
                IPv6Address(
                    high: address.high & Self.mask(prefixLength),
                    low: address.low & Self.mask(prefixLength - 64)
                ),
                zone: zone
            )
        case .unix: return nil
        }
    }

    /// 64 bits, of which the first `length` are set. A shift beyond the width gives 0, as it must.
    private static func mask(_ length: Int) -> UInt64 {
        length <= 0 ? 0 : ~(UInt64.max >> UInt64(length))
    }
}
