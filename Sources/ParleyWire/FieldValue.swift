/// The value of one field of a ``DynamicMessage``.
///
/// Literals are values: `["name": "Trans", "math": 83, "items": [1, 2, 3]]`.
public enum FieldValue: Sendable, Hashable {
    /// A signed integer, whatever its width; also of an enumeration.
    case signed(Int64)
    /// An unsigned integer, whatever its width; also of an enumeration.
    case unsigned(UInt64)
    /// IEEE 754; a 4-byte value as the 8-byte value that equals it.
    case float(Double)
    case bool(Bool)
    /// Text and bytes alike. Received text holds all its bytes, NUL and what follows included.
    case bytes([UInt8])
    case array([FieldValue])
    /// A nested message, by its fields.
    case message(FieldValues)
}

/// Fields with their values, in order.
public struct FieldValues: Sendable, Hashable {
    public var elements: [Element]

    public struct Element: Sendable, Hashable {
        public var name: String
        public var value: FieldValue

        public init(_ name: String, _ value: FieldValue) {
            self.name = name
            self.value = value
        }
    }

    public init(_ elements: [Element] = []) {
        self.elements = elements
    }

    /// The value of the first field of that name. Setting appends when there is none.
    public subscript(name: String) -> FieldValue? {
        get { elements.first { $0.name == name }?.value }
        set {
            let index = elements.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): elements[index].value = value
            case (let index?, nil): elements.remove(at: index)
            case (nil, let value?): elements.append(Element(name, value))
            case (nil, nil): break
            }
        }
    }
}

extension FieldValue {
    /// Text as its bytes of UTF-8.
    public static func text(_ text: some StringProtocol) -> FieldValue { .bytes(Array(text.utf8)) }

    /// What the value is, as a noun for errors.
    public var kind: String {
        switch self {
        case .signed, .unsigned: "an integer"
        case .float: "a floating-point number"
        case .bool: "a Boolean"
        case .bytes: "text or bytes"
        case .array: "an array"
        case .message: "a message"
        }
    }

    /// The integer as text, for errors; nil when it is none.
    var integerText: String? {
        switch self {
        case .signed(let value): String(value)
        case .unsigned(let value): String(value)
        default: nil
        }
    }

    /// The text up to the first NUL with U+FFFD for what is no UTF-8, or nil when the value holds no bytes.
    public var string: String? {
        guard case .bytes(let bytes) = self else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The value as an integer of some width, or nil when it is none or does not fit.
    public func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer? {
        switch self {
        case .signed(let value): Integer(exactly: value)
        case .unsigned(let value): Integer(exactly: value)
        default: nil
        }
    }
}

extension FieldValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(integerLiteral value: Int64) { self = .signed(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(arrayLiteral elements: FieldValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, FieldValue)...) {
        self = .message(FieldValues(elements.map { FieldValues.Element($0.0, $0.1) }))
    }
}

extension FieldValues: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, FieldValue)...) {
        self.init(elements.map { Element($0.0, $0.1) })
    }
}
