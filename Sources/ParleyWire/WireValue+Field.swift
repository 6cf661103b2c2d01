extension WireValue {
    /// The bytes of a field that is not the last one of its message.
    ///
    /// - Precondition: they do not vary: nothing after the field would have an offset.
    @inlinable public static var wireSizeFixed: Int {
        precondition(isWireSizeFixed, "only the last field of a message may vary in size; \(Self.self) does")
        return wireSizeMinimum
    }

    /// Appends the value as a field.
    ///
    /// - Throws: what the value's own encoder throws, with `field` in front of its path.
    @inlinable
    public func write(_ field: StaticString, to output: inout OutputRawSpan) throws(WireError) {
        let start = output.byteCount
        do throws(WireError) {
            try write(to: &output)
        } catch {
            throw error.notBefore(start).within(field)
        }
    }

    /// The value's bytes in an array of their own. On a stream they need a framing around them, which
    /// `Connection` adds.
    ///
    /// - Throws: what ``encode(into:)`` throws but for room: ``WireError`` with the field and the byte at which
    ///   it begins.
    public func encoded() throws(WireError) -> [UInt8] { try encodedBytes() }

    /// The same as ``encoded()``.
    public func encodedBytes() throws(WireError) -> [UInt8] {
        let size = try wireSizeOfMessage()
        var failure: WireError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var output = unsafe OutputRawSpan(
                buffer: UnsafeMutableRawBufferPointer(buffer),
                initializedCount: 0
            )
            do throws(WireError) {
                try write(to: &output)
            } catch {
                failure = error
            }
            count = unsafe output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        if let failure { throw failure }
        return bytes
    }
}

extension WireTail {
    /// Appends the tail as a field.
    @inlinable
    public func writeTail(_ field: StaticString, to output: inout OutputRawSpan) throws(WireError) {
        let start = output.byteCount
        do throws(WireError) {
            try writeTail(to: &output)
        } catch {
            throw error.notBefore(start).within(field)
        }
    }
}

extension InlineArray where Element: Equatable {
    /// Whether both arrays hold equal elements in the same places (`InlineArray` is not `Equatable`).
    @inlinable
    public func isEqual(to other: Self) -> Bool {
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}

extension InlineArray where Element: Hashable {
    /// Feeds the elements, first to last.
    @inlinable
    public func hashElements(into hasher: inout Hasher) {
        for index in indices { hasher.combine(self[index]) }
    }
}
