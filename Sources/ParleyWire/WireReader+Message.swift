// What a generated decoder says to its reader besides `read`.

extension WireReader {
    /// Begins a message: checks once that all its bytes but those of `last` are there, so that the reads that
    /// follow need no check of their own.
    ///
    /// - Parameters:
    ///   - type: the message.
    ///   - last: the type of its last field, which alone may vary in size and then checks for itself.
    /// - Throws: ``WireError/Reason/tooShort(needed:found:)`` with the first field that is not complete.
    /// - Returns: where the message begins.
    @discardableResult
    @inlinable
    public func begin<Message: WireMessage, Last: WireValue>(
        _ type: Message.Type,
        last: Last.Type
    ) throws(WireError) -> Int {
        let needed = Message.wireSizeMinimum &- (Last.isWireSizeFixed ? 0 : Last.wireSizeMinimum)
        guard remaining >= needed else { throw shortage(in: Message.layout, needed) }
        return offset
    }

    /// Begins a message that ends with a tail.
    @discardableResult
    @inlinable
    public func begin<Message: WireMessage>(_ type: Message.Type) throws(WireError) -> Int {
        let needed = Message.wireSizeMinimum
        guard remaining >= needed else { throw shortage(in: Message.layout, needed) }
        return offset
    }

    /// The first field of `layout` that is not complete, as an error.
    @inline(never)
    @usableFromInline
    func shortage(in layout: MessageLayout, _ needed: Int) -> WireError {
        FieldType.message(layout).shortage(of: remaining, at: offset)
            ?? WireError(.tooShort(needed: needed, found: remaining), offset: offset)
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

extension FieldType {
    /// The error for a value of which only `available` bytes are there, at its first incomplete field.
    fileprivate func shortage(of available: Int, at offset: Int) -> WireError? {
        guard sizeMinimum > available else { return nil }
        switch self {
        case .array(let element, _) where element.sizeMinimum > 0:
            let complete = available / element.sizeMinimum
            let begun = complete * element.sizeMinimum
            return element.shortage(of: available - begun, at: offset + begun)?.within(index: complete)
        case .message(let layout):
            for field in layout.fields where field.offset + field.type.sizeMinimum > available {
                let error = field.type.shortage(of: available - field.offset, at: offset + field.offset)
                return error?.within(field.name)
            }
            fallthrough
        default:
            return WireError(.tooShort(needed: sizeMinimum, found: available), offset: offset)
        }
    }
}
