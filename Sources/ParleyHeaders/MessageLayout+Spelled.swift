public import ParleyWire

extension MessageLayout {
    /// A layout in the short spelling of the command line: `name:char[13] math:u32 chinese:u32`.
    ///
    /// Fields stand in the order of their bytes, without gaps, apart by spaces or commas; each is `NAME:TYPE`.
    ///
    /// | type | bytes |
    /// |---|---|
    /// | `u8` `u16` `u32` `u64`, `i8` `i16` `i32` `i64` | integers |
    /// | `f32` `f64` | IEEE 754 |
    /// | `bool` | one byte, 0 or 1 |
    /// | `char[n]` | text, padded with NUL |
    /// | `bytes[n]`, `u8[n]` | bytes without a meaning |
    /// | any of the scalars `[n]` | an array; `u16[2][3]` as in C |
    /// | `text`, `bytes`, `u16[]` | only the last field: the rest of the message |
    /// | `text[len]`, `bytes[len]`, `u16[len]` | only the last field: counted by the integer field `len`, in bytes for text and bytes, in items otherwise |
    ///
    /// Numbers are in `byteOrder`; `u32le` and `u32be` say it themselves. `_:u16` and `pad[3]` (bytes, without a colon) are reserved: sent as
    /// zero, not looked at. `NAME:u16=0x1234` is a constant: sent always, another value is refused.
    ///
    /// - Throws: ``HeaderError`` with the column.
    public init(
        spelled text: String, name: String = "message", byteOrder: ByteOrder = .big
    ) throws(HeaderError) {
        var parser = SpellingParser(text, byteOrder: byteOrder)
        self.init(name: name, packing: try parser.run())
    }
}

/// Reads the short spelling of a layout.
private struct SpellingParser {
    private let bytes: [UInt8]
    private let order: ByteOrder
    private var position = 0
    private var fields: [MessageLayout.Field] = []
    private var starts: [Int] = []
    private var size = 0

    init(_ text: String, byteOrder: ByteOrder) {
        bytes = Array(text.utf8)
        order = byteOrder
    }

    mutating func run() throws(HeaderError) -> [MessageLayout.Field] {
        skipSeparators()
        while position < bytes.count {
            let start = position
            if let last = fields.last, case .tail = last.type {
                let name = word()
                throw error(
                    .tailNotLast(last.name, last: name), at: start, to: position,
                    hint: "text, bytes and [] without a number take the rest of the message")
            }
            let field = try field()
            let (total, overflow) = size.addingReportingOverflow(field.type.sizeMinimum)
            guard !overflow, total <= limits.typeBytesMax else {
                throw error(.tooMuch(.typeBytes, maximum: limits.typeBytesMax), at: start, to: position)
            }
            size = total
            guard field.role == .reserved || !fields.contains(where: { $0.name == field.name }) else {
                throw error(.duplicate(field.name), at: start, to: position)
            }
            fields.append(field)
            guard position >= bytes.count || isSeparator(bytes[position]) else {
                throw expected("a space after the field", at: position)
            }
            skipSeparators()
        }
        guard !fields.isEmpty else { throw expected("a field, NAME:TYPE", at: 0) }
        for index in fields.indices where fields[index].role == .reserved { fields[index].name = "reserved\(index)" }
        try checkNames()
        return fields
    }

    /// Reserved fields got names of their own; a field may have taken one before.
    private func checkNames() throws(HeaderError) {
        var names: Set<String> = []
        for field in fields where !names.insert(field.name).inserted {
            throw error(.duplicate(field.name), at: 0, to: bytes.count)
        }
    }

