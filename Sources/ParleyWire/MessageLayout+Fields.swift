// How generated code spells its layout: the types know the rest.

extension MessageLayout.Field {
    /// A field that carries a value.
    ///
    /// - Parameter outer: the types that are being laid out around it.
    public static func field<Value: WireValue>(
        _ name: String,
        _ type: Value.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        Self(name, type.fieldType(inside: outer))
    }

    /// A field that carries the number of its message.
    public static func number<Number: WireCounter>(_ name: String, _ type: MessageNumber<Number>.Type) -> Self
    {
        var field = Self(name, type.fieldType)
        field.isNumber = true
        return field
    }

    /// Bytes that are kept for later.
    public static func reserved<Value: WireValue>(_ name: String, _ type: Value.Type) -> Self {
        Self(name, type.fieldType, role: .reserved)
    }

    /// A field that always has this value. Numbers, Booleans and enumerations are constants of the layout;
    /// others are values to whoever reads only the layout.
    public static func constant<Value: WireValue>(_ name: String, _ type: Value.Type, _ value: Value) -> Self
    {
        guard let bits = value.layoutBits else { return Self(name, type.fieldType) }
        return Self(name, type.fieldType, role: .constant(bits))
    }

    /// The count field of a tail.
    public static func count<Count: WireCount>(_ name: String, _ type: Count.Type) -> Self {
        Self(name, type.fieldType, role: .count)
    }

    /// A tail that is the rest of the message.
    ///
    /// - Parameter outer: the types that are being laid out around it.
    public static func tail<Tail: WireTail>(
        _ name: String,
        _ type: Tail.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        Self(name, .tail(TailType(type.tailElement(inside: outer))))
    }

    /// A tail that a field counts.
    public static func tail<Tail: WireTail, Count: WireCount>(
        _ name: String,
        _ type: Tail.Type,
        countedBy field: String,
        _ count: Count.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        let counter = TailType.Count(field: field, unit: count.unit)
        return Self(name, .tail(TailType(type.tailElement(inside: outer), count: counter)))
    }
}

extension MessageLayout.Variants {
    /// The messages that a tag of type `tag` tells apart.
    ///
    /// - Parameter offset: where the tag lies in every payload; nil when it stands in front of them.
    public init<Tag: WireTag>(
        tag: Tag.Type,
        named tagName: String,
        at offset: Int? = nil,
        isOpen: Bool = false,
        cases: [Case]
    ) {
        guard case .integer(let integer) = Tag.TagNumber.fieldType else {
            preconditionFailure("a tag is an integer, \(tag) is none")
        }
        let placement = offset.map { Placement.inside(offset: $0) } ?? .before
        self.init(tag: integer, tagName: tagName, placement: placement, cases: cases, isOpen: isOpen)
    }
}

extension MessageLayout.Variants.Case {
    /// A case that carries a message.
    public static func variant<Payload: WireMessage>(
        _ tag: UInt64,
        _ name: String,
        _ payload: Payload.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        guard case .message(let layout) = payload.fieldType(inside: outer) else {
            preconditionFailure("the layout of a message is one")
        }
        return Self(tag: tag, name: name, layout: layout)
    }

    /// A case that carries a value; in its layout the only field is called `value`.
    @_disfavoredOverload
    public static func variant<Payload: WireValue>(
        _ tag: UInt64,
        _ name: String,
        _ payload: Payload.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        let value = MessageLayout.Field.field("value", payload, inside: outer)
        return Self(tag: tag, name: name, layout: MessageLayout(name: name, packing: [value]))
    }

    /// A case that carries text, bytes or items up to the message's end; in its layout the only field is
    /// called `value`.
    public static func variant<Payload: WireTail>(
        _ tag: UInt64,
        _ name: String,
        tail payload: Payload.Type,
        inside outer: LayoutPath = LayoutPath()
    ) -> Self {
        let value = MessageLayout.Field.tail("value", payload, inside: outer)
        return Self(tag: tag, name: name, layout: MessageLayout(name: name, packing: [value]))
    }

    /// A case that carries nothing.
    public static func variant(_ tag: UInt64, _ name: String) -> Self {
        Self(tag: tag, name: name, layout: MessageLayout(name: name, packing: []))
    }
}

extension WireValue {
    /// The bits of the integer that the layout says this value is, or nil when it is none.
    fileprivate var layoutBits: UInt64? {
        let order: ByteOrder
        switch Self.fieldType {
        case .integer(let integer): order = integer.order
        case .enumeration(let enumeration): order = enumeration.integer.order
        case .float(_, let written): order = written
        case .bool: order = .big
        default: return nil
        }
        guard let bytes = try? encodedBytes() else { return nil }
        return (order == .big ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
