/// A type with exactly the bytes of C's packed struct in network byte order. Made by `@WireMessage`.
public protocol WireMessage: WireValue, PlainMessage where Coder == WireCoder<Self> {
    /// The layout as a value: fields, offsets, sizes.
    static var layout: MessageLayout { get }
}

extension WireMessage {
    @inlinable public static var fieldType: FieldType { .message(layout) }
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
    ///   bytes left.
    @inlinable
    public func encode(into output: inout OutputRawSpan) throws(WireError) {
        let needed = wireSize
        guard needed <= output.freeCapacity else {
            throw WireError(.bufferTooSmall(needed: needed, capacity: output.freeCapacity))
        }
        try write(to: &output)
    }
}
