import SwiftSyntax

// The extension of a message. It calls library functions only, so that a client under strict memory safety
// and without the Lifetimes feature builds clean; one check in front (`begin`) lets the optimiser drop those
// of the fields.

extension MessageModel {
    var extensionMembers: [String] {
        var members = [layout, sizes, decoder, encoder]
        if needsEquality { members.append(equality) }
        if needsHashing { members.append(hashing) }
        return members
    }

    private var layout: String {
        if fields.contains(where: { !$0.isPlain }) {
            let statements = fields.map { $0.place.holding("fields.append(\(entry($0)))") }
            return access.layout(
                ["var fields: [MessageLayout.Field] = []"] + statements
                    + ["return MessageLayout(name: \(name.literal), packing: fields)"],
                isGeneric: isGeneric
            )
        }
        let value = """
            MessageLayout(
                name: \(name.literal),
                packing: [
            \(fields.map { "        " + entry($0) + "," }.joined(separator: "\n"))
                ]
            )
            """
        return access.layout(value, isGeneric: isGeneric)
    }

    /// A field of the layout.
    private func entry(_ field: Field) -> String {
        if let width = field.bits { return bitEntry(field, width) }
        let start = "(\(field.name.literal), \(field.typeText).self"
        let end = field.type.isPlain ? ")" : ", inside: outer)"
        return switch field.kind {
        case .value, .inlineArray: ".field\(start)\(end)"
        case .constant: ".constant\(start), \(field.initialValue?.trimmedDescription ?? ""))"
        case .reserved: ".reserved\(start))"
        case .number: ".number\(start))"
        case .count: ".count\(start))"
        case .tail:
            if let count {
                ".tail\(start), countedBy: \(count.name.literal), \(count.typeText).self\(end)"
            } else {
                ".tail\(start)\(end)"
            }
        }
    }

    private var sizes: String {
        let last = last
        let summands = fields.segments.compactMap { segment -> String? in
            guard case .field(let field) = segment else {
                if case .bits(let bits) = segment { return "    size += \(bits.bytes)" }
                return nil
            }
            if field.kind == .tail { return nil }
            let isLast = field.node == last?.node
            let isMinimum = isLast || field.kind == .count
            if !field.isPlain {
                return
                    "    size += WireField.\(isMinimum ? "sizeMinimum" : "sizeFixed")(\(field.typeText).self)"
            }
            return "    size += \(field.typeText).\(isMinimum ? "wireSizeMinimum" : "wireSizeFixed")"
        }
        let minimum =
            summands.isEmpty
            ? "    0" : (["    var size = 0"] + summands + ["    return size"]).joined(separator: "\n")
        let size: String
        // What may nest is measured level by level.
        var measure: String?
        if let tail {
            size = "Self.wireSizeMinimum + self.\(tail.spelling).tailByteCount"
            if !tail.isPlain {
                measure =
                    "try WireField.tailSize("
                    + "self.\(tail.spelling), \(tail.name.literal), after: Self.wireSizeMinimum, nesting)"
            }
        } else if let last {
            size =
                "Self.wireSizeMinimum - \(last.typeText).wireSizeMinimum + self.\(last.spelling).wireSize"
            if !last.isPlain {
                measure =
                    "try WireField.size(self.\(last.spelling), \(last.name.literal), "
                    + "after: Self.wireSizeMinimum - WireField.sizeMinimum(\(last.typeText).self), nesting)"
            }
        } else {
            size = "Self.wireSizeMinimum"
        }
        let isFixed = tail != nil ? "false" : last.map(isSizeFixed) ?? "true"
        return """
            \(access.inlinable)\(access.prefix)static var wireSizeMinimum: Int {
            \(minimum)
            }

            \(access.inlinable)\(access.prefix)static var isWireSizeFixed: Bool { \(isFixed) }

            \(measure.map { access.measuredSize($0) }
                ?? "\(access.inlinable)\(access.prefix)var wireSize: Int { \(size) }")
            """
    }

    private func isSizeFixed(_ field: Field) -> String {
        field.isPlain
            ? "\(field.typeText).isWireSizeFixed" : "WireField.isSizeFixed(\(field.typeText).self)"
    }

    private var begin: String {
        guard let last else { return "try reader.begin(Self.self)" }
        return last.isPlain
            ? "try reader.begin(Self.self, last: \(last.typeText).self)"
            : "try WireField.begin(Self.self, last: \(last.typeText).self, &reader)"
    }

