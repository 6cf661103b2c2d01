/// Why a text is not bytes in hexadecimal, and where.
public struct HexError: Error, Sendable, Hashable {
    public var reason: Reason
    /// 1 is the first line.
    public var line: Int
    /// The byte of the line; 1 is the first.
    public var column: Int

    public enum Reason: Sendable, Hashable {
        /// No hexadecimal digit.
        case notADigit(UInt8)
        /// A byte has two digits; one is missing here.
        case oddDigits
        /// A dump's line does not begin where the one before ended.
        case gap(expected: Int, found: Int)
        /// An offset of od behind a star that may be octal or decimal.
        case ambiguousOffset(String)
        case tooMany(maximum: Int)
        /// The words of `hexdump` and `od` without options: two bytes as one number of the host's order, or
        /// octal.
        case words
        /// The text beside a dump's bytes shows other bytes.
        case otherText
        /// An element of a C array that is no number from 0 to 255.
        case notAByte(String)
        /// A backslash and what follows it mean nothing in a string.
        case badEscape
        /// The line, or the input, ends inside a string, a comment or an array.
        case unfinished(String)
        /// The line has more bytes than are read at once.
        case lineTooLong(maximum: Int)
    }
}

extension HexError: CustomStringConvertible {
    public var description: String {
        let place = line == 1 ? "column \(column)" : "line \(line), column \(column)"
        return "\(place): \(reason)"
    }
}

extension HexError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notADigit(let byte):
            let found = 0x21...0x7E ~= byte ? String(UnicodeScalar(byte)) : "the byte 0x" + Hex.text([byte])
            return "\(found) is no hexadecimal digit"
        case .oddDigits: return "a byte has two digits, one is missing"
        case .gap(let expected, let found): return "the dump goes on at \(found), expected \(expected)"
        case .ambiguousOffset(let digits):
            return "the offset \(digits) behind a star is octal or decimal, and no line of the dump tells "
                + "which: write it with od -v, which has no stars, or with od -A x"
        case .tooMany(let maximum): return "more than \(maximum) bytes"
        case .words: return "these are words, not bytes in their order: use od -t x1, hexdump -C or xxd"
        case .otherText:
            return "the text beside the bytes shows other bytes: the dump was changed, or has words in the "
                + "host's order (xxd -e); take the text away if the digits are right"
        case .notAByte(let text): return "\(TerminalText.escape(text)) is no number from 0 to 255"
        case .badEscape:
            return "this escape means nothing; known are \\x54, \\124, \\n, \\0, \\\\ and their like"
        case .unfinished(let what): return "\(what) does not end"
        case .lineTooLong(let maximum): return "a line of more than \(maximum) bytes"
        }
    }
}