    private mutating func field() throws(HeaderError) -> MessageLayout.Field {
        guard fields.count < limits.fieldsMax else {
            throw error(.tooMuch(.fields, maximum: limits.fieldsMax), at: position)
        }
        let start = position
        let name = word()
        guard !name.isEmpty else { throw expected("a field's name", at: start) }
        if name == "pad", peek("[") {
            let count = try number(within: start)
            return .init(name, .bytes(count: count), role: .reserved)
        }
        guard take(":") else { throw expected("\u{201C}:\u{201D} and a type after \(name)", at: position) }
        let typeStart = position
        let type = try type(typeStart)
        if name == "_" {
            if case .tail = type { throw expected("a type of a fixed size", at: typeStart, to: position) }
            return .init(name, .bytes(count: type.sizeMinimum), role: .reserved)
        }
        if take("=") { return .init(name, type, role: .constant(try constant(type))) }
        if case .tail(let tail) = type, let count = tail.count { try markCount(count, typeStart) }
        return .init(name, type)
    }

    /// Makes the field a count; only an integer before the tail can be.
    private mutating func markCount(_ count: TailType.Count, _ start: Int) throws(HeaderError) {
        guard let index = fields.firstIndex(where: { $0.name == count.field && $0.role == .value }) else {
            throw error(.unknownName(count.field), at: start, to: position, hint: "the field that counts stands before")
        }
        guard case .integer = fields[index].type else {
            throw expected("an integer field to count with", at: start, to: position)
        }
        fields[index].role = .count
    }

    private mutating func type(_ start: Int) throws(HeaderError) -> FieldType {
        let name = word()
        var dimensions: [Dimension] = []
        while peek("[") {
            guard dimensions.count < limits.nestingMax else {
                throw error(.tooMuch(.nesting, maximum: limits.nestingMax), at: position)
            }
            dimensions.append(try dimension(start))
        }
        if dimensions.dropFirst().contains(where: { !$0.isFixed }) {
            throw expected("a number in the inner brackets", at: start, to: position)
        }
        if name == "text" || name == "bytes" || name == "char" {
            return try blob(name, dimensions, start)
        }
        guard let scalar = scalar(name) else {
            throw error(.unknownType(name), at: start, to: max(position, start + 1), hint: Self.known)
        }
        return try array(of: scalar, dimensions, start)
    }

    private enum Dimension {
        case fixed(Int), open, counted(String)
        var isFixed: Bool { if case .fixed = self { true } else { false } }
    }

    private mutating func blob(
        _ name: String, _ dimensions: [Dimension], _ start: Int
    ) throws(HeaderError) -> FieldType {
        let element: TailType.Element = name == "bytes" ? .bytes : .text
        guard let last = dimensions.last else {
            guard name != "char" else { throw expected("char[n], or text for the rest of the message", at: start, to: position) }
            return .tail(TailType(element))
        }
        if case .fixed(let count) = last {
            return try array(
                of: name == "bytes" ? .bytes(count: count) : .text(capacity: count), dimensions.dropLast(), start)
        }
        guard dimensions.count == 1 else { throw expected("a number in the brackets", at: start, to: position) }
        guard case .counted(let field) = last else { return .tail(TailType(element)) }
        return .tail(TailType(element, count: .init(field: field, unit: .bytes)))
    }

    private mutating func array(
        of element: FieldType, _ dimensions: [Dimension], _ start: Int
    ) throws(HeaderError) -> FieldType {
        var type = element
        let isByte = element == .integer(IntegerType(bytes: 1, isSigned: false, order: order))
        for (index, dimension) in dimensions.enumerated().reversed() {
            switch dimension {
            case .fixed(let count):
                let (bytes, overflow) = type.sizeMinimum.multipliedReportingOverflow(by: count)
                guard !overflow, bytes <= limits.typeBytesMax else {
                    throw error(.tooMuch(.typeBytes, maximum: limits.typeBytesMax), at: start, to: position)
                }
                type = isByte && index == dimensions.count - 1 ? .bytes(count: count) : .array(of: type, count: count)
            case .open: type = .tail(TailType(tailElement(type, isByte, dimensions.count)))
            case .counted(let field):
                let element = tailElement(type, isByte, dimensions.count)
                let unit: CountUnit = element == .bytes ? .bytes : .items
                type = .tail(TailType(element, count: .init(field: field, unit: unit)))
            }
        }
        return type
    }