    private var decoder: String {
        let start = count == nil ? "" : "let start = "
        var lines = [start + begin]
        for (index, segment) in fields.segments.enumerated() {
            guard case .field(let field) = segment else {
                if case .bits(let bits) = segment { lines += decoder(of: bits, index) }
                continue
            }
            let name = field.name.literal
            switch field.kind {
            case .value, .number, .inlineArray:
                let read =
                    field.isPlain
                    ? "reader.read(\(field.typeText).self, \(name))"
                    : "WireField.read(\(field.typeText).self, \(name), &reader)"
                lines.append("self.\(field.spelling) = try \(read)")
            case .constant:
                lines.append(
                    field.isPlain
                        ? "try reader.expect(self.\(field.spelling), \(name))"
                        : "try WireField.expect(self.\(field.spelling), \(name), &reader)"
                )
            case .reserved:
                if !field.isAlreadySet { lines.append("self.\(field.spelling) = \(field.typeText)()") }
                lines.append("_ = try reader.read(\(field.typeText).self, \(name))")
            case .count:
                if !field.isAlreadySet { lines.append("self.\(field.spelling) = \(field.typeText)()") }
                lines.append("let count = try reader.readCount(\(field.typeText).self, \(name))")
            case .tail:
                let reader = field.isPlain ? "reader" : "WireField"
                let end = field.isPlain ? ")" : ", &reader)"
                guard let count else {
                    lines.append(
                        "self.\(field.spelling) = "
                            + "try \(reader).readTail(\(field.typeText).self, \(name)\(end)"
                    )
                    continue
                }
                lines += [
                    "self.\(field.spelling) = try \(reader).readTail(",
                    "    \(field.typeText).self, \(name),",
                    "    counted: count, by: \(count.typeText).self, messageStart: start\(end)",
                ]
            }
        }
        return """
            \(access.inlinable)\(access.prefix)init(from reader: inout WireReader) throws(WireError) {
            \(lines.joined(separator: "\n").indented)
            }
            """
    }

    private var encoder: String {
        let lines = fields.segments.enumerated().map { index, segment in
            guard case .field(let field) = segment else {
                guard case .bits(let bits) = segment else { return "" }
                return encoder(of: bits, index).joined(separator: "\n")
            }
            let name = field.name.literal
            return switch field.kind {
            case .value, .number, .inlineArray, .constant, .reserved:
                field.isPlain
                    ? "try self.\(field.spelling).write(\(name), to: &output)"
                    : "try WireField.write(self.\(field.spelling), \(name), to: &output)"
            case .count:
                if tail?.isPlain == false {
                    """
                    try WireField.writeCount(
                        \(field.typeText).self, \(name), of: self.\(tail?.spelling ?? ""),
                        messageSize: self.wireSize, to: &output)
                    """
                } else {
                    """
                    try \(field.typeText).write(
                        \(name), of: self.\(tail?.spelling ?? ""), messageSize: self.wireSize, to: &output)
                    """
                }
            case .tail:
                field.isPlain
                    ? "try self.\(field.spelling).writeTail(\(name), to: &output)"
                    : "try WireField.writeTail(self.\(field.spelling), \(name), to: &output)"
            }
        }
        return """
            \(access.inlinable)\(access.prefix)func write(to output: inout OutputRawSpan) throws(WireError) {
            \(lines.joined(separator: "\n").indented)
            }
            """
    }

    private var equality: String {
        let comparisons = fields.filter(\.isParameter).map { field in
            let name = field.spelling
            return field.kind == .inlineArray
                ? "guard left.\(name).isEqual(to: right.\(name)) else { return false }"
                : "guard left.\(name) == right.\(name) else { return false }"
        }
        return """
            \(access.inlinable)\(access.prefix)static func == (left: Self, right: Self) -> Bool {
            \((comparisons + ["return true"]).joined(separator: "\n").indented)
            }
            """
    }

    private var hashing: String {
        let feeds = fields.filter(\.isParameter).map { field in
            field.kind == .inlineArray
                ? "self.\(field.spelling).hashElements(into: &hasher)"
                : "hasher.combine(self.\(field.spelling))"
        }
        return """
            \(access.inlinable)\(access.prefix)func hash(into hasher: inout Hasher) {
            \(feeds.joined(separator: "\n").indented)
            }
            """
    }
}
