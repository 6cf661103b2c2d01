import SwiftDiagnostics
import SwiftSyntax

/// Finds what has no agreed width in the spelling of a type.
///
/// The macro sees names only: behind an alias, the unavailable conformances in ParleyWire say the same.
enum TypeAdvice {
    /// The first trouble with `type` as the type of a field, or nil.
    static func diagnostic(for type: TypeSyntax) -> Diagnostic? {
        if let diagnostic = diagnostic(forShape: type) { return diagnostic }
        guard let name = type.baseName else { return nil }
        if let (message, spellings) = sentences[name] {
            return Diagnostic(
                type,
                message,
                id: "width",
                fixIts: spellings.map { FixIt.say($0, insteadOf: type) }
            )
        }
        for argument in type.genericArguments {
            if let diagnostic = diagnostic(for: argument) { return diagnostic }
        }
        return nil
    }

    private static func diagnostic(forShape type: TypeSyntax) -> Diagnostic? {
        switch type.as(TypeSyntaxEnum.self) {
        case .optionalType, .implicitlyUnwrappedOptionalType:
            return Diagnostic(type, optional, id: "optional")
        case .tupleType(let tuple):
            if let only = tuple.elements.first, tuple.elements.count == 1 {
                return diagnostic(for: only.type)
            }
            return Diagnostic(
                type,
                "a tuple has no agreed layout: make it a @WireMessage struct, or [n of T] for an array",
                id: "tuple"
            )
        case .dictionaryType:
            return Diagnostic(type, dictionary, id: "dictionary")
        case .functionType:
            return Diagnostic(type, "a function has no bytes: keep it out of the message", id: "function")
        case .someOrAnyType:
            return Diagnostic(
                type,
                "any and some hide the width: name the type, or use a @WireMessage(tag:) enum",
                id: "existential"
            )
        case .arrayType(let array):
            return diagnostic(for: array.element)
        case .inlineArrayType(let array):
            guard case .type(let element) = array.element.argument else { return nil }
            return diagnostic(for: element)
        default:
            return nil
        }
    }

    private static let optional =
        "no byte says that nothing is there: add a Bool field, or say which value means none"
    private static let dictionary =
        "a dictionary has no order on the wire: use an array of @WireMessage structs as the tail"
    private static let string = "String has no fixed size: say CString<n> for a field, TailText for the tail"
    private static let foundation =
        "its bytes are Foundation's affair: say Bytes<n>, [UInt8] or a number with a unit"

    /// Sentences by the name of the type, with spellings that an editor can put in its place.
    private static let sentences: [String: (String, [String])] = [
        "Int": ("Int has 8 bytes here and 4 elsewhere: say Int32 or Int64", ["Int32", "Int64"]),
        "UInt": ("UInt has 8 bytes here and 4 elsewhere: say UInt32 or UInt64", ["UInt32", "UInt64"]),
        "CLong": ("C's long has 8 bytes here and 4 elsewhere: say Int32 or Int64", ["Int32", "Int64"]),
        "CUnsignedLong": (
            "C's unsigned long has 8 bytes here and 4 elsewhere: say UInt32 or UInt64", ["UInt32", "UInt64"]
        ),
        "CChar": ("C's char is signed here and unsigned elsewhere: say Int8 or UInt8", ["Int8", "UInt8"]),
        "Int128": (
            "C has no 128-bit integer to agree with: say two UInt64 fields or Bytes<16>", ["Bytes<16>"]
        ),
        "UInt128": (
            "C has no 128-bit integer to agree with: say two UInt64 fields or Bytes<16>", ["Bytes<16>"]
        ),
        "String": (string, ["CString<<#capacity#>>", "TailText"]),
        "Substring": (string, ["CString<<#capacity#>>", "TailText"]),
        "StaticString": (string, ["CString<<#capacity#>>", "TailText"]),
        "Character": (
            "a Character has no fixed size: say UInt8 for ASCII, UInt32 for Unicode", ["UInt8", "UInt32"]
        ),
        "Optional": (optional, []),
        "Dictionary": (dictionary, []),
        "Set": ("a set has no order on the wire: use an array as the tail", []),
        "Float16": (
            "Float16 has no C type to agree with: say Float, or UInt16 for its bit pattern", ["Float"]
        ),
        "Float80": ("Float80 exists on x86 only: say Double", ["Double"]),
        "CGFloat": ("CGFloat has 8 bytes here and 4 elsewhere: say Float or Double", ["Float", "Double"]),
        "Data": ("Data has no fixed size: say Bytes<n> for a field, [UInt8] for the tail", ["[UInt8]"]),
        "Date": (foundation, []),
        "Decimal": (foundation, []),
        "UUID": ("UUID is 16 bytes with a meaning of its own: say Bytes<16>", ["Bytes<16>"]),
        "URL": (string, ["CString<<#capacity#>>", "TailText"]),
        "Duration": (
            "a Duration has no agreed bytes: say Int64 with the unit in the field's name", ["Int64"]
        ),
        "ContiguousArray": ("the tail is spelled [T]: say an array", []),
        "ArraySlice": ("the tail is spelled [T]: say an array", []),
    ]
}

extension TypeSyntax {
    /// The last name of a named type: `ByteCount` of `ParleyWire.ByteCount<UInt16>`.
    var baseName: String? {
        if let type = self.as(IdentifierTypeSyntax.self) { return type.name.plainText }
        if let type = self.as(MemberTypeSyntax.self) { return type.name.plainText }
        return nil
    }

    /// Whether it is known by its name that its values contain no message: none that could contain the message
    /// around it again.
    var isPlain: Bool {
        if let array = self.as(ArrayTypeSyntax.self) { return array.element.isPlain }
        if let array = self.as(InlineArrayTypeSyntax.self) {
            guard case .type(let element) = array.element.argument else { return false }
            return element.isPlain
        }
        switch baseName {
        case "UInt8", "UInt16", "UInt32", "UInt64", "Int8", "Int16", "Int32", "Int64", "Float", "Double",
            "Bool", "CString", "Bytes", "Reserved", "ReservedBits", "LittleEndian", "TailText", "ByteCount",
            "ItemCount", "MessageByteCount", "MessageNumber":
            return true
        case "Array", "InlineArray":
            return genericArguments.allSatisfy(\.isPlain)
        default:
            return false
        }
    }

    /// Whether it is a fixed number of messages of that name, in which they stand themselves.
    func repeats(_ name: String) -> Bool {
        let element: TypeSyntax?
        if let array = self.as(InlineArrayTypeSyntax.self), case .type(let type) = array.element.argument {
            element = type
        } else {
            element = baseName == "InlineArray" ? genericArguments.last : nil
        }
        guard let element else { return false }
        return element.baseName == name || element.baseName == "Self" || element.repeats(name)
    }

    /// The types between the angle brackets; numbers are left out.
    var genericArguments: [TypeSyntax] {
        let clause =
            self.as(IdentifierTypeSyntax.self)?.genericArgumentClause
            ?? self.as(MemberTypeSyntax.self)?.genericArgumentClause
        return clause?.arguments.compactMap { argument in
            guard case .type(let type) = argument.argument else { return nil }
            return type
        } ?? []
    }
}

extension TokenSyntax {
    /// The name without backticks.
    var plainText: String { identifier?.name ?? text }
}
