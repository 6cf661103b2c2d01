// Layouts in words, in the spelling of `--as`: `name: char[13]; math: u32, 0...4294967295`.

extension FieldType {
    /// The type's name: `u32`, `u16le`, `f64`, `char[13]`, `u8[4]`, `text`, `bytes`, `u4` (bits); a
    /// structure's, union's or enumeration's own.
    public var name: String { baseName + dimensions }

    private var baseName: String {
        switch self {
        case .integer(let integer): integer.name
        case .float(let bytes, let order): "f\(8 * bytes)" + (order == .little ? "le" : "")
        case .bool: "bool"
        case .enumeration(let enumeration): enumeration.name
        case .bits(let bits): bits.name
        case .union(let union): union.name.isEmpty ? "union" : union.name
        case .text: "char"
        case .bytes: "u8"
        case .array(let element, _): element.baseName
        case .message(let layout): layout.name.isEmpty ? "struct" : layout.name
        case .tail(let tail): tail.itemType?.baseName ?? (tail.element == .text ? "text" : "bytes")
        }
    }

    private var dimensions: String {
        switch self {
        case .text(let count), .bytes(let count): "[\(count)]"
        case .array(let element, let count): "[\(count)]" + element.dimensions
        case .tail(let tail): tail.itemType.map { "[]" + $0.dimensions } ?? ""
        default: ""
        }
    }

    /// What a value may be, when the name does not say it: the range of an integer, the names of an
    /// enumeration, the fields of a structure.
    public var limits: String? {
        switch self {
        case .integer(let integer): "\(integer.minimum)...\(integer.maximum)"
        case .bool: "true or false"
        case .enumeration(let enumeration): enumeration.limits
        case .bits(let bits): bits.limits
        case .union(let union): union.limits
        case .array(let element, _): element.limits
        case .message(let layout): layout.isSelfReference ? nil : "{ \(layout.summary) }"
        case .tail(let tail): tail.itemType?.limits
        case .float, .text, .bytes: nil
        }
    }

    /// What a value of the type is, as a noun for errors.
    var kind: String {
        switch self {
        case .bits(let bits): bits.kind == .bool ? "a Boolean" : "an integer"
        case .union: "the members of a union"
        case .integer, .enumeration: "an integer"
        case .float: "a floating-point number"
        case .bool: "a Boolean"
        case .text, .bytes: "text or bytes"
        case .array: "an array"
        case .message: "a message"
        case .tail(let tail): tail.itemType == nil ? "text or bytes" : "an array"
        }
    }
}

extension IntegerType {
    /// `u32`, `i16`, `u16le`.
    public var name: String {
        "\(isSigned ? "i" : "u")\(8 * bytes)" + (order == .little && bytes > 1 ? "le" : "")
    }
}

extension EnumerationType {
    fileprivate var limits: String {
        let names = cases.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
        return isOpen ? "\(names), or \(integer.minimum)...\(integer.maximum)" : names
    }
}

extension BitsType {
    /// `u4`, `i12`; `u4le` when the least significant bit comes first; `bit` for a Boolean; an enumeration's
    /// own.
    public var name: String {
        switch kind {
        case .bool: "bit"
        case .enumeration(let name, _, _): name
        case .unsigned, .signed: "\(isSigned ? "i" : "u")\(width)" + (order == .little ? "le" : "")
        }
    }

    fileprivate var limits: String {
        switch kind {
        case .bool: return "true or false"
        case .unsigned, .signed: return "\(minimum)...\(maximum)"
        case .enumeration(_, let cases, _):
            let names = cases.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
            return isOpen ? "\(names), or \(minimum)...\(maximum)" : names
        }
    }
}

extension UnionType {
    fileprivate var limits: String {
        let members =
            members.map { MessageLayout.Field($0.name, $0.type).summary } + ["\(rawName): u8[\(size)]"]
        return "{ \(members.joined(separator: " | ")) }"
    }
}

extension TailType {
    /// The type of its items, or nil when it is text or bytes.
    public var itemType: FieldType? {
        if case .items(let type) = element { type } else { nil }
    }
}

extension MessageLayout.Field {
    /// The field with its type and limits: `math: u32, 0...4294967295`.
    public var summary: String {
        "\(name): \(type.name)" + (type.limits.map { ", \($0)" } ?? "")
    }
}

extension MessageLayout {
    /// The fields that carry values, with types and limits: `name: char[13]; math: u32, 0...4294967295`.
    public var summary: String {
        var parts = fields.filter { $0.role == .value }.map(\.summary)
        if let variants {
            let cases = variants.cases.map { "\($0.name) (\($0.tag)): { \($0.layout.summary) }" }
            parts.append("one of " + cases.joined(separator: " | "))
        }
        return parts.joined(separator: "; ")
    }
}
