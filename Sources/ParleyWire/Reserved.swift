/// `count` bytes kept for later: sent as zero, not looked at when they come in.
public struct Reserved<let count: Int>: Sendable, Hashable {
    @inlinable public init() {}
}

extension Reserved: WireValue {
    @inlinable public static var wireSizeMinimum: Int { count }
    public static var fieldType: FieldType { .bytes(count: count) }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        _ = try reader.advance(count)
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        unsafe output.append(repeating: 0, count: count, as: UInt8.self)
    }
}
