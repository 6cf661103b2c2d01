extension FieldType {
    /// The integer that the value is, also of an enumeration.
    public var integer: IntegerType? {
        switch self {
        case .integer(let integer): integer
        case .enumeration(let enumeration): enumeration.integer
        default: nil
        }
    }

    /// The name that the value has in an enumeration, of bits too; nil when it has none.
    public func caseName(of value: FieldValue) -> String? {
        switch self {
        case .enumeration(let enumeration): enumeration.name(of: value)
        case .bits(let bits): bits.bits(of: value).flatMap { bits.named(bits: $0)?.name }
        default: nil
        }
    }

    /// The least and the greatest integer, or nil when values are no integers.
    public var integerRange: (minimum: Int64, maximum: UInt64)? {
        switch self {
        case .integer(let integer): (integer.minimum, integer.maximum)
        case .enumeration(let enumeration): (enumeration.integer.minimum, enumeration.integer.maximum)
        case .bits(let bits): bits.kind == .bool ? nil : (bits.minimum, bits.maximum)
        default: nil
        }
    }

    /// The value that a constant's bits stand for in a field of this type.
    func constant(_ bits: UInt64) -> FieldValue {
        switch self {
        case .integer(let integer): integer.value(bits: bits)
        case .enumeration(let enumeration): enumeration.integer.value(bits: bits)
        case .float(4, _): .float(FloatBits.widen(UInt32(truncatingIfNeeded: bits)))
        case .float: .float(Double(bitPattern: bits))
        case .bool: .bool(bits & 1 == 1)
        case .bits(let type): type.value(bits: bits)
        default: preconditionFailure("a constant is a number")
        }
    }

    /// Whether two values have the same bytes in this type: 1 is the same signed and unsigned.
    func isSame(_ left: FieldValue, _ right: FieldValue) -> Bool {
        if case .bits(let type) = self {
            let bits = type.bits(of: left)
            return bits != nil && bits == type.bits(of: right)
        }
        guard let integer else { return left == right }
        let bits = integer.bits(of: left)
        return bits != nil && bits == integer.bits(of: right)
    }

    /// A value of this type in words: the name of an enumeration's case, otherwise the number.
    func text(of value: FieldValue) -> String {
        if let name = caseName(of: value) { return name }
        switch value {
        case .signed(let number): return String(number)
        case .unsigned(let number): return String(number)
        case .float(let number): return String(number)
        case .bool(let flag): return String(flag)
        case .bytes, .array, .message: return value.kind
        }
    }
}
