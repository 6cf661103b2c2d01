import ParleyWire

/// Writes a layout as `@WireMessage` types.
struct SwiftEmitter {
    /// A type of the text: how it is written where it is used, and what can be said of it.
    struct Written {
        var spelling: String
        var isHashable: Bool
    }

    /// Types at the file's top level, in the order in which they need each other.
    private(set) var definitions: [String] = []
    private var messages: [MessageLayout: Written] = [:]
    private var unions: [UnionType: Written] = [:]
    private var enumerations: [EnumerationType: String] = [:]
    private var typeNames: NameScope
    /// Names that a type at the top level must not have: a property of that name would hide it.
    private let fieldNames: Set<String>
    private var taken: Set<String> = []
    private var namespaces: [(name: String, types: Set<String>)] = []
    private let outermost: String

    init(_ layout: MessageLayout) {
        outermost = layout.name
        var names: Set<String> = []
        layout.collectNames(into: &names)
        fieldNames = names
        typeNames = NameScope(taken: names.union(swiftTypeNames))
    }

    func error(_ reason: EmissionError.Reason, _ path: String) -> EmissionError {
        EmissionError(reason, field: path, target: .swift)
    }

    // MARK: Places for types

    /// Writes a type of exactly that name; in a namespace of its own where the name means something already.
    mutating func define(
        _ name: String,
        _ path: String,
        isOutermost: Bool = false,
        _ lines: (String) -> [String]
    ) throws(EmissionError) -> String {
        let escaped = try swiftName(name, path) { self.error($0, $1) }
        guard !swiftTypeNames.contains(name) else { throw error(.name(name), path) }
        var isFree = isOutermost
        if !isOutermost, name != outermost, !fieldNames.contains(name) {
            isFree = taken.insert(name).inserted
        }
        var source = SourceText()
        if isFree {
            source.lines(lines(escaped))
            definitions.append(source.text)
            return escaped
        }
        // A namespace that has no type of that name yet.
        let index = namespaces.firstIndex { !$0.types.contains(name) } ?? namespaces.count
        let isNew = index == namespaces.count
        if isNew {
            let number = index == 0 ? "" : "\(index + 1)"
            namespaces.append((typeNames.claim("\(outermost.asciiIdentifier)_types\(number)"), []))
        }
        namespaces[index].types.insert(name)
        let space = namespaces[index].name
        if isNew { source.line("/// Holds types whose names have another meaning outside.") }
        source.line("\(isNew ? "enum" : "extension") \(space) {")
        source.indented { $0.lines(lines(escaped)) }
        source.line("}")
        definitions.append(source.text)
        return "\(space).\(escaped)"
    }

    /// A name for a type that may be called otherwise than in the layout: its own, or with a capital.
    private mutating func claimType(_ name: String) -> String {
        if !typeNames.contains(name), !taken.contains(name) { return typeNames.claim(name) }
        var capital = typeNames.claim(name.prefix(1).uppercased() + name.dropFirst())
        while taken.contains(capital) { capital = typeNames.claim(capital) }
        return capital
    }

    // MARK: Messages

    /// The type of a message; writes it the first time.
    mutating func message(
        _ layout: MessageLayout,
        _ path: String,
        depth: Int = 0,
        isOutermost: Bool = false
    ) throws(EmissionError) -> Written {
        if let known = messages[layout] { return known }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        if isOutermost {
            taken.insert(layout.name)
            _ = typeNames.claim(layout.name)
        }
        let written: Written
        if let variants = layout.variants {
            guard layout.fields.isEmpty else { throw error(.variantsInside, path) }
            written = try taggedUnion(variants, of: layout, path, depth: depth, isOutermost: isOutermost)
        } else {
            written = try structure(layout, path, depth: depth, isOutermost: isOutermost)
        }
        messages[layout] = written
        return written
    }

    private mutating func structure(
        _ layout: MessageLayout,
        _ path: String,
        depth: Int,
        isOutermost: Bool
    ) throws(EmissionError) -> Written {
        var rows: [(String, String)] = []
        var isHashable = true
        var names = NameScope(taken: Set(layout.fields.filter { $0.role != .padding }.map(\.name)))
        for field in layout.fields {
            let path = path + "." + field.name
            let wanted = field.role == .padding ? names.claim("padding") : field.name
            guard !swiftPropertyNames.contains(wanted), !swiftTypeNames.contains(wanted) else {
                throw error(.name(wanted), path)
            }
            let name = try swiftName(wanted, path) { self.error($0, $1) }
            let (declaration, hashable) = try property(field, name, layout, path, depth: depth)
            rows.append((declaration, "\(field.offset)"))
            isHashable = isHashable && hashable
        }
        let size = layout.emittedSize
        let order = try bitOrder(layout.fields, path)
        let spelling = try define(layout.name, path, isOutermost: isOutermost) { name in
            var source = SourceText()
            source.line("/// \(size).")
            source.line("@WireMessage\(order == .little ? "(bitOrder: .leastSignificantFirst)" : "")")
            if rows.isEmpty {
                source.line("struct \(name): Hashable {}")
            } else {
                source.line("struct \(name)\(isHashable ? ": Hashable" : "") {")
                source.indented { $0.aligned(rows, opening: "// ") }
                source.line("}")
            }
            return source.text.split(separator: "\n").map(String.init)
        }
        return Written(spelling: spelling, isHashable: isHashable)
    }

