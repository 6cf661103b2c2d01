/// A value that knows its bytes: which they are, how many, in which order.
///
/// Numbers, `Bool`, ``CString``, ``Bytes``, ``Reserved``, inline arrays, ``LittleEndian`` and every
/// `@WireMessage` type conform. An enum with a fixed-width raw type conforms by saying so: `enum Colour:
/// UInt8, WireValue { … }`.
public protocol WireValue: Sendable {
    /// The layout of the value.
    static var fieldType: FieldType { get }
    /// The same where the types in `outer` are being laid out: one of them that comes again stands for itself.
    static func fieldType(inside outer: LayoutPath) -> FieldType
    /// The least bytes a value takes.
    static var wireSizeMinimum: Int { get }
    /// Whether all values take `wireSizeMinimum` bytes.
    static var isWireSizeFixed: Bool { get }

    /// The bytes this value takes.
    var wireSize: Int { get }
    /// The bytes this value takes, when it is not nested deeper than is accepted. A type that can contain
    /// itself says so here; others have `wireSize` alone.
    ///
    /// - Throws: ``WireError/Reason/tooDeep(maximum:)`` with the field and its offset in this value.
    func wireSize(nesting: WireNesting) throws(WireError) -> Int

    /// Reads a value and moves `reader` past it.
    init(from reader: inout WireReader) throws(WireError)

    /// Appends the value's `wireSize` bytes.
    ///
    /// - Precondition: `output` has room for them; messages check once for all their fields.
    /// - Throws: ``WireError`` when the value has no representation: a tail that its count field cannot
    ///   count. Its offset is a byte of `output`, as `output.byteCount` tells where it stands; what says none
    ///   is about the value as a whole.
    func write(to output: inout OutputRawSpan) throws(WireError)
}

extension WireValue {
    @inlinable public static var isWireSizeFixed: Bool { true }
    @inlinable public var wireSize: Int { Self.wireSizeMinimum }
    public static func fieldType(inside outer: LayoutPath) -> FieldType { fieldType }
}

/// An integer of a width that all machines agree on: not `Int`, not `UInt`.
public protocol WireInteger: WireValue, FixedWidthInteger, BitwiseCopyable {}

extension WireInteger {
    @inlinable public static var wireSizeMinimum: Int { MemoryLayout<Self>.size }

    public static var fieldType: FieldType {
        .integer(IntegerType(bytes: MemoryLayout<Self>.size, isSigned: isSigned))
    }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        self = Self(bigEndian: try reader.load(Self.self))
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        unsafe output.append(bigEndian, as: Self.self)
    }
}

extension UInt8: WireInteger {}
extension UInt16: WireInteger {}
extension UInt32: WireInteger {}
extension UInt64: WireInteger {}
extension Int8: WireInteger {}
extension Int16: WireInteger {}
extension Int32: WireInteger {}
extension Int64: WireInteger {}

extension Float: WireValue {
    @inlinable public static var wireSizeMinimum: Int { 4 }
    public static var fieldType: FieldType { .float(bytes: 4, order: .big) }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        self.init(bitPattern: try UInt32(from: &reader))
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        try bitPattern.write(to: &output)
    }
}

extension Double: WireValue {
    @inlinable public static var wireSizeMinimum: Int { 8 }
    public static var fieldType: FieldType { .float(bytes: 8, order: .big) }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        self.init(bitPattern: try UInt64(from: &reader))
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        try bitPattern.write(to: &output)
    }
}

extension Bool: WireValue {
    @inlinable public static var wireSizeMinimum: Int { 1 }
    public static var fieldType: FieldType { .bool }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        let offset = reader.offset
        let byte = try UInt8(from: &reader)
        guard byte <= 1 else { throw WireError(.notBoolean(byte), offset: offset) }
        self = byte == 1
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        output.append(self ? 1 : 0)
    }
}
