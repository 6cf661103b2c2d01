import ParleyTypes

/// An IP packet behind its headers.
struct InternetPacket {
    var source: IPAddress
    var destination: IPAddress
    /// The protocol of `payload`.
    var nextProtocol: UInt8
    var payload: PacketBytes
    /// How many bytes of the payload the capture has not kept.
    var missing: Int
    /// Which part of a packet this is; nil when it is whole.
    var fragment: Fragment?

    struct Fragment {
        var identification: UInt32
        /// Where the part begins, in bytes.
        var offset: Int
        var isLast: Bool
    }

    func flow(from source: UInt16, to destination: UInt16) -> Flow {
        Flow(
            source: SocketAddress(self.source, port: source),
            destination: SocketAddress(self.destination, port: destination)
        )
    }

    // MARK: IPv4 (RFC 791, section 3.1)

    ///      0      3 4      7 8         15 16                31
    ///     |version |length  | service    |   total length     |
    ///     |        identification        |flags|   offset     |
    ///     | time to live    | protocol   |     checksum       |
    ///     |                   source address                  |
    ///     |                destination address                |
    static func ipv4(_ bytes: PacketBytes, isTruncated: Bool) -> Result<InternetPacket, Refusal> {
        guard let first = bytes.byte(0), let total = bytes.number16(2), let id = bytes.number16(4),
            let place = bytes.number16(6), let next = bytes.byte(9), let source = bytes.number32(12),
            let destination = bytes.number32(16)
        else { return .failure(Refusal(.malformed)) }
        let header = 4 * Int(first & 0xF)
        // 0 is a packet that the card has still to cut: all that is there.
        let size = total == 0 ? bytes.count : Int(total)
        guard header >= 20, size >= header, let body = bytes.prefix(size).dropping(header),
            isTruncated || size <= bytes.count
        else { return .failure(Refusal(.malformed)) }
        var packet = InternetPacket(
            source: .ipv4(IPv4Address(rawValue: source)),
            destination: .ipv4(IPv4Address(rawValue: destination)),
            nextProtocol: next,
            payload: body,
            missing: size - header - body.count
        )
        let hasMore = place & 0x2000 != 0
        let offset = 8 * Int(place & 0x1FFF)
        if hasMore || offset > 0 {
            packet.fragment = Fragment(identification: UInt32(id), offset: offset, isLast: !hasMore)
        }
        return .success(packet)
    }

    // MARK: IPv6 (RFC 8200, section 3)

    ///      0      3 4         11 12                         31
    ///     |version | class      |         flow label          |
    ///     |       payload length        |next header|hop limit|
    ///     |                 source address (16)               |
    ///     |               destination address (16)            |
    static func ipv6(_ bytes: PacketBytes, isTruncated: Bool) -> Result<InternetPacket, Refusal> {
        guard let length = bytes.number16(4), let next = bytes.byte(6), let source = address(bytes, 8),
            let destination = address(bytes, 24), let rest = bytes.dropping(40)
        else { return .failure(Refusal(.malformed)) }
        // 0 is a jumbogram, or a packet that the card has still to cut: all that is there.
        let size = length == 0 ? rest.count : Int(length)
        guard isTruncated || size <= rest.count else { return .failure(Refusal(.malformed)) }
        let body = rest.prefix(size)
        let packet = InternetPacket(
            source: .ipv6(source),
            destination: .ipv6(destination),
            nextProtocol: next,
            payload: body,
            missing: size - body.count
        )
        return packet.passingExtensions(from: next).map { .success($0) } ?? .failure(Refusal(.malformed))
    }

    private static func address(_ bytes: PacketBytes, _ offset: Int) -> IPv6Address? {
        guard let high = bytes.number64(offset), let low = bytes.number64(offset + 8) else { return nil }
        return IPv6Address(high: high, low: low)
    }

    /// The packet behind the extension headers that `payload` begins with (RFC 8200, section 4); nil when
    /// they end nowhere. An IPv4 packet has none that mean anything.
    func passingExtensions(from first: UInt8) -> InternetPacket? {
        var packet = self
        packet.fragment = nil
        packet.nextProtocol = first
        guard case .ipv6 = source else { return packet }
        for _ in 0..<PacketDissector.extensionHeadersMax {
            let bytes = packet.payload
            var size: Int
            switch packet.nextProtocol {
            case 44:
                guard let place = bytes.number16(2), let identification = bytes.number32(4) else {
                    return nil
                }
                // An atomic fragment (RFC 6946) is a whole packet.
                if place & 0xFFF9 != 0 {
                    packet.fragment = Fragment(
                        identification: identification,
                        offset: Int(place & 0xFFF8),
                        isLast: place & 1 == 0
                    )
                }
                size = 8
            // Hop-by-hop, routing, destination options, mobility, host identity, shim.
            case 0, 43, 60, 135, 139, 140:
                guard let length = bytes.byte(1) else { return nil }
                size = 8 * (Int(length) + 1)
            // Authentication counts in 4 bytes and leaves out two of them.
            case 51:
                guard let length = bytes.byte(1) else { return nil }
                size = 4 * (Int(length) + 2)
            default: return packet
            }
            guard let next = bytes.byte(0), let rest = bytes.dropping(size) else { return nil }
            packet.nextProtocol = next
            packet.payload = rest
            // What follows a fragment's header is a part, not headers.
            if packet.fragment != nil { return packet }
        }
        return nil
    }
}
