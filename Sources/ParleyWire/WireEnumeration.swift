/// An enum with a fixed-width raw type is a field as soon as it says so: `enum Colour: UInt8, WireValue {
/// case red = 1 }`.
extension WireValue where Self: RawRepresentable, RawValue: WireInteger {
    @inlinable public static var wireSizeMinimum: Int { RawValue.wireSizeMinimum }

    public static var fieldType: FieldType { RawValue.fieldType }

    /// - Throws: ``WireError/Reason/unknownValue(_:type:)`` when no case has the raw value that came in.
    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        let offset = reader.offset
        let raw = try RawValue(from: &reader)
        guard let value = Self(rawValue: raw) else {
            throw WireError(.unknownValue("\(raw)", type: "\(Self.self)"), offset: offset)
        }
        self = value
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        try rawValue.write(to: &output)
    }
}

extension WireValue where Self: RawRepresentable & CaseIterable, RawValue: WireInteger {
    /// The layout with the names of all cases.
    public static var fieldType: FieldType {
        guard case .integer(let integer) = RawValue.fieldType else { return RawValue.fieldType }
        let cases = allCases.map { value in
            EnumerationType.Case(name: "\(value)", value: Int64(truncatingIfNeeded: value.rawValue))
        }
        return .enumeration(
            EnumerationType(name: "\(Self.self)", integer: integer, cases: cases, isOpen: false)
        )
    }
}

/// One sentence for the compiler; the members are never called.
extension WireValue where Self: RawRepresentable, RawValue == String {
    @available(
        *,
        unavailable,
        message: "an enum of strings has no fixed size: give it numbers, as in enum Colour: UInt8, WireValue"
    )
    public static var fieldType: FieldType { WireField.noBytes() }
    public static var wireSizeMinimum: Int { WireField.noBytes() }
    public init(from reader: inout WireReader) throws(WireError) { WireField.noBytes() }
    public func write(to output: inout OutputRawSpan) throws(WireError) { WireField.noBytes() }
}

/// One sentence for the compiler; the members are never called.
extension WireValue where Self: RawRepresentable, RawValue == Int {
    @available(
        *,
        unavailable,
        message: "Int has 8 bytes here and 4 elsewhere: say Int32, as in enum Colour: Int32, WireValue"
    )
    public static var fieldType: FieldType { WireField.noBytes() }
    public static var wireSizeMinimum: Int { WireField.noBytes() }
    public init(from reader: inout WireReader) throws(WireError) { WireField.noBytes() }
    public func write(to output: inout OutputRawSpan) throws(WireError) { WireField.noBytes() }
}

/// One sentence for the compiler; the members are never called.
extension WireValue where Self: RawRepresentable, RawValue == UInt {
    @available(
        *,
        unavailable,
        message: "UInt has 8 bytes here and 4 elsewhere: say UInt32, as in enum Colour: UInt32, WireValue"
    )
    public static var fieldType: FieldType { WireField.noBytes() }
    public static var wireSizeMinimum: Int { WireField.noBytes() }
    public init(from reader: inout WireReader) throws(WireError) { WireField.noBytes() }
    public func write(to output: inout OutputRawSpan) throws(WireError) { WireField.noBytes() }
}
