// Reading values of a layout that is known only at run time. Field by field it does what generated decoders
// do with the same reader, so the errors are the same: reason, path and offset.

extension WireReader {
    /// Reads the fields of a message; padding and reserved bytes are passed over.
    @_lifetime(self: copy self)
    mutating func readFields(of layout: MessageLayout) throws(WireError) -> FieldValues {
        if layout.isSelfReference { throw WireError(.selfReference(type: layout.name), offset: offset) }
        // As generated decoders do: a message that ends early is told as such, whatever else is wrong with
        // it.
        guard remaining >= layout.sizeFixed else { throw shortage(in: layout, layout.sizeFixed) }
        let start = position
        var values = FieldValues()
        values.elements.reserveCapacity(layout.fields.count)
        var count = CountValue.unsigned(0)
        for field in layout.fields {
            do throws(WireError) {
                guard let value = try readField(field, count: &count, messageStart: start) else { continue }
                values.elements.append(FieldValues.Element(field.name, value))
            } catch {
                throw error.within(field.name)
            }
        }
        if let variants = layout.variants { try readVariant(variants, into: &values) }
        return values
    }

    @_lifetime(self: copy self)
    private mutating func readField(
        _ field: MessageLayout.Field,
        count: inout CountValue,
        messageStart: Int
    ) throws(WireError) -> FieldValue? {
        switch field.role {
        case .reserved, .padding:
            if case .bits(let bits) = field.type {
                _ = try loadBits(bits)
            } else {
                _ = try advance(field.type.sizeMinimum)
            }
            return nil
        case .count:
            let value = try readValue(of: field.type)
            count = CountValue(value)
            return value
        case .constant(let bits):
            let start = position
            let value = try readValue(of: field.type)
            let expected = field.type.constant(bits)
            guard value == expected else {
                throw WireError(
                    .wrongConstant(
                        expected: field.type.text(of: expected),
                        found: field.type.text(of: value)
                    ),
                    offset: start
                )
            }
            return value
        case .value:
            guard case .tail(let tail) = field.type else { return try readValue(of: field.type) }
            return try readTail(tail, counted: count, messageStart: messageStart)
        }
    }

    @_lifetime(self: copy self)
    mutating func readValue(of type: FieldType) throws(WireError) -> FieldValue {
        switch type {
        case .integer(let integer):
            return integer.value(bits: try loadBits(integer.bytes, integer.order))
        case .float(4, let order):
            return .float(FloatBits.widen(UInt32(truncatingIfNeeded: try loadBits(4, order))))
        case .float(_, let order):
            return .float(Double(bitPattern: try loadBits(8, order)))
        case .bool:
            return .bool(try Bool(from: &self))
        case .enumeration(let enumeration):
            let start = position
            let bits = try loadBits(enumeration.integer.bytes, enumeration.integer.order)
            let value = enumeration.integer.value(bits: bits)
            guard enumeration.isOpen || enumeration.named(bits: bits) != nil else {
                throw WireError(
                    .unknownValue(value.integerText ?? "", type: enumeration.name),
                    offset: start
                )
            }
            return value
        case .bits(let type):
            let start = position
            let bits = try loadBits(type)
            let value = type.value(bits: bits)
            guard type.isLegal(bits) else {
                throw WireError(.unknownValue(value.integerText ?? "", type: type.name), offset: start)
            }
            return value
        case .union(let union):
            return .message(try readMembers(of: union))
        case .text(let count), .bytes(let count):
            return .bytes(try readBytes(count))
        case .array(let element, let count):
            var values: [FieldValue] = []
            values.reserveCapacity(min(count, remaining))
            while values.count < count { values.append(try readElement(values.count, of: element)) }
            return .array(values)
        case .message(let layout):
            return .message(try readFields(of: layout))
        case .tail(let tail):
            return try readTail(tail.element, items: nil)
        }
    }

    /// The bits of a bit field. The position stands at the first byte of which bits are left to read.
    @_lifetime(self: copy self)
    mutating func loadBits(_ type: BitsType) throws(WireError) -> UInt64 {
        let start = try advance(type.bytesTouched)
        position = start &+ type.bytesFinished
        return type.load(from: bytes, at: start)
    }

    /// Every member that can be read, and all bytes.
    @_lifetime(self: copy self)
    private mutating func readMembers(of union: UnionType) throws(WireError) -> FieldValues {
        let start = position
        let raw = try readBytes(union.size)
        let end = position
        var values = FieldValues()
        for member in union.members {
            position = start
            guard let value = try? readValue(of: member.type) else { continue }
            values.elements.append(FieldValues.Element(member.name, value))
        }
        position = end
        values.elements.append(FieldValues.Element(union.rawName, .bytes(raw)))
        return values
    }

    /// The bits of a number of 1, 2, 4 or 8 bytes.
    @_lifetime(self: copy self)
    mutating func loadBits(_ bytes: Int, _ order: ByteOrder) throws(WireError) -> UInt64 {
        let isBig = order == .big
        switch bytes {
        case 1:
            return UInt64(try load(UInt8.self))
        case 2:
            let raw = try load(UInt16.self)
            return UInt64(isBig ? UInt16(bigEndian: raw) : UInt16(littleEndian: raw))
        case 4:
            let raw = try load(UInt32.self)
            return UInt64(isBig ? UInt32(bigEndian: raw) : UInt32(littleEndian: raw))
        default:
            let raw = try load(UInt64.self)
            return isBig ? UInt64(bigEndian: raw) : UInt64(littleEndian: raw)
        }
    }

    @_lifetime(self: copy self)
    private mutating func readElement(_ index: Int, of type: FieldType) throws(WireError) -> FieldValue {
        do throws(WireError) {
            return try readValue(of: type)
        } catch {
            throw error.within("[\(index)]")
        }
    }
}

