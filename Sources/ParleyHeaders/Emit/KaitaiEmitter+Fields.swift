import ParleyWire

/// Fields as entries of `seq`.
extension KaitaiEmitter {
    /// What stands below a type: `seq` and, for a tag that lies inside, `instances`.
    mutating func body(
        of layout: MessageLayout,
        _ path: String,
        indent: String,
        depth: Int = 0,
        isOutermost: Bool = false
    ) throws(EmissionError) -> [String] {
        guard layout.sizeMaximum != 0 || !isOutermost else { throw error(.empty, path) }
        var entries: [[String]] = []
        var names = NameScope(taken: kaitaiWords)
        // A count is named after the tail knows it.
        var countName: String?
        for field in layout.fields {
            let path = path + "." + field.name
            if field.type.isFixedSize, field.type.sizeMinimum == 0 { continue }
            let wanted = field.role == .padding ? "padding" : field.name
            let id = names.claim(wanted.kaitaiIdentifier)
            if field.role == .count { countName = id }
            var lines = ["id: \(id)"] + (field.role == .padding ? [] : Self.original(field.name, id))
            switch field.type {
            case .tail(let tail):
                lines += try self.tail(tail, countName, at: field.offset, path, field.name, depth: depth)
            case .bits(let bits): lines += try self.bits(bits, field.role, path)
            default:
                if field.role == .reserved || field.role == .padding {
                    lines += ["size: \(field.type.sizeMinimum)"]
                } else {
                    var type = field.type
                    if case .constant = field.role { type = type.withoutLaw }
                    lines += try attributes(type, path, named: field.name, depth: depth)
                    if case .constant(let bits) = field.role { lines += ["valid: \(type.shown(bits))"] }
                }
            }
            if field.role == .reserved { lines.append("doc: reserved, sent as zero") }
            if field.role == .padding { lines.append("doc: padding, sent as zero") }
            entries.append(lines)
        }
        var instances: [String] = []
        if let variants = layout.variants {
            entries += try self.variants(
                variants,
                of: layout,
                &names,
                &instances,
                path,
                depth: depth,
                isOutermost: isOutermost
            )
        }
        guard !entries.isEmpty else { return ["seq: []"] }
        let seq = entries.flatMap { lines in
            lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
        }
        return ["seq:"] + seq + instances
    }

    /// Type and size of a value in a fixed place.
    mutating func attributes(
        _ type: FieldType,
        _ path: String,
        named name: String,
        depth: Int
    ) throws(EmissionError) -> [String] {
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        switch type {
        case .integer(let integer): return ["type: \(Self.name(integer))"]
        case .float(let bytes, let order): return ["type: f\(bytes)\(order == .big ? "be" : "le")"]
        case .bool: return ["type: u1", "valid:", "  max: 1", "doc: a Boolean, 0 or 1"]
        case .enumeration(let enumeration):
            var lines = ["type: \(Self.name(enumeration.integer))"]
            if let id = self.enumeration(enumeration.name, enumeration.cases) { lines.append("enum: \(id)") }
            if !enumeration.isOpen { lines += ["valid:", "  in-enum: true"] }
            return lines
        case .text(let count): return ["type: strz", "size: \(count)", "encoding: UTF-8"]
        case .bytes(let count): return ["size: \(count)"]
        case .array(let element, let count):
            if case .array = element {
                let inner = try attributes(element, path, named: name, depth: depth + 1)
                let row = list(name, ["seq:"] + Self.entry("row", inner))
                return ["type: \(row)", "repeat: expr", "repeat-expr: \(count)"]
            }
            let item = try attributes(element, path, named: name, depth: depth + 1)
            return item + ["repeat: expr", "repeat-expr: \(count)"]
        case .message(let layout): return ["type: \(try self.type(layout, path, depth: depth + 1))"]
        case .union(let union):
            return ["type: \(try self.type(union, path, depth: depth + 1))", "size: \(union.size)"]
        case .bits: throw error(.missingType("array of bits"), path)
        case .tail: throw error(.variableInside, path)
        }
    }

    static func entry(_ id: String, _ lines: [String]) -> [String] {
        ["  - id: \(id)"] + lines.map { "    " + $0 }
    }

    static func name(_ integer: IntegerType) -> String {
        let order = integer.bytes == 1 ? "" : integer.order == .big ? "be" : "le"
        return "\(integer.isSigned ? "s" : "u")\(integer.bytes)\(order)"
    }

