/// The number of a message: what tells a question from others, and its answer from theirs.
///
///     @WireMessage struct Order {
///         var number: MessageNumber<UInt16>      // the bytes of a UInt16
///         var amount: UInt32
///     }
///     let order = Order(amount: 3)
///
/// Asking with repeats (`request(_:to:retrying:)`) fills it in and takes only the answer that carries the same number;
/// `respond(remembering:)` knows a repeated question by it, and copies it into the answer. Elsewhere it is a field as
/// any: 0 unless the program gives it a value.
///
/// `Number` is an integer of 8, 16, 32 or 64 bits, in either byte order (``LittleEndian``). Numbers wrap. Of 8 bits
/// they come round after 256 messages, and what the network delays for longer than half of that is taken for another:
/// they are for those who ask a few times a minute.
@frozen
public struct MessageNumber<Number: WireCounter>: Sendable {
    public var value: Number

    @inlinable
    public init(_ value: Number) {
        self.value = value
    }

    /// 0, until somebody fills it in.
    @inlinable
    public init() {
        value = Number(count: 0)
    }
}

extension MessageNumber: Equatable where Number: Equatable {}
extension MessageNumber: Hashable where Number: Hashable {}

extension MessageNumber: WireValue {
    @inlinable public static var wireSizeMinimum: Int { Number.wireSizeMinimum }
    public static var fieldType: FieldType { Number.fieldType }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        value = try Number(from: &reader)
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        try value.write(to: &output)
    }
}

extension MessageNumber: ExpressibleByIntegerLiteral where Number: ExpressibleByIntegerLiteral {
    @inlinable
    public init(integerLiteral value: Number.IntegerLiteralType) {
        self.value = Number(integerLiteral: value)
    }
}

extension MessageNumber: CustomStringConvertible {
    public var description: String { "\(value)" }
}
