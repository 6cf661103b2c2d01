/// Some bits of a message: a bit field.
///
/// Consecutive bit fields share bytes. Each is a ``MessageLayout/Field`` of its own whose `offset` is the
/// byte that holds its first bit; together they fill whole bytes.
///
///      0                   1                        version: 4 bits from bit 0 of byte 0
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5               ihl: 4 bits from bit 4 of byte 0
///     |version|  ihl  |dscp       |ecn|              in the order `.big`: 45 00 is version 4, ihl 5
public struct BitsType: Sendable, Hashable {
    /// How many bits: 1 to 64.
    public var width: Int
    /// Where in its first byte the field begins, 0 to 7, counted in `order`.
    public var firstBit: Int
    /// Big: bit 0 is the most significant of a byte, and values stand most significant bit first, as in the
    /// pictures of RFCs and on big-endian machines. Little: bit 0 is the least significant, and values grow
    /// to later bits and bytes, as compilers for little-endian machines do it.
    public var order: ByteOrder
    public var kind: Kind
    /// Whether a value without a name is legal (C) or refused (a Swift enum). It means nothing to other kinds
    /// than enumerations.
    public var isOpen: Bool

    /// What the bits stand for.
    public enum Kind: Sendable, Hashable {
        case unsigned
        /// Two's complement.
        case signed
        /// One bit.
        case bool
        case enumeration(name: String, cases: [EnumerationType.Case], isSigned: Bool)
    }

    /// - Precondition: `width` is from 1 to 64, `firstBit` from 0 to 7, a Boolean has one bit.
    public init(
        width: Int,
        firstBit: Int = 0,
        order: ByteOrder = .big,
        kind: Kind = .unsigned,
        isOpen: Bool = true
    ) {
        self.width = width
        self.firstBit = firstBit
        self.order = order
        self.kind = kind
        self.isOpen = isOpen
        check()
    }

    func check() {
        precondition(1...64 ~= width, "a bit field has 1 to 64 bits, not \(width)")
        precondition(0...7 ~= firstBit, "a bit field begins in its first byte, not at bit \(firstBit)")
        precondition(kind != .bool || width == 1, "a Boolean has one bit, not \(width)")
    }
}

extension BitsType {
    /// The bytes that hold at least one of the bits: 1 to 9.
    public var bytesTouched: Int { (firstBit + width + 7) / 8 }

    /// The bytes that no later bit field shares.
    var bytesFinished: Int { (firstBit + width) / 8 }

    public var isSigned: Bool {
        switch kind {
        case .signed: true
        case .enumeration(_, _, let isSigned): isSigned
        case .unsigned, .bool: false
        }
    }

    /// The least value.
    public var minimum: Int64 { isSigned ? Int64.min >> (64 - width) : 0 }

    /// The greatest value.
    public var maximum: UInt64 { UInt64.max >> (64 - width + (isSigned ? 1 : 0)) }

    package var mask: UInt64 { UInt64.max >> (64 - width) }

    /// The value that the low bits of `bits` stand for.
    public func value(bits: UInt64) -> FieldValue {
        if kind == .bool { return .bool(bits & 1 == 1) }
        guard isSigned else { return .unsigned(bits & mask) }
        return .signed(Int64(bitPattern: bits << (64 - width)) >> (64 - width))
    }

    /// The bits of `value`, or nil when it is of another kind or outside the range.
    public func bits(of value: FieldValue) -> UInt64? {
        switch value {
        case .bool(let flag):
            return kind == .bool ? (flag ? 1 : 0) : nil
        case .signed(let number) where kind != .bool:
            guard number >= minimum, number < 0 || UInt64(number) <= maximum else { return nil }
            return UInt64(bitPattern: number) & mask
        case .unsigned(let number) where kind != .bool:
            return number <= maximum ? number : nil
        default:
            return nil
        }
    }

    /// The case of the enumeration whose value has these bits.
    public func named(bits: UInt64) -> EnumerationType.Case? {
        guard case .enumeration(_, let cases, _) = kind else { return nil }
        return cases.first { (UInt64(bitPattern: $0.value) ^ bits) & mask == 0 }
    }

    /// Whether the bits stand for a value at all: those of a closed enumeration must have a name.
    func isLegal(_ bits: UInt64) -> Bool {
        guard !isOpen, case .enumeration = kind else { return true }
        return named(bits: bits) != nil
    }
}

extension BitsType {
    /// Where the bits are, without what they mean.
    package var place: BitPlace { BitPlace(width: width, firstBit: firstBit, isBig: order == .big) }

    /// The bits of the field whose first byte is at `offset`, the last as the lowest.
    ///
    /// - Precondition: all bytes that it touches lie inside of `span`.
    func load(from span: RawSpan, at offset: Int) -> UInt64 { place.load(from: span, at: offset) }

    /// Puts the low bits of `bits` into their place and leaves the others as they are.
    ///
    /// - Precondition: all bytes that it touches lie inside of `bytes`.
    func store(_ bits: UInt64, in bytes: inout [UInt8], at offset: Int) {
        let count = bytesTouched
        let shift = order == .big ? 8 * count - firstBit - width : firstBit
        let value = UInt128(bits & mask) << shift
        let hole = UInt128(mask) << shift
        for index in 0..<count {
            let place = 8 * (order == .big ? count - 1 - index : index)
            let kept = bytes[offset + index] & ~UInt8(truncatingIfNeeded: hole >> place)
            bytes[offset + index] = kept | UInt8(truncatingIfNeeded: value >> place)
        }
    }
}
