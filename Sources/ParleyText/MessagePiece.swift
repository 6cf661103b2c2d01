public import ParleyWire

/// Some bytes of a message and the field they belong to: a number, a text, a gap. A bit field's bytes are
/// those that it touches, which other bit fields share.
public struct MessagePiece: Sendable, Hashable {
    /// The field as a path, `items[3].name`.
    public var path: String { place.text }
    /// The first byte's place in the message.
    public var offset: Int
    public var bytes: [UInt8]
    public var type: FieldType
    /// The value, nil for padding and reserved bytes.
    public var value: FieldValue?
    let place: FieldPath
    /// Whether it is a union as a whole: bytes, whatever they look like.
    var isRaw = false

    /// What is shown as text: nothing of a union's own bytes, since the members say what they may mean.
    func policy(_ policy: TextPolicy) -> TextPolicy {
        guard isRaw else { return policy }
        var policy = policy
        policy.bytesFields.insert(place.plain)
        return policy
    }

    /// The order in which a number's bytes stand on the wire, nil when order means nothing to it.
    public var order: ByteOrder? {
        if case .float(_, let order) = type { return order }
        return type.integer.flatMap { $0.bytes > 1 ? $0.order : nil }
    }

    /// The bytes as a host of this order holds them in memory.
    public func bytes(inMemoryOf host: ByteOrder) -> [UInt8] {
        order == nil || order == host ? bytes : bytes.reversed()
    }
}

extension DynamicMessage {
    /// Every byte of the message with the field it belongs to, in order; those of a union as a whole and with
    /// each member.
    public var pieces: [MessagePiece] { pieces(of: bytes) }

    /// The same of the bytes that the message was read from, which need not be the ones that it is written as:
    /// gaps, and what follows the end of a text, hold whatever the sender's memory held.
    func pieces(of bytes: [UInt8]) -> [MessagePiece] {
        var cutter = PieceCutter(bytes: bytes)
        cutter.cut(values, of: layout, at: FieldPath())
        return cutter.pieces
    }
}

/// Goes through a message's values in the order of its bytes.
private struct PieceCutter {
    let bytes: [UInt8]
    var pieces: [MessagePiece] = []
    private var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func cut(_ values: FieldValues, of layout: MessageLayout, at path: FieldPath) {
        for field in layout.fields {
            switch field.role {
            case .padding: cut(nil, as: field.type, at: path.appending("(padding)"))
            case .reserved: cut(nil, as: field.type, at: path.appending(field.name))
            default: cut(values[field.name], as: field.type, at: path.appending(field.name))
            }
        }
        guard let variants = layout.variants else { return }
        let variant = variants.cases.first { values[$0.name] != nil }
        if variants.placement == .before {
            let tag = variant.map { variants.tag.value(bits: $0.tag) } ?? values[variants.tagName]
            cut(tag, as: .integer(variants.tag), at: path.appending(variants.tagName))
        }
        if let variant {
            cut(values[variant.name], as: .message(variant.layout), at: path.appending(variant.name))
        } else {
            let name = MessageLayout.Variants.unknownBytesName
            cut(values[name], as: .tail(TailType(.bytes)), at: path.appending(name))
        }
    }

    private mutating func cut(_ value: FieldValue?, as type: FieldType, at path: FieldPath) {
        switch (value, type) {
        case (.message(let values)?, .message(let layout)):
            cut(values, of: layout, at: path)
        case (.array(let values)?, _):
            guard let element = type.elementType else { return }
            for (index, value) in values.enumerated() { cut(value, as: element, at: path.appending(index)) }
        case (.bytes(let content)?, .tail):
            add(content.count, value, type, path)
        case (.message(let values)?, .union(let union)):
            cut(values, of: union, at: path)
        case (_, .bits(let bits)):
            add(bits.bytesTouched, value, type, path)
            // The next one may begin in the last byte of this one.
            if (bits.firstBit + bits.width) % 8 != 0 { offset -= 1 }
        default:
            add(type.sizeMinimum, value, type, path)
        }
    }

    /// A union is its bytes, then each member over the same bytes.
    private mutating func cut(_ values: FieldValues, of union: UnionType, at path: FieldPath) {
        let start = offset
        add(union.size, values[union.rawName], .bytes(count: union.size), path.appending(union.rawName))
        if offset > start { pieces[pieces.count - 1].isRaw = true }
        for member in union.members {
            guard let value = values[member.name] else { continue }
            offset = start
            cut(value, as: member.type, at: path.appending(member.name))
        }
        offset = start + union.size
    }

    private mutating func add(_ count: Int, _ value: FieldValue?, _ type: FieldType, _ path: FieldPath) {
        let end = min(offset + count, bytes.count)
        guard end > offset else { return }
        pieces.append(
            MessagePiece(
                offset: offset,
                bytes: Array(bytes[offset..<end]),
                type: type,
                value: value,
                place: path
            )
        )
        offset = end
    }
}
