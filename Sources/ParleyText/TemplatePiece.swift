import ParleyWire

/// A part of a template's value.
enum TemplatePiece: Sendable, Hashable {
    case text(String)
    /// A field of the question, by its path.
    case field(String)

    /// The pieces of a value, nil when it has no placeholder and stands for itself.
    static func pieces(of text: String) -> [TemplatePiece]? {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return nil }
        var pieces: [TemplatePiece] = []
        var plain = ""
        var rest = text[...]
        var isTemplate = false
        while let open = rest.firstIndex(of: "{") {
            plain += rest[..<open]
            rest = rest[open...]
            let isDoubled = rest.hasPrefix("{{")
            let inside = rest.dropFirst(isDoubled ? 2 : 1)
            let closing = isDoubled ? "}}" : "}"
            let name = inside.prefix { isPart($0) }
            guard let first = name.first, !first.isNumber, inside.dropFirst(name.count).hasPrefix(closing)
            else {
                plain.append("{")
                rest = rest.dropFirst()
                continue
            }
            rest = inside.dropFirst(name.count + closing.count)
            isTemplate = true
            if isDoubled {
                plain += "{\(name)}"
            } else {
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.field(String(name)))
            }
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return isTemplate ? pieces : nil
    }

    /// `{name` behind the last closing brace: what was begun as a placeholder and not ended.
    static func unclosed(in text: String) -> String? {
        var rest = text[(text.lastIndex(of: "}") ?? text.startIndex)...]
        while let open = rest.firstIndex(of: "{") {
            rest = rest[open...].dropFirst()
            let name = rest.prefix { isPart($0) }
            if let first = name.first, !first.isNumber { return "{\(name)" }
        }
        return nil
    }

    private static func isPart(_ character: Character) -> Bool {
        guard character.isASCII else { return false }
        return character.isLetter || character.isNumber || "_.[]".contains(character)
    }
}

/// The question whose fields a template names.
struct Scope {
    let message: FieldValues
    let layout: MessageLayout
    let kind: String?
    let policy: TextPolicy

    /// As much as a stream's framing takes of a message, unless told otherwise.
    static let textBytesMax = 16 << 20

    /// The value of a template's pieces in a field of that type.
    func value(
        of pieces: [TemplatePiece],
        as type: FieldType,
        at path: FieldPath,
        _ input: FieldInput
    ) throws(MessageTextError) -> FieldValue {
        let isText = type.elementType == nil && type.isTextOrBytes
        if pieces.count == 1, case .field(let name) = pieces[0] {
            let json = self.json(name)
            switch json {
            case .string: break
            default: if isText { return .bytes(input.padded(Array("\(json)".utf8), type)) }
            }
            return try input.value(json, as: type, at: path)
        }
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let plain): text += plain
            case .field(let name): text += plain(name)
            }
            // What a stranger sends is repeated as often as the template says: it ends before it is built.
            guard text.utf8.count <= Self.textBytesMax else {
                throw input.error(.doesNotFit(bytes: text.utf8.count, capacity: Self.textBytesMax), at: path)
            }
        }
        // What strangers send is text and nothing else: no marks for digits or files are read in it.
        if isText { return .bytes(input.padded(Array(text.utf8), type)) }
        return try input.value(.string(text), as: type, at: path)
    }

    /// A field as `--json` shows it; null where an array is shorter than the template thought.
    private func json(_ name: String) -> JSONValue {
        find(name).map { JSONValue($0.value, of: $0.type, at: $0.path, policy) } ?? .null
    }

    /// A field as it stands within a text: text as it is, also when it begins as our own mark for bytes does.
    private func plain(_ name: String) -> String {
        guard let found = find(name) else { return "" }
        if case .bytes(let bytes) = found.value, let type = found.type,
            let text = policy.text(bytes, of: type, at: found.path),
            let string = String(validating: text, as: UTF8.self)
        {
            return string
        }
        let json = json(name)
        return if case .string(let text) = json { text } else { "\(json)" }
    }

    private typealias Found = (value: FieldValue, type: FieldType?, path: FieldPath)

    private func find(_ name: String) -> Found? {
        guard let steps = AssignmentTree.path(name[...]) else { return nil }
        let whole: Found = (.message(message), .message(layout), FieldPath())
        if let found = find(steps[...], in: whole) { return found }
        guard let kind, let value = message[kind] else { return nil }
        return find(steps[...], in: (value, layout.type(of: kind), FieldPath().appending(kind)))
    }

    private func find(_ steps: ArraySlice<AssignmentTree.Step>, in place: Found) -> Found? {
        guard let step = steps.first else { return place }
        switch (step, place.value) {
        case (.name(let name), .message(let values)):
            guard let inner = values[name] else { return nil }
            let found = (inner, place.type?.member(name), place.path.appending(name))
            return find(steps.dropFirst(), in: found)
        case (.index(let index), .array(let values)):
            guard values.indices.contains(index) else { return nil }
            let found = (values[index], place.type?.elementType, place.path.appending(index))
            return find(steps.dropFirst(), in: found)
        default:
            return nil
        }
    }
}

extension MessageLayout {
    /// Whether a question of that kind can have a value there; an index may lie beyond what it has.
    func hasValue(at name: String, in kind: String?) -> Bool {
        guard let steps = AssignmentTree.path(name[...]) else { return false }
        let kinds = kindTypes(kind)
        return FieldType.message(self).type(at: steps[...]) != nil
            || (!kinds.isEmpty && kinds.allSatisfy { $0?.type(at: steps[...]) != nil })
    }

    /// The type of that value; nil where kinds of questions differ in it.
    func valueType(at name: String, in kind: String?) -> FieldType? {
        guard let steps = AssignmentTree.path(name[...]) else { return nil }
        if let type = FieldType.message(self).type(at: steps[...]) { return type }
        let types = Set(kindTypes(kind).map { $0?.type(at: steps[...]) })
        return types.count == 1 ? types.first ?? nil : nil
    }

    private func kindTypes(_ kind: String?) -> [FieldType?] {
        (variants?.cases ?? []).map(\.name).filter { kind == nil || $0 == kind }.map { type(of: $0) }
    }

    /// Those that are called so inside of a field, `h.seq` for `seq`; all that a template can name where there is none.
    func names(meant name: String, in kind: String?) -> [String] {
        let layouts = variants?.cases.filter { kind == nil || $0.name == kind }.map(\.layout) ?? [self]
        let inside = (layouts.first ?? self).fields.compactMap { field -> String? in
            guard case .message(let inner) = field.type, inner.type(of: name) != nil else { return nil }
            return "\(field.name).\(name)"
        }
        let shared = inside.filter { hasValue(at: $0, in: kind) }
        return shared.isEmpty ? names(in: kind) : shared
    }

    /// The fields that a template for that kind can name.
    func names(in kind: String?) -> [String] {
        guard let kind, case .message(let layout)? = type(of: kind) else { return valueNames }
        return layout.valueNames
    }
}

extension FieldType {
    /// The type of a structure's field, or of a union's member.
    fileprivate func member(_ name: String) -> FieldType? {
        switch self {
        case .message(let layout): layout.type(of: name)
        case .union(let union): union.members.first { $0.name == name }?.type
        default: nil
        }
    }

    fileprivate func type(at steps: ArraySlice<AssignmentTree.Step>) -> FieldType? {
        switch steps.first {
        case nil: self
        case .name(let name)?: member(name)?.type(at: steps.dropFirst())
        case .index?: elementType?.type(at: steps.dropFirst())
        }
    }

    var isTextOrBytes: Bool {
        switch self {
        case .text, .bytes, .tail: true
        default: false
        }
    }
}
