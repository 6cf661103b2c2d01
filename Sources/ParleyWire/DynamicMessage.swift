/// A message whose layout is known only at run time: from a C header, a spelled-out layout, a file.
///
/// It has exactly the bytes that a `@WireMessage` type of the same layout has, and refuses the same bytes
/// with the same errors. It holds its encoding, so encoding cannot fail for anything but room, and a field is
/// read when asked for.
///
///     let score = try DynamicMessage(layout: layout, values: ["name": "Trans", "math": 83, "chinese": 86])
///     score["math"]                    // .unsigned(83)
public struct DynamicMessage: Sendable {
    public let compiled: CompiledLayout
    /// The encoded message: counts computed, reserved bytes and padding zero.
    public let bytes: [UInt8]

    /// A message with these values. Count fields are computed, constants filled in, reserved bytes zero.
    ///
    /// - Parameter values: one for every field of the layout that carries a value, in any order. Counts and
    ///   constants may be given when they are right.
    /// - Throws: ``WireError`` with the field and its offset: a value that is missing, unknown, of the wrong
    ///   kind, out of range or too long for its field, or a tail that its count field cannot count.
    public init(layout: MessageLayout, values: FieldValues) throws(WireError) {
        try self.init(as: CompiledLayout(layout), values: values)
    }

    /// A message with these values; see ``init(layout:values:)``.
    public init(as compiled: CompiledLayout, values: FieldValues) throws(WireError) {
        var writer = DynamicWriter()
        try writer.write(values, of: compiled.layout)
        self.compiled = compiled
        bytes = writer.bytes
        // Nothing is made that could not be read again (a list of items each of which takes all the rest,
        // say).
        if !compiled.accepts(bytes.rawSpan) { _ = try Self.read(bytes.rawSpan, compiled.layout) }
    }

    /// Decodes a message that fills `bytes` exactly.
    ///
    /// - Throws: ``WireError`` with the field, its offset, what was expected and what was found. Never traps,
    ///   and sets no memory aside for what a count merely promises.
    public init(decoding bytes: RawSpan, as layout: MessageLayout) throws(WireError) {
        try self.init(decoding: bytes, as: CompiledLayout(layout))
    }

    /// Decodes a message that fills `bytes` exactly; see ``init(decoding:as:)-(_,MessageLayout)``.
    public init(decoding bytes: RawSpan, as compiled: CompiledLayout) throws(WireError) {
        self.compiled = compiled
        if compiled.accepts(bytes) {
            self.bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        } else {
            var writer = DynamicWriter()
            try writer.write(try Self.read(bytes, compiled.layout), of: compiled.layout)
            self.bytes = writer.bytes
        }
    }

    /// Gives a field another value.
    ///
    /// - Throws: as ``init(layout:values:)`` does; the message is then as it was.
    public mutating func set(_ name: String, to value: FieldValue) throws(WireError) {
        var values = values
        let counts = layout.fields.filter { $0.role == .count && $0.name != name }.map(\.name)
        for count in counts { values[count] = nil }
        values[name] = value
        self = try DynamicMessage(as: compiled, values: values)
    }

    /// Appends the message to `output`.
    ///
    /// - Throws: ``WireError/Reason/bufferTooSmall(needed:capacity:)`` when `output` has less than `wireSize`
    ///   bytes left.
    public func encode(into output: inout OutputRawSpan) throws(WireError) {
        guard wireSize <= output.freeCapacity else {
            throw WireError(.bufferTooSmall(needed: wireSize, capacity: output.freeCapacity))
        }
        output.append(contentsOf: bytes)
    }
}

extension DynamicMessage {
    public var layout: MessageLayout { compiled.layout }

    /// The bytes that the message takes.
    public var wireSize: Int { bytes.count }

    /// All values in the order of the layout, counts and constants included; the case of a tagged union comes
    /// last, under its name.
    public var values: FieldValues {
        // The bytes have been read or written by this very type: they can be read.
        (try? Self.read(bytes.rawSpan, layout)) ?? FieldValues()
    }

    /// The value of a field, nil when the layout has none of that name or nothing is kept in it.
    public subscript(name: String) -> FieldValue? {
        guard let index = compiled.indices[name] else { return layout.variants == nil ? nil : values[name] }
        let field = layout.fields[index]
        if field.role == .reserved { return nil }
        if case .tail = field.type { return values[name] }
        var reader = WireReader(bytes.rawSpan, at: field.offset)
        return try? reader.readValue(of: field.type)
    }

    private static func read(_ bytes: RawSpan, _ layout: MessageLayout) throws(WireError) -> FieldValues {
        var reader = WireReader(bytes)
        let values = try reader.readFields(of: layout)
        try reader.finish()
        return values
    }
}

extension DynamicMessage: Hashable {
    /// Two messages are equal when their layouts and all their bytes are.
    public static func == (left: DynamicMessage, right: DynamicMessage) -> Bool {
        left.bytes == right.bytes && (left.compiled === right.compiled || left.layout == right.layout)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}

extension WireReader {
    /// A reader that begins inside its bytes.
    @_lifetime(copy bytes)
    fileprivate init(_ bytes: RawSpan, at offset: Int) {
        precondition(offset <= bytes.byteCount, "the field lies outside the message")
        self.init(bytes)
        position = offset
    }
}
