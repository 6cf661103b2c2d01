extension PacketDissector {
    private static let etherIPv4: UInt16 = 0x0800
    private static let etherIPv6: UInt16 = 0x86DD
    /// 802.1Q, 802.1ad, and what stood for the latter before it.
    private static let etherTags: [UInt16] = [0x8100, 0x88A8, 0x9100]
    /// AF_INET everywhere; AF_INET6 of Linux, NetBSD, FreeBSD, macOS.
    private static let families: [UInt32] = [2, 10, 24, 28, 30]

    /// What follows the link's header, when that is IP.
    static func network(_ bytes: PacketBytes, _ linkType: LinkType) -> Result<PacketBytes, Refusal> {
        switch linkType {
        case .ethernet: ethernet(bytes, typeAt: 12)
        case .linuxCooked: ethernet(bytes, typeAt: 14)
        case .linuxCooked2:
            // The type stands first, the header has 20 bytes.
            if let type = bytes.number16(0) {
                ethernet(type, bytes.dropping(20))
            } else {
                .failure(Refusal(.malformed))
            }
        case .null, .loop: loopback(bytes)
        // 12 and 14 are raw IP too, as BSD and OpenBSD number it.
        case .raw, .ipv4, .ipv6, LinkType(rawValue: 12), LinkType(rawValue: 14): .success(bytes)
        default: .failure(Refusal(.linkType(linkType)))
        }
    }

    private static func ethernet(_ bytes: PacketBytes, typeAt offset: Int) -> Result<PacketBytes, Refusal> {
        guard let type = bytes.number16(offset) else { return .failure(Refusal(.malformed)) }
        return ethernet(type, bytes.dropping(offset + 2))
    }

    /// The bytes after an Ethernet type, and after the tags that it announces.
    private static func ethernet(_ type: UInt16, _ bytes: PacketBytes?) -> Result<PacketBytes, Refusal> {
        var type = type
        var bytes = bytes
        for _ in 0..<tagsMax where etherTags.contains(type) {
            guard let inner = bytes?.number16(2) else { return .failure(Refusal(.malformed)) }
            type = inner
            bytes = bytes?.dropping(4)
        }
        guard let bytes else { return .failure(Refusal(.malformed)) }
        guard type == etherIPv4 || type == etherIPv6 else {
            return .failure(Refusal(.networkProtocol(type)))
        }
        return .success(bytes)
    }

    /// Four bytes of address family, in the order of the host that captured, which nobody told us.
    private static func loopback(_ bytes: PacketBytes) -> Result<PacketBytes, Refusal> {
        guard let family = bytes.number32(0), let rest = bytes.dropping(4) else {
            return .failure(Refusal(.malformed))
        }
        guard families.contains(family) || families.contains(family.byteSwapped) else {
            return .failure(Refusal(.networkProtocol(UInt16(truncatingIfNeeded: family))))
        }
        return .success(rest)
    }
}
