import ParleyWire

extension MessageLayout {
    /// A field by its path, with its first byte counted from the message's first.
    func place(of path: ArraySlice<String>, from base: Int) -> (offset: Int, type: FieldType)? {
        guard let name = path.first, let field = field(name) else { return nil }
        let rest = path.dropFirst()
        if rest.isEmpty { return (base + field.offset, field.type) }
        guard case .message(let inner) = field.type else { return nil }
        return inner.place(of: rest, from: base + field.offset)
    }

    /// The layout in which the field of that path always has one value.
    func fixing(_ path: ArraySlice<String>, to bits: UInt64) -> MessageLayout {
        let rest = path.dropFirst()
        let fields = fields.map { field in
            guard field.name == path.first, field.role != .padding else { return field }
            var field = field
            if rest.isEmpty {
                field.role = .constant(bits)
            } else if case .message(let inner) = field.type {
                field.type = .message(inner.fixing(rest, to: bits))
            }
            return field
        }
        return MessageLayout(name: name, fields: fields, variants: variants)
    }

    /// The layout in which the union that has a member of that name is that member: under the union's
    /// name, as C writes it under the member's own where the union has none. What the member leaves of the
    /// union's bytes is padding. Nil when no union has such a member.
    func narrowing(to member: String) -> MessageLayout? {
        var narrowed: [Field] = []
        var isFound = false
        for field in fields {
            guard !isFound, case .union(let union) = field.type,
                let chosen = union.members.first(where: { $0.name == member })
            else {
                narrowed.append(field)
                continue
            }
            isFound = true
            let size = chosen.type.sizeMinimum
            // Where the union has no name C writes the member's, unless a case would then have it twice.
            let isNameless = KeywordNames.isOne(field.name, of: "union")
            let isFree = !fields.contains { $0.name == member }
            let name = isNameless && isFree ? member : field.name
            narrowed.append(Field(name, chosen.type, offset: field.offset))
            if case .bits(let bits) = chosen.type, bits.width % 8 != 0 {
                let rest = BitsType(width: 8 - bits.width % 8, firstBit: bits.width % 8, order: bits.order)
                let offset = field.offset + bits.width / 8
                narrowed.append(Field("padding", .bits(rest), role: .padding, offset: offset))
            }
            guard size < union.size else { continue }
            narrowed.append(
                Field(
                    "padding",
                    .bytes(count: union.size - size),
                    role: .padding,
                    offset: field.offset + size
                )
            )
        }
        return isFound ? MessageLayout(name: name, fields: narrowed, variants: variants) : nil
    }

    /// The names of the members of all unions.
    var unionMembers: [String] {
        fields.flatMap { field in
            if case .union(let union) = field.type { union.members.map(\.name) } else { [] as [String] }
        }
    }
}
