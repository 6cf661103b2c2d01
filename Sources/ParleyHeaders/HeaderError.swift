internal import ParleyTypes

/// What a header says that cannot be understood, or cannot become a message: where, what was expected, what
/// helps.
///
/// ``rendered`` shows it as a compiler does:
///
///     proto.h:12:5: error: there is no type uint32
///         uint32 math;
///         ^~~~~~
///     hint: did you mean uint32_t?
public struct HeaderError: Error, Sendable, Hashable {
    public var reason: Reason
    public var location: SourceLocation
    /// What to try, as a sentence without a capital.
    public var hint: String?

    public init(_ reason: Reason, at location: SourceLocation, hint: String? = nil) {
        self.reason = reason
        self.location = location
        self.hint = hint
    }

    public enum Reason: Sendable, Hashable {
        // Text
        /// The grammar wants something else here.
        case expected(String, found: String)
        /// Something that began here has no end.
        case unterminated(Construct)
        // Preprocessor
        /// `#error` was met.
        case errorDirective(String)
        case unknownDirective(String)
        /// An `#include "…"` of which no file was found.
        case missingFile(String)
        case macroArguments(name: String, expected: Int, found: Int)
        // Constants
        case unknownName(String)
        case divisionByZero
        case arithmeticOverflow
        case badShift(String)
        case badNumber(String)
        // Declarations
        case unknownType(String)
        /// The type is declared here or elsewhere, but not yet defined.
        case incompleteType(String)
        case duplicate(String)
        case conflictingTypes(String)
        /// `char unsigned float x;`
        case badTypeCombination(String)
        case badArraySize(String)
        case badAlignment(String)
        /// A bit field that C does not allow.
        case badBitField(String)
        case assertionFailed(String)
        // Layouts
        case unknownStruct(String, known: [String])
        /// A type without members.
        case notAStruct(String)
        /// A pointer means nothing on another machine.
        case pointer(field: String)
        /// A type whose values each machine keeps in a form of its own.
        case meaningless(field: String, type: String)
        /// Legal C that Parley does not read yet.
        case unsupported(String)
        case unknownTail(String, known: [String])
        case tailNotLast(String, last: String)
        case tailNotArray(String, type: String)
        /// Two tails are named for one struct.
        case tailsDiffer([String], structure: String)
        /// A tail is named that no struct has.
        case unusedTail(String, ends: [String])
        /// What should count a tail is no integer in front of it.
        case notCounting(String, tail: String, structure: String, known: [String])
        // Choices
        case unknownField(String, structure: String, known: [String])
        /// No union of the struct has such a member.
        case unknownMember(String, structure: String, known: [String])
        /// The field that should tell messages apart is no integer.
        case tagNotInteger(String, type: String)
        case tagElsewhere(String, structure: String, offset: Int, other: String, otherOffset: Int)
        case tagTypesDiffer(String, structure: String, type: String, other: String, otherType: String)
        case tagOutOfRange(String, minimum: Int64, maximum: UInt64)
        case duplicateTag(String, cases: [String])
        // Limits
        case tooMuch(Limit, maximum: Int)
    }

    public enum Construct: String, Sendable, Hashable {
        case comment, string, character, macroCall = "macro call", conditional = "#if"
        case brace = "{", parenthesis = "(", bracket = "["
    }

    public enum Limit: String, Sendable, Hashable {
        case sourceBytes = "bytes of source"
        case tokens
        case includeDepth = "files including each other"
        case includes = "included files"
        case macroTokens = "tokens out of one macro"
        case nesting = "levels of nesting"
        case typeBytes = "bytes in one type"
        case fields = "fields in one struct"
        case cases = "messages in one choice"
        case steps = "steps of work"
    }
}

extension HeaderError {
    /// The error with its line, a caret and the hint: several lines, no newline at the end.
    public var rendered: String {
        var text = description
        if !location.excerpt.isEmpty { text += "\n" + location.excerpt }
        if let hint { text += "\nhint: \(SafeText.line(hint))" }
        return text
    }
}

extension HeaderError: CustomStringConvertible {
    public var description: String { "\(location): error: \(reason)" }
}

