import ParleyWire

/// Writes a layout as a C header. Definitions come out in the order in which they need each other.
struct CEmitter {
    /// Structs, unions and enumerations, each with its assertions.
    private(set) var definitions: [String] = []
    private var structTags: [MessageLayout: String] = [:]
    private var unionTags: [UnionType: String] = [:]
    var enumerationTags: [CEnumerationKey: String?] = [:]
    var tags = NameScope(taken: cWords)
    /// Names of enumerators: they share one scope with each other, and live beside types and macros.
    var enumerators = NameScope(taken: cWords.union(cTypeNames))
    var needsBool = false
    /// The machine that bit fields which cross bytes are made for, and the first such field.
    var neededOrder: (order: ByteOrder, field: String)?

    /// A member, or a line that belongs between members.
    enum Row {
        case member(code: String, comment: String)
        case directive(String)
    }

    /// A member's offset that the compiler is to confirm.
    struct Claim {
        var member: String
        var offset: Int
    }

    mutating func define(_ text: String) { definitions.append(text) }

    // MARK: Messages

    /// Defines the struct of a whole message, or one struct for each of its variants.
    mutating func add(_ layout: MessageLayout) throws(EmissionError) {
        let path = layout.name
        guard let variants = layout.variants else {
            guard !layout.fields.isEmpty else { throw error(.empty, path) }
            _ = try structure(layout, path, isOutermost: true)
            return
        }
        try defineTags(variants, of: layout, path)
        for variant in variants.cases {
            guard variant.layout.variants == nil else {
                throw error(.variantsInside, "\(path).\(variant.name)")
            }
            try defineStruct(
                tags.claim(cName(layout.name + "_" + variant.name)),
                comment: "\(layout.name) when \(variants.tagName) is \(variant.tag): \(variant.name)",
                whole(layout, variants, variant),
                path: path + "." + variant.name,
                isOutermost: true
            )
        }
    }

    /// The fields of a message that is of this case, from its first byte on.
    private func whole(
        _ layout: MessageLayout,
        _ variants: MessageLayout.Variants,
        _ variant: MessageLayout.Variants.Case
    ) -> [MessageLayout.Field] {
        var fields = layout.fields
        if variants.placement == .before {
            fields.append(.init(variants.tagName, .integer(variants.tag), role: .constant(variant.tag)))
        }
        // Names of the case's own fields may be those of the fields in front.
        var names = NameScope(taken: Set(fields.map(\.name)))
        for var field in variant.layout.fields {
            if field.role != .padding { field.name = names.claim(field.name) }
            if case .inside(let offset) = variants.placement, field.offset == offset, field.role == .value,
                case .integer = field.type
            {
                field.role = .constant(variant.tag)
            }
            fields.append(field)
        }
        return MessageLayout(name: layout.name, packing: fields).fields
    }

    private mutating func defineTags(
        _ variants: MessageLayout.Variants,
        of layout: MessageLayout,
        _ path: String
    ) throws(EmissionError) {
        var source = SourceText()
        source.line("/* What \(variants.tagName.inComment) says. */")
        var rows: [(String, String)] = []
        for variant in variants.cases {
            let name = enumerators.claim(cName("\(layout.name)_\(variants.tagName)_\(variant.name)"))
            rows.append(("#define \(name) \(variant.tag)u", ""))
        }
        source.aligned(rows, opening: "")
        if variants.isOpen {
            source.line("/* Other values are legal; what follows them is not known. */")
        }
        define(source.text)
    }

    // MARK: Structs

