extension Parser {
    private enum Derivation {
        /// With the alignment that an attribute behind the `*` gives it.
        case pointer(Int?)
        case function
        /// An attribute before the name.
        case aligned(Int)
        case array(Int?, Spot)
    }

    /// A name and what is done to the type around it: `*x[3]`, `(*f)(int)`; the name may be missing.
    mutating func declarator(_ base: CType) throws(Fault) -> (name: Token?, type: CType) {
        var name: Token?
        let derivations = try derivations(&name)
        guard derivations.count <= budget.limits.nestingMax else {
            throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: name?.spot ?? token.spot)
        }
        var type = base
        for derivation in derivations.reversed() {
            switch derivation {
            case .pointer(let alignment):
                type = .pointer
                if let alignment { type = type.aligned(to: alignment) }
            case .aligned(let bytes):
                if try extent(of: type, at: name?.spot ?? token.spot).alignment < bytes {
                    type = type.aligned(to: bytes)
                }
            case .function: type = .function
            case .array(let count, let spot): type = try array(of: type, count, at: spot)
            }
        }
        return (name, type)
    }

    /// A type without a name, as in `sizeof(uint8_t[4])`.
    mutating func typeName() throws(Fault) -> CType {
        let declared = try nested { (parser) throws(Fault) in
            let specifiers = try parser.specifiers()
            return try parser.declarator(specifiers.type)
        }
        if let name = declared.name { throw Fault(.expected("a type", found: name.quoted), at: name.spot) }
        return declared.type
    }

    /// From the name outwards.
    private mutating func derivations(_ name: inout Token?) throws(Fault) -> [Derivation] {
        // Only the outermost pointer counts: its alignment is the one a member has.
        var hasPointer = false
        var attributes = Attributes()
        while true {
            if try take("*") {
                hasPointer = true
                attributes = Attributes()
            } else if token.kind == .identifier, Self.ignored.contains(token.text) {
                try advance()
            } else {
                guard try self.attributes(into: &attributes) else { break }
                if attributes.mode != nil || attributes.vectorBytes != nil {
                    throw Fault(
                        .unsupported("a mode or vector_size in a declarator is"),
                        at: previous?.spot ?? token.spot
                    )
                }
            }
        }
        var result: [Derivation] = []
        if token.is("("), isNestedDeclarator(peek()) {
            try advance()
            // The name travels through the closure's result: inout parameters cannot be captured.
            let inner = try nested { (parser) throws(Fault) -> (Token?, [Derivation]) in
                var name: Token?
                let derivations = try parser.derivations(&name)
                return (name, derivations)
            }
            name = inner.0
            result = inner.1
            try expect(")", for: "of the declarator")
        } else if token.kind == .identifier, !Self.keywords.contains(token.text) {
            name = token
            try advance()
        }
        while true {
            let spot = token.spot
            if token.is("["), !peek().is("[") {
                try advance()
                result.append(.array(try arraySize(), spot))
            } else if token.is("(") {
                try skipBalanced()
                result.append(.function)
            } else {
                break
            }
            guard result.count <= budget.limits.nestingMax else {
                throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: spot)
            }
        }
        if hasPointer {
            result.append(.pointer(attributes.typeAlignment(abi)))
        } else if let alignment = attributes.alignment {
            result.append(.aligned(alignment))
        }
        return result
    }

    /// Whether `(` begins a declarator in parentheses rather than a parameter list.
    private mutating func isNestedDeclarator(_ token: Token) -> Bool {
        if token.is("*") || token.is("(") || token.is("^") { return true }
        if token.isWord("__attribute__") { return true }
        return token.kind == .identifier && !Self.keywords.contains(token.text) && !startsType(token)
    }

    /// The rest of `[n]`, `[]`.
    private mutating func arraySize() throws(Fault) -> Int? {
        while token.kind == .identifier, Self.ignored.contains(token.text) { try advance() }
        if try take("]") { return nil }
        let first = token
        let value = try expression().value
        let spot = Preprocessor.span(first, previous)
        try expect("]", for: "after the array size")
        guard value >= 0 else { throw Fault(.badArraySize("\(value)"), at: spot) }
        guard value <= Int128(budget.limits.typeBytesMax) else {
            throw Fault(.tooMuch(.typeBytes, maximum: budget.limits.typeBytesMax), at: spot)
        }
        return Int(value)
    }

    private mutating func array(of element: CType, _ count: Int?, at spot: Spot) throws(Fault) -> CType {
        if element == .function || element == .void {
            throw Fault(.badTypeCombination("an array of \(spelling(element))"), at: spot)
        }
        if case .array(_, count: nil) = element.bare {
            throw Fault(.badArraySize("an unknown number of"), at: spot)
        }
        guard element.depth < budget.limits.nestingMax else {
            throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: spot)
        }
        let type = CType.array(element, count: count)
        // Arrays of what is not defined yet are legal in a declaration; whoever needs the size hears about
        // it.
        if case .record(let index) = element.bare, case .incomplete = types.records[index].state {
            return type
        }
        if case .unsupported = element.bare { return type }
        _ = try extent(of: type, at: spot)
        return type
    }
}
