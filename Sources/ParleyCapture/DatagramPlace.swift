import ParleyTypes

/// Where the payload of a UDP datagram lies in an IP packet: the fast way for packets as most are.
///
/// IPv4 without fragments, IPv6 without extension headers. Everything else, also what contradicts itself, gives
/// nil here and goes through ``PacketDissector``, which copies.
public struct DatagramPlace: Sendable, Hashable {
    public var flow: Flow
    /// The payload's bytes, counted from the IP header.
    public var payload: Range<Int>

    /// Looks at an IP packet, of which all bytes are there.
    public init?(in packet: RawSpan) {
        guard packet.byteCount >= 28 else { return nil }
        let first = Self.byte(packet, 0)
        let header: Int
        let size: Int
        if first >> 4 == 4 {
            header = 4 * Int(first & 0xF)
            size = Int(Self.number16(packet, 2))
            // Neither more fragments nor an offset.
            guard header >= 20, Self.byte(packet, 9) == 17, Self.number16(packet, 6) & 0x3FFF == 0,
                size <= packet.byteCount, size >= header + 8
            else { return nil }
        } else if first >> 4 == 6 {
            header = 40
            size = 40 + Int(packet.byteCount >= 48 ? Self.number16(packet, 4) : 0)
            guard size >= 48, size <= packet.byteCount, Self.byte(packet, 6) == 17 else { return nil }
        } else {
            return nil
        }
        let length = Int(Self.number16(packet, header + 4))
        guard length >= 8, header + length <= size else { return nil }
        let source = Self.number16(packet, header)
        let destination = Self.number16(packet, header + 2)
        if header < 40 || first >> 4 == 4 {
            flow = Flow(
                source: .ipv4(IPv4Address(rawValue: Self.number32(packet, 12)), port: source),
                destination: .ipv4(IPv4Address(rawValue: Self.number32(packet, 16)), port: destination)
            )
        } else {
            flow = Flow(
                source: .ipv6(Self.address(packet, 8), port: source, zone: 0),
                destination: .ipv6(Self.address(packet, 24), port: destination, zone: 0)
            )
        }
        payload = header + 8..<header + length
    }

    private static func address(_ packet: RawSpan, _ offset: Int) -> IPv6Address {
        IPv6Address(high: number64(packet, offset), low: number64(packet, offset + 8))
    }

    // The span checks every offset; its load of one byte needs no alignment.

    @inline(__always)
    private static func byte(_ packet: RawSpan, _ offset: Int) -> UInt8 {
        unsafe packet.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    private static func number16(_ packet: RawSpan, _ offset: Int) -> UInt16 {
        unsafe UInt16(bigEndian: packet.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    private static func number64(_ packet: RawSpan, _ offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: packet.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func number32(_ packet: RawSpan, _ offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: packet.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
