internal import ParleyTypes

/// The bytes of a message whose layout is known only at run time, while they are being put together.
///
/// Counts are computed, constants and reserved bytes filled in; every value is checked against its field, so
/// what comes out can be decoded again.
struct DynamicWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ values: FieldValues, of layout: MessageLayout) throws(WireError) {
        let start = bytes.count
        if layout.isSelfReference { throw error(.selfReference(type: layout.name)) }
        var source = ValueSource(values, of: layout)
        var count: (offset: Int, field: MessageLayout.Field)?
        for field in layout.fields {
            do throws(WireError) {
                if field.role == .count { count = (start + field.offset, field) }
                try write(field, from: &source)
            } catch {
                if error.isMissingField, let unknown = source.unknownField(at: start) { throw unknown }
                throw error.within(field.name)
            }
        }
        if let count, let tail = layout.tail {
            try fillIn(count.field, at: count.offset, tail: tail, messageStart: start, from: &source)
        }
        if let variants = layout.variants { try write(variants, from: &source) }
        try source.finish(at: start)
    }

    private mutating func write(
        _ field: MessageLayout.Field,
        from source: inout ValueSource
    ) throws(WireError) {
        switch field.role {
        case .reserved, .padding, .count:
            if case .bits(let bits) = field.type { return append(0, bits) }
            bytes.append(contentsOf: repeatElement(0, count: field.type.sizeMinimum))
        case .constant(let bits):
            let expected = field.type.constant(bits)
            if let value = try source.take(field.name, at: bytes.count), !field.type.isSame(value, expected) {
                throw WireError(
                    .wrongConstant(
                        expected: field.type.text(of: expected),
                        found: field.type.text(of: value)
                    ),
                    offset: bytes.count
                )
            }
            try write(expected, as: field.type)
        case .value:
            guard let value = try source.take(field.name, at: bytes.count) else {
                throw error(.missingField(type: field.type.name))
            }
            try write(value, as: field.type)
        }
    }

    mutating func write(_ value: FieldValue, as type: FieldType) throws(WireError) {
        switch (type, value) {
        case (.integer(let integer), .signed), (.integer(let integer), .unsigned):
            append(try bits(of: value, in: integer), integer)
        case (.enumeration(let enumeration), .signed), (.enumeration(let enumeration), .unsigned):
            let bits = try bits(of: value, in: enumeration.integer)
            guard enumeration.isOpen || enumeration.named(bits: bits) != nil else {
                throw error(.unknownValue(value.integerText ?? "", type: enumeration.name))
            }
            append(bits, enumeration.integer)
        case (.float(let count, let order), .float(let number)):
            try append(number, bytes: count, order)
        case (.float(let count, let order), .signed(let number)):
            try append(Double(number), bytes: count, order)
        case (.float(let count, let order), .unsigned(let number)):
            try append(Double(number), bytes: count, order)
        case (.bool, .bool(let flag)):
            bytes.append(flag ? 1 : 0)
        case (.bits(let type), _):
            append(try bits(of: value, in: type), type)
        case (.union(let union), .bytes(let raw)):
            try write(FieldValues([.init(union.rawName, .bytes(raw))]), of: union)
        case (.union(let union), .message(let values)):
            try write(values, of: union)
        case (.text(let capacity), .bytes(let text)):
            guard text.count <= capacity else {
                throw error(.doesNotFit(bytes: text.count, capacity: capacity))
            }
            bytes.append(contentsOf: text)
            bytes.append(contentsOf: repeatElement(0, count: capacity - text.count))
        case (.bytes(let count), .bytes(let data)):
            guard data.count == count else { throw error(.doesNotFit(bytes: data.count, capacity: count)) }
            bytes.append(contentsOf: data)
        case (.array(let element, let count), .array(let values)):
            guard values.count == count else {
                throw error(.wrongKind(expected: Phrase.count(count, "value"), found: "\(values.count)"))
            }
            try write(values, each: element)
        case (.message(let layout), .message(let values)):
            try write(values, of: layout)
        case (.tail(let tail), .bytes(let data)) where tail.element == .bytes || tail.element == .text:
            bytes.append(contentsOf: data)
        case (.tail(let tail), .array(let values)) where tail.itemType != nil:
            if let element = tail.itemType { try write(values, each: element) }
        default:
            throw error(.wrongKind(expected: type.kind, found: value.kind))
        }
    }

    private mutating func write(_ values: [FieldValue], each type: FieldType) throws(WireError) {
        for (index, value) in values.enumerated() {
            do throws(WireError) {
                try write(value, as: type)
            } catch {
                throw error.within("[\(index)]")
            }
        }
    }
}

extension DynamicWriter {
    private mutating func fillIn(
        _ field: MessageLayout.Field,
        at offset: Int,
        tail: MessageLayout.Field,
        messageStart: Int,
        from source: inout ValueSource
    ) throws(WireError) {
        guard case .tail(let type) = tail.type, let unit = type.count?.unit,
            let maximum = field.type.integerRange?.maximum
        else { return }
        let count: UInt64 =
            switch unit {
            case .messageBytes: UInt64(bytes.count - messageStart)
            case .bytes: UInt64(bytes.count - messageStart - tail.offset)
            case .items: UInt64(source.tailItems(tail))
            }
        guard count <= maximum else {
            throw WireError(
                .countOverflow(count, unit: unit, maximum: maximum),
                field: field.name,
                offset: offset
            )
        }
        if let given = try source.take(field.name, at: offset), given.integer(UInt64.self) != count {
            throw WireError(
                .wrongConstant(expected: String(count), found: field.type.text(of: given)),
                field: field.name,
                offset: offset
            )
        }
        switch field.type {
        case .integer(let integer): store(count, integer, at: offset)
        case .bits(let bits): bits.store(count, in: &bytes, at: offset)
        default: break
        }
    }