    // MARK: Tagged unions

    private mutating func taggedUnion(
        _ variants: MessageLayout.Variants,
        of layout: MessageLayout,
        _ path: String,
        depth: Int,
        isOutermost: Bool
    ) throws(EmissionError) -> Written {
        guard !variants.tag.isSigned else { throw error(.missingType("signed tag"), path) }
        let tag = Self.spelling(variants.tag)
        var lines: [String] = []
        var isHashable = true
        for variant in variants.cases {
            let path = path + "." + variant.name
            guard variant.name != "unknown" else { throw error(.name(variant.name), path) }
            let name = try swiftName(variant.name, path) { self.error($0, $1) }
            let isBare =
                variant.layout.fields.isEmpty && variant.layout.variants == nil
                && variant.layout.name == variant.name && variants.placement == .before
            var payload = ""
            if !isBare {
                let type = try self.payload(variant, variants, path, depth: depth)
                isHashable = isHashable && type.isHashable
                payload = "(\(type.spelling))"
            }
            lines.append("@Tag(\(variant.tag)) case \(name)\(payload)")
        }
        if variants.isOpen { lines.append("case unknown(tag: \(tag), [UInt8])") }
        guard !lines.isEmpty else { throw error(.empty, path) }
        var arguments = "tag: \(tag).self"
        if case .inside(let offset) = variants.placement { arguments += ", at: \(offset)" }
        if variants.tagName != "tag" { arguments += ", named: \(swiftString(variants.tagName))" }
        let size = layout.emittedSize
        let spelling = try define(layout.name, path, isOutermost: isOutermost) { name in
            var source = SourceText()
            source.line("/// \(size), told apart by \(variants.tagName.inComment).")
            source.line("@WireMessage(\(arguments))")
            source.line("enum \(name)\(isHashable ? ": Hashable" : "") {")
            source.indented { $0.lines(lines) }
            source.line("}")
            return source.text.split(separator: "\n").map(String.init)
        }
        return Written(spelling: spelling, isHashable: isHashable)
    }

    /// What a case carries: a value or a tail that is called `value` in the layout, or a message.
    private mutating func payload(
        _ variant: MessageLayout.Variants.Case,
        _ variants: MessageLayout.Variants,
        _ path: String,
        depth: Int
    ) throws(EmissionError) -> Written {
        let layout = variant.layout
        if layout.name == variant.name, layout.variants == nil, layout.fields.count == 1,
            let field = layout.fields.first, field.name == "value", field.role == .value
        {
            if case .tail(let tail) = field.type, tail.count == nil {
                return try self.tail(tail, path, depth: depth)
            }
            if field.type.isFixedSize { return try type(field.type, path, depth: depth) }
        }
        return try message(layout, path, depth: depth + 1)
    }

    // MARK: Unions

    /// The type of C's union; writes it the first time.
    mutating func union(_ union: UnionType, _ path: String, depth: Int) throws(EmissionError) -> Written {
        if let known = unions[union] { return known }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        var members: [(name: String, label: String, type: String, size: Int)] = []
        let reserved = swiftPropertyNames.union(swiftTypeNames).union(["fieldType", "raw"])
        for member in union.members {
            let path = path + "." + member.name
            guard !reserved.contains(member.name) else { throw error(.name(member.name), path) }
            if case .bits = member.type { throw error(.missingType("bit field in a union"), path) }
            let name = try swiftName(member.name, path) { self.error($0, $1) }
            let type = try type(member.type, path, depth: depth + 1)
            members.append((name, swiftString(member.name), type.spelling, member.type.sizeMinimum))
        }
        let wireName = swiftString(union.name)
        let typeName = claimType(union.name.isEmpty ? "union" : union.name)
        let spelling = try define(typeName, path) { name in
            Self.lines(of: union, name, wireName, members)
        }
        let written = Written(spelling: spelling, isHashable: true)
        unions[union] = written
        return written
    }

