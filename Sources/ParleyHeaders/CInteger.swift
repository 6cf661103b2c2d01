/// An integer constant and the type C gives it.
struct CInteger: Sendable, Hashable {
    var value: Int128
    var type: IntegerKind

    /// Width and sign, ordered by rank.
    struct IntegerKind: Sendable, Hashable {
        var bits: Int
        var isSigned: Bool

        var minimum: Int128 { isSigned ? -(Int128(1) << (bits - 1)) : 0 }
        var maximum: Int128 { (Int128(1) << (isSigned ? bits - 1 : bits)) - 1 }

        /// The usual arithmetic conversions (C17, 6.3.1.8); types of one width count as one.
        func joined(with other: Self) -> Self {
            if bits == other.bits { return Self(bits: bits, isSigned: isSigned && other.isSigned) }
            return bits > other.bits ? self : other
        }
    }

    /// The value converted to a type as C converts it: modulo 2^bits.
    func converted(to type: IntegerKind) -> CInteger {
        let mask = (Int128(1) << type.bits) - 1
        var bits = value & mask
        if type.isSigned, bits >> (type.bits - 1) != 0 { bits -= Int128(1) << type.bits }
        return CInteger(value: bits, type: type)
    }

    /// The result of an operation: unsigned types wrap, signed ones must fit.
    static func result(_ value: Int128, _ type: IntegerKind) -> CInteger? {
        if type.isSigned {
            return value >= type.minimum && value <= type.maximum ? CInteger(value: value, type: type) : nil
        }
        return CInteger(value: value, type: type).converted(to: type)
    }
}
