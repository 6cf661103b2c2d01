/// Cuts a file into tokens. Comments are white space; a backslash at a line's end joins it with the next.
struct Lexer {
    private let file: Int
    private let bytes: [UInt8]
    /// Where each byte stood before lines were joined; nil when none were.
    private let origins: [Int]?
    private var position = 0
    private var startsLine = true
    private var hasSpace = false

    init(_ source: [UInt8], file: Int) {
        self.file = file
        // Most files join no lines and are taken as they are.
        guard let first = Self.joint(in: source, from: 0) else {
            bytes = source
            origins = nil
            skipByteOrderMark()
            return
        }
        var bytes = Array(source[..<first.start])
        var origins = Array(0..<first.start)
        bytes.reserveCapacity(source.count)
        origins.reserveCapacity(source.count + 1)
        var joint: (start: Int, end: Int)? = first
        while let here = joint {
            joint = Self.joint(in: source, from: here.end)
            let next = joint?.start ?? source.count
            bytes += source[here.end..<next]
            origins += here.end..<next
        }
        self.bytes = bytes
        self.origins = origins + [source.count]
        skipByteOrderMark()
    }

    /// The next backslash at a line's end, and where the line after it begins.
    private static func joint(in source: [UInt8], from start: Int) -> (start: Int, end: Int)? {
        var index = start
        while index < source.count {
            if source[index] == UInt8(ascii: "\\"), let end = lineEnd(in: source, at: index + 1) {
                return (index, end)
            }
            index += 1
        }
        return nil
    }

    /// All tokens of the file.
    mutating func run(_ budget: inout Budget) throws(Fault) -> [Token] {
        var tokens: [Token] = []
        while let token = try next() {
            try budget.spend(at: token.spot)
            tokens.append(token)
        }
        return tokens
    }

    private mutating func next() throws(Fault) -> Token? {
        try skipSpace()
        guard position < bytes.count else { return nil }
        let start = position
        let kind = scan()
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let token = Token(
            kind: kind,
            text: text,
            spot: spot(from: start),
            startsLine: startsLine,
            hasSpaceBefore: hasSpace
        )
        startsLine = false
        hasSpace = false
        return token
    }

    private mutating func skipSpace() throws(Fault) {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"):
                startsLine = true
                hasSpace = true
                position += 1
            case 0x20, 0x09, 0x0B, 0x0C, 0x0D:
                hasSpace = true
                position += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                hasSpace = true
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                hasSpace = true
                try skipComment()
            default:
                return
            }
        }
    }

    private mutating func skipComment() throws(Fault) {
        let start = position
        position += 2
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                position += 2
                return
            }
            position += 1
        }
        position = start + 2
        throw Fault(.unterminated(.comment), at: spot(from: start), hint: "a comment ends with */")
    }

    private mutating func scan() -> Token.Kind {
        let byte = bytes[position]
        if Self.isIdentifier(byte), !Self.isDigit(byte) {
            while position < bytes.count, Self.isIdentifier(bytes[position]) { position += 1 }
            return .identifier
        }
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true) {
            scanNumber()
            return .number
        }
        if byte == UInt8(ascii: "\"") { return scanQuoted(byte) ? .string : .unterminated }
        if byte == UInt8(ascii: "'") { return scanQuoted(byte) ? .character : .unterminated }
        if let length = punctuatorLength(byte) {
            position += length
            return .punctuator
        }
        position += 1
        return Self.singles[Int(byte)] ? .punctuator : .stray
    }

    /// The bytes of a punctuator of two or three; nil where one stands alone.
    private func punctuatorLength(_ byte: UInt8) -> Int? {
        guard let next = peek(1) else { return nil }
        let third = peek(2)
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"):
            if next == byte { return third == UInt8(ascii: "=") ? 3 : 2 }
            return next == UInt8(ascii: "=") ? 2 : nil
        case UInt8(ascii: "."):
            return next == byte && third == byte ? 3 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "&"), UInt8(ascii: "|"):
            return next == byte || next == UInt8(ascii: "=") ? 2 : nil
        case UInt8(ascii: "-"):
            return next == byte || next == UInt8(ascii: "=") || next == UInt8(ascii: ">") ? 2 : nil
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"),
            UInt8(ascii: "^"):
            return next == UInt8(ascii: "=") ? 2 : nil
        case UInt8(ascii: "#"), UInt8(ascii: ":"):
            return next == byte ? 2 : nil
        default:
            return nil
        }
    }

    /// A preprocessing number (C17, 6.4.8): wider than any number, checked when it is used.
    private mutating func scanNumber() {
        while position < bytes.count {
            let byte = bytes[position]
            let isExponent = byte | 0x20 == UInt8(ascii: "e") || byte | 0x20 == UInt8(ascii: "p")
            if isExponent, let sign = peek(1), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                position += 2
            } else if Self.isIdentifier(byte) || byte == UInt8(ascii: ".") {
                position += 1
            } else {
                return
            }
        }
    }

    /// Whether the quote was closed on its line.
    private mutating func scanQuoted(_ quote: UInt8) -> Bool {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            let byte = bytes[position]
            position += 1
            if byte == quote { return true }
            if byte == UInt8(ascii: "\\"), position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
                position += 1
            }
        }
        return false
    }

    private func peek(_ ahead: Int) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private func spot(from start: Int) -> Spot {
        guard let origins else { return Spot(file: file, offset: start, length: position - start) }
        return Spot(file: file, offset: origins[start], length: origins[position] - origins[start])
    }

    private mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Where the line after a backslash begins, when nothing but its end follows.
    private static func lineEnd(in source: [UInt8], at index: Int) -> Int? {
        var index = index
        if index < source.count, source[index] == UInt8(ascii: "\r") { index += 1 }
        guard index < source.count, source[index] == UInt8(ascii: "\n") else { return nil }
        return index + 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Bytes from 0x80 are letters: identifiers may be UTF-8.
    private static func isIdentifier(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
    }

    private static let singles: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "[](){}.&*+-~!/%<>^|?:;=,#".utf8 { table[Int(byte)] = true }
        return table
    }()
}
