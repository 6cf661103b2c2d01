extension Parser {
    /// Storage class, qualifiers, attributes and the type itself (C17, 6.7, in any order).
    mutating func specifiers() throws(Fault) -> Specifiers {
        var result = Specifiers(type: .void, spelling: "", spot: token.spot)
        var words: [String] = []
        var type: CType?
        while token.kind == .identifier || token.is("[") {
            let word = token
            if try attributes(into: &result.attributes) { continue }
            if Self.ignored.contains(word.text) {
                try advance()
            } else if word.text == "typedef" {
                result.isTypedef = true
                try advance()
            } else if Self.scalarWords.contains(word.text) {
                guard type == nil else { throw expectedFault("a name") }
                words.append(word.text == "__signed__" || word.text == "__signed" ? "signed" : word.text)
                try advance()
            } else if type != nil || !words.isEmpty {
                break
            } else {
                result.spot = word.spot
                type = try namedType(word, &result)
            }
        }
        if let type {
            result.type = type
        } else if !words.isEmpty {
            let scalar = try Self.scalar(words, at: result.spot)
            result.type = scalar
            result.spelling = words.joined(separator: " ")
            if case .scalar(let kind) = scalar { result.isABIDependent = Self.varies(kind) }
        } else {
            throw expectedFault("a declaration")
        }
        return result
    }

    /// A struct, union, enum, typedef name, or one of the types that are known by name only.
    private mutating func namedType(_ word: Token, _ result: inout Specifiers) throws(Fault) -> CType {
        switch word.text {
        case "struct", "union":
            let type = try record()
            result.spelling = spelling(type)
            return type
        case "enum":
            let type = try enumeration()
            result.spelling = spelling(type)
            return type
        case "typeof", "__typeof__", "__typeof", "_Atomic", "_BitInt":
            try advance()
            if token.is("(") { try skipBalanced() }
            result.spelling = word.text
            return .unsupported(word.text)
        case "__int128", "__int128_t", "__uint128_t", "_Float16", "__float128", "_Float32", "_Float64",
            "_Float128":
            try advance()
            result.spelling = word.text
            return .unsupported(word.text)
        default: break
        }
        guard let typedef = typedef(word.text) else { throw unknownType(word) }
        if types.typedefs[word.text] == nil, !isDirective {
            // Taken over, so that it is remarked on once.
            types.typedefs[word.text] = typedef
            observations.append(Observation(reason: .assumedType(word.text), spot: word.spot))
        }
        try advance()
        result.spelling = word.text
        result.isABIDependent = typedef.isABIDependent
        return typedef.type
    }

    /// A word where a type should stand.
    private mutating func unknownType(_ word: Token) -> Fault {
        if Self.keywords.contains(word.text) { return expectedFault("a type") }
        var hint: String?
        if let tag = types.tags[word.text] {
            hint = "write \(spelling(tag))"
        } else if let near = [word.text + "_t", "u" + word.text, word.text.lowercased()].first(where: {
            typedef($0) != nil
        }) {
            hint = "did you mean \(near)?"
        }
        return Fault(.unknownType(word.text), at: word.spot, hint: hint)
    }

    /// `unsigned`, `long int`, `int long unsigned` …: the words in any order.
    private static func scalar(_ words: [String], at spot: Spot) throws(Fault) -> CType {
        let sorted = words.sorted().joined(separator: " ")
        if words.contains("_Complex") { return .unsupported("_Complex") }
        if sorted == "void" { return .void }
        guard let scalar = scalars[sorted] else {
            throw Fault(.badTypeCombination(words.joined(separator: " ")), at: spot)
        }
        return .scalar(scalar)
    }

    /// Whether machines differ in the size of the type.
    private static func varies(_ scalar: CScalar) -> Bool {
        switch scalar {
        case .int, .unsignedInt, .long, .unsignedLong, .longDouble: true
        default: false
        }
    }

    private static let scalars: [String: CScalar] = [
        "_Bool": .bool, "char": .char, "char signed": .signedChar, "char unsigned": .unsignedChar,
        "short": .short, "int short": .short, "short signed": .short, "int short signed": .short,
        "short unsigned": .unsignedShort, "int short unsigned": .unsignedShort,
        "int": .int, "signed": .int, "int signed": .int, "unsigned": .unsignedInt,
        "int unsigned": .unsignedInt,
        "long": .long, "int long": .long, "long signed": .long, "int long signed": .long,
        "long unsigned": .unsignedLong, "int long unsigned": .unsignedLong,
        "long long": .longLong, "int long long": .longLong, "long long signed": .longLong,
        "int long long signed": .longLong, "long long unsigned": .unsignedLongLong,
        "int long long unsigned": .unsignedLongLong,
        "float": .float, "double": .double, "double long": .longDouble,
    ]
    private static let scalarWords: Set<String> = [
        "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "_Complex",
        "__signed__", "__signed",
    ]
    /// Words that change nothing of a layout.
    static let ignored: Set<String> = [
        "const", "volatile", "restrict", "extern", "static", "inline", "register", "auto", "_Noreturn",
        "_Thread_local", "__thread", "__inline", "__inline__", "__const", "__const__", "__volatile__",
        "__volatile",
        "__restrict", "__restrict__", "__extension__", "constexpr",
    ]

    func spelling(_ type: CType) -> String {
        switch type {
        case .void: "void"
        case .scalar(let scalar): scalar.spelling
        case .enumeration(let index): "enum \(types.enumerations[index].name ?? "{…}")"
        case .record(let index):
            "\(types.records[index].isUnion ? "union" : "struct") \(types.records[index].name ?? "{…}")"
        case .pointer: "a pointer"
        case .function: "a function"
        case .array(let element, let count): "\(spelling(element))[\(count.map(String.init) ?? "")]"
        case .aligned(let type, _): spelling(type)
        case .unsupported(let name): name
        }
    }
}
