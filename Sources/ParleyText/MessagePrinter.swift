public import ParleyWire

/// A message as an engineer reads it: one field a line, values aligned, nothing in it that a terminal could
/// obey.
///
///     127.0.0.1:40000
///       name     Trans
///       math     83
///       chinese  86
public struct MessagePrinter: Sendable {
    public var policy: TextPolicy
    /// How many bytes of a field are shown in hexadecimal before its size is told instead.
    public var hexBytesMax = 64

    public init(_ policy: TextPolicy = TextPolicy()) {
        self.policy = policy
    }

    /// The peer's line and the fields, each with its line end.
    public func text(_ message: DynamicMessage, from peer: String) -> String {
        TerminalText.escape(peer) + "\n" + text(message)
    }

    /// The fields, each with its line end.
    public func text(_ message: DynamicMessage) -> String {
        lines(message.values, of: message.layout, at: FieldPath(), indent: 1).joined()
    }

    private func lines(
        _ values: FieldValues,
        of layout: some FieldNaming,
        at path: FieldPath,
        indent: Int
    ) -> [String] {
        lines(
            values.elements.map { element in
                (element.name, element.value, layout.type(of: element.name), path.appending(element.name))
            },
            indent: indent
        )
    }

    private func lines(
        _ items: [(name: String, value: FieldValue, type: FieldType?, path: FieldPath)],
        indent: Int
    ) -> [String] {
        let width = items.map { isBlock($0.value) ? 0 : $0.name.count }.max() ?? 0
        let margin = String(repeating: "  ", count: indent)
        var lines: [String] = []
        for (name, value, type, path) in items {
            let name = TerminalText.escape(name)
            if isBlock(value) {
                lines.append(margin + name + "\n")
                lines += block(value, type, path, indent: indent + 1)
            } else {
                let gap = String(repeating: " ", count: max(0, width - name.count) + 2)
                lines.append(margin + name + gap + text(value, type, path) + "\n")
            }
        }
        return lines
    }

    private func block(_ value: FieldValue, _ type: FieldType?, _ path: FieldPath, indent: Int) -> [String] {
        switch value {
        case .message(let values):
            switch type {
            case .message(let layout)?: return lines(values, of: layout, at: path, indent: indent)
            case .union(let union)?:
                // All its bytes are bytes, whatever they look like: the members say what they may mean.
                var printer = self
                printer.policy.bytesFields.insert(path.appending(union.rawName).plain)
                return printer.lines(values, of: union, at: path, indent: indent)
            default: return []
            }
        case .array(let values):
            let element = type?.elementType
            return lines(
                values.enumerated().map { ("[\($0)]", $1, element, path.appending($0)) },
                indent: indent
            )
        default:
            return []
        }
    }

    /// Whether the value takes lines of its own: messages with fields, and arrays of them.
    private func isBlock(_ value: FieldValue) -> Bool {
        switch value {
        case .message: true
        case .array(let values): values.contains(where: isBlock)
        default: false
        }
    }

    /// A value on one line.
    func text(_ value: FieldValue, _ type: FieldType?, _ path: FieldPath) -> String {
        switch value {
        case .bytes(let bytes):
            return text(bytes, type ?? .bytes(count: bytes.count), path)
        case .array(let values):
            let element = type?.elementType
            let shown = values.enumerated().map { text($1, element, path.appending($0)) }
            return "[" + shown.joined(separator: ", ") + "]"
        case .float(let number):
            if case .float(4, _)? = type { return "\(Float(number))" }
            return "\(number)"
        case .signed(let number):
            return name(of: value, type) ?? "\(number)"
        case .unsigned(let number):
            return name(of: value, type) ?? "\(number)"
        case .bool(let flag):
            return "\(flag)"
        case .message:
            return "{…}"
        }
    }

    private func name(of value: FieldValue, _ type: FieldType?) -> String? {
        guard let name = type?.caseName(of: value) else { return nil }
        return "\(name) (\(value.integerDigits))"
    }

    private func text(_ bytes: [UInt8], _ type: FieldType, _ path: FieldPath) -> String {
        guard let text = policy.text(bytes, of: type, at: path) else {
            guard bytes.count > hexBytesMax else { return Hex.text(bytes, separator: " ") }
            return Hex.text(bytes.prefix(hexBytesMax), separator: " ") + " … (\(bytes.count) bytes)"
        }
        let escaped = TerminalText.escape(bytes: text)
        let isPlain =
            escaped.utf8.elementsEqual(text) && text.first != 0x20 && text.last != 0x20 && !text.isEmpty
        return isPlain ? escaped : "\"\(escaped)\""
    }
}

extension FieldValue {
    /// The digits of an integer.
    var integerDigits: String {
        switch self {
        case .signed(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        default: ""
        }
    }
}
