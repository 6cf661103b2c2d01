internal import ParleyTypes
public import ParleyWire

/// Why a text is not a message of its layout.
public enum MessageTextError: Error, Sendable, Hashable {
    /// A value is wrong, missing or of no field. `fields` are those of the layout, with types and limits.
    case field(WireError, fields: String)
    /// The argument is not of the form `field=value`.
    case notAnAssignment(String, fields: String)
    /// The field was given two values.
    case assignedTwice(String)
    /// A template has an answer for a kind of message that there is not.
    case unknownKind(String, known: [String])
    /// A template's value for `field` names a field that the question does not have.
    case unknownPlaceholder(String, field: String, known: [String])
    /// A template's value for `field` has a brace before a name, and none that closes it.
    case unclosedBrace(String, field: String)
    /// The placeholder of a time, `{time:h}`, has a unit that there is not.
    case unknownTimeUnit(String, field: String)
    /// The text is not JSON.
    case json(JSONError)
    /// The digits of bytes cannot be read.
    case hex(HexError, field: String)
    /// A field must have exactly as many bytes.
    case wrongByteCount(field: String, expected: Int, found: Int)
    /// The file for a field cannot be read.
    case file(field: String, path: String, reason: String)
}

extension MessageTextError: CustomStringConvertible {
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        switch self {
        case .field(let error, let fields):
            switch error.reason {
            case .unknownField(let known):
                "\(name(error)): there is no such field; \(Self.hint(name(error), known, fields))"
            case .missingField: "\(name(error)) needs a value; the fields are \(fields)"
            case let reason: "\(name(error)): \(reason); the fields are \(fields)"
            }
        case .notAnAssignment(let argument, let fields):
            "\u{201C}\(SafeText.line(argument))\u{201D} is not of the form field=value; "
                + "the fields are \(fields)"
        case .assignedTwice(let field):
            "\(SafeText.line(field)) is given twice"
        case .unknownKind(let kind, let known):
            known.isEmpty
                ? "\(SafeText.line(kind)): the messages are all of one kind; "
                    + "several are told apart by --as 'proto.h:kind{1=hello,2=data}'"
                : "there is no kind \(SafeText.line(kind)); there are \(known.joined(separator: ", "))"
        case .unknownPlaceholder(let name, let field, let known):
            "\(SafeText.line(field)): the question has no field \(SafeText.line(name)); "
                + "it has \(known.joined(separator: ", "))"
        case .unclosedBrace(let text, let field):
            "\(SafeText.line(field)): \u{201C}\(text)\u{201D} has no closing brace; a field of the "
                + "question is written \(text)}"
        case .unknownTimeUnit(let placeholder, let field):
            "\(SafeText.line(field)): \(placeholder) has no unit that there is: write {time:s}, {time:ms}, {time:us}, "
                + "{time:ns}, or {{time}} for what stands in braces itself"
        case .json(let error):
            "\(error)"
        case .hex(let error, let field):
            "\(field): \(error)"
        case .wrongByteCount(let field, let expected, let found):
            "\(field) has exactly \(expected) bytes, \(found) are given"
        case .file(let field, let path, let reason):
            "\(field): \(SafeText.line(path)): \(reason)"
        }
    }

    private func name(_ error: WireError) -> String {
        error.field.isEmpty ? "the message" : SafeText.line(error.field)
    }

    /// The fields that are meant perhaps; all of them where they are few and none is near.
    private static func hint(_ path: String, _ known: [String], _ fields: String) -> String {
        let word = path.split(separator: ".").last.map(String.init) ?? path
        let ofKinds = known.filter { $0.hasSuffix("." + path) }
        guard ofKinds.isEmpty else {
            return "begin with the kind of message: \(Phrase.list(Array(ofKinds.prefix(5)), "or"))"
        }
        let near = Nearest.question(for: word, among: known).map {
            $0.prefix(1).lowercased() + $0.dropFirst()
        }
        if known.count <= 5 {
            return near.map { "\($0) The fields are \(fields)" } ?? "the fields are \(fields)"
        }
        let all = "`parley layout` shows all \(known.count)"
        return near.map { "\($0) \(all)" } ?? all
    }
}
