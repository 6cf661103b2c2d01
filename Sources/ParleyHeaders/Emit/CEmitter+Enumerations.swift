import ParleyWire

/// An enumeration as C knows it: without byte order, and always open.
struct CEnumerationKey: Hashable {
    var name: String
    var cases: [EnumerationType.Case]
    var bytes: Int
    var isSigned: Bool
}

extension CEnumerationKey {
    init(_ enumeration: EnumerationType) {
        name = enumeration.name
        cases = enumeration.cases
        bytes = enumeration.integer.bytes
        isSigned = enumeration.integer.isSigned
    }

    /// The attribute that gives a C enumeration this width and sign, or nil when none does: compilers take
    /// `int` or `unsigned` unless a value needs more, and the least that holds all values when it is packed.
    fileprivate var attribute: String? {
        guard !cases.isEmpty, isSigned == cases.contains(where: { $0.value < 0 }) else { return nil }
        let least = isSigned ? cases.map(\.value).min() ?? 0 : 0
        let most = cases.map(\.value).max() ?? 0
        func fits(_ bytes: Int) -> Bool {
            if isSigned {
                return least >= Int64.min >> (64 - 8 * bytes) && most <= Int64.max >> (64 - 8 * bytes)
            }
            return bytes == 8 || most < 1 << (8 * bytes)
        }
        if bytes == (fits(4) ? 4 : 8) { return "" }
        let packed = [1, 2, 4, 8].first(where: fits)
        return packed == bytes ? " __attribute__((packed))" : nil
    }
}

extension CEmitter {
    /// `enum colour`; defines it the first time. Nil when no C enumeration has its width: its names are
    /// defined as constants then, and the member is an integer.
    mutating func name(_ key: CEnumerationKey) throws(EmissionError) -> String? {
        if let known = enumerationTags[key] { return known }
        let tag = tags.claim(cName(key.name.isEmpty ? "enumeration" : key.name))
        var source = SourceText()
        var rows: [(String, String)] = []
        let attribute = key.attribute
        for (index, entry) in key.cases.enumerated() {
            let name = enumerators.claim(cName(entry.name))
            let renamed = name == entry.name ? "" : "called \(entry.name.inComment)"
            let value = Self.literal(entry.value, isSigned: key.isSigned, bytes: key.bytes)
            if attribute == nil {
                rows.append(("#define \(name) \(value)", renamed))
            } else {
                let comma = index == key.cases.count - 1 ? "" : ","
                rows.append(("\(name) = \(value)\(comma)", renamed))
            }
        }
        if let attribute {
            source.line("enum \(tag) {")
            source.indented { $0.aligned(rows, opening: "/* ", closing: " */") }
            source.line("}\(attribute);")
            source.line(
                "_Static_assert(sizeof(enum \(tag)) == \(key.bytes), \"enum \(tag) takes \(bytesText(key.bytes))\");"
            )
        } else if !rows.isEmpty {
            source.line("/* values of \(key.name.inComment), which has \(key.bytes) bytes */")
            source.aligned(rows, opening: "/* ", closing: " */")
        }
        if !source.text.isEmpty { define(source.text) }
        let name: String? = attribute == nil ? nil : "enum \(tag)"
        enumerationTags[key] = .some(name)
        return name
    }

    private static func literal(_ value: Int64, isSigned: Bool, bytes: Int) -> String {
        if !isSigned, value < 0 {
            let bits = UInt64(bitPattern: value) & (UInt64.max >> UInt64(64 - 8 * bytes))
            return "\(bits)u"
        }
        return value == .min ? "(-\(Int64.max) - 1)" : "\(value)"
    }
}
