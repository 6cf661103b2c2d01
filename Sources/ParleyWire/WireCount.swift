/// A number that can count: a fixed-width integer, in either byte order.
public protocol WireCounter: WireValue {
    static var countMaximum: UInt64 { get }
    /// Whether its least significant byte comes first.
    static var isLittleEndian: Bool { get }
    /// - Precondition: `count` is at most `countMaximum`.
    init(count: UInt64)
    /// The count; a negative number has its sign in all higher bits, and so counts as more than anything.
    var count: UInt64 { get }
}

extension WireCounter where Self: WireInteger {
    @inlinable public static var countMaximum: UInt64 { UInt64(clamping: Self.max) }
    @inlinable public static var isLittleEndian: Bool { false }
    @inlinable public init(count: UInt64) { self = Self(truncatingIfNeeded: count) }
    @inlinable public var count: UInt64 { UInt64(truncatingIfNeeded: self) }
}

extension UInt8: WireCounter {}
extension UInt16: WireCounter {}
extension UInt32: WireCounter {}
extension UInt64: WireCounter {}
extension Int8: WireCounter {}
extension Int16: WireCounter {}
extension Int32: WireCounter {}
extension Int64: WireCounter {}

extension LittleEndian: WireCounter where Number: WireCounter {
    @inlinable public static var countMaximum: UInt64 { Number.countMaximum }
    @inlinable public static var isLittleEndian: Bool { true }
    @inlinable public init(count: UInt64) { self.init(Number(count: count)) }
    @inlinable public var count: UInt64 { value.count }
}

/// A field that counts the tail of its message. It holds nothing: encoding computes it, decoding checks it.
///
///     @WireMessage struct Block {
///         var length: ByteCount<UInt16>      // the bytes of `body`
///         var body: [UInt8]
///     }
public protocol WireCount: Sendable, Hashable {
    associatedtype Counter: WireCounter
    static var unit: CountUnit { get }
    init()
}

/// The bytes of the tail.
public struct ByteCount<Counter: WireCounter>: WireCount {
    public static var unit: CountUnit { .bytes }
    @inlinable public init() {}
}

/// The items of the tail.
public struct ItemCount<Counter: WireCounter>: WireCount {
    public static var unit: CountUnit { .items }
    @inlinable public init() {}
}

/// The bytes of the whole message: its fixed fields, this count and the tail (the length field of UDP and of
/// many TLVs).
public struct MessageByteCount<Counter: WireCounter>: WireCount {
    public static var unit: CountUnit { .messageBytes }
    @inlinable public init() {}
}

extension WireCount {
    @inlinable public static var wireSizeMinimum: Int { Counter.wireSizeMinimum }
    public static var fieldType: FieldType { Counter.fieldType }

    /// Appends the count of `tail`.
    ///
    /// - Parameter messageSize: the whole message's size in bytes.
    /// - Throws: ``WireError/Reason/countOverflow(_:unit:maximum:)``.
    @inlinable
    public static func write(
        _ field: StaticString,
        of tail: some WireTail,
        messageSize: Int,
        to output: inout OutputRawSpan
    ) throws(WireError) {
        let count =
            switch unit {
            case .bytes: UInt64(tail.tailByteCount)
            case .items: UInt64(tail.tailItemCount)
            case .messageBytes: UInt64(messageSize)
            }
        guard count <= Counter.countMaximum else {
            throw WireError(
                .countOverflow(count, unit: unit, maximum: Counter.countMaximum),
                field: "\(field)",
                offset: output.byteCount
            )
        }
        try Counter(count: count).write(to: &output)
    }
}
