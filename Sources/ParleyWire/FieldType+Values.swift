extension FieldType {
    /// The integer that the value is, also of an enumeration.
    public var integer: IntegerType? {
        switch self {
        case .integer(let integer): integer
        case .enumeration(let enumeration): enumeration.integer
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
        default: preconditionFailure("a constant is a number")
        }
    }

    /// Whether two values have the same bytes in this type: 1 is the same signed and unsigned.
    func isSame(_ left: FieldValue, _ right: FieldValue) -> Bool {
        guard let integer else { return left == right }
        let bits = integer.bits(of: left)
        return bits != nil && bits == integer.bits(of: right)
    }

    /// A value of this type in words: the name of an enumeration's case, otherwise the number.
    func text(of value: FieldValue) -> String {
        if case .enumeration(let enumeration) = self, let name = enumeration.name(of: value) { return name }
        switch value {
        case .signed(let number): return String(number)
        case .unsigned(let number): return String(number)
        case .float(let number): return String(number)
        case .bool(let flag): return String(flag)
        case .bytes, .array, .message: return value.kind
        }
    }
}
