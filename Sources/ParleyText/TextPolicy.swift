internal import ParleyTypes
import ParleyWire

/// Which fields are shown as text and which as bytes.
///
/// `char[]` and text tails are text up to the first NUL. `uint8_t[]` and byte tails say nothing about their
/// meaning, so their content decides:
/// - `uint8_t[n]` is text when what precedes the first NUL is printable UTF-8 and not empty, or when all
///   bytes are NUL (C leaves what it likes behind the NUL);
/// - a tail of bytes is text when all of it is printable UTF-8, line ends and tabs included, but for NULs at
///   the end.
///
/// Everything else is shown in hexadecimal. A field named in `textFields` or `bytesFields` is what these say.
public struct TextPolicy: Sendable, Hashable {
    /// Names or whole paths (`name`, `body.name`) of fields that are text.
    public var textFields: Set<String>
    /// Names or whole paths of fields that are bytes. They win over `textFields`.
    public var bytesFields: Set<String>

    public init(textFields: Set<String> = [], bytesFields: Set<String> = []) {
        self.textFields = textFields
        self.bytesFields = bytesFields
    }

    /// The text bytes of a field that is shown as text, nil when it is shown in hexadecimal.
    func text(_ bytes: [UInt8], of type: FieldType, at path: FieldPath) -> ArraySlice<UInt8>? {
        if path.isNamed(in: bytesFields) { return nil }
        let text = bytes.prefix { $0 != 0 }
        if path.isNamed(in: textFields) { return text }
        switch type {
        case .bytes:
            return text.isEmpty
                ? (bytes.allSatisfy { $0 == 0 } ? text : nil) : (Self.isPrintable(text) ? text : nil)
        case .tail(let tail) where tail.element == .bytes:
            return Self.isText(bytes) ? text : nil
        default:
            return text
        }
    }

    /// Whether a tail of bytes has NULs that its text has not: unlike those of a field of fixed size, nothing puts them
    /// there again.
    func losesBytes(_ text: ArraySlice<UInt8>, of bytes: [UInt8], _ type: FieldType, at path: FieldPath)
        -> Bool
    {
        guard case .tail(let tail) = type, tail.element == .bytes, text.count < bytes.count else {
            return false
        }
        return !path.isNamed(in: textFields)
    }

    /// Whether bytes without a layout are text: printable UTF-8 with line ends and tabs, NULs only at the
    /// end.
    public static func isText(_ bytes: [UInt8]) -> Bool {
        let text = bytes.prefix { $0 != 0 }
        guard bytes[text.endIndex...].allSatisfy({ $0 == 0 }) else { return false }
        if text.isEmpty { return bytes.isEmpty }
        let blanks: Set<UInt8> = [0x09, 0x0A, 0x0D]
        let isBlank = text.allSatisfy(blanks.contains)
        return !isBlank && isPrintable(text.filter { !blanks.contains($0) })
    }

    private static func isPrintable(_ bytes: some Collection<UInt8>) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy(SafeText.isPrintable)
    }
}

/// The way to a field: names and indices.
struct FieldPath: Sendable, Hashable {
    private(set) var text = ""
    /// The same without indices, to compare with what users name.
    private(set) var plain = ""
    private var last = ""

    func appending(_ name: String) -> FieldPath {
        var path = self
        path.text += text.isEmpty ? name : "." + name
        path.plain += plain.isEmpty ? name : "." + name
        path.last = name
        return path
    }

    func appending(_ index: Int) -> FieldPath {
        var path = self
        path.text += "[\(index)]"
        return path
    }

    func isNamed(in names: Set<String>) -> Bool {
        !names.isEmpty && (names.contains(last) || names.contains(plain) || names.contains(text))
    }
}
