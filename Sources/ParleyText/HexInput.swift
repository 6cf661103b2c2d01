/// Bytes written in hexadecimal, as people paste them.
///
/// Accepted: digits with or without blanks (`54 72`, `5472`), commas, colons and semicolons between bytes,
/// `0x54`, `\x54`, line comments after `#`; the output of `xxd`, `hexdump -C` (with `*` for repeated lines)
/// and `tcpdump -x`.
public enum HexInput {
    /// The most bytes that are accepted: more than any datagram.
    public static let bytesMax = 1 << 20

    public static func parse(_ text: some StringProtocol) throws(HexError) -> [UInt8] {
        var parser = HexParser()
        var number = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            try parser.parse(Array(line), number: number)
        }
        return parser.bytes
    }
}

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
        case tooMany(maximum: Int)
    }
}

extension HexError: CustomStringConvertible {
    public var description: String {
        let place = line == 1 ? "column \(column)" : "line \(line), column \(column)"
        switch reason {
        case .notADigit(let byte):
            let found = 0x21...0x7E ~= byte ? String(UnicodeScalar(byte)) : "the byte 0x" + Hex.text([byte])
            return "\(place): \(found) is no hexadecimal digit"
        case .oddDigits: return "\(place): a byte has two digits, one is missing"
        case .gap(let expected, let found):
            return "\(place): the dump goes on at \(found), expected \(expected)"
        case .tooMany(let maximum): return "\(place): more than \(maximum) bytes"
        }
    }
}

/// What may stand between bytes: blank, tab, and `,:;`.
private let separators: [UInt8] = [0x20, 0x09, 0x2C, 0x3A, 0x3B]

private struct HexParser {
    var bytes: [UInt8] = []
    private var lastLine: [UInt8] = []
    private var isRepeated = false
    private var isDump = false

    mutating func parse(_ line: [UInt8], number: Int) throws(HexError) {
        let line = line.last == 0x0D ? Array(line.dropLast()) : line
        if isDump, line.allSatisfy({ $0 == UInt8(ascii: "*") || $0 == 0x20 }), !line.isEmpty {
            isRepeated = line.contains(UInt8(ascii: "*"))
            return
        }
        guard let (offset, range) = dumpParts(line) else {
            return try parseDigits(line, line.indices, number: number)
        }
        if isRepeated {
            try repeatLastLine(upTo: offset, number: number)
            isRepeated = false
        }
        guard offset == bytes.count else {
            throw HexError(reason: .gap(expected: bytes.count, found: offset), line: number, column: 1)
        }
        isDump = true
        let before = bytes.count
        try parseDigits(line, range, number: number)
        lastLine = Array(bytes[before...])
    }

    /// The offset and the place of the digits in a line of a dump; nil for a line that is none.
    private func dumpParts(_ line: [UInt8]) -> (offset: Int, Range<Int>)? {
        var start = line.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? line.endIndex
        let isMarked = line[start...].starts(with: "0x".utf8)
        if isMarked { start += 2 }
        let end = line[start...].firstIndex { Hex.value(of: $0) == nil } ?? line.endIndex
        let digits = line[start..<end]
        guard digits.count >= 4, digits.count <= 8 else { return nil }
        let offset = digits.reduce(0) { $0 << 4 | Int(Hex.value(of: $1) ?? 0) }
        // xxd and tcpdump: digits after a colon, the text after two blanks.
        if end < line.endIndex, line[end] == UInt8(ascii: ":") {
            // `5472:6f6e` is digits with a colon between them.
            guard end + 1 == line.endIndex || line[end + 1] == 0x20 || line[end + 1] == 0x09 else {
                return nil
            }
            let first = line[(end + 1)...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? line.endIndex
            let last = line[first...].indices.first {
                line[$0] == 0x20 && $0 + 1 < line.endIndex && line[$0 + 1] == 0x20
            }
            return (offset, first..<(last ?? line.endIndex))
        }
        // hexdump -C: eight digits, two blanks, bytes, the text between bars. The last line is an offset
        // alone.
        guard !isMarked, digits.count == 8 else { return nil }
        let rest = line[end...]
        if rest.allSatisfy({ $0 == 0x20 }) { return isDump ? (offset, end..<end) : nil }
        guard rest.starts(with: "  ".utf8) else { return nil }
        return (offset, end..<(rest.firstIndex(of: UInt8(ascii: "|")) ?? line.endIndex))
    }

    private mutating func repeatLastLine(upTo offset: Int, number: Int) throws(HexError) {
        guard offset <= HexInput.bytesMax else {
            throw HexError(reason: .tooMany(maximum: HexInput.bytesMax), line: number, column: 1)
        }
        while !lastLine.isEmpty, bytes.count + lastLine.count <= offset { bytes.append(contentsOf: lastLine) }
    }

    private mutating func parseDigits(_ line: [UInt8], _ range: Range<Int>, number: Int) throws(HexError) {
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = line[index]
            if byte == UInt8(ascii: "#") { return }
            if separators.contains(byte) {
                index += 1
                continue
            }
            let next = index + 1 < range.upperBound ? line[index + 1] : 0
            let isMark = byte == UInt8(ascii: "0") && (next == UInt8(ascii: "x") || next == UInt8(ascii: "X"))
            if isMark || byte == UInt8(ascii: "\\") && next == UInt8(ascii: "x") {
                index += 2
                guard index < range.upperBound, Hex.value(of: line[index]) != nil else {
                    throw HexError(reason: .oddDigits, line: number, column: index + 1)
                }
                continue
            }
            guard let high = Hex.value(of: byte) else {
                throw HexError(reason: .notADigit(byte), line: number, column: index + 1)
            }
            guard let low = Hex.value(of: next) else {
                let isEnd = index + 1 == range.upperBound || separators.contains(next)
                throw HexError(reason: isEnd ? .oddDigits : .notADigit(next), line: number, column: index + 2)
            }
            guard bytes.count < HexInput.bytesMax else {
                throw HexError(reason: .tooMany(maximum: HexInput.bytesMax), line: number, column: index + 1)
            }
            bytes.append(high << 4 | low)
            index += 2
        }
    }
}
