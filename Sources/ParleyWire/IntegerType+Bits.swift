extension IntegerType {
    /// The least value.
    public var minimum: Int64 { isSigned ? Int64.min >> (64 - 8 * bytes) : 0 }

    /// The greatest value.
    public var maximum: UInt64 { UInt64.max >> (64 - 8 * bytes + (isSigned ? 1 : 0)) }

    /// The bits of the integer's width.
    package var mask: UInt64 { UInt64.max >> (64 - 8 * bytes) }

    /// The value that the low bits of `bits` stand for.
    public func value(bits: UInt64) -> FieldValue {
        guard isSigned else { return .unsigned(bits & mask) }
        let shift = 64 - 8 * bytes
        return .signed(Int64(bitPattern: bits << shift) >> shift)
    }

    /// The bits of `value`, or nil when it is no integer or outside the range.
    public func bits(of value: FieldValue) -> UInt64? {
        switch value {
        case .signed(let number):
            guard number >= minimum, number < 0 || UInt64(number) <= maximum else { return nil }
            return UInt64(bitPattern: number) & mask
        case .unsigned(let number):
            return number <= maximum ? number : nil
        default:
            return nil
        }
    }

    /// The same width and sign in the other byte order.
    public var swapped: IntegerType {
        IntegerType(bytes: bytes, isSigned: isSigned, order: order == .big ? .little : .big)
    }
}

extension EnumerationType {
    /// The case whose value has these bits.
    public func named(bits: UInt64) -> Case? {
        cases.first { (UInt64(bitPattern: $0.value) ^ bits) & integer.mask == 0 }
    }

    /// The name of the value, or nil when it has none.
    public func name(of value: FieldValue) -> String? {
        integer.bits(of: value).flatMap { named(bits: $0)?.name }
    }
}

/// Floats widen and narrow without touching a NaN's payload: what was received is sent again bit by bit.
enum FloatBits {
    static func widen(_ bits: UInt32) -> Double {
        let narrow = Float(bitPattern: bits)
        guard narrow.isNaN else { return Double(narrow) }
        let sign = UInt64(bits >> 31) << 63
        return Double(bitPattern: sign | 0x7FF << 52 | UInt64(bits & 0x7F_FFFF) << 29)
    }

    /// Nil when the number is finite and too large.
    static func narrow(_ wide: Double) -> UInt32? {
        if wide.isNaN {
            let sign = UInt32(wide.bitPattern >> 63) << 31
            let payload = UInt32(truncatingIfNeeded: wide.bitPattern >> 29) & 0x7F_FFFF
            return sign | 0x7F80_0000 | (payload == 0 ? 0x40_0000 : payload)
        }
        let narrow = Float(wide)
        return narrow.isInfinite && wide.isFinite ? nil : narrow.bitPattern
    }
}
