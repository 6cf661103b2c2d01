import ParleyWire

extension SwiftEmitter {
    /// The whole file.
    func source(of layout: MessageLayout, _ type: Written, _ options: EmissionOptions) -> String {
        var source = SourceText()
        let origin = options.origin.map { ", from \($0.inComment)" } ?? ""
        source.line(
            "// The messages of \(layout.name.inComment)\(origin). Written by parley layout --emit swift."
        )
        source.line("// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.")
        source.line()
        source.line("import \(options.swiftModule)")
        for definition in definitions {
            source.line()
            source.lines(
                definition.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
                    String.init
                )
            )
        }
        return source.text
    }
}

/// A name as Swift writes it: words of the language, and what is no identifier, in backticks.
func swiftName(
    _ name: String,
    _ path: String,
    otherwise error: (EmissionError.Reason, String) -> EmissionError
) throws(EmissionError) -> String {
    var isPlain = true
    for (index, scalar) in name.unicodeScalars.enumerated() {
        let isLetter =
            scalar.isASCII ? scalar.properties.isAlphabetic || scalar == "_" : scalar.properties.isXIDStart
        let isDigit = scalar.isASCII ? ("0"..."9").contains(scalar) : scalar.properties.isXIDContinue
        if !isLetter, !isDigit || index == 0 { isPlain = false }
        guard scalar != "`", scalar != "\\", scalar != "$", scalar.properties.generalCategory != .control
        else {
            throw error(.name(name), path)
        }
    }
    let hasWord = name.unicodeScalars.contains { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    guard hasWord || (isPlain && name.count > 1) else { throw error(.name(name), path) }
    guard name != "self", name != "Self" else { throw error(.name(name), path) }
    return isPlain && !swiftWords.contains(name) ? name : "`\(name)`"
}

/// A string of Swift.
func swiftString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        default:
            if scalar.value < 0x20 || scalar.value == 0x7F {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
    return result + "\""
}

/// Words that are no names without backticks.
private let swiftWords: Set<String> = [
    "Any", "Protocol", "Type", "actor", "as", "associatedtype", "async", "await", "borrowing", "break",
    "case",
    "catch", "class", "consuming", "continue", "default", "defer", "deinit", "do", "else", "enum",
    "extension", "fallthrough", "false", "fileprivate", "for", "func", "get", "guard", "if", "import", "in",
    "indirect", "init", "inout", "internal", "is", "isolated", "let", "macro", "mutating", "nil", "none",
    "nonisolated", "open", "operator", "precedencegroup", "private", "protocol", "public", "repeat",
    "rethrows", "return", "sending", "set", "some", "static", "struct", "subscript", "super", "switch",
    "throw",
    "throws", "true", "try", "typealias", "unsafe", "var", "where", "while", "yield",
]

/// What a message's property cannot be called: the generated members, and those they call.
let swiftPropertyNames: Set<String> = [
    "wireSize", "hashValue", "encoded", "encodedBytes", "write", "encode", "hash", "self",
]

/// What an enumeration's name cannot be called.
let swiftStaticNames: Set<String> = [
    "rawValue", "fieldType", "wireSizeMinimum", "isWireSizeFixed", "wireSize", "allCases", "hashValue",
    "self",
    "Type", "Protocol", "init", "AllCases", "RawValue",
]

/// Types that the text names: another one of that name would be meant instead.
let swiftTypeNames: Set<String> = [
    "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Int", "Float", "Double",
    "Bool",
    "String", "Array", "CString", "Bytes", "Reserved", "LittleEndian", "ByteCount", "ItemCount",
    "MessageByteCount", "TailText", "Hashable", "Equatable", "CaseIterable", "RawRepresentable", "WireValue",
    "WireMessage", "WireReader", "WireError", "OutputRawSpan", "FieldType", "EnumerationType", "IntegerType",
    "UnionType", "MessageLayout", "Tag", "Swift", "Self", "Any", "Type", "Protocol", "Hasher", "Message",
    "InlineArray", "Sendable", "StaticString",
]
