/// The values given for one message, from which each field takes its own.
struct ValueSource {
    private let values: FieldValues
    private let layout: MessageLayout
    private var isTaken: [Bool]
    private var cursor = 0

    enum Body {
        case known(MessageLayout.Variants.Case, FieldValues)
        case unknown([UInt8])
    }

    init(_ values: FieldValues, of layout: MessageLayout) {
        self.values = values
        self.layout = layout
        isTaken = Array(repeating: false, count: values.elements.count)
    }

    /// The value given under this name. Values in the layout's order are found without a search.
    mutating func take(_ name: String, at offset: Int) throws(WireError) -> FieldValue? {
        if cursor == isTaken.count || values.elements[cursor].name != name {
            guard let found = values.elements.firstIndex(where: { $0.name == name }) else { return nil }
            cursor = found
        }
        guard !isTaken[cursor] else {
            throw WireError(.wrongKind(expected: "one value", found: "several"), offset: offset)
        }
        isTaken[cursor] = true
        defer { cursor += 1 }
        return values.elements[cursor].value
    }

    /// The items given for the tail.
    func tailItems(_ tail: MessageLayout.Field) -> Int {
        switch values[tail.name] {
        case .array(let items): items.count
        case .bytes(let bytes): bytes.count
        default: 0
        }
    }

    /// Which case of a tagged union was given, with its tag.
    mutating func takeVariant(
        _ variants: MessageLayout.Variants,
        at offset: Int
    ) throws(WireError) -> (tag: UInt64, Body) {
        let given = variants.cases.filter { values[$0.name] != nil }
        let tag = try take(variants.tagName, at: offset)
        if let tag, let variant = given.first, variants.tagBits(of: tag) != variant.tag & variants.tagMask {
            let expected = variants.tag.text(bits: variant.tag)
            throw WireError(
                .wrongConstant(expected: expected, found: FieldType.integer(variants.tag).text(of: tag)),
                field: variants.tagName,
                offset: offset
            )
        }
        if given.count == 1 {
            let variant = given[0]
            switch try take(variant.name, at: offset) {
            case .message(let fields)?: return (variant.tag & variants.tagMask, .known(variant, fields))
            case let other:
                throw WireError(
                    .wrongKind(expected: "a message", found: other?.kind ?? "nothing"),
                    field: variant.name,
                    offset: offset
                )
            }
        }
        let names = variants.cases.map(\.name)
        guard given.isEmpty else {
            throw WireError(
                .wrongKind(
                    expected: "one of \(names.joined(separator: ", "))",
                    found: given.map(\.name).joined(separator: " and ")
                ),
                offset: offset
            )
        }
        if let unknown = unknownName { throw error(unknown, known: names, at: offset) }
        if let tag, values[Self.bytesName] == nil, let bits = variants.tagBits(of: tag),
            let variant = variants.named(tag: bits)
        {
            return (bits, .known(variant, FieldValues()))
        }
        guard variants.isOpen, let tag, case .bytes(let rest)? = try take(Self.bytesName, at: offset) else {
            throw WireError(
                .missingField(type: "one of \(names.joined(separator: ", "))"),
                field: variants.tagName,
                offset: offset
            )
        }
        guard let bits = variants.tagBits(of: tag) else {
            throw WireError(
                .wrongKind(expected: "a tag of \(variants.tag.bytes) bytes", found: tag.kind),
                field: variants.tagName,
                offset: offset
            )
        }
        if let known = variants.named(tag: bits) {
            throw WireError(
                .wrongKind(expected: "the fields of \(known.name)", found: "bytes"),
                field: Self.bytesName,
                offset: offset
            )
        }
        return (bits, .unknown(rest))
    }

    /// The error for a value whose name nobody knows. It is a likelier mistake than a missing field, and told
    /// first.
    func unknownField(at offset: Int) -> WireError? {
        unknownName.map { error($0, known: layout.valueNames, at: offset) }
    }

    /// Says that all fields have taken theirs.
    func finish(at offset: Int) throws(WireError) {
        guard let left = isTaken.firstIndex(of: false) else { return }
        if let unknown = unknownField(at: offset) { throw unknown }
        let name = values.elements[left].name
        throw WireError(.wrongKind(expected: "one value", found: "several"), field: name, offset: offset)
    }

    private static let bytesName = MessageLayout.Variants.unknownBytesName

    private var unknownName: String? {
        let known = Set(layout.valueNames)
        return values.elements.first { !known.contains($0.name) }?.name
    }

    private func error(_ name: String, known: [String], at offset: Int) -> WireError {
        WireError(.unknownField(known: known), field: name, offset: offset)
    }
}

extension MessageLayout {
    /// The names under which values are given and found: own fields, then the cases of the tagged union, its
    /// tag and the bytes of a case without a name.
    public var valueNames: [String] {
        var names = fields.filter { $0.role != .padding && $0.role != .reserved }.map(\.name)
        if let variants {
            names += variants.cases.map(\.name) + [variants.tagName]
            if variants.isOpen { names.append(Variants.unknownBytesName) }
        }
        return names
    }
}