extension WireReader {
    @_lifetime(self: copy self)
    private mutating func readTail(
        _ tail: TailType,
        counted number: CountValue,
        messageStart start: Int
    ) throws(WireError) -> FieldValue {
        guard let unit = tail.count?.unit else { return try readTail(tail.element, items: nil) }
        let count: UInt64
        switch number {
        case .unsigned(let number): count = number
        case .negative(let number):
            let available = unit == .messageBytes ? end &- start : remaining
            throw WireError(.negativeCount(number, unit: unit, available: available), offset: position)
        }
        if unit == .items { return try readTail(tail.element, items: Int(clamping: count)) }
        let head = unit == .bytes ? 0 : UInt64(position &- start)
        guard count >= head, count &- head <= UInt64(remaining) else {
            let available = unit == .bytes ? remaining : end &- start
            throw WireError(.badCount(count, unit: unit, available: available), offset: position)
        }
        let outerEnd = end
        end = position &+ Int(count &- head)
        defer { end = outerEnd }
        return try readTail(tail.element, items: nil)
    }

    @_lifetime(self: copy self)
    private mutating func readTail(
        _ element: TailType.Element,
        items: Int?
    ) throws(WireError) -> FieldValue {
        guard case .items(let type) = element else {
            if let items, items > remaining {
                throw WireError(
                    .badCount(UInt64(items), unit: .items, available: remaining),
                    offset: position
                )
            }
            return .bytes(try readBytes(items ?? remaining))
        }
        let size = max(1, type.sizeMinimum)
        var values: [FieldValue] = []
        if let items {
            // Memory is set aside for what has come, never for what a count promises.
            guard items <= remaining / size else {
                throw WireError(
                    .badCount(UInt64(items), unit: .items, available: remaining),
                    offset: position
                )
            }
            while values.count < items { values.append(try readElement(values.count, of: type)) }
            return .array(values)
        }
        while remaining > 0 {
            let start = position
            values.append(try readElement(values.count, of: type))
            guard position > start else {
                throw WireError(.tooLong(expected: start, found: start + remaining), offset: start)
            }
        }
        return .array(values)
    }

    @_lifetime(self: copy self)
    private mutating func readVariant(
        _ variants: MessageLayout.Variants,
        into values: inout FieldValues
    ) throws(WireError) {
        let start = position
        var tagOffset = start
        let bits: UInt64
        do throws(WireError) {
            if case .inside(let offset) = variants.placement { _ = try advance(offset) }
            tagOffset = position
            if let tagBits = variants.tagBits {
                bits = try loadBits(tagBits)
            } else {
                bits = try loadBits(variants.tag.bytes, variants.tag.order)
            }
        } catch {
            throw error.within(variants.tagName)
        }
        if case .inside = variants.placement { position = start }
        if let variant = variants.named(tag: bits) {
            do throws(WireError) {
                let body = try readFields(of: variant.layout)
                values.elements.append(FieldValues.Element(variant.name, .message(body)))
            } catch {
                throw variant.within(error)
            }
            return
        }
        guard variants.isOpen else {
            throw WireError(
                .unknownTag(bits, known: variants.cases.map(\.tag)),
                field: variants.tagName,
                offset: tagOffset
            )
        }
        values.elements.append(FieldValues.Element(variants.tagName, variants.tagValue(bits)))
        let rest = try readBytes(remaining)
        values.elements.append(FieldValues.Element(MessageLayout.Variants.unknownBytesName, .bytes(rest)))
    }
}

extension MessageLayout.Variants {
    /// The tag's value.
    package func tagValue(_ bits: UInt64) -> FieldValue {
        tagBits?.value(bits: bits) ?? tag.value(bits: bits)
    }

    /// The bits of a tag; nil when the value is none.
    func tagBits(of value: FieldValue) -> UInt64? {
        if let tagBits { tagBits.bits(of: value) } else { tag.bits(of: value) }
    }

    /// The name under which the bytes of a case without a name are found, beside the tag's.
    public static let unknownBytesName = "bytes"

    /// The name of the only field of a case that carries no message but a value: `data([UInt8])`.
    static let bareValueName = "value"

    /// The bytes in which the tag lies.
    var tagSize: Int { tagBits?.bytesTouched ?? tag.bytes }

    /// The bits that tell tags apart.
    package var tagMask: UInt64 { tagBits?.mask ?? tag.mask }

    /// The case with this tag.
    public func named(tag bits: UInt64) -> Case? {
        cases.first { ($0.tag ^ bits) & tagMask == 0 }
    }
}

extension MessageLayout {
    /// The bytes of the fields, a varying last one excepted.
    fileprivate var sizeFixed: Int {
        guard let last = fields.last else { return 0 }
        return last.offset + (last.type.isFixedSize ? last.type.sizeMinimum : 0)
    }
}

extension MessageLayout.Variants.Case {
    /// An error in the case's body, seen from the union. The name of a bare value is not part of the path.
    func within(_ error: WireError) -> WireError {
        let bare = MessageLayout.Variants.bareValueName
        guard layout.fields.count == 1, layout.fields[0].name == bare, layout.name == name,
            error.field.hasPrefix(bare)
        else { return error.within(name) }
        var error = error
        error.field = name + error.field.dropFirst(bare.count)
        return error
    }
}

/// What a count field says.
private enum CountValue {
    case unsigned(UInt64)
    case negative(Int64)

    init(_ value: FieldValue) {
        if let number = value.integer(UInt64.self) {
            self = .unsigned(number)
        } else if let number = value.integer(Int64.self), number < 0 {
            self = .negative(number)
        } else {
            self = .unsigned(.max)
        }
    }
}
