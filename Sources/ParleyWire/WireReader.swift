/// A place in the bytes of a message, from which values are read one after another.
///
/// Generated decoders use it; so do hand-written ones. It never reads outside its bytes: what is missing is a
/// ``WireError`` with the field and the offset.
public struct WireReader: ~Escapable {
    @usableFromInline let bytes: RawSpan
    /// The bytes that are left of the current message; a counted tail narrows it.
    ///
    /// Every read compares with this number alone: after one check up front the optimiser sees that the
    /// others hold.
    @usableFromInline var rest: Int
    @usableFromInline var limit: Int
    /// How deep what is read lies inside of what contains it.
    @usableFromInline var nesting: WireNesting

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
        rest = bytes.byteCount
        limit = bytes.byteCount
        nesting = WireNesting()
    }

    /// The bytes that are left.
    @inlinable public var remaining: Int { rest }

    /// The next byte to be read, counted from the outermost message's first.
    @inlinable public var offset: Int { limit &- rest }

    /// The same as `offset`; setting it goes back or on.
    @usableFromInline var position: Int {
        @inlinable get { limit &- rest }
        @inlinable @_lifetime(self: copy self) set { rest = limit &- newValue }
    }

    /// Where the current message ends. Setting it leaves the position alone.
    @usableFromInline var end: Int {
        @inlinable get { limit }
        @inlinable @_lifetime(self: copy self) set {
            rest = newValue &- position
            limit = newValue
        }
    }

    /// Reads a value of a field.
    ///
    /// - Throws: what the value's own decoder throws, with `field` in front of its path.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func read<Value: WireValue>(
        _ type: Value.Type,
        _ field: StaticString
    ) throws(WireError) -> Value {
        do throws(WireError) {
            return try Value(from: &self)
        } catch {
            throw error.within(field)
        }
    }

    /// Says that the message has no more fields.
    ///
    /// - Throws: ``WireError/Reason/tooLong(expected:found:)`` when bytes are left.
    @inlinable
    public func finish() throws(WireError) {
        guard rest == 0 else {
            throw WireError(.tooLong(expected: offset, found: end), offset: offset)
        }
    }

    /// Moves past `count` bytes and tells where they began.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func advance(_ count: Int) throws(WireError) -> Int {
        guard count <= rest else { throw shortage(of: count) }
        let start = position
        rest &-= count
        return start
    }

    @usableFromInline
    @inline(never)
    func shortage(of count: Int) -> WireError {
        WireError(.tooShort(needed: count, found: remaining), offset: offset)
    }

    /// Copies the next bytes as they are into a trivial value, for numbers and inline bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func load<Value: BitwiseCopyable>(_ type: Value.Type) throws(WireError) -> Value {
        let start = try advance(MemoryLayout<Value>.size)
        // `advance` has checked that the value's bytes lie inside.
        return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: type)
    }
}
