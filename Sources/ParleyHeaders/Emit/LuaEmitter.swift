import ParleyWire

/// Writes a layout as a Wireshark dissector: for each struct a function that makes its fields under a path,
/// and one that walks over its bytes.
struct LuaEmitter {
    /// The dissector's name, which its filter names begin with.
    let filter: String
    /// Makers of fields and walkers, in the order in which they need each other.
    private(set) var functions: [String] = []
    /// Tables of names of values.
    private(set) var tables: [String] = []
    var needsBits = false
    private var structs: [MessageLayout: String] = [:]
    private var unions: [UnionType: String] = [:]
    private var enumerations: [LuaEnumerationKey: String] = [:]
    private var functionNames = NameScope(taken: luaWords)
    private var tableNames = NameScope(taken: luaWords)

    init(name: String) {
        filter = name.asciiIdentifier.lowercased()
    }

    /// What the field makers and walkers of one struct have said so far.
    struct Body {
        var fields = SourceText()
        var walk = SourceText()
        var names = NameScope()
    }

    func error(_ reason: EmissionError.Reason, _ path: String) -> EmissionError {
        EmissionError(reason, field: path, target: .lua)
    }

    // MARK: Structs

    /// The name of a struct's functions; writes them the first time.
    mutating func structure(
        _ layout: MessageLayout,
        _ path: String,
        depth: Int = 0
    ) throws(EmissionError) -> String {
        if let known = structs[layout] { return known }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        let name = functionNames.claim((layout.name.isEmpty ? "message" : layout.name).asciiIdentifier)
        structs[layout] = name
        var body = Body()
        if case .tail(let tail)? = layout.tail?.type, tail.count?.unit == .messageBytes {
            body.walk.line("local first = r.at")
        }
        var index = 0
        while index < layout.fields.count {
            let field = layout.fields[index]
            if case .bits = field.type {
                let run = layout.fields[index...].prefix { if case .bits = $0.type { true } else { false } }
                try walkBits(Array(run), &body, path)
                index += run.count
                continue
            }
            try walk(field, &body, path, depth: depth)
            index += 1
        }
        if let variants = layout.variants { try walk(variants, &body, path, depth: depth) }
        finish(name, body, comment: "\(layout.name): \(layout.emittedSize)")
        return name
    }

    /// The name of a union's functions; writes them the first time.
    mutating func union(_ type: UnionType, _ path: String, depth: Int) throws(EmissionError) -> String {
        if let known = unions[type] { return known }
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        let name = functionNames.claim((type.name.isEmpty ? "union" : type.name).asciiIdentifier)
        unions[type] = name
        var body = Body()
        body.walk.line("local first = r.at")
        body.walk.line("r:need(\(type.size), \(luaString(type.name)))")
        body.walk.line("-- What is wrong for one member is right for another.")
        body.walk.line("r.quiet = r.quiet + 1")
        for member in type.members {
            body.walk.line("r.at = first")
            let field = MessageLayout.Field(member.name, member.type)
            if case .bits = member.type {
                try walkBits([field], &body, path)
            } else if member.type.sizeMinimum > 0 {
                try walk(field, &body, path, depth: depth)
            }
        }
        body.walk.line("r.at = first")
        try walk(.init(type.rawName, .bytes(count: type.size)), &body, path, depth: depth)
        body.walk.line("r.quiet = r.quiet - 1")
        finish(name, body, comment: "\(type.name): \(type.size) bytes that can be read in several ways")
        return name
    }

    private mutating func finish(_ name: String, _ body: Body, comment: String) {
        var source = SourceText()
        source.line("-- \(comment.inComment)")
        source.line("function fields.\(name)(path)")
        source.indented { source in
            source.line("return {")
            source.indented { $0.lines(body.fields.text.split(separator: "\n").map(String.init)) }
            source.line("}")
        }
        source.line("end")
        source.line()
        source.line("function walk.\(name)(r, tree, f)")
        source.indented { $0.lines(body.walk.text.split(separator: "\n").map(String.init)) }
        source.line("end")
        functions.append(source.text)
    }

    // MARK: Names of values

    /// The table that names an enumeration's values: `names.colour`; nil when it has none.
    mutating func table(_ key: LuaEnumerationKey, _ path: String) throws(EmissionError) -> String? {
        guard !key.cases.isEmpty else { return nil }
        if let known = enumerations[key] { return known }
        var source = SourceText()
        let name = "names." + tableNames.claim(key.name.isEmpty ? "values" : key.name.asciiIdentifier)
        source.line("\(name) = {")
        var seen: Set<UInt64> = []
        var unnamed = SourceText()
        for entry in key.cases {
            // Wireshark looks values of up to 32 bits up as their sign-extended 32 bits.
            let bits = UInt64(bitPattern: entry.value) & (key.isWide ? .max : 0xFFFF_FFFF)
            guard bits < 1 << 53 else {
                throw error(.missingType("number beyond 53 bits: Lua cannot name \(entry.name)"), path)
            }
            if seen.insert(bits).inserted {
                source.indented { $0.line("[\(bits)] = \(luaString(entry.name)),") }
            } else {
                unnamed.line("-- \(entry.name.inComment) is another name of \(entry.value)")
            }
        }
        source.line("}")
        tables.append(source.text + unnamed.text)
        enumerations[key] = name
        return name
    }
}

/// Values with names, as Wireshark looks them up.
struct LuaEnumerationKey: Hashable {
    var name: String
    var cases: [EnumerationType.Case]
    /// Whether the numbers have more than 32 bits.
    var isWide: Bool
}

/// A string of Lua.
func luaString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        case "\n": result += "\\n"
        default:
            if scalar.value < 0x20 || scalar.value == 0x7F {
                let digits = String(scalar.value)
                result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
    return result + "\""
}

/// The words of Wireshark's display filters, which end it when a protocol has one of them as its name; later
/// versions than 4.0 know a few more.
let filterWords: Set<String> = [
    "all", "all_eq", "all_ne", "and", "any", "any_eq", "any_ne", "bitand", "bitwise_and", "contains", "eq",
    "false", "ge", "gt", "in", "inf", "infinity", "le", "lt", "matches", "nan", "ne", "not", "or", "true",
    "xor",
]

/// The words of Lua 5.2.
let luaWords: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
]
