import ParleyTypes

/// A section of a pcapng file: its byte order and the interfaces it has described so far. Blocks are those of
/// draft-ietf-opsawg-pcapng, section 4:
///
///     +---------------------------------------------------------------+
///     |                          block type                           |
///     |                      block total length                       |
///     /                block body, padded to 32 bits                  /
///     |                      block total length                       |
///     +---------------------------------------------------------------+
struct PcapngSection: Sendable, Hashable {
    /// Nil before the first section's header has been read.
    private var isBig: Bool?
    private var interfaces: [Interface] = []

    struct Interface: Sendable, Hashable {
        var linkType: LinkType
        /// The most bytes that are kept of a packet; 0 is no limit.
        var snapshotBytes: UInt32
        var resolution = TimeResolution.microseconds
        /// Seconds to be added to every time stamp.
        var offset: Int64 = 0
    }

    /// A block, and the bytes it takes.
    enum Block {
        case packet(CapturedPacket, size: Int)
        /// It was read and says something about others.
        case other(size: Int)
        /// It says nothing that matters, and need not be kept until it is whole.
        case skipped(size: Int)
    }

    private enum Kind {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let packet: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
    }

    static let byteOrderMark: UInt32 = 0x1A2B_3C4D
    /// Type and length in front, length at the end.
    static let frameBytes = 12

    /// Reads the block at the beginning of `bytes`; nil when more bytes are needed.
    mutating func block(
        _ bytes: PacketBytes,
        at offset: Int,
        _ limits: CaptureLimits
    ) throws(CaptureError) -> Block? {
        guard bytes.count >= Self.frameBytes, let mark = bytes.number32(0) else { return nil }
        // The type of a section's header reads the same in both orders: its order follows.
        if mark == Kind.section { try beginSection(bytes, at: offset) }
        guard let isBig, let type = bytes.number32(0, isBig: isBig),
            let length = bytes.number32(4, isBig: isBig)
        else { throw .notACapture }
        guard length >= Self.frameBytes, length % 4 == 0 else {
            throw .damaged(.length(length), offset: offset)
        }
        let size = Int(length)
        guard isKnown(type) else { return .skipped(size: size) }
        guard size <= limits.packetBytesMax else {
            throw .tooLong(bytes: size, maximum: limits.packetBytesMax, offset: offset)
        }
        guard bytes.count >= size, let last = bytes.number32(size - 4, isBig: isBig),
            let body = bytes.prefix(size - 4).dropping(8)
        else { return nil }
        guard last == length else {
            throw .damaged(.lengths(first: length, last: last), offset: offset)
        }
        switch type {
        case Kind.section:
            try checkVersion(body, at: offset)
            return .other(size: size)
        case Kind.interface:
            try addInterface(body, at: offset, limits)
            return .other(size: size)
        default:
            return .packet(try packet(type, body, at: offset), size: size)
        }
    }

    private func isKnown(_ type: UInt32) -> Bool {
        switch type {
        case Kind.section, Kind.interface, Kind.packet, Kind.simplePacket, Kind.enhancedPacket: true
        default: false
        }
    }

    // MARK: Sections and interfaces

    private mutating func beginSection(_ bytes: PacketBytes, at offset: Int) throws(CaptureError) {
        switch bytes.number32(8) {
        case Self.byteOrderMark: isBig = true
        case Self.byteOrderMark.byteSwapped: isBig = false
        case let mark: throw .damaged(.byteOrderMark(mark ?? 0), offset: offset)
        }
        interfaces = []
    }

    private func checkVersion(_ body: PacketBytes, at offset: Int) throws(CaptureError) {
        let isBig = isBig ?? true
        guard let major = body.number16(4, isBig: isBig), let minor = body.number16(6, isBig: isBig) else {
            throw .damaged(.tooShort, offset: offset)
        }
        guard major == 1 else { throw .unknownVersion(.pcapng, major: major, minor: minor) }
    }

    private mutating func addInterface(
        _ body: PacketBytes,
        at offset: Int,
        _ limits: CaptureLimits
    ) throws(CaptureError) {
        let isBig = isBig ?? true
        guard let link = body.number16(0, isBig: isBig), let snapshot = body.number32(4, isBig: isBig),
            var options = body.dropping(8)
        else { throw .damaged(.tooShort, offset: offset) }
        guard interfaces.count < limits.interfacesMax else {
            throw .damaged(.tooManyInterfaces(maximum: limits.interfacesMax), offset: offset)
        }
        var interface = Interface(linkType: LinkType(rawValue: link), snapshotBytes: snapshot)
        // Options that are cut off end the list: everything before them holds.
        while let code = options.number16(0, isBig: isBig), code != 0,
            let length = options.number16(2, isBig: isBig),
            let value = options.dropping(4), value.count >= Int(length)
        {
            if code == 9, length >= 1, let byte = value.byte(0) {
                interface.resolution = TimeResolution(option: byte)
            } else if code == 14, length >= 8, let seconds = value.number64(0, isBig: isBig) {
                interface.offset = Int64(bitPattern: seconds)
            }
            guard let rest = value.dropping((Int(length) + 3) & ~3) else { break }
            options = rest
        }
        interfaces.append(interface)
    }

    // MARK: Packets

    private func packet(
        _ type: UInt32,
        _ body: PacketBytes,
        at offset: Int
    ) throws(CaptureError) -> CapturedPacket {
        let isBig = isBig ?? true
        if type == Kind.simplePacket { return try simplePacket(body, at: offset) }
        let number =
            type == Kind.enhancedPacket
            ? body.number32(0, isBig: isBig) : body.number16(0, isBig: isBig).map(UInt32.init)
        guard let number, let high = body.number32(4, isBig: isBig),
            let low = body.number32(8, isBig: isBig), let length = body.number32(12, isBig: isBig),
            let original = body.number32(16, isBig: isBig), let data = body.dropping(20),
            data.count >= Int(length)
        else { throw .damaged(.tooShort, offset: offset) }
        guard Int(number) < interfaces.count else {
            throw .damaged(.unknownInterface(number), offset: offset)
        }
        let interface = interfaces[Int(number)]
        return CapturedPacket(
            number: 0,
            time: interface.resolution.time(UInt64(high) << 32 | UInt64(low), after: interface.offset),
            linkType: interface.linkType,
            interface: Int(number),
            bytes: Array(data.prefix(Int(length)).bytes),
            originalLength: Int(max(original, length))
        )
    }

    /// A packet without a time stamp, of the section's first interface.
    private func simplePacket(_ body: PacketBytes, at offset: Int) throws(CaptureError) -> CapturedPacket {
        guard let original = body.number32(0, isBig: isBig ?? true), let data = body.dropping(4) else {
            throw .damaged(.tooShort, offset: offset)
        }
        guard let interface = interfaces.first else { throw .damaged(.unknownInterface(0), offset: offset) }
        let kept = interface.snapshotBytes == 0 ? original : min(original, interface.snapshotBytes)
        guard data.count >= Int(kept) else { throw .damaged(.tooShort, offset: offset) }
        return CapturedPacket(
            number: 0,
            time: nil,
            linkType: interface.linkType,
            bytes: Array(data.prefix(Int(kept)).bytes),
            originalLength: Int(original)
        )
    }
}
