import ParleyWire

/// Stored properties and their types.
extension SwiftEmitter {
    /// The declaration of a field, and whether its values are Hashable.
    mutating func property(
        _ field: MessageLayout.Field,
        _ name: String,
        _ layout: MessageLayout,
        _ path: String,
        depth: Int
    ) throws(EmissionError) -> (declaration: String, isHashable: Bool) {
        if case .bits(let bits) = field.type { return (try bitProperty(field, bits, name, path), true) }
        switch field.role {
        case .reserved, .padding: return ("var \(name): Reserved<\(field.type.sizeMinimum)>", true)
        case .count:
            guard case .tail(let tail)? = layout.tail?.type, let count = tail.count,
                count.field == field.name,
                case .integer(let integer) = field.type
            else { throw error(.missingType("count of nothing"), path) }
            let kind =
                switch count.unit {
                case .bytes: "ByteCount"
                case .items: "ItemCount"
                case .messageBytes: "MessageByteCount"
                }
            return ("var \(name): \(kind)<\(Self.spelling(integer))>", true)
        case .constant(let bits):
            let type = try type(field.type, path, depth: depth)
            let value = try constant(bits, field.type, type.spelling, path)
            return ("let \(name): \(type.spelling) = \(value)", true)
        case .value:
            let type: Written
            if case .tail(let tail) = field.type {
                type = try self.tail(tail, path, depth: depth)
            } else {
                type = try self.type(field.type, path, depth: depth)
            }
            return ("var \(name): \(type.spelling)", type.isHashable)
        }
    }

    /// The Swift type of a field.
    mutating func type(_ type: FieldType, _ path: String, depth: Int) throws(EmissionError) -> Written {
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        switch type {
        case .integer(let integer): return Written(spelling: Self.spelling(integer), isHashable: true)
        case .float(let bytes, let order):
            let number = bytes == 4 ? "Float" : "Double"
            return Written(spelling: order == .big ? number : "LittleEndian<\(number)>", isHashable: true)
        case .bool: return Written(spelling: "Bool", isHashable: true)
        case .enumeration(let type):
            return Written(spelling: try enumeration(type, path), isHashable: true)
        case .text(let count): return Written(spelling: "CString<\(count)>", isHashable: true)
        case .bytes(let count): return Written(spelling: "Bytes<\(count)>", isHashable: true)
        case .array(let element, let count):
            let item = try self.type(element, path, depth: depth + 1)
            // An inline array is not Hashable itself; the macro compares the elements of one, not of two.
            var isNested = false
            if case .array = element { isNested = true }
            return Written(
                spelling: "[\(count) of \(item.spelling)]",
                isHashable: item.isHashable && !isNested
            )
        case .message(let layout): return try message(layout, path, depth: depth + 1)
        case .union(let union): return try self.union(union, path, depth: depth + 1)
        case .tail: throw error(.variableInside, path)
        case .bits: throw error(.missingType("array of bits"), path)
        }
    }

    /// The Swift type of a tail.
    mutating func tail(_ tail: TailType, _ path: String, depth: Int) throws(EmissionError) -> Written {
        switch tail.element {
        case .text: return Written(spelling: "TailText", isHashable: true)
        case .bytes: return Written(spelling: "[UInt8]", isHashable: true)
        case .items(let item):
            let type = try type(item, path, depth: depth + 1)
            var isArray = false
            if case .array = item { isArray = true }
            return Written(spelling: "[\(type.spelling)]", isHashable: type.isHashable && !isArray)
        }
    }

    func constant(
        _ bits: UInt64,
        _ type: FieldType,
        _ spelling: String,
        _ path: String
    ) throws(EmissionError) -> String {
        switch type {
        case .integer(let integer):
            return Self.literal(Int64(bitPattern: bits), integer)
        case .bool: return bits & 1 == 1 ? "true" : "false"
        case .float(let bytes, let order):
            let number = bytes == 4 ? "Float" : "Double"
            let width = bytes == 4 ? bits & 0xFFFF_FFFF : bits
            let value = "\(number)(bitPattern: 0x\(String(width, radix: 16)))"
            return order == .big ? value : "LittleEndian(\(value))"
        case .enumeration(let enumeration):
            if let name = caseName(bits, of: enumeration) { return "\(spelling).\(name)" }
            guard enumeration.isOpen else { throw error(.unknownConstant(bits), path) }
            return "\(spelling)(rawValue: \(Self.literal(Int64(bitPattern: bits), enumeration.integer)))"
        default: throw error(.missingType("constant of that type"), path)
        }
    }

