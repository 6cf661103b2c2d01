/// What generated code says about fields whose types it knows by name only.
///
/// Each function is there twice: for types that have agreed bytes, and for any other, which is never called. So
/// a field whose type has none is one error of the compiler, at the field, by the layout
/// (``MessageLayout/Field/field(_:_:inside:)``), and not one for each use of it.
public enum WireField {
    /// Stands where no program comes: the layout of the same message does not compile.
    @usableFromInline
    static func noBytes() -> Never { preconditionFailure("the type of the field has no agreed bytes") }
}

// MARK: - Values

extension WireField {
    /// The bytes of a field that is not the last one.
    @inlinable
    public static func sizeFixed<Value: WireValue>(_ type: Value.Type) -> Int {
        Value.wireSizeFixed
    }

    @_disfavoredOverload
    public static func sizeFixed<Value>(_ type: Value.Type) -> Int { noBytes() }

    /// The least bytes of a value.
    @inlinable
    public static func sizeMinimum<Value: WireValue>(_ type: Value.Type) -> Int {
        Value.wireSizeMinimum
    }

    @_disfavoredOverload
    public static func sizeMinimum<Value>(_ type: Value.Type) -> Int { noBytes() }

    /// Whether all values take as many.
    @inlinable
    public static func isSizeFixed<Value: WireValue>(_ type: Value.Type) -> Bool {
        Value.isWireSizeFixed
    }

    @_disfavoredOverload
    public static func isSizeFixed<Value>(_ type: Value.Type) -> Bool { noBytes() }

    /// The bytes of the last field and of the `count` before it.
    @inlinable
    public static func size<Value: WireValue>(
        _ value: Value,
        _ field: StaticString,
        after count: Int,
        _ nesting: WireNesting
    ) throws(WireError) -> Int {
        try value.wireSize(field, after: count, nesting)
    }

    @_disfavoredOverload
    public static func size<Value>(
        _ value: Value,
        _ field: StaticString,
        after count: Int,
        _ nesting: WireNesting
    ) throws(WireError) -> Int { noBytes() }

    /// The bytes of the payload of an `indirect` case and of the `count` before it.
    @inlinable
    public static func nestedSize<Value: WireValue>(
        _ value: Value,
        _ field: StaticString,
        after count: Int,
        _ nesting: WireNesting
    ) throws(WireError) -> Int {
        try value.nestedWireSize(field, after: count, nesting)
    }

    @_disfavoredOverload
    public static func nestedSize<Value>(
        _ value: Value,
        _ field: StaticString,
        after count: Int,
        _ nesting: WireNesting
    ) throws(WireError) -> Int { noBytes() }

    /// Begins a message.
    @inlinable
    @discardableResult
    @_lifetime(reader: copy reader)
    public static func begin<Message: WireMessage, Last: WireValue>(
        _ type: Message.Type,
        last: Last.Type,
        _ reader: inout WireReader
    ) throws(WireError) -> Int {
        try reader.begin(type, last: last)
    }

    @_disfavoredOverload
    @discardableResult
    @_lifetime(reader: copy reader)
    public static func begin<Message: WireMessage, Last>(
        _ type: Message.Type,
        last: Last.Type,
        _ reader: inout WireReader
    ) throws(WireError) -> Int { noBytes() }

    /// Reads a field.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func read<Value: WireValue>(
        _ type: Value.Type,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) -> Value {
        try reader.read(type, field)
    }

    @_disfavoredOverload
    @_lifetime(reader: copy reader)
    public static func read<Value>(_ type: Value.Type, _ field: StaticString, _ reader: inout WireReader)
        throws(WireError) -> Value
    { noBytes() }

    /// Reads the payload of an `indirect` case.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func readNested<Value: WireValue>(
        _ type: Value.Type,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) -> Value {
        try reader.readNested(type, field)
    }

    @_disfavoredOverload
    @_lifetime(reader: copy reader)
    public static func readNested<Value>(
        _ type: Value.Type,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) -> Value { noBytes() }

    /// Appends a field.
    @inlinable
    public static func write<Value: WireValue>(
        _ value: Value,
        _ field: StaticString,
        to output: inout OutputRawSpan
    ) throws(WireError) {
        try value.write(field, to: &output)
    }

    @_disfavoredOverload
    public static func write<Value>(_ value: Value, _ field: StaticString, to output: inout OutputRawSpan)
        throws(WireError)
    { noBytes() }

    /// Appends the payload of an `indirect` case.
    @inlinable
    public static func writeNested<Value: WireValue>(
        _ value: Value,
        _ field: StaticString,
        to output: inout OutputRawSpan
    ) throws(WireError) {
        try value.writeNested(field, to: &output)
    }

    @_disfavoredOverload
    public static func writeNested<Value>(
        _ value: Value,
        _ field: StaticString,
        to output: inout OutputRawSpan
    ) throws(WireError) { noBytes() }
}

