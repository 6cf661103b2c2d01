/// A fixed array, `[4 of UInt16]`: its elements one after another.
extension InlineArray: WireValue where Element: WireValue {
    @inlinable public static var wireSizeMinimum: Int { count * Element.wireSizeMinimum }
    @inlinable public static var isWireSizeFixed: Bool { Element.isWireSizeFixed }

    public static var fieldType: FieldType { fieldType(inside: LayoutPath()) }

    public static func fieldType(inside outer: LayoutPath) -> FieldType {
        .array(of: Element.fieldType(inside: outer), count: count)
    }

    @inlinable public var wireSize: Int {
        Element.isWireSizeFixed ? Self.wireSizeMinimum : measuredWireSize
    }

    @inlinable
    public func wireSize(nesting: WireNesting) throws(WireError) -> Int {
        if Element.isWireSizeFixed { return Self.wireSizeMinimum }
        var total = 0
        for index in indices {
            do throws(WireError) {
                total &+= try self[index].wireSize(nesting: nesting)
            } catch {
                throw error.moved(by: total).within(index: index)
            }
        }
        return total
    }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        self = try Self.read(from: &reader)
    }

    // `InlineArray`'s initialisers take closures, and a closure cannot hold the reader: fill a list of
    // optionals first would allocate, so the first element stands in for the others until they are read.
    @inlinable
    static func read(from reader: inout WireReader) throws(WireError) -> Self {
        if Element.self == UInt8.self {
            // The same type by another name: all bytes come in one copy.
            return try unsafe unsafeBitCast(reader.load(InlineArray<count, UInt8>.self), to: Self.self)
        }
        guard count > 0 else {
            return Self { (_: Int) -> Element in preconditionFailure("an empty array has no elements") }
        }
        var result = Self(repeating: try element(0, from: &reader))
        var index = 1
        while index < count {
            result[index] = try element(index, from: &reader)
            index &+= 1
        }
        return result
    }

    @inlinable
    static func element(_ index: Int, from reader: inout WireReader) throws(WireError) -> Element {
        do throws(WireError) {
            return try Element(from: &reader)
        } catch {
            throw error.within(index: index)
        }
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        for index in indices {
            let start = output.byteCount
            do throws(WireError) {
                try self[index].write(to: &output)
            } catch {
                throw error.notBefore(start).within(index: index)
            }
        }
    }
}
