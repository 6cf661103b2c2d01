// What a generated decoder says to its reader besides `read`.

extension WireReader {
    /// Begins a message: checks once that all its bytes but those of `last` are there, so that the reads that
    /// follow need no check of their own.
    ///
    /// - Parameters:
    ///   - type: the message.
    ///   - last: the type of its last field, which alone may vary in size and then checks for itself.
    /// - Throws: ``WireError/Reason/tooShort(needed:found:)`` with the first incomplete field, or what is wrong before it.
    /// - Returns: where the message begins.
    @discardableResult
    @inlinable
    public func begin<Message: WireMessage, Last: WireValue>(
        _ type: Message.Type,
        last: Last.Type
    ) throws(WireError) -> Int {
        let needed = Message.wireSizeMinimum &- (Last.isWireSizeFixed ? 0 : Last.wireSizeMinimum)
        guard remaining >= needed else { throw shortage(in: Message.layout) }
        return offset
    }

    /// Begins a message that ends with a tail.
    @discardableResult
    @inlinable
    public func begin<Message: WireMessage>(_ type: Message.Type) throws(WireError) -> Int {
        guard remaining >= Message.wireSizeMinimum else { throw shortage(in: Message.layout) }
        return offset
    }

    /// What is wrong with bytes that are too few for `layout`: read field by field, as a ``DynamicMessage`` is, the
    /// error is the one that checks of every field would have found.
    @inline(never)
    @usableFromInline
    func shortage(in layout: MessageLayout) -> WireError {
        var reader = self
        do throws(WireError) {
            _ = try reader.readFields(of: layout)
        } catch {
            return error
        }
        return WireError(.tooShort(needed: layout.sizeMinimum, found: remaining), offset: offset)
    }

    /// Reads the payload of a union's case.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readPayload<Payload: WireMessage>(
        _ type: Payload.Type, _ name: StaticString
    ) throws(WireError) -> Payload {
        try read(type, name)
    }

    /// Reads the payload of a union's case that is a bare value, the field `value` of the case's layout.
    @_disfavoredOverload
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readPayload<Payload: WireValue>(
        _ type: Payload.Type, _ name: StaticString
    ) throws(WireError) -> Payload {
        do throws(WireError) {
            return try read(type, "value")
        } catch {
            throw error.within(name)
        }
    }

    /// Reads a constant of the layout.
    ///
    /// - Throws: ``WireError/Reason/wrongConstant(expected:found:)`` when another value stands there.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func expect<Value: WireValue & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) {
        try expectValue(expected, field)
    }

    /// Reads a constant of an enum whose cases the layout does not know: to the layout it is a number.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func expect<Value: WireValue & RawRepresentable & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) where Value.RawValue: WireInteger {
        try expect(expected.rawValue, field)
    }

    /// Reads a constant of an enum.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func expect<Value: WireValue & RawRepresentable & CaseIterable & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) where Value.RawValue: WireInteger {
        try expectValue(expected, field)
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func expectValue<Value: WireValue & Equatable>(
        _ expected: Value, _ field: StaticString
    ) throws(WireError) {
        let start = position
        let found = try read(Value.self, field)
        guard found == expected else {
            throw WireError(
                .wrongConstant(expected: "\(expected)", found: "\(found)"),
                field: "\(field)",
                offset: start
            )
        }
    }

    /// Reads the tag of a tagged union, which stands in front of its payload, as a number.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readTag<Tag: WireTag>(
        _ type: Tag.Type,
        _ field: StaticString
    ) throws(WireError) -> UInt64 {
        try read(Tag.TagNumber.self, field).count
    }

    /// Reads the tag that lies `distance` bytes further on, inside the payload, and stays where it is.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func peekTag<Tag: WireTag>(
        _ type: Tag.Type,
        at distance: Int,
        _ field: StaticString
    ) throws(WireError) -> UInt64 {
        let start = position
        do throws(WireError) {
            _ = try advance(distance)
            let tag = try Tag.TagNumber(from: &self).count
            position = start
            return tag
        } catch {
            throw error.within(field)
        }
    }
}

extension WireError {
    /// The error for a tag that no case of the union has.
    ///
    /// - Parameter offset: where the tag begins.
    @inline(never)
    public static func unknownTag(
        _ tag: UInt64,
        in layout: MessageLayout,
        offset: Int
    ) -> WireError {
        WireError(
            .unknownTag(tag, known: layout.variants?.cases.map(\.tag) ?? []),
            field: layout.variants?.tagName ?? "",
            offset: offset
        )
    }
}
