// How generated code spells the bit fields of its layout.

extension MessageLayout.Field {
    /// A bit field of an integer.
    public static func bits<Number: WireInteger>(
        _ name: String,
        _ type: Number.Type,
        _ width: Int,
        _ order: BitOrder
    ) -> Self {
        bits(name, width, order, Number.isSigned ? .signed : .unsigned)
    }

    /// A bit field of one bit.
    public static func bits(_ name: String, _ type: Bool.Type, _ width: Int, _ order: BitOrder) -> Self {
        bits(name, width, order, .bool)
    }

    /// A bit field of an enumeration whose cases nobody lists: a number.
    public static func bits<Value: RawRepresentable>(
        _ name: String,
        _ type: Value.Type,
        _ width: Int,
        _ order: BitOrder
    ) -> Self where Value.RawValue: WireInteger {
        bits(name, Value.RawValue.self, width, order)
    }

    /// A bit field of an enumeration with the names of all cases.
    public static func bits<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Value.Type,
        _ width: Int,
        _ order: BitOrder
    ) -> Self where Value.RawValue: WireInteger {
        let cases = Value.allCases.map { value in
            EnumerationType.Case(name: "\(value)", value: Int64(truncatingIfNeeded: value.rawValue))
        }
        let isSigned = Value.RawValue.isSigned
        return bits(
            name,
            width,
            order,
            .enumeration(name: "\(Value.self)", cases: cases, isSigned: isSigned),
            isOpen: false
        )
    }

    /// Bits kept for later.
    public static func bits(_ name: String, _ type: ReservedBits.Type, _ width: Int, _ order: BitOrder)
        -> Self
    {
        var field = bits(name, width, order, .unsigned)
        field.role = .reserved
        return field
    }

    /// The field as a constant.
    public func constant<Number: WireInteger>(_ value: Number) -> Self {
        constant(bits: UInt64(truncatingIfNeeded: value))
    }

    /// The field as a constant Boolean.
    public func constant(_ value: Bool) -> Self { constant(bits: value ? 1 : 0) }

    /// The field as a constant of an enumeration.
    public func constant<Value: RawRepresentable>(_ value: Value) -> Self where Value.RawValue: WireInteger {
        constant(value.rawValue)
    }

    private func constant(bits: UInt64) -> Self {
        var field = self
        field.role = .constant(bits)
        return field
    }

    private static func bits(
        _ name: String,
        _ width: Int,
        _ order: BitOrder,
        _ kind: BitsType.Kind,
        isOpen: Bool = true
    ) -> Self {
        Self(
            name,
            .bits(BitsType(width: width, order: order.byteOrder, kind: kind, isOpen: isOpen))
        )
    }
}
