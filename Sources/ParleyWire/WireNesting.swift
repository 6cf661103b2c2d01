/// How deep the values that are being read or measured lie inside of one another.
///
/// A message type may contain itself: in a tail (`var items: [Node]`), or in a case of an `indirect` enum. How
/// deep its messages go is then up to whoever sends them, and each level takes stack. So a level is counted
/// wherever a type can come again: for the items of a tail that vary in size, and for the payload of an
/// `indirect` case. Types that do not nest pay nothing.
public struct WireNesting: Sendable {
    /// The most levels: 32.
    ///
    /// Measured with messages of a count and a tail of themselves and with `indirect` enums: to read, measure
    /// or write a level takes up to 7.5 KB of stack in a debug build, 2.3 KB in a release build. So 32 levels
    /// take at most 260 KB: half of 512 KB, the least stack of a thread that runs Swift's tasks or Parley's
    /// event loops (Linux gives 8 MB unless `ulimit -s` says otherwise).
    public static let levelsMax = 32

    /// The most bytes that the items of the third level and deeper may take in memory, one of each level added
    /// up.
    ///
    /// What is read lies on the stack, in a debug build several times, until it is in its array. A type with a
    /// large inline field that contains itself meets this limit before the other, and so does any type whose
    /// items of the third level vary in size and take more than this inline.
    public static let bytesMax = 8 << 10

    @usableFromInline var levels: Int32
    @usableFromInline var bytes: Int32

    /// The outermost message.
    @inlinable
    public init() {
        levels = 0
        bytes = 0
    }

    /// One level further in.
    ///
    /// - Throws: ``WireError/Reason/tooDeep(maximum:)``, at byte 0: who asks knows where it stands.
    @inlinable
    public func inner<Value>(_ type: Value.Type) throws(WireError) -> WireNesting {
        var inner = self
        inner.levels &+= 1
        // The first levels may be as large as they are: no sender adds to them.
        if levels >= 2 { inner.bytes &+= Int32(clamping: MemoryLayout<Value>.size) }
        guard inner.levels <= Self.levelsMax, inner.bytes <= Self.bytesMax else { throw Self.excess(levels) }
        return inner
    }

    @inline(never)
    @usableFromInline
    static func excess(_ levels: Int32) -> WireError { WireError(.tooDeep(maximum: Int(levels))) }

    /// What properties that cannot throw say of a value that is nested too deep: more bytes than any buffer
    /// has, and few enough to be added up.
    @usableFromInline static var immeasurable: Int { 1 << 40 }
}

// MARK: - Measuring

extension WireValue {
    /// A value that is measured without a limit: it does not nest.
    @inlinable
    public func wireSize(nesting: WireNesting) throws(WireError) -> Int { wireSize }

    /// The bytes of a value that may nest, for properties that cannot throw.
    @inlinable public var measuredWireSize: Int {
        do throws(WireError) {
            return try wireSize(nesting: WireNesting())
        } catch {
            return WireNesting.immeasurable
        }
    }

    /// The bytes of a whole message, when it can have any.
    ///
    /// - Throws: ``WireError/Reason/tooDeep(maximum:)``.
    @inlinable
    func wireSizeOfMessage() throws(WireError) -> Int {
        let size = try wireSize(nesting: WireNesting())
        guard size < WireNesting.immeasurable else { throw WireNesting.excess(Int32(WireNesting.levelsMax)) }
        return size
    }

    /// The bytes of the last field of a message and of the `count` before it.
    @inlinable
    public func wireSize(_ field: StaticString, after count: Int, _ nesting: WireNesting) throws(WireError)
        -> Int
    {
        do throws(WireError) {
            return count &+ (try wireSize(nesting: nesting))
        } catch {
            throw error.moved(by: count).within(field)
        }
    }

    /// The bytes of the payload of an `indirect` case and of the `count` before it.
    @inline(never)
    @inlinable
    public func nestedWireSize(_ field: StaticString, after count: Int, _ nesting: WireNesting)
        throws(WireError) -> Int
    {
        do throws(WireError) {
            return count &+ (try wireSize(nesting: try nesting.inner(Self.self)))
        } catch {
            throw error.moved(by: count).within(field)
        }
    }
}

extension WireTail {
    /// A tail that is measured without a limit: it does not nest.
    @inlinable
    public func tailByteCount(nesting: WireNesting) throws(WireError) -> Int { tailByteCount }

    /// The bytes of the tail of a message and of the `count` before it.
    @inlinable
    public func tailByteCount(_ field: StaticString, after count: Int, _ nesting: WireNesting)
        throws(WireError) -> Int
    {
        do throws(WireError) {
            return count &+ (try tailByteCount(nesting: nesting))
        } catch {
            throw error.moved(by: count).within(field)
        }
    }
}

// MARK: - Writing

extension WireValue {
    /// Appends the payload of an `indirect` case.
    @inline(never)
    @inlinable
    public func writeNested(_ field: StaticString, to output: inout OutputRawSpan) throws(WireError) {
        try write(field, to: &output)
    }
}

// MARK: - Reading

extension WireReader {
    /// Reads a value of a field whose type may contain this very message again: a payload of an `indirect`
    /// case, or what a hand-written type keeps behind a reference.
    ///
    /// - Throws: what the value's own decoder throws, with `field` in front of its path;
    ///   ``WireError/Reason/tooDeep(maximum:)`` beyond ``WireNesting/levelsMax``.
    @inline(never)
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readNested<Value: WireValue>(
        _ type: Value.Type,
        _ field: StaticString
    ) throws(WireError) -> Value {
        let outer = nesting
        do throws(WireError) {
            try descend(into: type)
            let value = try Value(from: &self)
            nesting = outer
            return value
        } catch {
            throw error.within(field)
        }
    }

    /// Counts a level.
    @inlinable
    @_lifetime(self: copy self)
    mutating func descend<Value>(into type: Value.Type) throws(WireError) {
        do throws(WireError) {
            nesting = try nesting.inner(type)
        } catch {
            throw error.moved(by: offset)
        }
    }
}

extension WireError {
    /// The same error seen from where the offset is `count` bytes more.
    @inline(never)
    @usableFromInline
    func moved(by count: Int) -> WireError {
        var error = self
        error.offset += count
        return error
    }

    /// An encoder's error at the value that began at byte `start` of the output. An encoder that says no byte
    /// means its own first.
    @inline(never)
    @usableFromInline
    func notBefore(_ start: Int) -> WireError {
        var error = self
        error.offset = Swift.max(offset, start)
        return error
    }
}
