internal import ParleyTypes
import ParleyWire

/// Values as people and JSON write them, read as a field's type wants them.
struct FieldInput {
    let layout: MessageLayout
    let load: FileLoader?
    /// Asked first for the value of an assignment; nil leaves it to its text.
    let resolve: Resolver?

    typealias Resolver = (String, FieldType, FieldPath) throws(MessageTextError) -> FieldValue?

    init(layout: MessageLayout, load: FileLoader?, resolve: Resolver? = nil) {
        self.layout = layout
        self.load = load
        self.resolve = resolve
    }

    /// One value from an argument: `83`, `-1`, `0x53`, `0o123`, `0b1010011`, `1e3`, `true`, a case's name,
    /// text, `hex:5472`.
    func value(_ text: String, as type: FieldType, at path: FieldPath) throws(MessageTextError) -> FieldValue
    {
        switch type {
        case .integer:
            return try number(text, as: type, at: path)
        case .enumeration(let enumeration):
            if let named = enumeration.cases.first(where: { $0.name == text }) {
                return enumeration.integer.value(bits: UInt64(bitPattern: named.value))
            }
            return try number(text, as: type, at: path)
        case .bits(let bits):
            if bits.kind == .bool { return try flag(text, type, at: path) }
            if case .enumeration(_, let cases, _) = bits.kind,
                let named = cases.first(where: { $0.name == text })
            {
                return bits.value(bits: UInt64(bitPattern: named.value))
            }
            return try number(text, as: type, at: path)
        case .float:
            guard let number = Self.float(text, as: type) ?? Self.integer(text).map({ Double($0) }) else {
                throw unreadable(text, type, at: path)
            }
            // Infinity is a word; digits that become it are too many.
            if number.isInfinite, text.contains(where: \.isNumber) { throw outOfRange(text, type, at: path) }
            return .float(number)
        case .bool:
            return try flag(text, type, at: path)
        case .text, .bytes:
            return .bytes(try bytes(text, as: type, at: path))
        case .array(let element, _):
            return try list(text, of: element, type, at: path)
        case .message:
            guard text.first == "{" else { throw unreadable(text, type, at: path) }
            return try value(try json(text), as: type, at: path)
        case .union(let union):
            // The bytes of all members, unless members are named.
            if text.first == "{" { return try value(try json(text), as: type, at: path) }
            return .bytes(try bytes(text, as: .bytes(count: union.size), at: path))
        case .tail(let tail):
            guard let element = tail.itemType else { return .bytes(try bytes(text, as: type, at: path)) }
            return try list(text, of: element, type, at: path)
        }
    }

    private func flag(_ text: String, _ type: FieldType, at path: FieldPath) throws(MessageTextError)
        -> FieldValue
    {
        switch text {
        case "true", "1": return .bool(true)
        case "false", "0": return .bool(false)
        default: throw unreadable(text, type, at: path)
        }
    }

    private func list(
        _ text: String,
        of element: FieldType,
        _ type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValue {
        if text.first == "[" { return try value(try json(text), as: type, at: path) }
        if text.isEmpty { return .array([]) }
        var values: [FieldValue] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            values.append(try value(String(part), as: element, at: path.appending(values.count)))
        }
        return .array(values)
    }

    private func json(_ text: String) throws(MessageTextError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            throw .json(error)
        }
    }

    private func number(
        _ text: String,
        as type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValue {
        guard let value = Self.integer(text) else { throw unreadable(text, type, at: path) }
        if let signed = Int64(exactly: value) { return .signed(signed) }
        if let unsigned = UInt64(exactly: value) { return .unsigned(unsigned) }
        throw outOfRange(text, type, at: path)
    }

    /// A decimal, rounded once: digits for four bytes do not pass through eight.
    static func float(_ text: String, as type: FieldType) -> Double? {
        guard let double = Double(text) else { return nil }
        guard case .float(4, _) = type, let single = Float(text), single.isFinite else { return double }
        return Double(single)
    }

    /// An integer with an optional sign and base; what is beyond 127 bits is none.
    private static func integer(_ text: String) -> Int128? {
        let isNegative = text.hasPrefix("-")
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let bases = [("0x", 16), ("0X", 16), ("0o", 8), ("0b", 2)]
        let (mark, radix) = bases.first { digits.hasPrefix($0.0) } ?? ("", 10)
        let rest = digits.dropFirst(mark.count)
        // A second sign would be taken by the standard library.
        guard let first = rest.utf8.first, Hex.value(of: first) != nil else { return nil }
        return Int128(rest, radix: radix).map { isNegative ? -$0 : $0 }
    }
}

extension FieldInput {
    /// Text or bytes: as they stand, after `text:`, as digits after `hex:` (or `0x` in a field of bytes), or
    /// a file's content after `@`.
    private func bytes(
        _ text: String,
        as type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> [UInt8] {
        if text.hasPrefix("text:") { return padded(Array(text.dropFirst(5).utf8), type) }
        if text.hasPrefix("hex:") { return try exact(try hex(text.dropFirst(4), at: path), type, at: path) }
        if text.hasPrefix("@"), let load {
            let file = String(text.dropFirst())
            do throws(FileFailure) {
                return padded(try load(file), type)
            } catch {
                throw .file(field: path.text, path: file, reason: error.reason)
            }
        }
        if type.isBytes, text.hasPrefix("0x") {
            return try exact(try hex(text.dropFirst(2), at: path), type, at: path)
        }
        return padded(Array(text.utf8), type)
    }

    func hex(_ text: Substring, at path: FieldPath) throws(MessageTextError) -> [UInt8] {
        do throws(HexError) {
            return try HexInput.parse(text)
        } catch {
            throw .hex(error, field: path.text)
        }
    }

    /// Text in a field of bytes is padded with NUL, as C's `strncpy` does.
    func padded(_ bytes: [UInt8], _ type: FieldType) -> [UInt8] {
        guard case .bytes(let count) = type, bytes.count < count else { return bytes }
        return bytes + Array(repeating: 0, count: count - bytes.count)
    }

    /// Digits for a field of bytes are all of its bytes.
    func exact(
        _ bytes: [UInt8],
        _ type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> [UInt8] {
        if case .bytes(let count) = type, bytes.count != count {
            throw .wrongByteCount(field: path.text, expected: count, found: bytes.count)
        }
        return bytes
    }

    func unreadable(_ text: String, _ type: FieldType, at path: FieldPath) -> MessageTextError {
        error(.unreadable(TerminalText.escape(text), type: type.name), at: path)
    }

    func error(_ reason: WireError.Reason, at path: FieldPath) -> MessageTextError {
        MessageTextError(WireError(reason, field: path.text), in: layout)
    }
}

extension FieldType {
    /// What a value may be, in words where the name of the type says it to programmers only.
    var wanted: String {
        switch self {
        case .text(let capacity): "text, at most \(Phrase.count(capacity, "byte"))"
        case .bytes(let count): "text or bytes, at most \(Phrase.count(count, "byte"))"
        case .tail(let tail) where tail.itemType == nil: tail.element == .text ? "text" : "text or bytes"
        default: name
        }
    }

    /// Whether the field is true or false, in a byte or in a bit.
    var isFlag: Bool {
        if case .bits(let bits) = self { bits.kind == .bool } else { self == .bool }
    }

    /// Whether the field holds bytes that need not be text.
    var isBytes: Bool {
        switch self {
        case .bytes, .union: true
        case .tail(let tail): tail.element == .bytes
        default: false
        }
    }
}
