import ParleyTypes

/// What the header of a pcap file says (draft-ietf-opsawg-pcap, section 4):
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-------------------------- magic --------------------------------+
///     |         major version         |         minor version         |
///     |                       reserved (time zone)                      |
///     |                       reserved (accuracy)                       |
///     |                           SnapLen                               |
///     | FCS |f|   0   |                link type                      |
struct PcapFile: Sendable, Hashable {
    var isBig: Bool
    var isNanoseconds: Bool
    var linkType: LinkType

    static let headerBytes = 24
    static let recordBytes = 16
    static let magicMicroseconds: UInt32 = 0xA1B2_C3D4
    static let magicNanoseconds: UInt32 = 0xA1B2_3C4D

    /// Reads the header; nil when more bytes are needed.
    init?(_ bytes: PacketBytes) throws(CaptureError) {
        guard bytes.count >= Self.headerBytes, let magic = bytes.number32(0) else { return nil }
        isBig = magic == Self.magicMicroseconds || magic == Self.magicNanoseconds
        guard let mark = bytes.number32(0, isBig: isBig), let major = bytes.number16(4, isBig: isBig),
            let minor = bytes.number16(6, isBig: isBig), let link = bytes.number32(20, isBig: isBig)
        else { return nil }
        isNanoseconds = mark == Self.magicNanoseconds
        guard major == 2 else { throw .unknownVersion(.pcap, major: major, minor: minor) }
        linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: link))
    }

    /// The packet at the beginning of `bytes` and the bytes it takes in the file; nil when more are needed.
    func packet(
        _ bytes: PacketBytes,
        at offset: Int,
        _ limits: CaptureLimits
    ) throws(CaptureError) -> (CapturedPacket, size: Int)? {
        guard let seconds = bytes.number32(0, isBig: isBig), let fraction = bytes.number32(4, isBig: isBig),
            let length = bytes.number32(8, isBig: isBig), let original = bytes.number32(12, isBig: isBig)
        else { return nil }
        guard length <= limits.packetBytesMax else {
            throw .tooLong(bytes: Int(length), maximum: limits.packetBytesMax, offset: offset)
        }
        guard let body = bytes.dropping(Self.recordBytes), body.count >= Int(length) else { return nil }
        let resolution = isNanoseconds ? TimeResolution.nanoseconds : .microseconds
        let packet = CapturedPacket(
            number: 0,
            time: resolution.time(UInt64(fraction), after: Int64(seconds)),
            linkType: linkType,
            bytes: Array(body.prefix(Int(length)).bytes),
            originalLength: Int(max(original, length))
        )
        return (packet, Self.recordBytes + Int(length))
    }
}
