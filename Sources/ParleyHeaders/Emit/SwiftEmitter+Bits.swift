import ParleyWire

/// Bit fields: `@Bits(4) var version: UInt8`.
extension SwiftEmitter {
    /// The declaration of a bit field.
    mutating func bitProperty(
        _ field: MessageLayout.Field,
        _ bits: BitsType,
        _ name: String,
        _ path: String
    ) throws(EmissionError) -> String {
        let width = "@Bits(\(bits.width))"
        switch field.role {
        case .reserved, .padding: return "\(width) var \(name): ReservedBits"
        case .count: throw error(.missingType("count of bits"), path)
        case .value: return "\(width) var \(name): \(try bitType(bits, path))"
        case .constant(let value):
            let type = try bitType(bits, path)
            let integer = Self.integer(of: bits)
            // The sign of a signed constant is its uppermost bit.
            let wide = bits.value(bits: value).integer(Int64.self) ?? Int64(bitPattern: value)
            if bits.kind == .bool { return "\(width) let \(name): Bool = \(value & 1 == 1)" }
            guard case .enumeration = bits.kind else {
                return "\(width) let \(name): \(type) = \(Self.literal(wide, integer))"
            }
            let text = try constant(
                UInt64(bitPattern: wide),
                .enumeration(Self.enumeration(of: bits)),
                type,
                path
            )
            return "\(width) let \(name): \(type) = \(text)"
        }
    }

    private mutating func bitType(_ bits: BitsType, _ path: String) throws(EmissionError) -> String {
        switch bits.kind {
        case .bool: return "Bool"
        case .unsigned, .signed: return Self.plain(Self.integer(of: bits))
        case .enumeration(let name, _, _):
            let type = Self.enumeration(of: bits)
            let spelling = try enumeration(type, path)
            // Here the layout takes the name from the type.
            guard type.isOpen || spelling == name else { throw error(.name(name), path) }
            return spelling
        }
    }

    /// The least integer that holds so many bits.
    private static func integer(of bits: BitsType) -> IntegerType {
        let bytes = [1, 2, 4, 8].first { 8 * $0 >= bits.width } ?? 8
        return IntegerType(bytes: bytes, isSigned: bits.isSigned)
    }

    private static func enumeration(of bits: BitsType) -> EnumerationType {
        guard case .enumeration(let name, let cases, _) = bits.kind else {
            return EnumerationType(name: "", integer: integer(of: bits), cases: [], isOpen: true)
        }
        return EnumerationType(name: name, integer: integer(of: bits), cases: cases, isOpen: bits.isOpen)
    }

    /// The order of a message's bits; nil without bit fields.
    func bitOrder(_ fields: [MessageLayout.Field], _ path: String) throws(EmissionError) -> ByteOrder? {
        var order: ByteOrder?
        var begin = 0
        for field in fields {
            guard case .bits(let bits) = field.type else { continue }
            if let order, bits.order != order {
                throw error(.missingType("message whose bits stand in two orders"), path + "." + field.name)
            }
            order = bits.order
            if bits.firstBit == 0 { begin = field.offset }
            // The macro's limit: what it gathers before the next border between bytes.
            guard field.offset + bits.bytesTouched - begin <= 16 else {
                throw error(
                    .missingType("run of more than 16 bytes of bits without a border between bytes"),
                    path + "." + field.name
                )
            }
        }
        return order
    }
}