extension HeaderError.Reason: CustomStringConvertible {
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        switch self {
        case .expected(let what, let found): "expected \(what), found \(found)"
        case .unterminated(let construct): "this \(construct.rawValue) has no end"
        case .errorDirective(let text): text.isEmpty ? "#error" : "#error \(text)"
        case .unknownDirective(let name): "there is no directive #\(name)"
        case .missingFile(let path): "the file \(path) was not found"
        case .macroArguments(let name, let expected, let found):
            "the macro \(name) takes \(expected) arguments, found \(found)"
        case .unknownName(let name): "\(name) is no constant that is known here"
        case .divisionByZero: "division by zero"
        case .arithmeticOverflow: "the value does not fit its integer type"
        case .badShift(let count): "a shift by \(count) has no meaning in C"
        case .badNumber(let text): "\(text) is no integer constant"
        case .unknownType(let name): "there is no type \(name)"
        case .incompleteType(let name): "\(name) is not defined before its size is needed"
        case .duplicate(let name): "\(name) is declared twice"
        case .conflictingTypes(let name): "\(name) was declared before with another type"
        case .badTypeCombination(let words): "\(words) is no type"
        case .badArraySize(let size): "an array cannot have \(size) elements"
        case .badAlignment(let text): "\(text) is no alignment: a power of two up to 65536 is"
        case .badBitField(let text): text
        case .assertionFailed(let text):
            text.isEmpty ? "_Static_assert fails" : "_Static_assert fails: \(text)"
        case .unknownStruct(let name, let known):
            known.isEmpty
                ? "there is no struct \(name); the header defines none"
                : "there is no struct \(name); the header defines \(Self.list(known, near: name))"
        case .notAStruct(let name): "\(name) is no struct"
        case .pointer(let field): "\(field) is a pointer, which means nothing on another machine"
        case .meaningless(let field, let type):
            "\(field) is of the type \(type), which machines keep each in a form of its own"
        case .unsupported(let what): "\(what) not supported yet"
        case .unknownTail(let name, let known):
            "there is no field \(name) to be the tail; there are \(Self.list(known, near: name))"
        case .tailNotLast(let name, let last): "\(name) cannot be the tail: the last field is \(last)"
        case .tailNotArray(let name, let type): "\(name) cannot be the tail: it is \(type), not an array"
        case .tailsDiffer(let names, let structure):
            "\(names.joined(separator: " and ")) are two tails for \(structure), which has one"
        case .unusedTail(let name, let ends):
            "none of the structs ends in \(name); they end in \(ends.joined(separator: ", "))"
        case .notCounting(let name, let tail, let structure, let known):
            "\(name) cannot count \(tail): it is no integer of \(structure) itself that stands before it"
                + (known.isEmpty ? "" : "; there are \(Self.list(known, near: name))")
        case .unknownField(let name, let structure, let known):
            known.isEmpty
                ? "\(structure) has a field \(name)"
                : "\(structure) has no field \(name); it has \(Self.list(known, near: name))"
        case .unknownMember(let name, let structure, let known):
            known.isEmpty
                ? "\(structure) has no union, so \(name) can be no member of one"
                : "no union of \(structure) has a member \(name); there are \(Self.list(known, near: name))"
        case .tagNotInteger(let name, let type):
            "\(name) is \(type), not an integer: it cannot tell messages apart"
        case .tagElsewhere(let name, let structure, let offset, let other, let otherOffset):
            "\(name) stands at byte \(offset) of \(structure) but at byte \(otherOffset) of \(other): "
                + "it cannot tell them apart"
        case .tagTypesDiffer(let name, let structure, let type, let other, let otherType):
            "\(name) is \(type) in \(structure) but \(otherType) in \(other): it cannot tell them apart"
        case .tagOutOfRange(let tag, let minimum, let maximum):
            "the tag \(tag) does not fit its field, which holds \(minimum) to \(maximum)"
        case .duplicateTag(let tag, let cases):
            "\(cases.joined(separator: " and ")) have the same tag \(tag)"
        case .tooMuch(let limit, let maximum): "too much: more than \(maximum) \(limit.rawValue)"
        }
    }

    /// At most five names: those that are near a word, otherwise the first.
    private static func list(_ names: [String], near word: String) -> String {
        guard names.count > 5 else { return names.joined(separator: ", ") }
        let near = Nearest.names(to: word, among: names)
        let shown = near.isEmpty ? Array(names.prefix(5)) : near
        return "\(shown.joined(separator: ", ")) and \(names.count - shown.count) more"
    }
}
