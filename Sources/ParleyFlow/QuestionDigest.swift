/// A digest of a question's bytes, by which a repeated one is told from another under the same number. Not a secret
/// and no defence against forgery.
public enum QuestionDigest {
    /// 64 bits of all these bytes, and of how many they are. The same in every process.
    @inlinable
    public static func of(_ bytes: RawSpan) -> UInt64 {
        var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.byteCount)
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = mixed(state ^ UInt64(littleEndian: word))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.byteCount {
            rest = rest << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        return mixed(mixed(state ^ rest))
    }

    @usableFromInline
    static func mixed(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low ^ word >> 29
    }
}
