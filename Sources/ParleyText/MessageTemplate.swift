public import ParleyWire

/// Answers written once and filled in for each question.
///
///     math=100 name={name}                    // the question again, with another mark
///     hello: data.seq={seq} data.text=hi      // one answer for each kind of question
///     data: ack.seq={seq}
///
/// An answer is a list of assignments, as in ``DynamicMessage/init(assignments:as:load:)``. `{field}` stands
/// for the question's field of that path: alone it is the value itself, in a text what `--json` shows of it.
/// Braces around anything else, and `{{field}}`, are themselves. What is not assigned is taken from the
/// question when question and answer are messages of one kind.
///
/// When a field tells the question's kinds apart, `KIND:` begins the answer to that kind; kinds that are not
/// mentioned get none. Without such a word the assignments answer every question.
public struct MessageTemplate: Sendable {
    private let question: CompiledLayout
    private let answer: CompiledLayout
    private var rules: [Rule]
    private let policy: TextPolicy
    private let filling: LengthFilling?

    private struct Rule {
        /// The kind of question that is answered; nil answers all.
        var kind: String?
        var tree: AssignmentTree
        /// The values of what is the same for every question, by path.
        var constants: [String: FieldValue] = [:]
    }

    /// Reads the assignments and tries them.
    ///
    /// - Parameters:
    ///   - question: what is answered.
    ///   - answer: what the answers are.
    ///   - policy: which fields of the question are text.
    ///   - load: reads the files of `@path`, now and not again.
    /// - Throws: ``MessageTextError`` with the field: unknown kinds and fields, values that do not fit,
    ///   fields of the answer that nothing is assigned to.
    public init(
        _ arguments: [String],
        answering question: CompiledLayout,
        as answer: CompiledLayout,
        _ policy: TextPolicy = TextPolicy(),
        load: FileLoader? = nil
    ) throws(MessageTextError) {
        try self.init(arguments, answering: question, as: answer, policy, load: load, filling: nil)
    }

    /// The same; the answers' lengths are filled in, and never the question's.
    package init(
        _ arguments: [String],
        answering question: CompiledLayout,
        as answer: CompiledLayout,
        _ policy: TextPolicy,
        load: FileLoader?,
        filling: LengthFilling?
    ) throws(MessageTextError) {
        self.filling = filling
        self.question = question
        self.answer = answer
        self.policy = policy
        var rules: [Rule] = []
        for argument in arguments {
            if let kind = try Self.kind(argument, of: question.layout) {
                guard !rules.contains(where: { $0.kind == kind }) else { throw .assignedTwice(kind) }
                rules.append(Rule(kind: kind, tree: AssignmentTree()))
                continue
            }
            if rules.isEmpty { rules.append(Rule(kind: nil, tree: AssignmentTree())) }
            try rules[rules.count - 1].tree.insert(assignment: argument, fields: answer.layout.summary)
        }
        if rules.isEmpty { rules.append(Rule(kind: nil, tree: AssignmentTree())) }
        self.rules = rules
        for index in rules.indices { self.rules[index] = try prepared(rules[index], load) }
    }

    /// The answer to a message of the question's layout; nil when its kind gets none.
    ///
    /// - Throws: ``MessageTextError`` when a value of the question does not fit the answer.
    public func answer(to message: DynamicMessage) throws(MessageTextError) -> DynamicMessage? {
        let values = message.values
        let kind = message.layout.variants?.cases.first { values[$0.name] != nil }?.name
        guard let rule = rules.first(where: { $0.kind == nil || $0.kind == kind }) else { return nil }
        // A kind that the layout does not know has no fields to answer with.
        if message.layout.variants != nil, kind == nil { return nil }
        let scope = Scope(message: values, layout: message.layout, kind: kind, policy: policy)
        let input = FieldInput(layout: answer.layout, load: nil) {
            (text, type, path) throws(MessageTextError) in
            if let constant = rule.constants[path.text] { return constant }
            guard let pieces = TemplatePiece.pieces(of: text) else { return nil }
            return try scope.value(
                of: pieces,
                as: type,
                at: path,
                FieldInput(layout: answer.layout, load: nil)
            )
        }
        var assigned = try input.fields(rule.tree, of: answer.layout, at: FieldPath())
        if answer.layout == question.layout {
            var others = values
            filling?.close(&others)
            assigned = Self.completed(assigned, with: others, kind: kind, of: answer.layout)
        }
        return try DynamicMessage(input: assigned, as: answer, filling)
    }

    /// `hello:` as the kind of question that it names.
    private static func kind(_ argument: String, of layout: MessageLayout) throws(MessageTextError) -> String?
    {
        guard argument.hasSuffix(":"), !argument.contains("=") else { return nil }
        let name = String(argument.dropLast())
        let known = layout.variants?.cases.map(\.name) ?? []
        guard known.contains(name) else { throw .unknownKind(name, known: known) }
        return name
    }

