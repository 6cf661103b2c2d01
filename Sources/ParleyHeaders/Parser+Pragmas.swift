import ParleyWire

/// The pragmas that change layouts. A compiler goes on after a faulty one as if it were not there; so does the
/// parser, with a remark.
extension Parser {
    mutating func pragmaDirective() throws(Fault) {
        let directive = token
        try advance()
        let words = directive.text.split(separator: " ").map(String.init)
        let arguments = Array(words.dropFirst())
        let why: String?
        switch words.first {
        case "pack": why = try applyPack(arguments, at: directive.spot)
        case "scalar_storage_order": why = order(arguments)
        default:
            // GCC knows it for few machines only, and takes `off` and `reset` as what holds anyway.
            why = arguments == ["on"] ? "GCC on Linux does not know it; say which ABI is meant instead" : nil
        }
        guard let why else { return }
        var text = ""
        for word in words.joined(separator: " ").count > 80 ? Array(words.prefix(1)) : words {
            let isTight = ["(", ")", ",", "-"].contains(word) || text.hasSuffix("(") || text.hasSuffix("-")
            text += (text.isEmpty || isTight ? "" : " ") + word
        }
        observations.append(Observation(reason: .ignoredPragma(text, why: why), spot: directive.spot))
    }

    /// `#pragma scalar_storage_order`; the reason why it is ignored, if it is.
    private mutating func order(_ words: [String]) -> String? {
        if abi.records.family == .microsoft { return "only GCC knows it" }
        switch words.joined() {
        case "big-endian": pragmaOrder = .big
        case "little-endian": pragmaOrder = .little
        case "default": pragmaOrder = nil
        default: return "it takes big-endian, little-endian or default"
        }
        return nil
    }

    /// `#pragma pack`, in all its forms; the reason why it is ignored, if it is.
    private mutating func applyPack(_ words: [String], at spot: Spot) throws(Fault) -> String? {
        guard words.first == "(" else { return "\u{201C}(\u{201D} is missing" }
        guard let end = words.firstIndex(of: ")") else { return "\u{201C})\u{201D} is missing" }
        var rest = words[1..<end].filter { $0 != "," }[...]
        let action = rest.first
        if action == "push" || action == "pop" { rest = rest.dropFirst() }
        var label: String?
        var value: Int?
        for word in rest {
            if word.utf8.first.map({ (0x30...0x39).contains($0) }) == true {
                guard let bytes = Self.packAlignment(word) else {
                    return "an alignment is 1, 2, 4, 8 or 16"
                }
                value = bytes
            } else if action == "push" || action == "pop", label == nil {
                label = word
            } else {
                return abi.records.family == .gcc
                    ? "\(word) is no number, and GCC expands no macros here" : "\(word) is no number"
            }
        }
        switch action {
        case "push":
            guard packStack.count < budget.limits.nestingMax else {
                throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: spot)
            }
            packStack.append((label, pack))
        case "pop":
            if let label, let last = packStack.lastIndex(where: { $0.label == label }) {
                packStack.removeLast(packStack.count - 1 - last)
            } else if label != nil, abi.records.family == .microsoft {
                return "there is no #pragma pack(push) of that name before it"
            }
            guard let last = packStack.popLast() else { return "there is no #pragma pack(push) before it" }
            pack = last.pack
        case nil: pack = nil
        default: break
        }
        if let value { pack = value == 0 ? nil : value }
        return nil
    }

    /// The number of bytes; nil when it is no alignment.
    private static func packAlignment(_ word: String) -> Int? {
        let isHex = word.hasPrefix("0x") || word.hasPrefix("0X")
        let digits = isHex ? word.dropFirst(2) : word[...]
        guard let value = Int(digits, radix: isHex ? 16 : 10), [0, 1, 2, 4, 8, 16].contains(value) else {
            return nil
        }
        return value
    }
}
