/// Where some bits are: what a loop over many messages needs to know of a bit field.
package struct BitPlace: Sendable, Hashable, BitwiseCopyable {
    package var width: Int
    package var firstBit: Int
    package var isBig: Bool

    package init(width: Int, firstBit: Int, isBig: Bool) {
        self.width = width
        self.firstBit = firstBit
        self.isBig = isBig
    }

    package var bytesTouched: Int { (firstBit + width + 7) / 8 }

    /// The bits of the field whose first byte is at `offset`, the last as the lowest.
    ///
    /// - Precondition: all bytes that it touches lie inside of `span`.
    package func load(from span: RawSpan, at offset: Int) -> UInt64 {
        let count = bytesTouched
        var head: UInt64 = 0
        if isBig {
            for index in 0..<min(count, 8) {
                head |= UInt64(span.byte(at: offset + index)) << (56 - 8 * index)
            }
            head <<= firstBit
            if count == 9 { head |= UInt64(span.byte(at: offset + 8)) >> (8 - firstBit) }
            return head >> (64 - width)
        }
        for index in 0..<min(count, 8) { head |= UInt64(span.byte(at: offset + index)) << (8 * index) }
        head >>= firstBit
        if count == 9 { head |= UInt64(span.byte(at: offset + 8)) << (64 - firstBit) }
        return head & (UInt64.max >> (64 - width))
    }

    /// The number that the bits stand for in two's complement.
    package func signed(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits << (64 - width)) >> (64 - width) }
}

extension RawSpan {
    /// The bits of a number of 1, 2, 4 or 8 bytes.
    ///
    /// - Precondition: they lie inside of the span.
    @inlinable
    package func bits(at offset: Int, bytes: Int, isBig: Bool) -> UInt64 {
        switch bytes {
        case 1:
            return UInt64(byte(at: offset))
        case 2:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
            return UInt64(isBig ? UInt16(bigEndian: raw) : UInt16(littleEndian: raw))
        case 4:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return UInt64(isBig ? UInt32(bigEndian: raw) : UInt32(littleEndian: raw))
        default:
            let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            return isBig ? UInt64(bigEndian: raw) : UInt64(littleEndian: raw)
        }
    }
}