    private mutating func write(
        _ variants: MessageLayout.Variants,
        from source: inout ValueSource
    ) throws(WireError) {
        let start = bytes.count
        let (tag, body) = try source.takeVariant(variants, at: start)
        if variants.placement == .before { append(tag, variants.tag) }
        switch body {
        case .unknown(let rest):
            bytes.append(contentsOf: rest)
        case .known(let variant, var values):
            if case .inside(let offset) = variants.placement,
                let field = variant.layout.fields.first(where: { variants.isTag($0, at: offset) }),
                values[field.name] == nil
            {
                values[field.name] = variants.tagValue(tag)
            }
            do throws(WireError) {
                try write(values, of: variant.layout)
            } catch {
                throw variant.within(error)
            }
        }
        guard case .inside(let offset) = variants.placement else { return }
        // The tag that was written must be the one that says which case this is.
        guard start + offset + variants.tagSize <= bytes.count,
            load(variants, at: start + offset) == tag & variants.tagMask
        else {
            throw WireError(
                .wrongConstant(expected: variants.tag.text(bits: tag), found: "another tag"),
                field: variants.tagName,
                offset: start + offset
            )
        }
    }

    private func bits(of value: FieldValue, in integer: IntegerType) throws(WireError) -> UInt64 {
        if let bits = integer.bits(of: value) { return bits }
        throw error(
            .outOfRange(
                value: value.integerText ?? "",
                minimum: String(integer.minimum),
                maximum: String(integer.maximum)
            )
        )
    }

    private mutating func append(_ number: Double, bytes count: Int, _ order: ByteOrder) throws(WireError) {
        let integer = IntegerType(bytes: count, isSigned: false, order: order)
        guard count == 4 else { return append(number.bitPattern, integer) }
        guard let bits = FloatBits.narrow(number) else {
            let most = Float.greatestFiniteMagnitude
            throw error(.outOfRange(value: "\(number)", minimum: "\(-most)", maximum: "\(most)"))
        }
        append(UInt64(bits), integer)
    }

    mutating func append(_ more: [UInt8]) { bytes += more }

    private mutating func append(_ bits: UInt64, _ integer: IntegerType) {
        let offset = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: integer.bytes))
        store(bits, integer, at: offset)
    }

    /// Bits that begin inside of a byte begin in the last one that is there.
    private mutating func append(_ bits: UInt64, _ type: BitsType) {
        let offset = offset(of: type)
        let missing = offset + type.bytesTouched - bytes.count
        bytes.append(contentsOf: repeatElement(0, count: missing))
        type.store(bits, in: &bytes, at: offset)
    }

    private func offset(of type: BitsType) -> Int { bytes.count - (type.firstBit == 0 ? 0 : 1) }

    private func bits(of value: FieldValue, in type: BitsType) throws(WireError) -> UInt64 {
        let text = type.kind == .bool ? nil : value.integerText
        let reason: WireError.Reason
        if let bits = type.bits(of: value) {
            if type.isLegal(bits) { return bits }
            reason = .unknownValue(text ?? "", type: type.name)
        } else if let text {
            reason = .outOfRange(value: text, minimum: "\(type.minimum)", maximum: "\(type.maximum)")
        } else {
            reason = .wrongKind(expected: FieldType.bits(type).kind, found: value.kind)
        }
        throw WireError(reason, offset: offset(of: type))
    }

    private mutating func store(_ bits: UInt64, _ integer: IntegerType, at offset: Int) {
        for index in 0..<integer.bytes {
            bytes[offset + index] = UInt8(truncatingIfNeeded: bits >> integer.shift(ofByte: index))
        }
    }

    private func load(_ variants: MessageLayout.Variants, at offset: Int) -> UInt64 {
        variants.tagBits?.load(from: bytes.rawSpan, at: offset) ?? load(variants.tag, at: offset)
    }

    private func load(_ integer: IntegerType, at offset: Int) -> UInt64 {
        (0..<integer.bytes).reduce(0) { bits, index in
            bits | UInt64(bytes[offset + index]) << integer.shift(ofByte: index)
        }
    }

    private func error(_ reason: WireError.Reason) -> WireError {
        WireError(reason, offset: bytes.count)
    }
}

extension WireError {
    /// Whether a field of the message itself, not of one nested in it, has no value.
    fileprivate var isMissingField: Bool {
        guard field.isEmpty, case .missingField = reason else { return false }
        return true
    }
}

extension MessageLayout.Variants {
    /// Whether the field of a case is the tag, to be filled in.
    fileprivate func isTag(_ field: MessageLayout.Field, at offset: Int) -> Bool {
        guard field.offset == offset, field.role == .value else { return false }
        guard let tagBits else { return true }
        guard case .bits(let bits) = field.type else { return false }
        return bits.firstBit == tagBits.firstBit && bits.width == tagBits.width
    }
}

extension IntegerType {
    /// By how many bits the byte at `index` of the encoded integer is shifted.
    func shift(ofByte index: Int) -> Int { 8 * (order == .big ? bytes - 1 - index : index) }

    func text(bits: UInt64) -> String { value(bits: bits).integerText ?? "" }
}
