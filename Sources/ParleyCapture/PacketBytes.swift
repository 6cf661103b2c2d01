/// Bytes from strangers: reading outside gives nil, never a trap.
struct PacketBytes {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    func byte(_ offset: Int) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
    }

    func number16(_ offset: Int, isBig: Bool = true) -> UInt16? {
        load(offset, 2, isBig).map { UInt16(truncatingIfNeeded: $0) }
    }

    func number32(_ offset: Int, isBig: Bool = true) -> UInt32? {
        load(offset, 4, isBig).map { UInt32(truncatingIfNeeded: $0) }
    }

    func number64(_ offset: Int, isBig: Bool = true) -> UInt64? { load(offset, 8, isBig) }

    /// What follows the first `count` bytes; nil when there are fewer.
    func dropping(_ count: Int) -> PacketBytes? {
        count >= 0 && count <= bytes.count ? PacketBytes(bytes.dropFirst(count)) : nil
    }

    /// At most the first `count` bytes.
    func prefix(_ count: Int) -> PacketBytes { PacketBytes(bytes.prefix(max(0, count))) }

    private func load(_ offset: Int, _ size: Int, _ isBig: Bool) -> UInt64? {
        guard offset >= 0, offset <= bytes.count - size else { return nil }
        let start = bytes.startIndex + offset
        var value: UInt64 = 0
        for index in 0..<size {
            value = value << 8 | UInt64(bytes[start + (isBig ? index : size - 1 - index)])
        }
        return value
    }
}

extension [UInt8] {
    /// Appends a number's bytes.
    mutating func append(_ value: some FixedWidthInteger & UnsignedInteger, isBig: Bool = true) {
        let size = value.bitWidth / 8
        for index in 0..<size {
            append(UInt8(truncatingIfNeeded: value >> (8 * (isBig ? size - 1 - index : index))))
        }
    }
}
