import SwiftSyntax

/// One stored property of a message, as its declaration says it.
struct Field {
    /// Without backticks, as layouts and errors show it.
    var name: String
    /// As the source spells it.
    var spelling: String
    var type: TypeSyntax
    var kind: Kind
    /// How many bits `@Bits` gives it; nil when it has bytes of its own.
    var bits: Int?
    /// The initial value in the declaration.
    var initialValue: ExprSyntax?
    var isConstantBinding: Bool
    /// Whether code of other modules that is made from `@inlinable` bodies may name the property.
    var isPublic: Bool
    var node: Syntax
    /// Where the declaration is; nil when the expansion does not know.
    var place: SourcePlace?
    /// Whether its type is known by name to have agreed bytes, and to contain no message.
    var isPlain: Bool { type.isPlain }

    enum Kind: Equatable {
        case value
        /// `MessageNumber<T>`.
        case number
        /// `[n of T]`, which has no `==`.
        case inlineArray
        /// A `let` with an initial value: always the same on the wire.
        case constant
        /// `Reserved<n>` or `ReservedBits`.
        case reserved
        /// `ByteCount<T>` and its siblings.
        case count
        /// `[T]` or `TailText`.
        case tail
    }

    /// `inout T` and its like.
    var isRefusedByCompiler: Bool { type.is(AttributedTypeSyntax.self) }

    /// The name that the type has in a message that is nested: generated code stands outside of what is around
    /// it and does not see the names there.
    var alias: String?

    /// The type as generated code spells it, in an expression too.
    var typeText: String { alias ?? type.trimmedDescription }

    /// Whether the memberwise initialiser has a parameter for it.
    var isParameter: Bool { kind == .value || kind == .number || kind == .inlineArray || kind == .tail }

    /// Whether an initialiser must not, or need not, give it a value.
    var isAlreadySet: Bool {
        guard initialValue != nil else { return false }
        return isConstantBinding || kind == .count || kind == .reserved
    }
}

extension Field.Kind {
    /// What the spelling of a type says about the field; an alias hides it.
    init(of type: TypeSyntax) {
        if type.is(ArrayTypeSyntax.self) {
            self = .tail
            return
        }
        if type.is(InlineArrayTypeSyntax.self) {
            self = .inlineArray
            return
        }
        switch type.baseName {
        case "Array", "TailText": self = .tail
        case "InlineArray": self = .inlineArray
        case "ByteCount", "ItemCount", "MessageByteCount": self = .count
        case "Reserved", "ReservedBits": self = .reserved
        case "MessageNumber": self = .number
        default: self = .value
        }
    }
}
