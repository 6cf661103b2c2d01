import ParleyText
import ParleyTypes

/// The door to standard output for everything that is text: no character that a terminal obeys comes
/// through, wherever it came from, but line ends, tabs and the colours of `Style`.
///
/// Where text from outside is put together with ours it is escaped already (`SafeText`, `TerminalText`);
/// here it is made sure of. Within JSON a character is spelled as JSON spells it, so that the line means
/// the same.
struct Gate: Sendable {
    var keepsColors: Bool
    var isJSON: Bool

    /// The text as it may be written.
    func pass(_ text: [UInt8]) -> [UInt8] {
        Self.isPlain(text) ? text : examined(text)
    }

    /// Whether nothing but printable ASCII and line ends is there, as in nearly all that is written: one
    /// pass that compilers make a vector of.
    static func isPlain(_ text: [UInt8]) -> Bool {
        unsafe text.withUnsafeBytes { bytes in
            var others: UInt64 = 0
            let count = bytes.count & ~7
            for index in stride(from: 0, to: count, by: 8) {
                others |= unsafe Self.others(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            }
            for index in count..<bytes.count {
                others |= Self.others(unsafe UInt64(bytes[index]) | spaces << 8)
            }
            return others == 0
        }
    }

    /// Of eight bytes at once, not 0 when one of them is neither printable ASCII nor a line end.
    private static func others(_ bytes: UInt64) -> UInt64 {
        let high: UInt64 = 0x8080_8080_8080_8080
        let lineEnds = bytes ^ 0x0A0A_0A0A_0A0A_0A0A
        // Where a byte is 0 its highest bit; a line end so becomes 0x2A.
        let zeros = ~((lineEnds & ~high) &+ ~high | lineEnds | ~high)
        let text = bytes | zeros >> 2
        // At least 0x20: the sum reaches the highest bit. At most 0x7E: it does not.
        let low = text & ~high
        let controls = ~(low &+ 0x6060_6060_6060_6060)
        let deletes = low &+ 0x0101_0101_0101_0101
        return (text | controls | deletes) & high
    }

    private static let spaces: UInt64 = 0x0020_2020_2020_2020

    private func examined(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 64)
        var index = 0
        while index < text.count {
            let start = index
            while index < text.count, Self.isHarmless(text[index]) { index += 1 }
            result += text[start..<index]
            guard index < text.count else { break }
            let rest = text[index...]
            if let length = keepsColors && !isJSON ? Self.colorLength(rest) : nil {
                result += rest.prefix(length)
                index += length
            } else if let (scalar, length) = Self.scalar(rest) {
                if SafeText.isCommand(scalar) {
                    result += spelled(scalar).utf8
                } else {
                    result += rest.prefix(length)
                }
                index += length
            } else {
                result += (isJSON ? "\\ufffd" : "\\x" + Self.digits(text[index])).utf8
                index += 1
            }
        }
        return result
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        0x20...0x7E ~= byte || byte == 0x0A || byte == 0x09
    }

    private func spelled(_ scalar: Unicode.Scalar) -> String {
        guard isJSON else { return SafeText.spelled(scalar) }
        return String(scalar).utf16.map {
            "\\u" + Self.digits(UInt8($0 >> 8)) + Self.digits(UInt8($0 & 0xFF))
        }
        .joined()
    }

    private static func digits(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// How long a sequence that sets a colour is: ESC, `[`, at most ten digits and semicolons, `m`.
    private static func colorLength(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.starts(with: [0x1B, 0x5B]) else { return nil }
        let numbers = text.dropFirst(2).prefix(11).prefix { 0x30...0x39 ~= $0 || $0 == 0x3B }
        guard numbers.count <= 10, numbers.endIndex < text.endIndex, text[numbers.endIndex] == 0x6D else {
            return nil
        }
        return numbers.count + 3
    }

    /// The character that begins here and its length in bytes (RFC 3629, section 4); nil where none does.
    private static func scalar(_ text: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        let first = text[text.startIndex]
        let (length, minimum): (Int, UInt32) =
            switch first {
            case ..<0x80: (1, 0)
            case 0xC2...0xDF: (2, 0x80)
            case 0xE0...0xEF: (3, 0x800)
            case 0xF0...0xF4: (4, 0x10000)
            default: (0, 0)
            }
        guard length > 0, text.count >= length else { return nil }
        var value = length == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
        for byte in text.dropFirst().prefix(length - 1) {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= minimum, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }
}
