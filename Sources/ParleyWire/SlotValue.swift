/// What a field of a layout known at run time can be read as, and written from: integers, `Float`, `Double`
/// and `Bool`.
public protocol SlotValue: Sendable {
    /// Why the field cannot be read as this type, or nil when it can: every value of it fits.
    static func obstacle(to type: FieldType) -> String?
    /// The value of a field's bits, sign-extended when the field has a sign; of a 4-byte float widened.
    init(slotBits: UInt64)
    /// The same bits again; nil when they need more than 64.
    var slotBits: UInt64 { get }
    /// Whether it is a negative number.
    var isNegativeSlot: Bool { get }
}

extension SlotValue where Self: FixedWidthInteger {
    public static func obstacle(to type: FieldType) -> String? {
        guard let range = type.integerRange else { return "an integer" }
        let fits = Self(exactly: range.minimum) != nil && Self(exactly: range.maximum) != nil
        return fits ? nil : "an integer that holds \(range.minimum)...\(range.maximum)"
    }

    @inlinable public init(slotBits: UInt64) { self.init(truncatingIfNeeded: slotBits) }
    @inlinable public var slotBits: UInt64 { UInt64(truncatingIfNeeded: self) }
    @inlinable public var isNegativeSlot: Bool { Self.isSigned && self < 0 }
}

extension UInt8: SlotValue {}
extension UInt16: SlotValue {}
extension UInt32: SlotValue {}
extension UInt64: SlotValue {}
extension UInt: SlotValue {}
extension Int8: SlotValue {}
extension Int16: SlotValue {}
extension Int32: SlotValue {}
extension Int64: SlotValue {}
extension Int: SlotValue {}

extension Bool: SlotValue {
    public static func obstacle(to type: FieldType) -> String? {
        if case .bits(let bits) = type, bits.kind == .bool { return nil }
        return type == .bool ? nil : "a Boolean"
    }

    @inlinable public init(slotBits: UInt64) { self = slotBits == 1 }
    @inlinable public var slotBits: UInt64 { self ? 1 : 0 }
    @inlinable public var isNegativeSlot: Bool { false }
}

extension Double: SlotValue {
    public static func obstacle(to type: FieldType) -> String? {
        if case .float(8, _) = type { return nil }
        return "a floating-point number of 8 bytes"
    }

    @inlinable public init(slotBits: UInt64) { self.init(bitPattern: slotBits) }
    @inlinable public var slotBits: UInt64 { bitPattern }
    @inlinable public var isNegativeSlot: Bool { false }
}

extension Float: SlotValue {
    public static func obstacle(to type: FieldType) -> String? {
        if case .float(4, _) = type { return nil }
        return "a floating-point number of 4 bytes"
    }

    @inlinable public init(slotBits: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: slotBits)) }
    @inlinable public var slotBits: UInt64 { UInt64(bitPattern) }
    @inlinable public var isNegativeSlot: Bool { false }
}
