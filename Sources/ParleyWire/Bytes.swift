/// Exactly `count` bytes without a meaning of their own: C's `uint8_t key[n]`, as a value without allocation.
public struct Bytes<let count: Int>: Sendable {
    /// The bytes, first to last.
    public var storage: InlineArray<count, UInt8>

    /// All bytes zero.
    @inlinable
    public init() {
        storage = InlineArray(repeating: 0)
    }

    @inlinable
    public init(_ storage: InlineArray<count, UInt8>) {
        self.storage = storage
    }

    /// Bytes that number exactly `count`.
    ///
    /// - Throws: ``WireError/Reason/doesNotFit(bytes:capacity:)`` when they are fewer or more.
    public init(_ bytes: some Collection<UInt8>) throws(WireError) {
        guard bytes.count == count else { throw WireError(.doesNotFit(bytes: bytes.count, capacity: count)) }
        storage = InlineArray(repeating: 0)
        for (index, byte) in zip(storage.indices, bytes) { storage[index] = byte }
    }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    /// The bytes as an array.
    public var array: [UInt8] { storage.indices.map { storage[$0] } }
}

extension Bytes: WireValue {
    @inlinable public static var wireSizeMinimum: Int { count }
    public static var fieldType: FieldType { .bytes(count: count) }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        storage = try reader.load(InlineArray<count, UInt8>.self)
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        unsafe output.append(storage, as: InlineArray<count, UInt8>.self)
    }
}

extension Bytes: Hashable {
    @inlinable
    public static func == (left: Bytes, right: Bytes) -> Bool {
        for index in left.storage.indices where left.storage[index] != right.storage[index] { return false }
        return true
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        for index in storage.indices { hasher.combine(storage[index]) }
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    /// Bytes in the source. Another number of them is a mistake of the program and stops it.
    public init(arrayLiteral elements: UInt8...) {
        do {
            try self.init(elements)
        } catch {
            preconditionFailure("\(elements.count) bytes for a field of \(count)")
        }
    }
}

extension Bytes: CustomStringConvertible {
    /// The bytes in hexadecimal.
    public var description: String {
        array.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
