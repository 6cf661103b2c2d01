/// A type with exactly the bytes of C's packed struct in network byte order. Made by `@WireMessage`.
public protocol WireMessage: WireValue, PlainMessage where Coder == WireCoder<Self> {
    /// The layout as a value: fields, offsets, sizes.
    ///
    /// A type that contains itself has a layout that ends: where it comes again stands a layout of its name
    /// without fields (``MessageLayout/isSelfReference``).
    static var layout: MessageLayout { get }
    /// The layout where the types in `outer` are being laid out, this one among them.
    static func layout(inside outer: LayoutPath) -> MessageLayout
}

extension WireMessage {
    public static var fieldType: FieldType { .message(layout) }

    public static func layout(inside outer: LayoutPath) -> MessageLayout { layout }

    public static func fieldType(inside outer: LayoutPath) -> FieldType {
        guard let inner = outer.appending(Self.self) else {
            return .message(MessageLayout(selfReference: String("\(Self.self)".prefix { $0 != "<" })))
        }
        return .message(layout(inside: inner))
    }
}

extension WireValue {
    /// Decodes a message that fills `bytes` exactly.
    ///
    /// - Throws: ``WireError`` with the field, its offset, what was expected and what was found. Never traps.
    @inlinable
    public init(decoding bytes: RawSpan) throws(WireError) {
        var reader = WireReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Decodes a message that fills an array exactly.
    ///
    /// - Throws: as ``init(decoding:)-(RawSpan)``.
    @inlinable
    public init(decoding bytes: [UInt8]) throws(WireError) {
        // The elements are bytes: nothing uninitialised lies between them.
        unsafe try self.init(decoding: bytes.span.bytes)
    }

    /// Appends the message to `output`.
    ///
    /// - Throws: ``WireError/Reason/bufferTooSmall(needed:capacity:)`` when `output` has less than `wireSize`
    ///   bytes left; ``WireError/Reason/tooDeep(maximum:)``; otherwise the field that has no representation
    ///   and the byte of this message at which it begins.
    @inlinable
    public func encode(into output: inout OutputRawSpan) throws(WireError) {
        let needed = try wireSizeOfMessage()
        guard needed <= output.freeCapacity else {
            throw WireError(.bufferTooSmall(needed: needed, capacity: output.freeCapacity))
        }
        let start = output.byteCount
        do throws(WireError) {
            try write(to: &output)
        } catch {
            throw error.notBefore(start).moved(by: -start)
        }
    }
}
