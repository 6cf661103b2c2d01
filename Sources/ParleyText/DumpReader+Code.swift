/// Where in a source of C or Python a line begins.
struct CodeState: Sendable {
    /// How many braces are open.
    var depth = 0
    var isComment = false
    /// Whether a string has ended and another one right behind it would continue it.
    var isAfterString = false
    /// Whether the last that was read, blanks aside, is an equals sign.
    var isAfterEquals = false
    /// Whether an array has begun behind an equals sign, and nothing is in it yet.
    var isEmptyArray = false

    /// What the input must not end inside.
    var unfinished: String? { isComment ? "the comment" : depth > 0 ? "the array" : nil }

    /// Words that a declaration begins with.
    private static let words = [
        "static", "const", "unsigned", "char", "uint8_t", "u8", "BYTE", "/*", "//", "extern", "b'",
    ]

    /// Whether a line is of a source and not of digits: what stands before a `#` tells.
    static func begins(_ line: [UInt8]) -> Bool {
        let text = line.prefix { $0 != UInt8(ascii: "#") }
        let start = text.drop { $0 == 0x20 || $0 == 0x09 }
        return words.contains { start.starts(with: $0.utf8) } || text.contains { "{\"'[=".utf8.contains($0) }
    }
}

extension DumpReader {
    /// Reads a line of a source: bytes are in braces and in strings, everything else is passed over.
    mutating func readCode(_ line: [UInt8]) throws(HexError) {
        var index = 0
        while index < line.count {
            let byte = line[index]
            let next = index + 1 < line.count ? line[index + 1] : 0
            if code?.isComment ?? false {
                let isEnd = byte == UInt8(ascii: "*") && next == UInt8(ascii: "/")
                if isEnd { code?.isComment = false }
                index += isEnd ? 2 : 1
                continue
            }
            switch byte {
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
                code?.isComment = true
                index += 2
            case UInt8(ascii: "/") where next == UInt8(ascii: "/"), UInt8(ascii: "#"):
                return
            case 0x20, 0x09, UInt8(ascii: "\\"):
                index += 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                code?.isEmptyArray = false
                code?.isAfterEquals = false
                index = try readQuoted(line, index)
            default:
                if code?.isAfterString ?? false, code?.depth == 0 { endMessage() }
                code?.isAfterString = false
                let begins = byte == UInt8(ascii: "{") && code?.isAfterEquals ?? false
                code?.isAfterEquals = byte == UInt8(ascii: "=")
                let isStillEmpty = byte == UInt8(ascii: "}") && code?.isEmptyArray ?? false
                code?.isEmptyArray = begins || isStillEmpty
                index = try readToken(line, index)
            }
        }
    }

    /// A brace, a number in braces, or what means nothing.
    private mutating func readToken(_ line: [UInt8], _ index: Int) throws(HexError) -> Int {
        let depth = code?.depth ?? 0
        switch line[index] {
        case UInt8(ascii: "{"):
            guard depth < 8 else {
                throw HexError(reason: .notAByte("{"), line: lineNumber, column: index + 1)
            }
            code?.depth = depth + 1
            return index + 1
        case UInt8(ascii: "}"):
            if depth > 0 {
                code?.depth = depth - 1
                endMessage(evenEmpty: code?.isEmptyArray ?? false)
                code?.isEmptyArray = false
            }
            return index + 1
        case UInt8(ascii: ",") where depth > 0:
            return index + 1
        case _ where depth == 0:
            return index + 1
        default:
            let word = line[index...].prefix { !" \t,{}/#\"'".utf8.contains($0) }
            let text = String(decoding: word.isEmpty ? line[index...index] : word, as: UTF8.self)
            guard let value = Self.byte(text) else {
                throw HexError(reason: .notAByte(text), line: lineNumber, column: index + 1)
            }
            try append(value, column: index + 1)
            return word.endIndex
        }
    }

    /// A number as C writes it: decimal, `0x54`, `0b1`, octal with a 0 in front, with `u` and `l` behind.
    private static func byte(_ text: String) -> UInt8? {
        var digits = text.lowercased()[...]
        while let last = digits.last, last == "u" || last == "l" { digits.removeLast() }
        if digits.hasPrefix("0x") { return UInt8(digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0b") { return UInt8(digits.dropFirst(2), radix: 2) }
        guard digits.first?.isNumber ?? false else { return nil }
        return UInt8(digits, radix: digits.first == "0" && digits.count > 1 ? 8 : 10)
    }

    /// A character in an array, a string anywhere else.
    private mutating func readQuoted(_ line: [UInt8], _ index: Int) throws(HexError) -> Int {
        let isCharacter = line[index] == UInt8(ascii: "'") && code?.depth ?? 0 > 0
        return try isCharacter ? readCharacter(line, index) : readString(line, index)
    }

    private mutating func readCharacter(_ line: [UInt8], _ index: Int) throws(HexError) -> Int {
        let (value, next) = try character(line, index + 1)
        guard next < line.count, line[next] == UInt8(ascii: "'") else {
            throw HexError(reason: .unfinished("the character"), line: lineNumber, column: index + 1)
        }
        try append(value, column: index + 1)
        return next + 1
    }

    private mutating func readString(_ line: [UInt8], _ start: Int) throws(HexError) -> Int {
        let quote = line[start]
        var index = start + 1
        while index < line.count, line[index] != quote {
            let (value, next) = try character(line, index)
            try append(value, column: index + 1)
            index = next
        }
        guard index < line.count else {
            throw HexError(reason: .unfinished("the string"), line: lineNumber, column: start + 1)
        }
        code?.isAfterString = true
        return index + 1
    }

    /// One character, or what its escape stands for, and the place behind it.
    private func character(_ line: [UInt8], _ index: Int) throws(HexError) -> (UInt8, next: Int) {
        guard index < line.count else {
            throw HexError(reason: .unfinished("the string"), line: lineNumber, column: index)
        }
        guard line[index] == UInt8(ascii: "\\"), index + 1 < line.count else {
            return (line[index], index + 1)
        }
        let letter = line[index + 1]
        if letter == UInt8(ascii: "x") {
            let digits = line[(index + 2)...].prefix { Hex.value(of: $0) != nil }.prefix(2)
            if !digits.isEmpty {
                return (digits.reduce(0) { $0 << 4 | (Hex.value(of: $1) ?? 0) }, digits.endIndex)
            }
        }
        let octal = line[(index + 1)...].prefix { 48...55 ~= $0 }.prefix(3)
        if !octal.isEmpty {
            let value = octal.reduce(0) { $0 << 3 | Int($1 - 48) }
            if value < 256 { return (UInt8(value), octal.endIndex) }
        }
        let simple: [(Unicode.Scalar, UInt8)] = [
            ("n", 10), ("t", 9), ("r", 13), ("a", 7), ("b", 8), ("f", 12), ("v", 11), ("e", 27), ("\\", 92),
            ("\"", 34), ("'", 39), ("?", 63),
        ]
        guard let value = simple.first(where: { UInt8(ascii: $0.0) == letter })?.1 else {
            throw HexError(reason: .badEscape, line: lineNumber, column: index + 1)
        }
        return (value, index + 2)
    }
}
