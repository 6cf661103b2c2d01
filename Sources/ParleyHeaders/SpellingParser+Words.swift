import ParleyWire

/// Words, numbers and mistakes of the short spelling.
extension SpellingParser {
    static let known =
        """
        types are u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 (with le or be), bool, char[n], bytes[n]; \
        u1 to u64, i1 to i64 and bit are bits; at the end also text, bytes, u16[]
        """

    mutating func scalar(_ word: String) -> FieldType? {
        var name = word
        var order = order
        if name.hasSuffix("le") || name.hasSuffix("be") {
            order = name.hasSuffix("le") ? .little : .big
            name = String(name.dropLast(2))
        }
        saidOrder = name == word ? nil : order
        switch name {
        case "bool": return .bool
        case "f32", "float": return .float(bytes: 4, order: order)
        case "f64", "double": return .float(bytes: 8, order: order)
        case "u8", "i8": return .integer(IntegerType(bytes: 1, isSigned: name == "i8", order: self.order))
        case "u16", "u32", "u64", "i16", "i32", "i64":
            let bits = Int(name.dropFirst()) ?? 8
            return .integer(IntegerType(bytes: bits / 8, isSigned: name.hasPrefix("i"), order: order))
        default: return bits(name)
        }
    }

    mutating func dimension(_ start: Int) throws(HeaderError) -> Dimension {
        let opening = position
        position += 1
        let text = word()
        guard take("]") else { throw error(.unterminated(.bracket), at: opening) }
        if text.isEmpty { return .open }
        guard let digit = text.utf8.first, (0x30...0x39).contains(digit) else { return .counted(text) }
        guard let count = Self.integer(text) else {
            throw error(.badNumber(text), at: opening + 1, to: position - 1)
        }
        guard count <= UInt64(limits.typeBytesMax) else {
            throw error(.tooMuch(.typeBytes, maximum: limits.typeBytesMax), at: opening + 1, to: position - 1)
        }
        return .fixed(Int(count))
    }

    mutating func number(within start: Int) throws(HeaderError) -> Int {
        guard case .fixed(let count) = try dimension(start) else {
            throw expected("a number in the brackets", at: start, to: position)
        }
        return count
    }

    /// The bit pattern of a constant.
    mutating func constant(_ type: FieldType) throws(HeaderError) -> UInt64 {
        let start = position
        let isNegative = take("-")
        let text = word()
        guard let range = type.integerRange else {
            throw expected("an integer field for a constant", at: start, to: position)
        }
        guard let magnitude = Self.integer(text) else {
            throw error(.badNumber(text), at: start, to: max(position, start + 1))
        }
        let value = isNegative ? -Int128(magnitude) : Int128(magnitude)
        guard value >= Int128(range.minimum), value <= Int128(range.maximum) else {
            throw error(.arithmeticOverflow, at: start, to: position)
        }
        return UInt64(truncatingIfNeeded: value)
    }

    private static func integer(_ text: String) -> UInt64? {
        if text.lowercased().hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
        return UInt64(text)
    }

    mutating func word() -> String {
        let start = position
        while position < bytes.count, isWord(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }

    mutating func skipSeparators() {
        while position < bytes.count, isSeparator(bytes[position]) { position += 1 }
    }

    func peek(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek(character) else { return false }
        position += 1
        return true
    }

    var limits: HeaderLimits { HeaderLimits() }

    func expected(_ what: String, at start: Int, to end: Int? = nil) -> HeaderError {
        let end = end ?? bytes[start...].firstIndex(where: isSeparator) ?? bytes.count
        let found = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
        return error(
            .expected(what, found: found.isEmpty ? "the end" : "\u{201C}\(found)\u{201D}"),
            at: start,
            to: end
        )
    }

    func error(
        _ reason: HeaderError.Reason,
        at start: Int,
        to end: Int? = nil,
        hint: String? = nil
    ) -> HeaderError {
        let location = SourceLocation(
            file: "layout",
            bytes: bytes,
            line: 1,
            start: 0,
            offset: start,
            length: max(1, (end ?? start + 1) - start)
        )
        return HeaderError(reason, at: location, hint: hint)
    }
}
