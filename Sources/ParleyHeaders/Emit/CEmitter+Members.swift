import ParleyWire

/// Members of structs: declarations, comments, and the two arrangements of bit fields.
extension CEmitter {
    /// The members of a struct, and what is to be asserted of them.
    mutating func members(
        _ fields: [MessageLayout.Field],
        _ path: String,
        depth: Int
    ) throws(EmissionError) -> (rows: [Row], claims: [Claim]) {
        var rows: [Row] = []
        var claims: [Claim] = []
        var names = NameScope(taken: cWords)
        var run: [(field: MessageLayout.Field, name: String?)] = []
        for field in fields {
            let name = Self.memberName(field, &names)
            if case .bits = field.type {
                run.append((field, field.role == .padding ? nil : name))
                continue
            }
            rows += try bitRows(run, path)
            run = []
            let (added, isClaimed) = try member(
                field,
                as: name,
                path,
                depth: depth,
                isAlone: fields.count == 1
            )
            rows += added
            if isClaimed { claims.append(Claim(member: name, offset: field.offset)) }
        }
        rows += try bitRows(run, path)
        return (rows, claims)
    }

    private static func memberName(_ field: MessageLayout.Field, _ names: inout NameScope) -> String {
        guard field.role == .padding else { return names.claim(cName(field.name)) }
        if case .bits = field.type { return "" }
        return names.claim("padding_\(field.offset)")
    }

    /// One member that begins at a byte.
    mutating func member(
        _ field: MessageLayout.Field,
        as name: String,
        _ path: String,
        depth: Int,
        isAlone: Bool = false
    ) throws(EmissionError) -> (rows: [Row], isClaimed: Bool) {
        let path = path + "." + field.name
        if case .bits = field.type { return (try bitRows([(field, name)], path, isInUnion: true), false) }
        let offset = "\(field.offset): "
        if case .tail(let tail) = field.type {
            let (type, dimensions) = try tailType(tail, path, depth: depth)
            // C wants a member before `x[]`; GCC's `x[0]` does without.
            let open = isAlone ? "[0]" : "[]"
            let text = Self.comment(tail) + Self.renaming(field, name)
            return ([.member(code: "\(type) \(name)\(open)\(dimensions);", comment: offset + text)], true)
        }
        guard field.type.sizeMaximum != 0 else { throw error(.empty, path) }
        let (type, dimensions) = try spelling(field.type, path, depth: depth)
        var comment = Self.comment(field)
        if case .enumeration(let enumeration) = field.type, type.hasSuffix("_t") {
            comment = "enum \(enumeration.name.inComment)" + (comment.isEmpty ? "" : ", ") + comment
        }
        let line = "\(type) \(name)\(dimensions);"
        let full = comment + Self.renaming(field, name)
        let shown = full.isEmpty ? "\(field.offset)" : offset + full
        return ([.member(code: line, comment: shown)], true)
    }

    /// A type, and the dimensions that stand behind the name.
    mutating func spelling(
        _ type: FieldType,
        _ path: String,
        depth: Int
    ) throws(EmissionError) -> (type: String, dimensions: String) {
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        switch type {
        case .integer(let integer): return (Self.name(integer), "")
        case .float(4, _): return ("float", "")
        case .float: return ("double", "")
        case .bool:
            needsBool = true
            return ("bool", "")
        case .enumeration(let enumeration):
            return (try name(CEnumerationKey(enumeration)) ?? Self.name(enumeration.integer), "")
        case .text(let count), .bytes(let count):
            guard count > 0 else { throw error(.empty, path) }
            if case .text = type { return ("char", "[\(count)]") }
            return ("uint8_t", "[\(count)]")
        case .array(let element, let count):
            guard count > 0 else { throw error(.empty, path) }
            let (name, dimensions) = try spelling(element, path, depth: depth + 1)
            return (name, "[\(count)]" + dimensions)
        case .message(let layout):
            return ("struct " + (try structure(layout, path, depth: depth + 1)), "")
        case .union(let union):
            return ("union " + (try self.union(union, path, depth: depth + 1)), "")
        case .tail: throw error(.variableInside, path)
        case .bits: throw error(.missingType("array of bits"), path)
        }
    }

