internal import ParleyTypes

/// Why a text is not JSON.
public struct JSONError: Error, Sendable, Hashable {
    public var reason: Reason
    /// The byte at which the trouble was met; 1 is the first.
    public var column: Int

    public enum Reason: Sendable, Hashable {
        /// Something else stands where this was expected.
        case expected(String, found: String)
        /// The text ends where this was expected.
        case endsEarly(expected: String)
        /// A control character in a string must be written as an escape.
        case controlCharacter(UInt8)
        /// The string is not UTF-8, or an escape is half of a surrogate pair.
        case notUnicode
        /// Two members of an object have one name.
        case duplicateName(String)
        /// The number is beyond what 8 bytes of floating point can hold.
        case numberTooLarge(String)
        /// Arrays and objects are nested deeper than is accepted.
        case tooDeep(maximum: Int)
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "column \(column): \(reason)" }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .expected(let what, let found): SafeText.line("expected \(what), found \(found)")
        case .endsEarly(let expected): "the JSON ends here, expected \(expected)"
        case .controlCharacter(let byte): "the control character \(byte) in a string must be escaped"
        case .notUnicode: "the string is not valid Unicode"
        case .duplicateName(let name):
            "the name \u{201C}\(TerminalText.escape(name))\u{201D} stands here twice"
        case .numberTooLarge(let text): "the number \(text) is too large"
        case .tooDeep(let maximum): "arrays and objects are nested deeper than \(maximum)"
        }
    }
}

extension JSONValue {
    /// How deep arrays and objects may be nested: far more than messages need, far less than the stack bears.
    public static let depthMax = 64

    /// Reads one JSON value that fills the text (RFC 8259, strictly: no comments, no trailing commas).
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads one JSON value that fills the bytes, which must be UTF-8.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.parseDocument()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw unexpected("the end") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parse("true", as: .bool(true))
        case UInt8(ascii: "f"): return try parse("false", as: .bool(false))
        case UInt8(ascii: "n"): return try parse("null", as: .null)
        case UInt8(ascii: "-"): return try parseNumber()
        case _ where isDigit: return try parseNumber()
        default: throw unexpected("a value")
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < JSONValue.depthMax else { throw error(.tooDeep(maximum: JSONValue.depthMax)) }
        position += 1
        var members: [JSONValue.Member] = []
        var names = Set<String>()
        skipBlanks()
        if take("}") { return .object([]) }
        while true {
            skipBlanks()
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a name in quotation marks") }
            let name = try parseString()
            guard names.insert(name).inserted else { throw error(.duplicateName(name), at: start) }
            skipBlanks()
            guard take(":") else { throw unexpected("a colon") }
            members.append(JSONValue.Member(name, try parseValue(depth: depth + 1)))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw unexpected("a comma or }") }
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < JSONValue.depthMax else { throw error(.tooDeep(maximum: JSONValue.depthMax)) }
        position += 1
        var values: [JSONValue] = []
        skipBlanks()
        if take("]") { return .array([]) }
        while true {
            values.append(try parseValue(depth: depth + 1))
            skipBlanks()
            if take("]") { return .array(values) }
            guard take(",") else { throw unexpected("a comma or ]") }
        }
    }

    private mutating func parse(_ word: StaticString, as value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in "\(word)".utf8 {
            guard peek == byte else { throw unexpected("\(word)") }
            position += 1
        }
        return value
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        _ = take("-")
        if !take("0") { try parseDigits() }
        if take(".") { try parseDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try parseDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let double = Double(text), double.isFinite else {
            throw error(.numberTooLarge(text), at: start)
        }
        return .number(JSONNumber(text: text))
    }

    private mutating func parseDigits() throws(JSONError) {
        guard isDigit else { throw unexpected("a digit") }
        while isDigit { position += 1 }
    }
}

extension JSONParser {
    fileprivate mutating func parseString() throws(JSONError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error(.notUnicode, at: start)
                }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try parseEscape(into: &text)
            case 0..<0x20:
                throw error(.controlCharacter(byte))
            default:
                text.append(byte)
                position += 1
            }
        }
        throw unexpected("a closing quotation mark")
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        guard let byte = peek else { throw unexpected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var value = try parseFourDigits()
            if value & 0xFC00 == 0xD800 {
                guard take("\\"), take("u") else { throw error(.notUnicode, at: start) }
                let low = try parseFourDigits()
                guard low & 0xFC00 == 0xDC00 else { throw error(.notUnicode, at: start) }
                value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(value) else { throw error(.notUnicode, at: start) }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            position = start
            throw unexpected("one of \" \\ / b f n r t u")
        }
    }

    private mutating func parseFourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Hex.value(of: byte) else {
                throw unexpected("four hex digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    fileprivate var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    fileprivate var isDigit: Bool {
        guard let byte = peek else { return false }
        return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    fileprivate mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    fileprivate mutating func skipBlanks() {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    fileprivate func unexpected(_ expected: String) -> JSONError {
        guard let byte = peek else { return error(.endsEarly(expected: expected)) }
        let found = 0x21...0x7E ~= byte ? String(UnicodeScalar(byte)) : "the byte 0x" + Hex.text([byte])
        return error(.expected(expected, found: found))
    }

    fileprivate func error(_ reason: JSONError.Reason, at position: Int? = nil) -> JSONError {
        JSONError(reason: reason, column: (position ?? self.position) + 1)
    }
}
