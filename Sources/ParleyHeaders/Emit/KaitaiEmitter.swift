import ParleyWire

/// Writes a layout as a Kaitai Struct description.
struct KaitaiEmitter {
    let identifier: String
    /// Types below the outermost, in the order in which they need each other: name and lines.
    private(set) var types: [(name: String, lines: [String])] = []
    private(set) var enums: [(name: String, lines: [String])] = []
    private var known: [MessageLayout: String] = [:]
    private var knownUnions: [UnionType: String] = [:]
    private var knownEnums: [EnumerationKey: String] = [:]
    private var typeNames: NameScope
    private var enumNames = NameScope(taken: kaitaiWords)

    struct EnumerationKey: Hashable {
        var name: String
        var cases: [EnumerationType.Case]
    }

    init(name: String) {
        identifier = name.kaitaiIdentifier
        typeNames = NameScope(taken: kaitaiWords.union([identifier]))
    }

    func error(_ reason: EmissionError.Reason, _ path: String) -> EmissionError {
        EmissionError(reason, field: path, target: .kaitai)
    }

    // MARK: Types

    /// The name of a message's type; writes it the first time.
    mutating func type(_ layout: MessageLayout, _ path: String, depth: Int) throws(EmissionError) -> String {
        if let known = known[layout] { return known }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        let name = typeNames.claim((layout.name.isEmpty ? "message" : layout.name).kaitaiIdentifier)
        known[layout] = name
        types.append((name, try body(of: layout, path, indent: "", depth: depth)))
        return name
    }

    /// A type that is a list of items, for tails that end inside of the message and arrays of arrays.
    mutating func list(_ name: String, _ lines: [String]) -> String {
        let name = typeNames.claim(name.kaitaiIdentifier + "_list")
        types.append((name, lines))
        return name
    }

    /// The name of a union's type: every member begins at the first byte.
    mutating func type(_ union: UnionType, _ path: String, depth: Int) throws(EmissionError) -> String {
        if let known = knownUnions[union] { return known }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        let name = typeNames.claim((union.name.isEmpty ? "union" : union.name).kaitaiIdentifier)
        knownUnions[union] = name
        var lines = ["instances:"]
        var names = NameScope(taken: kaitaiWords)
        for member in union.members {
            let path = path + "." + member.name
            if case .bits = member.type { throw error(.missingType("bit field in a union"), path) }
            guard member.type.sizeMinimum > 0 else { continue }
            let id = names.claim(member.name.kaitaiIdentifier)
            let attributes = try attributes(member.type, path, named: member.name, depth: depth + 1)
            lines.append("  \(id):")
            lines += (["pos: 0"] + Self.original(member.name, id) + attributes).map { "    " + $0 }
        }
        let raw = names.claim(union.rawName.kaitaiIdentifier)
        lines += ["  \(raw):", "    pos: 0", "    size: \(union.size)"]
        types.append((name, lines))
        return name
    }

    /// The name of an enumeration.
    mutating func enumeration(_ name: String, _ cases: [EnumerationType.Case]) -> String? {
        guard !cases.isEmpty else { return nil }
        let key = EnumerationKey(name: name, cases: cases)
        if let known = knownEnums[key] { return known }
        let id = enumNames.claim((name.isEmpty ? "values" : name).kaitaiIdentifier)
        var lines: [String] = []
        var seen: Set<Int64> = []
        var names = NameScope(taken: kaitaiWords)
        for entry in cases where seen.insert(entry.value).inserted {
            let name = names.claim(entry.name.kaitaiIdentifier)
            if name == entry.name {
                lines.append("\(entry.value): \(name)")
            } else {
                lines += ["\(entry.value):", "  id: \(name)", "  -orig-id: \(yamlString(entry.name))"]
            }
        }
        enums.append((id, lines))
        knownEnums[key] = id
        return id
    }

    static func original(_ name: String, _ identifier: String) -> [String] {
        name == identifier ? [] : ["-orig-id: \(yamlString(name))"]
    }

    // MARK: The document

    func document(of layout: MessageLayout, _ body: [String], _ options: EmissionOptions) -> String {
        var source = SourceText(indent: 2)
        let origin = options.origin.map { ", from \($0.inComment)" } ?? ""
        source.line(
            "# The messages of \(layout.name.inComment)\(origin). Written by parley layout --emit kaitai."
        )
        source.line("meta:")
        source.line("  id: \(identifier)")
        source.line("  title: \(yamlString(layout.name))")
        source.line("  ks-version: \"0.10\"")
        source.line("  endian: be")
        source.line("  bit-endian: be")
        source.lines(body)
        section("types", types, &source)
        section("enums", enums, &source)
        return source.text
    }

    private func section(
        _ title: String,
        _ entries: [(name: String, lines: [String])],
        _ source: inout SourceText
    ) {
        guard !entries.isEmpty else { return }
        source.line("\(title):")
        source.indented { source in
            for entry in entries {
                source.line("\(entry.name):")
                source.indented { $0.lines(entry.lines) }
            }
        }
    }
}

extension String {
    /// A lower-case word that begins with a letter, as Kaitai wants its identifiers.
    var kaitaiIdentifier: String {
        let plain = asciiIdentifier.lowercased().drop { $0 == "_" }
        guard let first = plain.first else { return "x" }
        return ("0"..."9").contains(first) ? "n" + plain : String(plain)
    }
}

/// A string of YAML, in double quotes.
func yamlString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        default:
            if scalar.properties.generalCategory == .control {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
    return result + "\""
}

/// Words of Kaitai's expressions and of YAML, and names of its built-in types.
let kaitaiWords: Set<String> = [
    "true", "false", "null", "yes", "no", "on", "off", "and", "or", "not", "as", "sizeof", "bitsof",
    "str", "strz", "u1", "u2", "u4", "u8", "s1", "s2", "s4", "s8", "f4", "f8", "size", "length", "first",
    "last",
    "min", "max", "reverse", "to_s", "to_i", "io", "root", "parent",
]