    private mutating func tailType(
        _ tail: TailType,
        _ path: String,
        depth: Int
    ) throws(EmissionError) -> (type: String, dimensions: String) {
        switch tail.element {
        case .text: return ("char", "")
        case .bytes: return ("uint8_t", "")
        case .items(let item):
            guard item.isFixedSize else { throw error(.variableItems, path) }
            guard item.sizeMinimum > 0 else { throw error(.empty, path) }
            return try spelling(item, path, depth: depth)
        }
    }

    static func name(_ integer: IntegerType) -> String {
        "\(integer.isSigned ? "" : "u")int\(8 * integer.bytes)_t"
    }

    // MARK: Comments

    private static func comment(_ field: MessageLayout.Field) -> String {
        var parts: [String] = []
        switch field.role {
        case .value: break
        case .count: parts.append("counts the tail")
        case .reserved: parts.append("reserved: send 0")
        case .padding: parts.append("padding: send 0")
        case .constant(let bits): parts.append("always \(field.type.shown(bits))")
        }
        if case .text = field.type { parts.append("text, padded with NUL") }
        if let order = order(field.type) { parts.append(order) }
        return parts.joined(separator: ", ")
    }

    private static func comment(_ tail: TailType) -> String {
        let order = tail.itemType.flatMap(Self.order).map { ", " + $0 } ?? ""
        guard let count = tail.count else { return "the rest of the message" + order }
        let name = count.field.inComment
        return switch count.unit {
        case .bytes: "\(name) bytes" + order
        case .items: "\(name) items" + order
        case .messageBytes: "up to byte \(name) of the message" + order
        }
    }

    private static func renaming(_ field: MessageLayout.Field, _ name: String) -> String {
        field.role == .padding || field.name == name ? "" : " (called \(field.name.inComment))"
    }

    /// The byte order of a number, and the function that brings it to this machine's.
    private static func order(_ type: FieldType) -> String? {
        switch type {
        case .integer(let integer): return order(integer.bytes, integer.order)
        case .enumeration(let enumeration): return order(enumeration.integer.bytes, enumeration.integer.order)
        case .float(_, .big): return "network byte order: swap its bytes as an integer's"
        case .float(_, .little): return "little-endian"
        case .array(let element, _): return order(element)
        default: return nil
        }
    }

    private static func order(_ bytes: Int, _ order: ByteOrder) -> String? {
        switch (bytes, order) {
        case (2, .big): "network byte order: ntohs()"
        case (4, .big): "network byte order: ntohl()"
        case (8, .big): "network byte order: be64toh()"
        case (1, _): nil
        case (_, .little): "little-endian: le\(8 * bytes)toh()"
        default: nil
        }
    }
}

extension FieldType {
    /// The value that a constant's bits stand for, as a C reader writes it.
    func shown(_ bits: UInt64) -> String {
        switch self {
        case .integer(let integer):
            guard integer.isSigned else { return String(bits) }
            let shift = 64 - 8 * integer.bytes
            return String(Int64(bitPattern: bits << shift) >> shift)
        case .enumeration(let enumeration):
            let number = FieldType.integer(enumeration.integer).shown(bits)
            let name = enumeration.cases.first { String($0.value) == number }?.name
            return name.map { "\($0.inComment) (\(number))" } ?? number
        case .float(4, _): return "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
        case .float: return "\(Double(bitPattern: bits))"
        case .bool: return bits & 1 == 1 ? "true" : "false"
        case .bits(let type):
            switch type.value(bits: bits) {
            case .bool(let flag): return "\(flag)"
            case .signed(let number): return "\(number)"
            case .unsigned(let number): return "\(number)"
            default: return "\(bits)"
            }
        default: return "\(bits)"
        }
    }
}