    private static func lines(
        of union: UnionType,
        _ name: String,
        _ wireName: String,
        _ members: [(name: String, label: String, type: String, size: Int)]
    ) -> [String] {
        var source = SourceText()
        source.line("/// \(union.size) bytes that can be read in several ways.")
        source.line("struct \(name): WireValue, Hashable {")
        source.indented { source in
            source.line("/// All bytes of the union.")
            source.line("var raw = Bytes<\(union.size)>()")
            source.line()
            source.line("init(raw: Bytes<\(union.size)> = Bytes()) { self.raw = raw }")
            for member in members {
                source.line()
                source.line("var \(member.name): \(member.type) {")
                source.line("    get throws(WireError) {")
                source.line("        try \(member.type)(decoding: Array(raw.array.prefix(\(member.size))))")
                source.line("    }")
                source.line("}")
                source.line()
                source.line("init(\(member.name): \(member.type)) throws(WireError) {")
                source.line("    let bytes = try \(member.name).encodedBytes()")
                let rest = union.size - member.size
                let zeros = rest == 0 ? "" : " + [UInt8](repeating: 0, count: \(rest))"
                source.line("    raw = try Bytes(bytes\(zeros))")
                source.line("}")
            }
            source.line()
            source.line("static let fieldType = FieldType.union(")
            source.line("    UnionType(")
            source.line("        name: \(wireName),")
            source.line("        size: \(union.size),")
            source.line("        members: [")
            for member in members {
                source.line("            .init(\(member.label), \(member.type).fieldType),")
            }
            source.line("        ]")
            source.line("    )")
            source.line(")")
            source.line("static var wireSizeMinimum: Int { \(union.size) }")
            source.line(
                "init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }"
            )
            source.line(
                "func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }"
            )
        }
        source.line("}")
        return source.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init
        )
    }

    // MARK: Enumerations

    /// The type of an enumeration; writes it the first time.
    mutating func enumeration(_ type: EnumerationType, _ path: String) throws(EmissionError) -> String {
        if let known = enumerations[type] { return known }
        let wanted = type.name.isEmpty ? "enumeration" : type.name
        let plain = claimType(wanted)
        let name = try swiftName(plain, path) { self.error($0, $1) }
        taken.insert(plain)
        var caseNames = NameScope(taken: swiftStaticNames)
        var cases: [(name: String, entry: EnumerationType.Case)] = []
        for entry in type.cases {
            let plain = caseNames.claim(entry.name)
            guard type.isOpen || plain == entry.name else { throw error(.name(entry.name), path) }
            cases.append((try swiftName(plain, path) { self.error($0, $1) }, entry))
        }
        let isPlain = type.integer.order == .big || type.integer.bytes == 1
        var source = SourceText()
        if type.isOpen {
            source.lines(Self.open(type, name, cases))
        } else {
            guard Set(type.cases.map(\.value)).count == type.cases.count, !type.cases.isEmpty else {
                throw error(.missingType("enum with two names for one value, or none"), path)
            }
            source.line("enum \(name): \(Self.plain(type.integer)), WireValue, CaseIterable {")
            source.indented { source in
                for (name, entry) in cases {
                    source.line("case \(name) = \(Self.literal(entry.value, type.integer))")
                }
                if !isPlain || plain != type.name { source.lines(Self.coding(type, isPlain: isPlain)) }
            }
            source.line("}")
        }
        definitions.append(source.text)
        enumerations[type] = name
        return name
    }

    func caseName(_ value: UInt64, of type: EnumerationType) -> String? {
        let shift = UInt64(64 - 8 * type.integer.bytes)
        guard let entry = type.cases.first(where: { (UInt64(bitPattern: $0.value) ^ value) << shift == 0 })
        else {
            return nil
        }
        return try? swiftName(entry.name, "") { self.error($0, $1) }
    }
}

extension MessageLayout {
    /// The names of all fields, also of nested messages, and of unions' members.
    func collectNames(into names: inout Set<String>) {
        for field in fields {
            names.insert(field.name)
            field.type.collectNames(into: &names)
        }
        for variant in variants?.cases ?? [] {
            names.insert(variant.name)
            variant.layout.collectNames(into: &names)
        }
    }
}

extension FieldType {
    fileprivate func collectNames(into names: inout Set<String>) {
        switch self {
        case .message(let layout): layout.collectNames(into: &names)
        case .array(let element, _): element.collectNames(into: &names)
        case .tail(let tail): tail.itemType?.collectNames(into: &names)
        case .union(let union):
            for member in union.members {
                names.insert(member.name)
                member.type.collectNames(into: &names)
            }
        default: break
        }
    }
}
