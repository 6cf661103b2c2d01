extension UnionModel {
    var extensionMembers: [String] { [layout, sizes, decoder, encoder] }

    private var layout: String {
        let entries = cases.map { variant in
            let payload =
                variant.payload.map {
                    ", \($0.isTail ? "tail: " : "")\($0.type).self" + ($0.isPlain ? "" : ", inside: outer")
                } ?? ""
            return ".variant(\(variant.tag), \(variant.name.literal)\(payload))"
        }
        let offset = tagOffset.map { " at: \($0)," } ?? ""
        let open = unknown == nil ? "" : " isOpen: true,"
        let start = "tag: \(tagType).self, named: \(tagName.literal),\(offset)\(open)"
        if cases.contains(where: { $0.payload?.isPlain == false }) {
            let statements = zip(cases, entries).map { $0.place.holding("cases.append(\($1))") }
            let result = """
                return MessageLayout(
                    name: \(name.literal),
                    packing: [],
                    variants: MessageLayout.Variants(\(start) cases: cases)
                )
                """
            return access.layout(
                ["var cases: [MessageLayout.Variants.Case] = []"] + statements + [result],
                isGeneric: isGeneric
            )
        }
        let value = """
            MessageLayout(
                name: \(name.literal),
                packing: [],
                variants: MessageLayout.Variants(
                    \(start)
                    cases: [
            \(entries.map { "                " + $0 + "," }.joined(separator: "\n"))
                    ]
                )
            )
            """
        return access.layout(value, isGeneric: isGeneric)
    }

    private var sizes: String {
        // An unknown case may hold nothing.
        let minima = cases.map { $0.payload?.sizeMinimum ?? "0" }
        let rest = unknown == nil ? minima.dropFirst().filter { $0 != minima[0] } : []
        var lines = ["\(rest.isEmpty ? "let" : "var") least = \(unknown == nil ? minima[0] : "0")"]
        lines += rest.map { "least = Swift.min(least, \($0))" }
        lines.append(
            tagOffset.map { "return Swift.max(least, \($0) + \(tagType).wireSizeMinimum)" }
                ?? "return \(tagType).wireSizeMinimum + least"
        )
        var conditions = cases.compactMap { $0.payload?.isSizeFixed } + rest.map { "\($0) == \(minima[0])" }
        if unknown != nil || conditions.contains("false") { conditions = ["false"] }
        let size = measure.map { access.measuredSize($0) } ?? plainSize
        if isRecursive {
            // The types of the payloads would ask for this one's size again; layouts end.
            let (least, fixed) = ("Self.layout.sizeMinimum", "Self.layout.isFixedSize")
            return """
                \(access.prefix)static \(property("wireSizeMinimum: Int", least))

                \(access.prefix)static \(property("isWireSizeFixed: Bool", fixed))

                \(size)
                """
        }
        return """
            \(access.inlinable)\(access.prefix)static var wireSizeMinimum: Int {
            \(lines.joined(separator: "\n").indented)
            }

            \(access.inlinable)\(access.prefix)static var isWireSizeFixed: Bool {
                \(conditions.isEmpty ? "true" : conditions.joined(separator: " && "))
            }

            \(size)
            """
    }

    /// Stored where the type can store it.
    private func property(_ name: String, _ value: String) -> String {
        isGeneric ? "var \(name) { \(value) }" : "let \(name) = \(value)"
    }

    private var plainSize: String {
        let front = tagOffset == nil ? "\(tagType).wireSizeMinimum + " : ""
        var sizes = cases.map { variant in
            guard let payload = variant.payload else {
                return "case .\(variant.spelling): \(tagType).wireSizeMinimum"
            }
            return "case .\(variant.spelling)(let payload): \(front)payload.\(payload.size)"
        }
        if unknown != nil { sizes.append("case .unknown(_, let bytes): \(front)bytes.count") }
        return """
            \(access.inlinable)\(access.prefix)var wireSize: Int {
                switch self {
            \(sizes.joined(separator: "\n").indented)
                }
            }
            """
    }

    /// Measures level by level where some payload may nest.
    private var measure: String? {
        guard cases.contains(where: { $0.payload?.isPlain == false }) else { return nil }
        let after = tagOffset == nil ? "\(tagType).wireSizeMinimum" : "0"
        var sizes = cases.map { variant in
            guard let payload = variant.payload else {
                return "case .\(variant.spelling): return \(tagType).wireSizeMinimum"
            }
            let name = payload.isTail ? "tailSize" : payload.isNested ? "nestedSize" : "size"
            return "case .\(variant.spelling)(let payload):\n"
                + "    return try WireField.\(name)(payload, \(variant.name.literal), after: \(after), nesting)"
        }
        if unknown != nil { sizes.append("case .unknown(_, let bytes): return \(after) + bytes.count") }
        return """
            switch self {
            \(sizes.joined(separator: "\n"))
            }
            """
    }

    private var decoder: String {
        var lines: [String] = unknown == nil ? ["let start = reader.offset"] : []
        lines.append(
            tagOffset.map { "let tag = try reader.peekTag(\(tagType).self, at: \($0), \(tagName.literal))" }
                ?? "let tag = try reader.readTag(\(tagType).self, \(tagName.literal))"
        )
        lines.append("switch tag {")
        for variant in cases {
            guard let payload = variant.payload else {
                lines.append("case \(variant.tag): self = .\(variant.spelling)")
                continue
            }
            let read = payload.isTail ? "readTail" : payload.isNested ? "readNested" : "read"
            lines.append(
                "case \(variant.tag): self = .\(variant.spelling)(\(payload.label)"
                    + (payload.isPlain
                        ? "try reader.\(read)(\(payload.type).self, \(variant.name.literal)))"
                        : "try WireField.\(read)(\(payload.type).self, \(variant.name.literal), &reader))")
            )
        }
        if let unknown {
            lines.append(
                "default: self = .unknown(tag: \(unknown.tagType)(count: tag), \(unknown.bytesLabel)"
                    + "try reader.readTail([UInt8].self, \"unknown\"))"
            )
        } else {
            let offset = tagOffset.map { "start + \($0)" } ?? "start"
            lines.append("default: throw WireError.unknownTag(tag, in: Self.layout, offset: \(offset))")
        }
        lines.append("}")
        return """
            \(access.inlinable)\(access.prefix)init(from reader: inout WireReader) throws(WireError) {
            \(lines.joined(separator: "\n").indented)
            }
            """
    }

    private var encoder: String {
        var lines = cases.flatMap { variant -> [String] in
            guard let payload = variant.payload else {
                return [
                    "case .\(variant.spelling):", "    try \(tagType).writeTag(\(variant.tag), to: &output)",
                ]
            }
            let write = payload.isTail ? "writeTail" : payload.isNested ? "writeNested" : "write"
            return ["case .\(variant.spelling)(let payload):"]
                + tagged(
                    by: variant.tag,
                    size: payload.measured,
                    payload.isPlain
                        ? "try payload.\(write)(\(variant.name.literal), to: &output)"
                        : "try WireField.\(write)(payload, \(variant.name.literal), to: &output)"
                )
        }
        if unknown != nil {
            lines.append("case .unknown(let tag, let bytes):")
            lines += tagged(
                by: "tag.tagNumber",
                size: "bytes.count",
                "try bytes.writeTail(\"unknown\", to: &output)"
            )
        }
        return """
            \(access.inlinable)\(access.prefix)func write(to output: inout OutputRawSpan) throws(WireError) {
                switch self {
            \(lines.joined(separator: "\n").indented)
                }
            }
            """
    }

    /// The statement that writes a payload, with the one that writes the tag before it or puts it in.
    private func tagged(by tag: String, size: String, _ statement: String) -> [String] {
        let lines =
            if let tagOffset {
                [
                    statement,
                    "try \(tagType).putTag(",
                    "    \(tag), at: \(tagOffset), inLast: \(size), of: &output, \(tagName.literal))",
                ]
            } else {
                ["try \(tagType).writeTag(\(tag), to: &output)", statement]
            }
        return lines.map { "    " + $0 }
    }
}

extension UnionModel.Payload {
    /// The property that tells a value's bytes.
    fileprivate var size: String { isTail ? "tailByteCount" : "wireSize" }

    /// The same as an expression; of a type that is known by its name only, through ``WireField``.
    fileprivate var measured: String {
        if isPlain { return "payload.\(size)" }
        return "WireField.\(isTail ? "tailSize" : "size")(payload, \"\", after: 0, WireNesting())"
    }

    fileprivate var sizeMinimum: String {
        isTail ? "0" : isPlain ? "\(type).wireSizeMinimum" : "WireField.sizeMinimum(\(type).self)"
    }

    fileprivate var isSizeFixed: String {
        isTail ? "false" : isPlain ? "\(type).isWireSizeFixed" : "WireField.isSizeFixed(\(type).self)"
    }
}