    private func tailElement(_ type: FieldType, _ isByte: Bool, _ dimensions: Int) -> TailType.Element {
        isByte && dimensions == 1 ? .bytes : .items(type)
    }
}

// MARK: - Words and numbers

extension SpellingParser {
    private static let known =
        "types are u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 (with le or be), bool, char[n], bytes[n]; at the end also text, bytes, u16[]"

    private func scalar(_ name: String) -> FieldType? {
        var name = name
        var order = order
        if name.hasSuffix("le") || name.hasSuffix("be") {
            order = name.hasSuffix("le") ? .little : .big
            name = String(name.dropLast(2))
        }
        switch name {
        case "bool": return .bool
        case "f32", "float": return .float(bytes: 4, order: order)
        case "f64", "double": return .float(bytes: 8, order: order)
        case "u8", "i8": return .integer(IntegerType(bytes: 1, isSigned: name == "i8", order: self.order))
        case "u16", "u32", "u64", "i16", "i32", "i64":
            let bits = Int(name.dropFirst()) ?? 8
            return .integer(IntegerType(bytes: bits / 8, isSigned: name.hasPrefix("i"), order: order))
        default: return nil
        }
    }

    private mutating func dimension(_ start: Int) throws(HeaderError) -> Dimension {
        let opening = position
        position += 1
        let text = word()
        guard take("]") else { throw error(.unterminated(.bracket), at: opening) }
        if text.isEmpty { return .open }
        guard let digit = text.utf8.first, (0x30...0x39).contains(digit) else { return .counted(text) }
        guard let count = Self.integer(text) else { throw error(.badNumber(text), at: opening + 1, to: position - 1) }
        guard count <= UInt64(limits.typeBytesMax) else {
            throw error(.tooMuch(.typeBytes, maximum: limits.typeBytesMax), at: opening + 1, to: position - 1)
        }
        return .fixed(Int(count))
    }

    private mutating func number(within start: Int) throws(HeaderError) -> Int {
        guard case .fixed(let count) = try dimension(start) else {
            throw expected("a number in the brackets", at: start, to: position)
        }
        return count
    }

    /// The bit pattern of a constant.
    private mutating func constant(_ type: FieldType) throws(HeaderError) -> UInt64 {
        let start = position
        let isNegative = take("-")
        let text = word()
        guard case .integer(let integer) = type else {
            throw expected("an integer field for a constant", at: start, to: position)
        }
        guard let magnitude = Self.integer(text) else {
            throw error(.badNumber(text), at: start, to: max(position, start + 1))
        }
        let value = isNegative ? -Int128(magnitude) : Int128(magnitude)
        let kind = CInteger.IntegerKind(bits: integer.bytes * 8, isSigned: integer.isSigned)
        guard value >= kind.minimum, value <= kind.maximum else {
            throw error(.arithmeticOverflow, at: start, to: position)
        }
        return UInt64(truncatingIfNeeded: value)
    }

    private static func integer(_ text: String) -> UInt64? {
        if text.lowercased().hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
        return UInt64(text)
    }

    private mutating func word() -> String {
        let start = position
        while position < bytes.count, isWord(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }

    private mutating func skipSeparators() {
        while position < bytes.count, isSeparator(bytes[position]) { position += 1 }
    }

    private func peek(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek(character) else { return false }
        position += 1
        return true
    }

    private var limits: HeaderLimits { HeaderLimits() }

    private func expected(_ what: String, at start: Int, to end: Int? = nil) -> HeaderError {
        let end = end ?? bytes[start...].firstIndex(where: isSeparator) ?? bytes.count
        let found = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
        return error(
            .expected(what, found: found.isEmpty ? "the end" : "\u{201C}\(found)\u{201D}"), at: start, to: end)
    }

    private func error(
        _ reason: HeaderError.Reason, at start: Int, to end: Int? = nil, hint: String? = nil
    ) -> HeaderError {
        let location = SourceLocation(
            file: "layout", bytes: bytes, line: 1, start: 0, offset: start, length: max(1, (end ?? start + 1) - start))
        return HeaderError(reason, at: location, hint: hint)
    }
}
