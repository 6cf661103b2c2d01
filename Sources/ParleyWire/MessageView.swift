/// A received message that is read where it lies: nothing is copied, nothing is allocated.
///
///     let math = try compiled.field("math", as: UInt32.self)       // once
///     let view = try MessageView(bytes, as: compiled)               // for each message
///     total += view[math]
///
/// It has checked that the bytes are a message, as decoding a ``DynamicMessage`` does; reading a field is then
/// a load. Layouts with tagged unions, or with items of changing size, are checked by reading them whole.
public struct MessageView: ~Escapable {
    /// The message's bytes as they came: gaps hold what the sender left in them.
    public let bytes: RawSpan
    @usableFromInline let layout: ObjectIdentifier

    /// - Throws: what decoding the message throws.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, as compiled: CompiledLayout) throws(WireError) {
        self.bytes = bytes
        layout = compiled.identity
        if bytes.byteCount == compiled.sizePlain { return }
        try compiled.check(bytes)
    }

    /// The value of a field.
    ///
    /// - Precondition: the slot was found in the same ``CompiledLayout``.
    @inlinable
    public subscript<Value: SlotValue>(slot: FieldSlot<Value>) -> Value {
        precondition(slot.place.layout == layout, "the field was found in another layout")
        return Value(slotBits: slot.place.load(from: bytes, 0))
    }

    /// The value of a field of the item at `index`.
    ///
    /// - Precondition: the slot was found in the same ``CompiledLayout``; `index` is less than
    ///   ``count(of:)``.
    @inlinable
    public subscript<Value: SlotValue>(slot: ItemSlot<Value>, index: Int) -> Value {
        precondition(slot.place.layout == layout, "the field was found in another layout")
        let count = slot.items.count(in: bytes.byteCount)
        precondition(index >= 0 && index < count, "there is no item \(index), there are \(count)")
        return Value(slotBits: slot.place.load(from: bytes, index &* slot.items.stride))
    }

    /// How many items there are.
    @inlinable
    public func count<Value: SlotValue>(of slot: ItemSlot<Value>) -> Int {
        slot.items.count(in: bytes.byteCount)
    }

    /// The bytes of a field of text or bytes, NULs included.
    ///
    /// - Precondition: the slot was found in the same ``CompiledLayout``.
    @inlinable
    @_lifetime(copy self)
    public func bytes(_ slot: BytesSlot) -> RawSpan {
        precondition(slot.layout == layout, "the field was found in another layout")
        let end = slot.size.map { slot.offset + $0 } ?? bytes.byteCount
        return bytes.extracting(slot.offset..<end)
    }

    /// The text up to the first NUL, with U+FFFD for what is no UTF-8.
    ///
    /// - Precondition: the slot was found in the same ``CompiledLayout``.
    public func string(_ slot: BytesSlot) -> String {
        let field = bytes(slot)
        var length = 0
        while length < field.byteCount, field.byte(at: length) != 0 { length += 1 }
        return unsafe field.extracting(0..<length).withUnsafeBytes {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}
