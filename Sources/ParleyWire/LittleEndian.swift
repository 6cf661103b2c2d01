/// A number whose byte order on the wire can be chosen: the integers of fixed width, `Float` and `Double`.
public protocol WireNumber: WireValue, Hashable {
    associatedtype WireBits: WireInteger
    init(wireBits: WireBits)
    var wireBits: WireBits { get }
}

extension WireNumber where Self: WireInteger, WireBits == Self {
    @inlinable public init(wireBits: Self) { self = wireBits }
    @inlinable public var wireBits: Self { self }
}

extension UInt8: WireNumber { public typealias WireBits = UInt8 }
extension UInt16: WireNumber { public typealias WireBits = UInt16 }
extension UInt32: WireNumber { public typealias WireBits = UInt32 }
extension UInt64: WireNumber { public typealias WireBits = UInt64 }
extension Int8: WireNumber { public typealias WireBits = Int8 }
extension Int16: WireNumber { public typealias WireBits = Int16 }
extension Int32: WireNumber { public typealias WireBits = Int32 }
extension Int64: WireNumber { public typealias WireBits = Int64 }

extension Float: WireNumber {
    @inlinable public init(wireBits: UInt32) { self.init(bitPattern: wireBits) }
    @inlinable public var wireBits: UInt32 { bitPattern }
}

extension Double: WireNumber {
    @inlinable public init(wireBits: UInt64) { self.init(bitPattern: wireBits) }
    @inlinable public var wireBits: UInt64 { bitPattern }
}

/// A number that stands least significant byte first on the wire, for peers that swap nothing.
///
///     var math: LittleEndian<UInt32>
///     score.math.value                 // the number, in memory as any other
public struct LittleEndian<Number: WireNumber>: Sendable, Hashable {
    public var value: Number

    @inlinable
    public init(_ value: Number) {
        self.value = value
    }
}

extension LittleEndian: WireValue {
    @inlinable public static var wireSizeMinimum: Int { Number.wireSizeMinimum }

    public static var fieldType: FieldType {
        switch Number.fieldType {
        case .integer(let type):
            .integer(IntegerType(bytes: type.bytes, isSigned: type.isSigned, order: .little))
        case .float(let bytes, _): .float(bytes: bytes, order: .little)
        case let other: other
        }
    }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        value = Number(wireBits: Number.WireBits(littleEndian: try reader.load(Number.WireBits.self)))
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        unsafe output.append(value.wireBits.littleEndian, as: Number.WireBits.self)
    }
}

extension LittleEndian: ExpressibleByIntegerLiteral where Number: ExpressibleByIntegerLiteral {
    @inlinable
    public init(integerLiteral value: Number.IntegerLiteralType) {
        self.value = Number(integerLiteral: value)
    }
}

extension LittleEndian: ExpressibleByFloatLiteral where Number: ExpressibleByFloatLiteral {
    @inlinable
    public init(floatLiteral value: Number.FloatLiteralType) {
        self.value = Number(floatLiteral: value)
    }
}

extension LittleEndian: CustomStringConvertible {
    public var description: String { "\(value)" }
}
