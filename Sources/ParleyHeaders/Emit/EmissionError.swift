internal import ParleyTypes

/// Something in a layout that the target cannot say. Nothing is approximated: the text is whole or there is
/// none.
public struct EmissionError: Error, Sendable, Hashable {
    public var target: EmissionTarget
    /// The field with the names around it: `msg_st.head.flags`.
    public var field: String
    public var reason: Reason

    public init(_ reason: Reason, field: String, target: EmissionTarget) {
        self.target = target
        self.field = field
        self.reason = reason
    }

    public enum Reason: Sendable, Hashable {
        /// A message of varying size in a place where the target wants a fixed one.
        case variableInside
        /// Items that differ in size among each other.
        case variableItems
        /// A tagged union in a place where the target has none: inside of a struct, or behind fields.
        case variantsInside
        /// A message, a text or an array of no bytes.
        case empty
        /// A name that cannot be made one of the target's, or that means something else there.
        case name(String)
        /// A name of the message that is a word of the language in which packets are chosen.
        case filterWord(String)
        /// A name of one letter, which Wireshark refuses.
        case shortName(String)
        /// A value that no case of a closed enumeration has.
        case unknownConstant(UInt64)
        /// A type that the target lacks; what it lacks.
        case missingType(String)
        /// Structs that nest deeper than this.
        case tooDeep(maximum: Int)
    }
}

extension EmissionError: CustomStringConvertible {
    public var description: String {
        "\(SafeText.line(field)) cannot be written as \(target.title): \(reason)"
    }
}

extension EmissionError.Reason: CustomStringConvertible {
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        switch self {
        case .variableInside:
            "its size varies, and it stands inside of another message; write it as a message of its own"
        case .variableItems: "its items differ in size, so that none but the first has an offset"
        case .variantsInside:
            "which of its variants follows is told by a tag, and that is possible for a whole message only"
        case .empty: "it has no bytes, and the target has no type for that"
        case .name(let name): "\u{201C}\(name)\u{201D} cannot be a name there: rename the field"
        case .filterWord(let name):
            "\u{201C}\(name)\u{201D} is a word of Wireshark's display filters; give the dissector another "
                + "name with --name, such as --name \(name)_message"
        case .shortName(let name):
            "Wireshark takes no dissector with a name of one letter; give it another with --name, such as "
                + "--name \(name)_message"
        case .unknownConstant(let value): "it is always \(value), and the enumeration has no name for that"
        case .missingType(let what): "there is no \(what)"
        case .tooDeep(let maximum): "more than \(maximum) levels of nesting"
        }
    }
}