    /// The tag of the struct for a layout; defines it the first time.
    mutating func structure(
        _ layout: MessageLayout,
        _ path: String,
        depth: Int = 0,
        isOutermost: Bool = false
    ) throws(EmissionError) -> String {
        if let tag = structTags[layout] { return tag }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        if !isOutermost {
            guard layout.variants == nil else { throw error(.variantsInside, path) }
            guard layout.isFixedSize else { throw error(.variableInside, path) }
            guard layout.sizeMinimum > 0 else { throw error(.empty, path) }
        }
        let wanted = cName(layout.name.isEmpty ? "message" : layout.name)
        // Structs inside are defined before, but the outer one has the first right to its name.
        let tag = tags.claim(wanted)
        let renamed = tag == layout.name ? "" : ", called \(layout.name.inComment) in the layout"
        try defineStruct(
            tag,
            comment: "\(layout.emittedSize)\(renamed)",
            layout.fields,
            path: path,
            isOutermost: isOutermost,
            depth: depth
        )
        structTags[layout] = tag
        return tag
    }

    private mutating func defineStruct(
        _ tag: String,
        comment: String,
        _ fields: [MessageLayout.Field],
        path: String,
        isOutermost: Bool,
        depth: Int = 0
    ) throws(EmissionError) {
        var (rows, claims) = try members(fields, path, depth: depth)
        var size = fields.last.map { $0.offset + $0.type.sizeMinimum } ?? 0
        if rows.isEmpty {
            // A case without fields of its own, at the start of a message: nothing to declare.
            guard isOutermost else { throw error(.empty, path) }
            rows = [.member(code: "char nothing[0];", comment: "no bytes at all")]
            claims = []
            size = 0
        }
        var source = SourceText()
        source.line("/* \(comment.inComment) */")
        source.line("struct \(tag) {")
        write(rows, to: &source)
        source.line("} __attribute__((packed));")
        let sentence = "struct \(tag) has \(bytesText(size))"
        source.line("_Static_assert(sizeof(struct \(tag)) == \(size), \"\(sentence)\");")
        for claim in claims {
            let offset = "offsetof(struct \(tag), \(claim.member)) == \(claim.offset)"
            source.line(
                "_Static_assert(\(offset), \"\(tag).\(claim.member) begins at byte \(claim.offset)\");"
            )
        }
        define(source.text)
    }

    private func write(_ rows: [Row], to source: inout SourceText) {
        var pending: [(String, String)] = []
        func flush(_ source: inout SourceText) {
            source.indented { inner in inner.aligned(pending, opening: "/* ", closing: " */") }
            pending = []
        }
        let width = rows.map { if case .member(let code, _) = $0 { code.count } else { 0 } }.max() ?? 0
        for row in rows {
            switch row {
            case .member(let code, let comment):
                let gap = String(repeating: " ", count: width - code.count)
                pending.append((code + gap, comment))
            case .directive(let line):
                flush(&source)
                source.flush(line)
            }
        }
        flush(&source)
    }

    // MARK: Unions

    /// The tag of a C union; defines it the first time.
    mutating func union(_ type: UnionType, _ path: String, depth: Int) throws(EmissionError) -> String {
        if let tag = unionTags[type] { return tag }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        guard type.size > 0 else { throw error(.empty, path) }
        let tag = tags.claim(cName(type.name.isEmpty ? "union_type" : type.name))
        let fields = type.members.map { MessageLayout.Field($0.name, $0.type) }
        var rows: [Row] = []
        var names = NameScope(taken: cWords)
        for field in fields {
            let name = names.claim(cName(field.name))
            rows += try member(field, as: name, path, depth: depth).rows
        }
        if fields.allSatisfy({ $0.type.sizeMinimum < type.size }) {
            let name = names.claim(type.rawName)
            rows.append(.member(code: "uint8_t \(name)[\(type.size)];", comment: "all bytes of the union"))
        }
        var source = SourceText()
        source.line("/* \(type.size) bytes that can be read in several ways */")
        source.line("union \(tag) {")
        write(rows, to: &source)
        source.line("} __attribute__((packed));")
        source.line(
            "_Static_assert(sizeof(union \(tag)) == \(type.size), \"union \(tag) takes \(bytesText(type.size))\");"
        )
        define(source.text)
        unionTags[type] = tag
        return tag
    }

    func error(_ reason: EmissionError.Reason, _ path: String) -> EmissionError {
        EmissionError(reason, field: path, target: .c)
    }
}
