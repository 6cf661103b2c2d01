// Types that look like fields and have no agreed bytes. The macro says so where it sees their names; behind a
// type alias, and for types that it does not know, the compiler finds these sentences, at the field.

extension MessageLayout.Field {
    @_disfavoredOverload
    @available(*, unavailable, message: "Int has 8 bytes here and 4 elsewhere: say Int32 or Int64")
    public static func field(_ name: String, _ type: Int.Type, inside outer: LayoutPath = LayoutPath())
        -> Self
    {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(*, unavailable, message: "UInt has 8 bytes here and 4 elsewhere: say UInt32 or UInt64")
    public static func field(_ name: String, _ type: UInt.Type, inside outer: LayoutPath = LayoutPath())
        -> Self
    {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "String has no fixed size: say CString<n> for a field, TailText for the tail"
    )
    public static func field(_ name: String, _ type: String.Type, inside outer: LayoutPath = LayoutPath())
        -> Self
    {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "a Character has no fixed size: say UInt8 for ASCII, UInt32 for Unicode"
    )
    public static func field(_ name: String, _ type: Character.Type, inside outer: LayoutPath = LayoutPath())
        -> Self
    {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "no byte says that nothing is there: add a Bool, or say which value means none"
    )
    public static func field<Wrapped>(
        _ name: String,
        _ type: Wrapped?.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(*, unavailable, message: "a tail is last and spelled [T]; say [n of T] for a fixed number")
    public static func field<Element>(
        _ name: String,
        _ type: [Element].Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message:
            "an enum of numbers is a field when it says so: add WireValue, as in enum Colour: UInt8, WireValue"
    )
    public static func field<Value: RawRepresentable>(
        _ name: String,
        _ type: Value.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self where Value.RawValue: WireInteger {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "an enum of strings has no fixed size: give it numbers, as in enum Colour: UInt8, WireValue"
    )
    public static func field<Value: RawRepresentable>(
        _ name: String,
        _ type: Value.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self where Value.RawValue == String {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "the type has no agreed bytes: make it a @WireMessage struct, or a WireValue enum"
    )
    public static func field<Value>(
        _ name: String,
        _ type: Value.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "the type has no agreed bytes: make it a @WireMessage struct, or a WireValue enum"
    )
    public static func constant<Value>(_ name: String, _ type: Value.Type, _ value: Value) -> Self {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "the items have no agreed bytes: make their type a @WireMessage struct, or a WireValue enum"
    )
    public static func tail<Tail>(_ name: String, _ type: Tail.Type, inside outer: LayoutPath = LayoutPath())
        -> Self
    {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "the items have no agreed bytes: make their type a @WireMessage struct, or a WireValue enum"
    )
    public static func tail<Tail, Count: WireCount>(
        _ name: String,
        _ type: Tail.Type,
        countedBy field: String,
        _ count: Count.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "bits hold an integer, a Boolean or an enum of numbers: this type is none"
    )
    public static func bits<Value>(_ name: String, _ type: Value.Type, _ width: Int, _ order: BitOrder)
        -> Self
    {
        WireField.noBytes()
    }

    @_disfavoredOverload
    public func constant<Value>(_ value: Value) -> Self { WireField.noBytes() }
}

extension MessageLayout.Variants.Case {
    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "the type has no agreed bytes: make it a @WireMessage struct, or a WireValue enum"
    )
    public static func variant<Payload>(
        _ tag: UInt64,
        _ name: String,
        _ payload: Payload.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        WireField.noBytes()
    }

    @_disfavoredOverload
    @available(
        *,
        unavailable,
        message: "the items have no agreed bytes: make their type a @WireMessage struct, or a WireValue enum"
    )
    public static func variant<Payload>(
        _ tag: UInt64,
        _ name: String,
        tail payload: Payload.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        WireField.noBytes()
    }
}

extension BitField {
    @_disfavoredOverload
    public static func bits<Value>(_ value: Value, width: Int, at offset: Int, _ field: StaticString)
        throws(WireError) -> UInt64
    { WireField.noBytes() }
}

extension WireReader {
    @_disfavoredOverload
    public func bits<Value>(
        _ type: Value.Type,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) -> Value { WireField.noBytes() }

    @_disfavoredOverload
    public func expectBits<Value>(
        _ expected: Value,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) { WireField.noBytes() }
}
