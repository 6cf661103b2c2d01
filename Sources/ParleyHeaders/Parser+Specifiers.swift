extension Parser {
    /// Storage class, qualifiers, attributes and the type itself (C17, 6.7, in any order).
    mutating func specifiers() throws(Fault) -> Specifiers {
        var result = Specifiers(type: .void, spelling: "", spot: token.spot)
        var words: [String] = []
        var type: CType?
        var isAtomic = false
        while token.kind == .identifier || token.is("[") {
            let word = token
            if try attributes(into: &result.attributes) { continue }
            if Self.ignored.contains(word.text) {
                try advance()
            } else if word.text == "_Atomic", !peek().is("(") {
                isAtomic = true
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
            let scalar = try scalar(words, at: result.spot)
            result.type = scalar
            result.spelling = words.joined(separator: " ")
            if case .scalar(let kind) = scalar { result.isABIDependent = Self.varies(kind) }
        } else {
            throw expectedFault("a declaration")
        }
        if isAtomic { result.type = try atomic(result.type, at: result.spot) }
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
        case "typeof", "__typeof__", "__typeof", "_Atomic":
            return try operand(word, &result)
        case "_BitInt", "_Float16", "__float128", "_Float128", "_Decimal32", "_Decimal64", "_Decimal128":
            try advance()
            if token.is("(") { try skipBalanced() }
            result.spelling = word.text
            return .unsupported(word.text)
        case "_Float32", "_Float64":
            try advance()
            result.spelling = word.text
            return .scalar(word.text == "_Float32" ? .float : .double)
        case "__int128_t", "__uint128_t":
            try advance()
            result.spelling = word.text
            return int128(word.text)
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

    private static let wordsOfCPlusPlus: Set<String> = [
        "class", "namespace", "template", "std", "using", "virtual", "public", "private", "protected",
    ]

    /// The names of types that can be meant here.
    private var typeNames: [String] {
        Array(types.typedefs.keys) + (fallback.map { Array($0.keys) } ?? [])
            + [
                "char", "short", "int", "long", "float", "double", "signed", "unsigned", "struct", "union",
                "enum",
            ]
    }

    /// `typeof(type)`, `_Atomic(type)`.
    private mutating func operand(_ word: Token, _ result: inout Specifiers) throws(Fault) -> CType {
        try advance()
        let opening = index
        guard token.is("("), startsType(peek()) else {
            if token.is("(") { try skipBalanced() }
            result.spelling = word.text
            return .unsupported(word.text == "_Atomic" ? "_Atomic" : "\(word.text) of an expression")
        }
        try advance()
        let spot = token.spot
        let type = try typeName()
        let last = previous
        try expect(")")
        let isPlain = index == opening + 3
        result.spelling = isPlain ? last?.text ?? word.text : spelling(type)
        return word.text == "_Atomic" ? try atomic(type, at: spot) : type
    }

    /// A type whose reads and writes are single steps is aligned as a machine word of its size is.
    func atomic(_ type: CType, at spot: Spot) throws(Fault) -> CType {
        let extent = try extent(of: type, at: spot)
        let alignment = min(extent.size, abi.alignmentMaximum)
        guard extent.size <= 16, extent.size & (extent.size - 1) == 0, alignment > extent.alignment else {
            return type
        }
        return .atomic(type, alignment: alignment)
    }

    private func int128(_ name: String) -> CType {
        guard let extent = abi.int128 else { return .unsupported("\(name) of \(abi.name)") }
        return .opaque(name, size: extent.size, alignment: extent.alignment)
    }

    /// A word where a type should stand.
    private mutating func unknownType(_ word: Token) -> Fault {
        if Self.keywords.contains(word.text) { return expectedFault("a type") }
        var hint: String?
        if let tag = types.tags[word.text] {
            hint = "write \(spelling(tag))"
        } else if Self.wordsOfCPlusPlus.contains(word.text) {
            hint = "this is C++; Parley reads C"
        } else if BuiltInHeaders.isWindows(word.text) {
            hint = "#include <windows.h> defines it"
        } else if let near = [word.text + "_t", "u" + word.text, word.text.lowercased()].first(where: {
            typedef($0) != nil
        }) {
            hint = "did you mean \(near)?"
        } else {
            hint = missingFileHint
            if hint == nil, hintsLeft > 0 { hint = self.hint(for: word.text, among: typeNames) }
        }
        return Fault(.unknownType(word.text), at: word.spot, hint: hint)
    }

    /// `unsigned`, `long int`, `int long unsigned` …: the words in any order.
    private func scalar(_ words: [String], at spot: Spot) throws(Fault) -> CType {
        if words.contains("_Complex") {
            let part = words.filter { $0 != "_Complex" }
            guard case .scalar(let scalar) = try scalar(part.isEmpty ? ["double"] : part, at: spot) else {
                throw Fault(.badTypeCombination(words.joined(separator: " ")), at: spot)
            }
            let extent = abi.extent(of: scalar)
            return .opaque("_Complex \(scalar.spelling)", size: 2 * extent.size, alignment: extent.alignment)
        }
        if words.contains("__int128") {
            guard words.count == 1 || ["signed", "unsigned"].contains(words.first { $0 != "__int128" }) else {
                throw Fault(.badTypeCombination(words.joined(separator: " ")), at: spot)
            }
            return int128("__int128")
        }
        let sorted = words.sorted().joined(separator: " ")
        if sorted == "void" { return .void }
        guard let scalar = Self.scalars[sorted] else {
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
        "__signed__", "__signed", "__int128",
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
        case .aligned(let type, _), .atomic(let type, _), .ordered(let type, _): spelling(type)
        case .opaque(let name, _, _), .unsupported(let name): name
        }
    }
}