    private mutating func bits(
        _ bits: BitsType,
        _ role: MessageLayout.Role,
        _ path: String
    ) throws(EmissionError) -> [String] {
        let isData = role != .reserved && role != .padding
        guard !bits.isSigned || !isData else { throw error(.missingType("signed bit field"), path) }
        guard role != .count else { throw error(.missingType("count of bits"), path) }
        var lines = ["type: b\(bits.width)\(bits.order == .big ? "be" : "le")"]
        // One bit is a Boolean in Kaitai; as a number it would be something else.
        if bits.width == 1, bits.kind == .unsigned, isData { lines.append("doc: true for 1") }
        if case .constant(let value) = role {
            let isTrue = value & 1 == 1
            return lines + ["valid: \(bits.width == 1 ? "\(isTrue)" : FieldType.bits(bits).shown(value))"]
        }
        if case .enumeration(let name, let cases, _) = bits.kind, isData, let id = enumeration(name, cases) {
            lines.append("enum: \(id)")
            if !bits.isOpen { lines += ["valid:", "  in-enum: true"] }
        }
        return lines
    }

    private mutating func tail(
        _ tail: TailType,
        _ count: String?,
        at offset: Int,
        _ path: String,
        _ name: String,
        depth: Int
    ) throws(EmissionError) -> [String] {
        let unit = tail.count?.unit
        var size = "size-eos: true"
        if let count, unit != nil {
            size = unit == .messageBytes ? "size: \(count) - \(offset)" : "size: \(count)"
        }
        switch tail.element {
        case .text: return ["type: strz", size, "encoding: UTF-8"]
        case .bytes: return [size]
        case .items(let item):
            let type = try attributes(item, path, named: name, depth: depth + 1)
            guard let count, let unit else { return try repeated(type, item, name) + ["repeat: eos"] }
            if unit == .items {
                return try repeated(type, item, name) + ["repeat: expr", "repeat-expr: \(count)"]
            }
            // Items up to a border: a stream of their own.
            let items = try repeated(type, item, name) + ["repeat: eos"]
            return ["type: \(list(name, ["seq:"] + Self.entry("items", items)))", size]
        }
    }

    /// An item that repeats already, an array, becomes a type of its own.
    private mutating func repeated(
        _ attributes: [String],
        _ item: FieldType,
        _ name: String
    ) throws(EmissionError) -> [String] {
        guard case .array = item else { return attributes }
        return ["type: \(list(name, ["seq:"] + Self.entry("row", attributes)))"]
    }

    private mutating func variants(
        _ variants: MessageLayout.Variants,
        of layout: MessageLayout,
        _ names: inout NameScope,
        _ instances: inout [String],
        _ path: String,
        depth: Int,
        isOutermost: Bool
    ) throws(EmissionError) -> [[String]] {
        let tag = names.claim(variants.tagName.kaitaiIdentifier)
        let isClosed = !variants.isOpen
        let known = "any-of: [\(variants.cases.map { String($0.tag) }.joined(separator: ", "))]"
        var attributes = ["type: \(Self.name(variants.tag))"] + Self.original(variants.tagName, tag)
        if isClosed { attributes += ["valid:", "  " + known] }
        var entries: [[String]] = []
        switch variants.placement {
        case .before: entries.append(["id: \(tag)"] + attributes)
        case .inside(let offset):
            // A position counts from the beginning of the stream.
            guard isOutermost, layout.fields.isEmpty else { throw error(.variantsInside, path) }
            instances = ["instances:", "  \(tag):", "    pos: \(offset)"] + attributes.map { "    " + $0 }
        }
        var lines = ["id: \(names.claim("body"))", "type:", "  switch-on: \(tag)", "  cases:"]
        for variant in variants.cases {
            let path = path + "." + variant.name
            lines.append("    \(variant.tag): \(try type(variant.layout, path, depth: depth + 1))")
        }
        // What no case knows is left as bytes.
        if variants.isOpen { lines.append("size-eos: true") }
        return entries + [lines]
    }
}

extension FieldType {
    /// The number alone, for constants: what else is legal means nothing to them.
    fileprivate var withoutLaw: FieldType {
        switch self {
        case .enumeration(let enumeration): .integer(enumeration.integer)
        case .bool: .integer(IntegerType(bytes: 1, isSigned: false))
        default: self
        }
    }
}
