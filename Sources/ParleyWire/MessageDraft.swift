/// A message that is put together field by field in bytes that are used again and again: nothing is
/// allocated.
///
///     let math = try compiled.field("math", as: UInt32.self)       // once
///     var draft = MessageDraft(compiled)
///     try draft.set(math, 83)                                       // for each message
///     try draft.encode(into: &output)
///
/// Constants are there from the start, counts follow the tail, everything else is zero until it is set, and
/// stays as it is from one message to the next.
public struct MessageDraft: Sendable {
    public let compiled: CompiledLayout
    @usableFromInline var storage: [UInt8]
    /// The layout's own, kept here so that a field set counts no references.
    @usableFromInline let layout: ObjectIdentifier
    @usableFromInline let sizePlain: Int
    private let tail: DraftTail?

    /// A message of zeros, constants and an empty tail.
    ///
    /// - Precondition: the layout has no tagged union: which case would it be?
    public init(_ compiled: CompiledLayout) {
        precondition(compiled.layout.variants == nil, "a draft has one layout: make it of a case's")
        self.compiled = compiled
        layout = compiled.identity
        sizePlain = compiled.sizePlain
        storage = Array(repeating: 0, count: compiled.layout.sizeMinimum)
        tail = DraftTail(compiled.layout, at: 0)
        writeConstants(of: .message(compiled.layout), at: 0)
        // Zero bytes, or those of the fields alone: what counts them holds as much.
        if let tail { tail.store(tail.count(of: 0) ?? 0, in: &storage) }
    }

    /// The message as it is now.
    public var bytes: [UInt8] { storage }

    /// The same where it lies, to be sent without a copy.
    public var span: RawSpan {
        @_lifetime(borrow self) get { unsafe storage.span.bytes }
    }

    /// The bytes that the message takes.
    @inlinable public var wireSize: Int { storage.count }

    /// Gives a field a value.
    ///
    /// - Throws: ``WireError/Reason/outOfRange(value:minimum:maximum:)`` when the field has too few bits for
    ///   it; ``WireError/Reason/wrongKind(expected:found:)`` when the field is a count or a constant.
    /// - Precondition: the slot was found in the same ``CompiledLayout``.
    @inlinable
    public mutating func set<Value: SlotValue>(_ slot: FieldSlot<Value>, _ value: Value) throws(WireError) {
        try set(slot.place, 0, value.slotBits, value.isNegativeSlot, slot.path)
    }

    /// Gives a field of the item at `index` a value.
    ///
    /// - Throws: as ``set(_:_:)-(FieldSlot<Value>,_)``.
    /// - Precondition: the slot was found in the same ``CompiledLayout``; there is such an item.
    @inlinable
    public mutating func set<Value: SlotValue>(_ slot: ItemSlot<Value>, _ index: Int, _ value: Value)
        throws(WireError)
    {
        let count = slot.items.count(in: storage.count)
        precondition(index >= 0 && index < count, "there is no item \(index), there are \(count)")
        let distance = index &* slot.items.stride
        try set(slot.place, distance, value.slotBits, value.isNegativeSlot, slot.path)
    }

    @inlinable
    mutating func set(
        _ place: SlotPlace,
        _ distance: Int,
        _ bits: UInt64,
        _ isNegative: Bool,
        _ path: String
    ) throws(WireError) {
        precondition(place.layout == layout, "the field was found in another layout")
        guard place.isValue, place.fits(bits, isNegative: isNegative) else {
            throw refusal(place, bits, isNegative, path)
        }
        place.store(bits, in: &storage, distance)
    }
}

extension MessageDraft {
    /// Gives a field of text or bytes, or the tail, its bytes; text is padded with NUL.
    ///
    /// - Throws: ``WireError/Reason/doesNotFit(bytes:capacity:)`` when text is too long, or other bytes are not
    ///   as many as the field has; ``WireError/Reason/countOverflow(_:unit:maximum:)`` when the tail's count
    ///   cannot say how many. The message is then as it was.
    /// - Precondition: the slot was found in the same ``CompiledLayout``.
    public mutating func set(_ slot: BytesSlot, _ content: RawSpan) throws(WireError) {
        precondition(slot.layout == layout, "the field was found in another layout")
        let count = content.byteCount
        if let size = slot.size {
            guard count == size || slot.isText && count < size else {
                throw WireError(
                    .doesNotFit(bytes: count, capacity: size),
                    field: slot.path,
                    offset: slot.offset
                )
            }
        } else {
            try resizeTail(items: count, bytes: count)
        }
        let end = slot.offset + (slot.size ?? count)
        unsafe storage.withUnsafeMutableBytes { buffer in
            unsafe content.withUnsafeBytes { source in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[slot.offset..<end])
                unsafe target.copyMemory(from: source)
                for index in count..<target.count { unsafe target[index] = 0 }
            }
        }
    }

    /// Gives a field its bytes; see ``set(_:_:)-(BytesSlot,RawSpan)``.
    public mutating func set(_ slot: BytesSlot, _ content: [UInt8]) throws(WireError) {
        unsafe try set(slot, content.span.bytes)
    }

    /// Gives a field the UTF-8 of a text; see ``set(_:_:)-(BytesSlot,RawSpan)``.
    public mutating func set(_ slot: BytesSlot, _ text: String) throws(WireError) {
        unsafe try set(slot, text.utf8.span.bytes)
    }

    /// Makes the tail as many items; new ones are zero but for their constants.
    ///
    /// - Throws: ``WireError/Reason/countOverflow(_:unit:maximum:)`` when the tail's count cannot say as many.
    /// - Precondition: the slot was found in the same ``CompiledLayout``, in its tail; `count` is not
    ///   negative.
    public mutating func setCount<Value: SlotValue>(of slot: ItemSlot<Value>, _ count: Int) throws(WireError)
    {
        precondition(slot.place.layout == layout, "the field was found in another layout")
        precondition(slot.items.count == nil && count >= 0, "\(slot.path) is no part of a tail")
        let before = slot.items.count(in: storage.count)
        try resizeTail(items: count, bytes: count * slot.items.stride)
        guard let item = tail?.type.itemType else { return }
        for index in before..<max(before, count) {
            writeConstants(of: item, at: slot.items.offset + index * slot.items.stride)
        }
    }

    /// Appends the message to `output`.
    ///
    /// - Throws: ``WireError/Reason/bufferTooSmall(needed:capacity:)`` when `output` has less room;
    ///   ``WireError/Reason/unknownValue(_:type:)`` when a closed enumeration still holds a value without a
    ///   name.
    @inlinable
    public func encode(into output: inout OutputRawSpan) throws(WireError) {
        guard storage.count <= output.freeCapacity else {
            throw WireError(.bufferTooSmall(needed: storage.count, capacity: output.freeCapacity))
        }
        if storage.count != sizePlain { unsafe try compiled.check(storage.span.bytes) }
        output.append(contentsOf: storage)
    }

    /// A copy of the message.
    ///
    /// - Throws: as ``encode(into:)`` does for values without a name.
    public func message() throws(WireError) -> DynamicMessage {
        try DynamicMessage(decoding: storage.rawSpan, as: compiled)
    }
}