    // MARK: Numbers

    static func plain(_ integer: IntegerType) -> String {
        "\(integer.isSigned ? "" : "U")Int\(8 * integer.bytes)"
    }

    static func spelling(_ integer: IntegerType) -> String {
        integer.order == .little && integer.bytes > 1 ? "LittleEndian<\(plain(integer))>" : plain(integer)
    }

    /// The low bits of a number as a literal of its type.
    static func literal(_ value: Int64, _ integer: IntegerType) -> String {
        let shift = 64 - 8 * integer.bytes
        if integer.isSigned { return "\((value << shift) >> shift)" }
        return "\((UInt64(bitPattern: value) << UInt64(shift)) >> UInt64(shift))"
    }

    // MARK: Enumerations

    /// A struct that holds any number, with a constant for each name.
    static func open(
        _ type: EnumerationType,
        _ name: String,
        _ cases: [(name: String, entry: EnumerationType.Case)]
    ) -> [String] {
        var source = SourceText()
        let raw = plain(type.integer)
        source.line("/// \(type.name.inComment): the names that are known; other values are legal.")
        source.line("struct \(name): RawRepresentable, WireValue, Hashable {")
        source.indented { source in
            source.line("var rawValue: \(raw)")
            source.line()
            source.line("init(rawValue: \(raw)) { self.rawValue = rawValue }")
            if !cases.isEmpty { source.line() }
            for (constant, entry) in cases {
                source.line("static let \(constant) = Self(rawValue: \(literal(entry.value, type.integer)))")
            }
            source.line()
            source.lines(coding(type, isPlain: type.integer.order == .big || type.integer.bytes == 1))
        }
        source.line("}")
        return source.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init
        )
    }

    /// What the library would derive for another layout: names, and little-endian bytes.
    static func coding(_ type: EnumerationType, isPlain: Bool) -> [String] {
        var source = SourceText()
        let raw = plain(type.integer)
        let order = isPlain ? "" : ", order: .little"
        source.line("static let fieldType = FieldType.enumeration(")
        source.indented { source in
            source.line("EnumerationType(")
            source.indented { source in
                source.line("name: \(swiftString(type.name)),")
                let sign = type.integer.isSigned
                source.line("integer: IntegerType(bytes: \(type.integer.bytes), isSigned: \(sign)\(order)),")
                source.line("cases: [")
                for entry in type.cases {
                    source.line("    .init(name: \(swiftString(entry.name)), value: \(entry.value)),")
                }
                source.line("],")
                source.line("isOpen: \(type.isOpen)")
            }
            source.line(")")
        }
        source.line(")")
        guard !isPlain else { return source.text.split(separator: "\n").map(String.init) }
        source.line("static var wireSizeMinimum: Int { \(type.integer.bytes) }")
        source.line("init(from reader: inout WireReader) throws(WireError) {")
        if type.isOpen {
            source.line("    rawValue = try LittleEndian<\(raw)>(from: &reader).value")
        } else {
            source.line("    let offset = reader.offset")
            source.line("    let raw = try LittleEndian<\(raw)>(from: &reader).value")
            source.line("    guard let value = Self(rawValue: raw) else {")
            source.line(
                "        throw WireError(.unknownValue(\"\\(raw)\", type: \"\\(Self.self)\"), offset: offset)"
            )
            source.line("    }")
            source.line("    self = value")
        }
        source.line("}")
        source.line("func write(to output: inout OutputRawSpan) throws(WireError) {")
        source.line("    try LittleEndian(rawValue).write(to: &output)")
        source.line("}")
        return source.text.split(separator: "\n").map(String.init)
    }
}
