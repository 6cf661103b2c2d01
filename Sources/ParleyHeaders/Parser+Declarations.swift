extension Parser {
    /// What stands before the names of a declaration.
    struct Specifiers {
        var type: CType
        var spelling: String
        var spot: Spot
        var isTypedef = false
        var isABIDependent = false
        var attributes = Attributes()
    }

    /// A declaration outside of structs: types are kept, everything else is read over.
    mutating func declaration() throws(Fault) {
        let specifiers = try specifiers()
        if try take(";") {
            if specifiers.attributes.isPacked { noteIgnored("packed", at: specifiers.attributes.spot) }
            return
        }
        repeat {
            let declared = try declarator(specifiers.type)
            guard let name = declared.name else {
                // What is forgotten most often: the end of the struct before.
                if previous?.is("}") == true { try expectSemicolon(after: "\(specifiers.spelling)") }
                throw expectedFault("a name")
            }
            var attributes = specifiers.attributes
            try skipAssembly()
            try self.attributes(into: &attributes)
            if declared.type == .function { try skipDecorations() }
            if specifiers.isTypedef {
                try define(name, declared.type, specifiers, attributes)
            } else if declared.type == .function, token.is("{") {
                return try skipBalanced()
            } else if try take("=") {
                try skipInitializer()
            }
        } while try take(",")
        try expectSemicolon(after: "the declaration")
    }

    /// `;`, missed where the token before it ends: that is where it must be written.
    mutating func expectSemicolon(after what: String) throws(Fault) {
        if try take(";") { return }
        let hint = token.is("=") ? "a declaration of C gives members no values" : nil
        var fault = expectedFault("\u{201C};\u{201D} after \(what)", hint: hint)
        if let last = previous, last.spot.file == token.spot.file {
            fault.spot = Spot(file: last.spot.file, offset: last.spot.offset + last.spot.length, length: 1)
        }
        throw fault
    }

    private mutating func define(
        _ name: Token,
        _ type: CType,
        _ specifiers: Specifiers,
        _ attributes: Attributes
    ) throws(Fault) {
        var type = try moded(type, attributes, at: name.spot)
        if let bytes = attributes.vectorBytes { type = try vector(of: type, bytes, at: name.spot) }
        if attributes.isPacked { noteIgnored("packed", at: attributes.spot) }
        // What stands before the type comes last for GCC.
        if let alignment = specifiers.attributes.typeAlignment(abi) ?? attributes.typeAlignment(abi) {
            type = type.aligned(to: alignment)
        }
        if let order = Self.order(of: name.text, type.bare, abi) { type = type.ordered(order) }
        if let old = types.typedefs[name.text], old.type != type {
            throw Fault(.conflictingTypes(name.text), at: name.spot)
        }
        // u32 as a name for an int of 32 bits is a promise.
        let bits = String(decoding: name.text.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
        let isFixed = (try? extent(of: type, at: name.spot)).map { String($0.size * 8) == bits } ?? false
        types.typedefs[name.text] = TypeTable.Typedef(
            type: type,
            isABIDependent: specifiers.isABIDependent && !isFixed
        )
        switch type.bare {
        case .record(let index):
            if types.records[index].name == nil { types.records[index].name = name.text }
            types.noteStruct(name.text, at: name.spot)
        case .enumeration(let index):
            if types.enumerations[index].name == nil { types.enumerations[index].name = name.text }
        default: break
        }
    }

    mutating func noteIgnored(_ attribute: String, at spot: Spot) {
        observations.append(Observation(reason: .ignoredAttribute(attribute), spot: spot))
    }

    private mutating func skipAssembly() throws(Fault) {
        while ["asm", "__asm__", "__asm"].contains(token.text), token.kind == .identifier {
            try advance()
            try skipBalanced()
        }
    }

    /// Words behind a function's parameters: macros of headers that were not read, like `__THROW` or
    /// `API(2)`.
    private mutating func skipDecorations() throws(Fault) {
        while token.kind == .identifier, !Self.keywords.contains(token.text) {
            try advance()
            if token.is("(") { try skipBalanced() }
            var unused = Attributes()
            try attributes(into: &unused)
        }
    }

    private mutating func skipInitializer() throws(Fault) {
        while !token.is(","), !token.is(";") {
            if token.kind == .end { throw expectedFault("\u{201C};\u{201D}") }
            if token.is("{") || token.is("(") || token.is("[") {
                try skipBalanced()
            } else {
                try advance()
            }
        }
    }

    /// `_Static_assert(…)`: checked where its condition is understood.
    mutating func staticAssertion() throws(Fault) -> Bool {
        guard token.isWord("_Static_assert") || (token.isWord("static_assert") && peek().is("(")) else {
            return false
        }
        let spot = token.spot
        try advance()
        let start = index
        try skipBalanced()
        let end = index
        try expectSemicolon(after: "_Static_assert")
        let after = index
        seek(start)
        defer { seek(after) }
        do throws(Fault) {
            try expect("(")
            let value = try expression()
            var message = ""
            if try take(",") { message = String(decoding: try stringLiteral(), as: UTF8.self) }
            guard index == end - 1 else { return true }
            if value.value == 0 { problems.append(Fault(.assertionFailed(message), at: spot)) }
        } catch {
            if case .tooMuch(.steps, _) = error.reason { throw error }
        }
        return true
    }

    /// Whether a type can begin with this token.
    mutating func startsType(_ token: Token) -> Bool {
        guard token.kind == .identifier else { return false }
        return Self.typeWords.contains(token.text) || typedef(token.text) != nil
    }

    /// A typedef of the header, or one of the standard's that the header forgot to include.
    mutating func typedef(_ name: String) -> TypeTable.Typedef? {
        if let own = types.typedefs[name] { return own }
        if fallback == nil { fallback = BuiltInHeaders.typedefs(for: abi) }
        return fallback?[name]
    }

    private static let typeWords: Set<String> = [
        "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "struct",
        "union", "enum", "const", "volatile", "_Complex", "_Atomic", "__signed__", "__const", "__volatile__",
        "__int128", "__int128_t", "__uint128_t", "__extension__", "typeof", "__typeof__", "_Float16",
        "__float128",
        "_Float32", "_Float64", "_Float128",
    ]
}
