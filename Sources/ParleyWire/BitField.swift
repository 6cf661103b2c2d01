/// What generated encoders say about bit fields.
public enum BitField {
    /// The bits of a number, as the lowest.
    ///
    /// - Parameter offset: the byte of the output that will hold the first of them, for errors.
    /// - Throws: ``WireError/Reason/outOfRange(value:minimum:maximum:)``: nothing is masked away.
    @inlinable
    public static func bits<Number: WireInteger>(
        _ value: Number,
        width: Int,
        at offset: Int,
        _ field: StaticString
    ) throws(WireError) -> UInt64 {
        check(Number.self, width)
        let above = UInt64(64 &- width)
        if Number.isSigned {
            let wide = Int64(truncatingIfNeeded: value)
            guard (wide &<< Int64(above)) &>> Int64(above) == wide else {
                throw outOfRange(
                    "\(value)",
                    Int64.min &>> Int64(above),
                    UInt64.max &>> (above &+ 1),
                    offset,
                    field
                )
            }
            return UInt64(bitPattern: wide) & (UInt64.max &>> above)
        }
        let wide = UInt64(truncatingIfNeeded: value)
        guard wide <= UInt64.max &>> above else {
            throw outOfRange("\(value)", 0, UInt64.max &>> above, offset, field)
        }
        return wide
    }

    /// The bit of a Boolean.
    @inlinable
    public static func bits(_ value: Bool, width: Int, at offset: Int, _ field: StaticString)
        throws(WireError) -> UInt64
    {
        value ? 1 : 0
    }

    /// The bits of an enumeration's raw value.
    @inlinable
    public static func bits<Value: RawRepresentable>(
        _ value: Value,
        width: Int,
        at offset: Int,
        _ field: StaticString
    ) throws(WireError) -> UInt64 where Value.RawValue: WireInteger {
        try bits(value.rawValue, width: width, at: offset, field)
    }

    /// Appends the 1 to 8 bytes that bit fields share.
    ///
    /// - Precondition: `output` has room for them.
    @inlinable
    public static func append(_ bits: UInt64, _ count: Int, _ order: BitOrder, to output: inout OutputRawSpan)
    {
        let isBig = order == .mostSignificantFirst
        switch count {
        case 1:
            output.append(UInt8(truncatingIfNeeded: bits))
        case 2:
            let raw = UInt16(truncatingIfNeeded: bits)
            unsafe output.append(isBig ? raw.bigEndian : raw.littleEndian, as: UInt16.self)
        case 4:
            let raw = UInt32(truncatingIfNeeded: bits)
            unsafe output.append(isBig ? raw.bigEndian : raw.littleEndian, as: UInt32.self)
        case 8:
            unsafe output.append(isBig ? bits.bigEndian : bits.littleEndian, as: UInt64.self)
        default:
            append(UInt128(bits), count, order, to: &output)
        }
    }

    /// Appends the bytes, up to 16, that bit fields share.
    @inlinable
    public static func append(
        _ bits: UInt128,
        _ count: Int,
        _ order: BitOrder,
        to output: inout OutputRawSpan
    ) {
        for index in 0..<count {
            let place = order == .mostSignificantFirst ? count &- 1 &- index : index
            output.append(UInt8(truncatingIfNeeded: bits &>> UInt128(8 &* place)))
        }
    }

    /// Stops a program whose field has more bits than its type; folds to nothing otherwise.
    @inlinable
    static func check<Number: FixedWidthInteger>(_ type: Number.Type, _ width: Int) {
        precondition(width <= Number.bitWidth, "\(Number.self) has fewer bits than its field")
    }

    @inline(never)
    @usableFromInline
    static func outOfRange(
        _ value: String,
        _ minimum: Int64,
        _ maximum: UInt64,
        _ offset: Int,
        _ field: StaticString
    ) -> WireError {
        WireError(
            .outOfRange(value: value, minimum: "\(minimum)", maximum: "\(maximum)"),
            field: "\(field)",
            offset: offset
        )
    }
}
