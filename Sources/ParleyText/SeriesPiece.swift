import ParleyTypes
import ParleyWire

/// A part of a value that is another one in each message.
enum SeriesPiece: Sendable, Hashable {
    case text(String)
    /// `{n}`
    case number
    /// `{time}`, or with a unit.
    case time(TimeUnit?)

    /// What a text is made of.
    struct Parsed {
        var pieces: [SeriesPiece] = []
        /// What is written like a placeholder and is none: `{name}`.
        var strangers: [String] = []

        /// Whether it stands for itself, character by character.
        var isPlain = true
    }

    /// - Throws: the placeholder of a time whose unit there is not.
    static func parse(_ text: String) throws(UnknownUnit) -> Parsed {
        var parsed = Parsed()
        var plain = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            plain += rest[..<open]
            rest = rest[open...]
            let isDoubled = rest.hasPrefix("{{")
            let inside = rest.dropFirst(isDoubled ? 2 : 1)
            let name = inside.prefix { isPart($0) }
            guard let first = name.first, !first.isNumber,
                inside.dropFirst(name.count).hasPrefix(isDoubled ? "}}" : "}")
            else {
                plain.append("{")
                rest = rest.dropFirst()
                continue
            }
            rest = inside.dropFirst(name.count + (isDoubled ? 2 : 1))
            guard let piece = try piece(name) else {
                plain += isDoubled ? "{{\(name)}}" : "{\(name)}"
                if !isDoubled { parsed.strangers.append("{\(name)}") }
                continue
            }
            parsed.isPlain = false
            if isDoubled {
                plain += "{\(name)}"
            } else {
                if !plain.isEmpty { parsed.pieces.append(.text(plain)) }
                plain = ""
                parsed.pieces.append(piece)
            }
        }
        plain += rest
        if !plain.isEmpty { parsed.pieces.append(.text(plain)) }
        return parsed
    }

    struct UnknownUnit: Error { var placeholder: String }

    private static func piece(_ name: Substring) throws(UnknownUnit) -> SeriesPiece? {
        if name == "n" { return .number }
        if name == "time" { return .time(nil) }
        guard name.hasPrefix("time:") else { return nil }
        guard let unit = TimeUnit(rawValue: String(name.dropFirst(5))) else {
            throw UnknownUnit(placeholder: "{\(name)}")
        }
        return .time(unit)
    }

    private static func isPart(_ character: Character) -> Bool {
        guard character.isASCII else { return false }
        return character.isLetter || character.isNumber || "_.[]:".contains(character)
    }

    /// As it stands within a text.
    func text(_ number: UInt64, _ time: WallTime) -> String {
        switch self {
        case .text(let text): text
        case .number: "\(number)"
        case .time(nil): "\(time)"
        case .time(let unit?): "\(unit.count(time))"
        }
    }

    /// As the value of a field that is no text, of this piece alone; nil where such a field holds no number.
    func value(_ number: UInt64, _ time: WallTime, as type: FieldType) -> FieldValue? {
        switch type {
        case .integer(let integer): return value(number, time, bits: 8 * integer.bytes, integer.value(bits:))
        case .enumeration(let enumeration):
            return value(number, time, bits: 8 * enumeration.integer.bytes, enumeration.integer.value(bits:))
        case .bits(let bits) where bits.kind != .bool:
            return value(number, time, bits: bits.width, bits.value(bits:))
        case .float:
            switch self {
            case .text: return nil
            case .number: return .float(Double(number))
            case .time(nil):
                return .float(Double(time.secondsSince1970) + Double(time.nanoseconds) / 1e9)
            case .time(let unit?): return .float(Double(unit.count(time)))
            }
        default: return nil
        }
    }

    /// Numbers wrap, as numbers of messages do; a time that does not fit is refused when the message is made.
    private func value(
        _ number: UInt64,
        _ time: WallTime,
        bits: Int,
        _ wrapped: (UInt64) -> FieldValue
    ) -> FieldValue? {
        switch self {
        case .text: nil
        case .number: wrapped(number)
        case .time(let unit): .signed((unit ?? TimeUnit(bits: bits)).count(time))
        }
    }
}
