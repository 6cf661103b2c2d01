internal import ParleyTypes

/// A JSON value (RFC 8259) whose objects keep their order and whose numbers keep their digits.
public indirect enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One name and value of an object.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }
}

/// A number of JSON as it is written: integers of 64 bits and shortest decimals are exact.
public struct JSONNumber: Sendable, Hashable {
    public let text: String

    /// - Precondition: `text` follows the grammar of RFC 8259, section 6.
    init(text: String) {
        self.text = text
    }

    /// The number as an integer, nil when it has a fraction or is outside the type's range.
    public func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer? {
        if let integer = Integer(text) { return integer }
        // 1e3 and 5.0 are integers too, as far as a double holds them exactly.
        guard let double = Double(text), double.magnitude <= 0x1p53 else { return nil }
        return Integer(exactly: double)
    }

    /// The nearest double.
    public var double: Double { Double(text) ?? .nan }
}

extension JSONValue {
    public static func integer(_ value: some FixedWidthInteger) -> JSONValue {
        .number(JSONNumber(text: String(value)))
    }

    /// The shortest digits that give this number back; what JSON has no number for is `"NaN"`, `"Infinity"`
    /// or `"-Infinity"`.
    public static func double(_ value: Double) -> JSONValue { float(value) }

    /// The shortest digits that give this number back in four bytes.
    public static func single(_ value: Float) -> JSONValue { float(value) }

    private static func float<Number: BinaryFloatingPoint & CustomStringConvertible>(_ value: Number)
        -> JSONValue
    {
        if value.isNaN { return .string("NaN") }
        if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
        return .number(JSONNumber(text: value.description))
    }

    /// The value of the member of that name, nil when there is none or this is no object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What the value is, as a noun for errors.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a Boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value on one line without blanks, objects in their order.
    public var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let number): text += number.text
        case .string(let string): Self.write(string, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    /// Control characters, and those that terminals and JavaScript take for line ends or commands, are
    /// escaped.
    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where SafeText.isCommand(scalar):
                for unit in String(scalar).utf16 { text += "\\u" + Hex.digits(UInt64(unit), count: 4) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// Bytes and numbers as hexadecimal digits, lower case.
package enum Hex {
    private static let digits = Array("0123456789abcdef")

    static func digits(_ value: UInt64, count: Int) -> String {
        String((0..<count).reversed().map { digits[Int(value >> (4 * $0) & 0xF)] })
    }

    package static func text(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
        bytes.map { digits(UInt64($0), count: 2) }.joined(separator: separator)
    }

    /// The value of a digit, nil when it is none.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
