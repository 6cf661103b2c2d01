// How an option's value becomes bytes, and back. The bytes are those of this host.

extension SocketOption {
    /// The bytes that setsockopt(2) takes for a text; nil where it does not fit.
    ///
    /// - Parameter index: An interface's index, for options that name one.
    public func bytes(of text: String, interface index: UInt32 = 0) -> [UInt8]? {
        switch form {
        case .flag: return Self.flag(text).map { Self.bytes(UInt32($0 ? 1 : 0)) }
        case .number(let range, let unit):
            guard let value = Self.number(text, unit), range.contains(value) else { return nil }
            return Self.bytes(UInt32(truncatingIfNeeded: value))
        case .wide(let unit):
            guard let value = UInt64(text) ?? Self.number(text, unit).flatMap(UInt64.init(exactly:)) else {
                return nil
            }
            return Self.bytes(value)
        case .choice(let choices):
            let word = text.lowercased()
            guard let choice = choices.first(where: { $0.name == word || "\($0.number)" == word }) else {
                return nil
            }
            return Self.bytes(UInt32(bitPattern: choice.number))
        case .text(let most):
            let bytes = Array(text.utf8)
            return (1...most).contains(bytes.count) && !bytes.contains(0) ? bytes : nil
        case .linger:
            if text == "off" { return Self.bytes(0 as UInt64) }
            guard let seconds = Self.number(text, .seconds), (0...Int64(Int32.max)).contains(seconds) else {
                return nil
            }
            return Self.bytes(1 as UInt32) + Self.bytes(UInt32(seconds))
        case .time:
            guard let value = Self.number(text, .microseconds),
                (0...Int64(Int32.max) * 1_000_000).contains(value)
            else { return nil }
            return Self.bytes(UInt64(value / 1_000_000)) + Self.bytes(UInt64(value % 1_000_000))
        case .ports:
            let ports = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            guard ports.count == 2, let low = ports[0], let high = ports[1] else { return nil }
            guard low <= high || high == 0 else { return nil }
            return Self.bytes(UInt32(high) << 16 | UInt32(low))
        case .interface(let form): return Self.interface(form, text, index)
        case .numbers(let count):
            let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { UInt32($0) }
            guard numbers.count == count, !numbers.contains(nil) else { return nil }
            return numbers.flatMap { Self.bytes($0 ?? 0) }
        case .bytes(let counts):
            guard let bytes = Self.hexadecimal(text), counts.contains(bytes.count) else { return nil }
            return bytes
        case .structure: return nil
        }
    }

    /// The text of what getsockopt(2) gave.
    public func text(of bytes: [UInt8]) -> String {
        let first = Self.word(bytes)
        switch form {
        case .flag: return "\(Int32(bitPattern: first))"
        case .number(let range, _):
            return range.upperBound > Int64(Int32.max) ? "\(first)" : "\(Int32(bitPattern: first))"
        case .wide: return "\(UInt64(first) | UInt64(Self.word(bytes.dropFirst(4))) << 32)"
        case .choice(let choices):
            let number = Int32(bitPattern: first)
            return choices.first { $0.number == number }?.name ?? "\(number)"
        case .text, .interface(.name):
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        case .linger: return first == 0 ? "off" : "\(Int32(bitPattern: Self.word(bytes.dropFirst(4))))"
        case .time:
            let seconds = Int64(first) | Int64(Self.word(bytes.dropFirst(4))) << 32
            return "\(seconds &* 1_000_000 &+ Int64(Self.word(bytes.dropFirst(8))))"
        case .ports: return "\(first & 0xFFFF)-\(first >> 16)"
        case .interface(.index): return "\(first)"
        case .interface(.networkOrder): return "\(UInt32(bigEndian: first))"
        case .interface(.group):
            return IPv4Address(rawValue: UInt32(bigEndian: first)).description
        case .numbers:
            return stride(from: 0, to: bytes.count, by: 4).map { "\(Self.word(bytes.dropFirst($0)))" }
                .joined(separator: "/")
        case .bytes, .structure:
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self
            )
        }
    }

    /// The one spelling of a text that fits; nil where it does not.
    public func canonical(_ text: String) -> String? {
        if case .interface(let form) = form { return Self.interface(form, text, 1).map { _ in text } }
        return bytes(of: text).map { self.text(of: $0) }
    }

    private static func interface(_ form: InterfaceForm, _ text: String, _ index: UInt32) -> [UInt8]? {
        guard form != .name else {
            let bytes = Array(text.utf8)
            return text.isEmpty || Endpoint.isInterfaceName(text) ? bytes : nil
        }
        guard Endpoint.isInterfaceName(text) else { return nil }
        switch form {
        case .group: return bytes(0 as UInt64) + bytes(index)
        case .networkOrder: return bytes(index.bigEndian)
        case .index, .name: return bytes(index)
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "yes", "on", "1", "": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// A number in the unit, or with another one behind it: `4M`, `500ms`.
    private static func number(_ text: String, _ unit: Unit) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
        guard digits.utf8.count <= 19, let number = Int64(digits) else { return nil }
        let ending = text[digits.endIndex...]
        if ending.isEmpty { return number }
        guard number >= 0 else { return nil }
        let factor: Int64? =
            switch (unit, ending) {
            case (.bytes, "k"), (.bytes, "K"), (.bytesPerSecond, "k"), (.bytesPerSecond, "K"): 1 << 10
            case (.bytes, "m"), (.bytes, "M"), (.bytesPerSecond, "m"), (.bytesPerSecond, "M"): 1 << 20
            case (.bytes, "g"), (.bytes, "G"), (.bytesPerSecond, "g"), (.bytesPerSecond, "G"): 1 << 30
            case (.microseconds, "us"), (.milliseconds, "ms"), (.seconds, "s"): 1
            case (.microseconds, "ms"), (.milliseconds, "s"): 1000
            case (.microseconds, "s"): 1_000_000
            case (.seconds, "m"): 60
            case (.milliseconds, "m"): 60_000
            case (.microseconds, "m"): 60_000_000
            case (.seconds, "h"): 3600
            default: nil
            }
        guard let factor else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : product
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2), digits.count <= 4096 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    /// The bytes of a number in this host's order.
    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        let little = (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        return isLittle ? little : little.reversed()
    }

    /// The first 32 bits; what is missing is 0.
    private static func word(_ bytes: some Collection<UInt8>) -> UInt32 {
        let four = Array(bytes.prefix(4))
        let ordered = isLittle ? four : four.reversed()
        return ordered.enumerated().reduce(0) { $0 | UInt32($1.element) << ($1.offset * 8) }
    }

    private static var isLittle: Bool { 1 == (1 as UInt16).littleEndian }
}
