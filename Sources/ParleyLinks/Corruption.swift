/// One bit of a packet that is flipped on its way.
public struct Corruption: Sendable, Hashable {
    /// The number by which the bit is chosen: its share of 2³² is the bit's place in the packet.
    public var draw: UInt32

    public init(draw: UInt32) {
        self.draw = draw
    }

    /// Which bit is flipped, if `byteCount` bytes of the packet are in the caller's hands: 0 is the most
    /// significant bit of the first byte. Nil if there is none. Each is as likely as the others.
    ///
    /// ```swift
    /// if let bit = corruption.bit(of: bytes.count) { bytes[bit / 8] ^= 0x80 >> (bit % 8) }
    /// ```
    public func bit(of byteCount: Int) -> Int? {
        guard byteCount > 0 else { return nil }
        let bits = UInt64(Swift.min(byteCount, Link.packetBytesMax)) * 8
        // The draw is spread over 64 bits, so that the product's high half is the place.
        return Int((UInt64(draw) << 32).multipliedFullWidth(by: bits).high)
    }
}