// MARK: - Constants

extension WireField {
    /// Reads a constant; see ``WireReader/expect(_:_:)-(Value,_)``.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func expect<Value: WireValue & Equatable>(
        _ expected: Value,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) {
        try reader.expect(expected, field)
    }

    /// Reads a constant; see ``WireReader/expect(_:_:)-(Value,_)``.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func expect<Value: WireValue & RawRepresentable & Equatable>(
        _ expected: Value,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) where Value.RawValue: WireInteger {
        try reader.expect(expected, field)
    }

    /// Reads a constant; see ``WireReader/expect(_:_:)-(Value,_)``.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func expect<Value: WireValue & RawRepresentable & CaseIterable & Equatable>(
        _ expected: Value,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) where Value.RawValue: WireInteger {
        try reader.expect(expected, field)
    }

    @_disfavoredOverload
    @_lifetime(reader: copy reader)
    public static func expect<Value>(_ expected: Value, _ field: StaticString, _ reader: inout WireReader)
        throws(WireError)
    { noBytes() }
}

// MARK: - Tails

extension WireField {
    /// The bytes of a tail and of the `count` before it.
    @inlinable
    public static func tailSize<Tail: WireTail>(
        _ tail: Tail,
        _ field: StaticString,
        after count: Int,
        _ nesting: WireNesting
    ) throws(WireError) -> Int {
        try tail.tailByteCount(field, after: count, nesting)
    }

    @_disfavoredOverload
    public static func tailSize<Tail>(
        _ tail: Tail,
        _ field: StaticString,
        after count: Int,
        _ nesting: WireNesting
    ) throws(WireError) -> Int { noBytes() }

    /// Reads a tail that is the rest of the bytes.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func readTail<Tail: WireTail>(
        _ type: Tail.Type,
        _ field: StaticString,
        _ reader: inout WireReader
    ) throws(WireError) -> Tail {
        try reader.readTail(type, field)
    }

    @_disfavoredOverload
    @_lifetime(reader: copy reader)
    public static func readTail<Tail>(_ type: Tail.Type, _ field: StaticString, _ reader: inout WireReader)
        throws(WireError) -> Tail
    { noBytes() }

    /// Reads a tail of which a count field told the size.
    @inlinable
    @_lifetime(reader: copy reader)
    public static func readTail<Tail: WireTail, Count: WireCount>(
        _ type: Tail.Type,
        _ field: StaticString,
        counted count: UInt64,
        by unit: Count.Type,
        messageStart start: Int,
        _ reader: inout WireReader
    ) throws(WireError) -> Tail {
        try reader.readTail(type, field, counted: count, by: unit, messageStart: start)
    }

    @_disfavoredOverload
    @_lifetime(reader: copy reader)
    public static func readTail<Tail, Count: WireCount>(
        _ type: Tail.Type,
        _ field: StaticString,
        counted count: UInt64,
        by unit: Count.Type,
        messageStart start: Int,
        _ reader: inout WireReader
    ) throws(WireError) -> Tail { noBytes() }

    /// Appends a tail.
    @inlinable
    public static func writeTail<Tail: WireTail>(
        _ tail: Tail,
        _ field: StaticString,
        to output: inout OutputRawSpan
    ) throws(WireError) {
        try tail.writeTail(field, to: &output)
    }

    @_disfavoredOverload
    public static func writeTail<Tail>(_ tail: Tail, _ field: StaticString, to output: inout OutputRawSpan)
        throws(WireError)
    { noBytes() }

    /// Appends the count of a tail.
    @inlinable
    public static func writeCount<Count: WireCount, Tail: WireTail>(
        _ type: Count.Type,
        _ field: StaticString,
        of tail: Tail,
        messageSize: Int,
        to output: inout OutputRawSpan
    ) throws(WireError) {
        try Count.write(field, of: tail, messageSize: messageSize, to: &output)
    }

    @_disfavoredOverload
    public static func writeCount<Count: WireCount, Tail>(
        _ type: Count.Type,
        _ field: StaticString,
        of tail: Tail,
        messageSize: Int,
        to output: inout OutputRawSpan
    ) throws(WireError) { noBytes() }
}