    /// Evaluates what is the same for every question, and looks at every name.
    private func prepared(_ rule: Rule, _ load: FileLoader?) throws(MessageTextError) -> Rule {
        var rule = rule
        let found = Found()
        let input = FieldInput(layout: answer.layout, load: load)
        let trial = FieldInput(layout: answer.layout, load: nil) {
            (text, type, path) throws(MessageTextError) in
            if !text.hasPrefix("@"), let open = TemplatePiece.unclosed(in: text) {
                throw .unclosedBrace(open, field: path.text)
            }
            guard let pieces = TemplatePiece.pieces(of: text) else {
                let value = try input.value(text, as: type, at: path)
                try input.checkFit(value, as: type, at: path)
                found.constants[path.text] = value
                return value
            }
            for case .field(let name) in pieces where !question.layout.hasValue(at: name, in: rule.kind) {
                throw .unknownPlaceholder(
                    name,
                    field: path.text,
                    known: question.layout.names(meant: name, in: rule.kind)
                )
            }
            try checkKind(of: pieces, as: type, at: path, input, rule.kind)
            return .unsigned(0)
        }
        var values = try trial.fields(rule.tree, of: answer.layout, at: FieldPath())
        _ = filling?.open(&values)
        rule.constants = found.constants
        try checkCompleteness(values, rule)
        return rule
    }

    /// A placeholder of a kind that the field never takes: text for an array, a number for a Boolean.
    private func checkKind(
        of pieces: [TemplatePiece],
        as type: FieldType,
        at path: FieldPath,
        _ input: FieldInput,
        _ kind: String?
    ) throws(MessageTextError) {
        if type.elementType == nil, type.isTextOrBytes { return }
        var sample = JSONValue.string("")
        if pieces.count == 1, case .field(let name) = pieces[0] {
            // What has a name in one value and a number in another is left to the question.
            guard let known = question.layout.valueType(at: name, in: kind)?.sampleJSON else { return }
            sample = known
        }
        do throws(MessageTextError) {
            _ = try input.value(sample, as: type, at: path)
        } catch {
            // The sample's value says nothing, its kind does.
            guard case .field(let wire, _) = error, case .wrongKind = wire.reason else { return }
            throw error
        }
    }

    /// A field that nothing will ever be assigned to is found before the first question comes.
    private func checkCompleteness(_ values: FieldValues, _ rule: Rule) throws(MessageTextError) {
        let isSame = answer.layout == question.layout
        guard let variants = answer.layout.variants else {
            guard !isSame else { return }
            return try require(answer.layout, values, under: "")
        }
        let given = variants.cases.first { values[$0.name] != nil }
        guard let given else {
            guard !isSame else { return }
            let names = variants.cases.map(\.name).joined(separator: ", ")
            throw missing("", type: "one of \(names)")
        }
        // The answer to a question of its own kind takes over the rest of it.
        if isSame, rule.kind == nil || rule.kind == given.name { return }
        guard case .message(let fields)? = values[given.name] else { return }
        try require(given.layout, fields, under: given.name + ".")
    }

    private func require(
        _ layout: MessageLayout,
        _ values: FieldValues,
        under prefix: String
    ) throws(MessageTextError) {
        for field in layout.fields where field.role == .value {
            guard let value = values[field.name] else {
                throw missing(prefix + field.name, type: field.type.name)
            }
            try require(field.type, value, at: prefix + field.name)
        }
    }

    /// The same of what is inside a value.
    private func require(_ type: FieldType, _ value: FieldValue, at path: String) throws(MessageTextError) {
        switch (type, value) {
        case (.message(let inner), .message(let values)) where inner.variants == nil:
            try require(inner, values, under: path + ".")
        case (_, .array(let items)):
            guard let element = type.elementType else { return }
            for (index, item) in items.enumerated() { try require(element, item, at: "\(path)[\(index)]") }
        default: break
        }
    }

    private func missing(_ field: String, type: String) -> MessageTextError {
        .field(WireError(.missingField(type: type), field: field), fields: answer.layout.summary)
    }

    /// The values with what they leave open taken from the question.
    private static func completed(
        _ values: FieldValues,
        with question: FieldValues,
        kind: String?,
        of layout: MessageLayout
    ) -> FieldValues {
        guard let variants = layout.variants else { return overlay(values, on: question, of: layout) }
        guard let kind, let variant = variants.cases.first(where: { $0.name == kind }),
            case .message(let own)? = question[kind]
        else { return values }
        if values.elements.isEmpty { return [kind: .message(strip(own, of: variant.layout))] }
        guard case .message(let given)? = values[kind] else { return values }
        var result = values
        result[kind] = .message(overlay(given, on: own, of: variant.layout))
        return result
    }

    private static func overlay(
        _ values: FieldValues,
        on base: FieldValues,
        of layout: MessageLayout
    ) -> FieldValues {
        var result = strip(base, of: layout)
        for element in values.elements {
            if case .message(let inner)? = layout.type(of: element.name),
                case .message(let given) = element.value, case .message(let own)? = result[element.name]
            {
                result[element.name] = .message(overlay(given, on: own, of: inner))
            } else {
                result[element.name] = element.value
            }
        }
        return result
    }

    /// Values without counts and constants, which encoding fills in.
    private static func strip(_ values: FieldValues, of layout: MessageLayout) -> FieldValues {
        FieldValues(
            values.elements.compactMap { element in
                guard let field = layout.field(element.name) else { return element }
                guard field.role == .value else { return nil }
                guard case .message(let inner) = field.type, case .message(let own) = element.value else {
                    return element
                }
                return FieldValues.Element(element.name, .message(strip(own, of: inner)))
            }
        )
    }

    /// What a trial comes across.
    private final class Found {
        var constants: [String: FieldValue] = [:]
    }
}
