public import ParleyWire

extension DynamicMessage {
    /// The message of arguments as `name=Li math=99 body.kind=0x4D items[0].x=1 key=hex:00ff photo=@file`.
    ///
    /// Numbers are decimal, `0x…`, `0o…` or `0b…`; enumerations also take the names of their cases; arrays of
    /// numbers are written `1,2,3`; structures, unions and arrays also as JSON. Of a union one member is
    /// enough: `u.math=83`; `u=hex:…` are all its bytes. Text stands as it is; after `text:` nothing in it
    /// means anything, after `hex:` (in a field of bytes also after `0x`) come digits, after `@` a file's
    /// path.
    ///
    /// - Throws: ``MessageTextError`` with the field and all fields with types and limits.
    public init(
        assignments: [String],
        as compiled: CompiledLayout,
        load: FileLoader? = nil
    ) throws(MessageTextError) {
        try self.init(assignments: assignments, as: compiled, load: load, filling: nil)
    }

    /// The same, with its length filled in.
    package init(
        assignments: [String],
        as compiled: CompiledLayout,
        load: FileLoader?,
        filling: LengthFilling?
    ) throws(MessageTextError) {
        let layout = compiled.layout
        let input = FieldInput(layout: layout, load: load)
        var root = AssignmentTree()
        for argument in assignments { try root.insert(assignment: argument, fields: layout.summary) }
        try self.init(input: try input.fields(root, of: layout, at: FieldPath()), as: compiled, filling)
    }
}

/// Assignments sorted by what they have in common: `a.x=1 a.y=2` is one value for `a`, which has two.
struct AssignmentTree {
    private(set) var text: String?
    private(set) var children: [(step: Step, tree: AssignmentTree)] = []

    enum Step: Hashable {
        case name(String)
        case index(Int)
    }

    /// Arrays are as long as the highest index says, so it is bounded.
    static let indexMax = 65535

    /// The most steps of a path: no layout nests deeper, and each step is a level of the tree.
    static let stepsMax = MessageLayout.nestingMax + 1

    /// The steps of `items[3].name`; nil when it is written otherwise, or when no layout has as many.
    static func path(_ text: Substring) -> [Step]? {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let name = pieces.first, !name.isEmpty else { return nil }
            steps.append(.name(String(name)))
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), 0...indexMax ~= index else {
                    return nil
                }
                steps.append(.index(index))
            }
            guard steps.count <= stepsMax else { return nil }
        }
        return steps
    }

    /// Takes in `path=text`; `fields` are told with an error.
    mutating func insert(assignment argument: String, fields: String) throws(MessageTextError) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex,
            let path = Self.path(argument[..<equals])
        else { throw .notAnAssignment(argument, fields: fields) }
        guard insert(String(argument[argument.index(after: equals)...]), at: path[...]) else {
            throw .assignedTwice(String(argument[..<equals]))
        }
    }

    /// False when the place is taken, or lies inside or around one that is.
    mutating func insert(_ text: String, at path: ArraySlice<Step>) -> Bool {
        guard let step = path.first else {
            guard self.text == nil, children.isEmpty else { return false }
            self.text = text
            return true
        }
        guard self.text == nil else { return false }
        let index = children.firstIndex { $0.step == step } ?? children.endIndex
        if index == children.endIndex { children.append((step, AssignmentTree())) }
        return children[index].tree.insert(text, at: path.dropFirst())
    }
}

extension FieldInput {
    func fields(
        _ tree: AssignmentTree,
        of layout: some FieldNaming,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValues {
        var values = FieldValues()
        for (step, tree) in tree.children {
            guard case .name(let name) = step else { continue }
            let path = path.appending(name)
            guard let type = layout.type(of: name) else {
                throw error(.unknownField(known: layout.valueNames), at: path)
            }
            values.elements.append(FieldValues.Element(name, try value(tree, as: type, at: path)))
        }
        return values
    }

    private func value(
        _ tree: AssignmentTree,
        as type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValue {
        if let text = tree.text {
            if let resolved = try resolve?(text, type, path) { return resolved }
            return try value(text, as: type, at: path)
        }
        if case .message(let layout) = type, !tree.hasIndices {
            return .message(try fields(tree, of: layout, at: path))
        }
        if case .union(let union) = type, !tree.hasIndices {
            return .message(try fields(tree, of: union, at: path))
        }
        guard let element = type.elementType, tree.hasOnlyIndices else {
            throw error(.wrongKind(expected: type.wanted, found: "fields of it"), at: path)
        }
        var values: [FieldValue] = []
        for index in 0..<tree.children.count {
            let path = path.appending(index)
            guard let child = tree.children.first(where: { $0.step == .index(index) }) else {
                throw error(.missingField(type: element.name), at: path)
            }
            values.append(try value(child.tree, as: element, at: path))
        }
        return .array(values)
    }
}

extension AssignmentTree {
    fileprivate var hasIndices: Bool {
        children.contains { if case .index = $0.step { true } else { false } }
    }
    fileprivate var hasOnlyIndices: Bool {
        children.allSatisfy { if case .index = $0.step { true } else { false } }
    }
}