extension MessageDraft {
    private mutating func resizeTail(items: Int, bytes: Int) throws(WireError) {
        guard let tail else { preconditionFailure("the layout has no tail") }
        if let unit = tail.unit {
            let count = unit == .items ? UInt64(items) : tail.count(of: bytes) ?? 0
            guard count <= tail.countMaximum else {
                throw WireError(
                    .countOverflow(count, unit: unit, maximum: tail.countMaximum),
                    field: tail.countName
                )
            }
            tail.store(count, in: &storage)
        }
        let size = tail.offset + bytes
        if size < storage.count {
            storage.removeLast(storage.count - size)
        } else if size > storage.count {
            storage += [UInt8](repeating: 0, count: size - storage.count)
        }
    }

    private mutating func writeConstants(of type: FieldType, at offset: Int) {
        switch type {
        case .message(let layout):
            for field in layout.fields {
                guard case .constant(let bits) = field.role else {
                    writeConstants(of: field.type, at: offset + field.offset)
                    continue
                }
                if case .bits(let type) = field.type {
                    type.store(bits, in: &storage, at: offset + field.offset)
                    continue
                }
                var writer = DynamicWriter()
                // A constant of the layout is a value of its type.
                try? writer.write(field.type.constant(bits), as: field.type)
                for (index, byte) in writer.bytes.enumerated() {
                    storage[offset + field.offset + index] = byte
                }
            }
        case .array(let element, let count):
            for index in 0..<count { writeConstants(of: element, at: offset + index * element.sizeMinimum) }
        default:
            break
        }
    }

    @usableFromInline
    @inline(never)
    func refusal(_ place: SlotPlace, _ bits: UInt64, _ isNegative: Bool, _ path: String) -> WireError {
        guard place.isValue else {
            return WireError(
                .wrongKind(expected: "a field that carries a value", found: "a count or a constant"),
                field: path,
                offset: place.offset
            )
        }
        let type = BitsType(width: Int(place.width), kind: place.isSigned ? .signed : .unsigned)
        return WireError(
            .outOfRange(
                value: isNegative ? "\(Int64(bitPattern: bits))" : "\(bits)",
                minimum: "\(type.minimum)",
                maximum: "\(type.maximum)"
            ),
            field: path,
            offset: place.offset
        )
    }
}

/// The tail of a draft and the field that counts it.
private struct DraftTail: Sendable {
    /// Where the message begins whose tail it is, and where the tail does.
    var start: Int
    var offset: Int
    var type: TailType
    var countField: MessageLayout.Field?

    init?(_ layout: MessageLayout, at start: Int) {
        var (layout, start) = (layout, start)
        while case .message(let inner)? = layout.fields.last?.type {
            start += layout.fields.last?.offset ?? 0
            layout = inner
        }
        guard let last = layout.fields.last, case .tail(let type) = last.type else { return nil }
        self.start = start
        self.type = type
        offset = start + last.offset
        countField = type.count.flatMap { layout.field($0.field) }
    }

    var unit: CountUnit? { countField == nil ? nil : type.count?.unit }
    var countName: String { countField?.name ?? "" }
    var countMaximum: UInt64 { countField?.type.integerRange?.maximum ?? .max }

    /// What counts a tail of so many bytes; nil when it counts items.
    func count(of bytes: Int) -> UInt64? {
        switch unit {
        case .bytes: UInt64(bytes)
        case .messageBytes: UInt64(offset - start + bytes)
        case .items, nil: nil
        }
    }

    func store(_ count: UInt64, in bytes: inout [UInt8]) {
        guard let countField else { return }
        let offset = start + countField.offset
        switch countField.type {
        case .bits(let bits):
            bits.store(count, in: &bytes, at: offset)
        case .integer(let integer):
            for index in 0..<integer.bytes {
                bytes[offset + index] = UInt8(truncatingIfNeeded: count >> integer.shift(ofByte: index))
            }
        default:
            break
        }
    }
}
