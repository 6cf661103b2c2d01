extension Parser {
    /// `struct`, `union`: with a body it is defined, without one it is named.
    mutating func record() throws(Fault) -> CType {
        let isUnion = token.text == "union"
        let start = token.spot
        try advance()
        var attributes = Attributes()
        try self.attributes(into: &attributes)
        var tag: Token?
        if token.kind == .identifier, !Self.keywords.contains(token.text) {
            tag = token
            try advance()
            try self.attributes(into: &attributes)
        }
        guard token.is("{") else {
            guard let tag else {
                throw expectedFault("a name or \u{201C}{\u{201D} after \(isUnion ? "union" : "struct")")
            }
            return .record(try index(ofTag: tag, isUnion: isUnion))
        }
        let index: Int
        if let tag {
            index = try self.index(ofTag: tag, isUnion: isUnion)
            if case .incomplete = types.records[index].state {
            } else {
                throw Fault(.duplicate("\(isUnion ? "union" : "struct") \(tag.text)"), at: tag.spot)
            }
            types.noteStruct(tag.text, at: tag.spot)
        } else {
            index = types.records.count
            types.records.append(CRecord(isUnion: isUnion, spot: start))
        }
        types.records[index].spot = tag?.spot ?? start
        try body(of: index, attributes)
        return .record(index)
    }

    private mutating func index(ofTag tag: Token, isUnion: Bool) throws(Fault) -> Int {
        if let known = types.tags[tag.text] {
            guard case .record(let index) = known, types.records[index].isUnion == isUnion else {
                throw Fault(.conflictingTypes(tag.text), at: tag.spot)
            }
            return index
        }
        types.records.append(CRecord(name: tag.text, isTagged: true, isUnion: isUnion, spot: tag.spot))
        types.tags[tag.text] = .record(types.records.count - 1)
        return types.records.count - 1
    }

    /// The members between the braces; a fault in them breaks this type only.
    private mutating func body(of index: Int, _ before: Attributes) throws(Fault) {
        let opening = self.index
        let packLimit = pack
        var members: [CRecord.Member] = []
        var broken: Fault?
        do throws(Fault) {
            try advance()
            members = try nested { (parser) throws(Fault) in try parser.members() }
        } catch {
            if case .tooMuch(.steps, _) = error.reason { throw error }
            broken = error
            types.records[index].state = .broken(error)
            seek(opening)
            let isClosed = try skipIfBalanced()
            guard isClosed else { throw error }
        }
        var attributes = before
        do throws(Fault) {
            try self.attributes(into: &attributes)
        } catch {
            types.records[index].state = .broken(error)
            throw error
        }
        if broken == nil {
            do throws(Fault) {
                try layOut(index, members, attributes, packLimit)
            } catch {
                broken = error
            }
        }
        if let broken {
            types.records[index].state = .broken(broken)
            problems.append(broken)
        }
    }

    private mutating func members() throws(Fault) -> [CRecord.Member] {
        let opening = previous?.spot ?? token.spot
        var members: [CRecord.Member] = []
        while !token.is("}") {
            if token.kind == .end { throw Fault(.unterminated(.brace), at: opening) }
            if token.kind == .pragma {
                try pragmaDirective()
                continue
            }
            if try take(";") { continue }
            if try staticAssertion() { continue }
            try member(&members)
            guard members.count <= budget.limits.fieldsMax else {
                throw Fault(.tooMuch(.fields, maximum: budget.limits.fieldsMax), at: token.spot)
            }
        }
        try advance()
        return members
    }

    /// One declaration of members: `uint8_t a, b[3];`.
    private mutating func member(_ members: inout [CRecord.Member]) throws(Fault) {
        let specifiers = try specifiers()
        if try take(";") {
            // Without a name only an anonymous struct or union holds anything.
            if case .record(let index) = specifiers.type, !types.records[index].isTagged {
                members.append(
                    CRecord.Member(
                        name: "",
                        type: specifiers.type,
                        spelling: specifiers.spelling,
                        isABIDependent: false,
                        spot: specifiers.spot,
                        isPacked: specifiers.attributes.isPacked,
                        alignment: specifiers.attributes.alignment
                    )
                )
            }
            return
        }
        repeat {
            members.append(try memberDeclarator(specifiers))
        } while try take(",")
        try expectSemicolon(after: "the member \(members.last?.name ?? "")")
    }

    /// A member's name with what stands around it, the width of a bit field included.
    private mutating func memberDeclarator(_ specifiers: Specifiers) throws(Fault) -> CRecord.Member {
        let start = token
        let declared = try declarator(specifiers.type)
        var attributes = specifiers.attributes
        try self.attributes(into: &attributes)
        var type = try moded(declared.type, attributes, at: specifiers.spot)
        var width: Int?
        if try take(":") {
            width = try bitWidth(of: type, declared.name, at: declared.name?.spot ?? start.spot)
            try self.attributes(into: &attributes)
        } else if declared.name == nil {
            throw expectedFault("a member's name")
        }
        if let bytes = attributes.vectorBytes { type = try vector(of: type, bytes, at: specifiers.spot) }
        let spot = declared.name?.spot ?? start.spot
        if type == .function || type == .void {
            throw Fault(.badTypeCombination("a member of type \(spelling(type))"), at: spot)
        }
        return CRecord.Member(
            name: declared.name?.text ?? "",
            type: type,
            spelling: specifiers.spelling,
            isABIDependent: specifiers.isABIDependent && type.bare != .pointer && width == nil,
            spot: spot,
            isPacked: attributes.isPacked,
            alignment: attributes.alignment,
            bitWidth: width,
            countedBy: attributes.countedBy
        )
    }

    /// The width of a bit field, checked against its type.
    private mutating func bitWidth(
        of type: CType,
        _ name: Token?,
        at spot: Spot
    ) throws(Fault) -> Int {
        let first = token
        let value = try expression().value
        let place = Preprocessor.span(first, previous)
        let what = name.map { "the bit field \($0.text)" } ?? "this bit field"
        var most: Int
        switch type.bare {
        case .scalar(.bool): most = 1
        case .scalar(let scalar) where !scalar.isFloating: most = abi.extent(of: scalar).size * 8
        case .enumeration: most = try extent(of: type, at: spot).size * 8
        default:
            throw Fault(
                .badBitField("\(what) is of the type \(spelling(type))"),
                at: spot,
                hint: "bit fields are integers, _Bool or enums"
            )
        }
        most = min(most, 64)
        guard value >= 0, value <= Int128(most) else {
            throw Fault(
                .badBitField("\(what) has \(value) bits, but its type \(spelling(type)) has \(most)"),
                at: place
            )
        }
        if value == 0, name != nil {
            throw Fault(
                .badBitField("\(what) has no bits"),
                at: place,
                hint: "a width of 0 ends a storage unit, and such a field has no name"
            )
        }
        return Int(value)
    }

    /// `enum`, with or without its values.
    mutating func enumeration() throws(Fault) -> CType {
        try advance()
        var attributes = Attributes()
        try self.attributes(into: &attributes)
        var index = types.enumerations.count
        if token.kind == .identifier, !Self.keywords.contains(token.text) {
            if let known = types.tags[token.text] {
                guard case .enumeration(let old) = known else {
                    throw Fault(.conflictingTypes(token.text), at: token.spot)
                }
                index = old
            } else {
                types.tags[token.text] = .enumeration(index)
                types.enumerations.append(CEnumeration(name: token.text))
            }
            try advance()
        } else {
            types.enumerations.append(CEnumeration())
        }
        var underlying: CScalar?
        // In a struct `enum e : 3` is a bit field.
        if token.is(":"), startsType(peek()) {
            try advance()
            let spot = token.spot
            let type = try nested { (parser) throws(Fault) in try parser.specifiers().type }
            guard case .scalar(let scalar) = type.bare, !scalar.isFloating else {
                throw Fault(.badTypeCombination("this as the type of an enum"), at: spot)
            }
            underlying = scalar
        }
        guard token.is("{") else { return .enumeration(index) }
        if types.enumerations[index].isComplete {
            throw Fault(.duplicate("enum \(types.enumerations[index].name ?? "")"), at: token.spot)
        }
        let cases = try enumerators()
        try self.attributes(into: &attributes)
        types.enumerations[index].cases = cases
        types.enumerations[index].scalar =
            underlying ?? scalar(for: cases.map(\.value), isPacked: attributes.isPacked)
        if attributes.mode != nil {
            types.enumerations[index].scalar = try scalar(
                of: types.enumerations[index],
                attributes,
                at: attributes.spot
            )
        }
        if abi.records.enumerationsAlign {
            types.enumerations[index].alignment = attributes.typeAlignment(abi)
        } else if attributes.alignment != nil {
            observations.append(
                Observation(reason: .ignoredEnumAlignment(abi: abi.name), spot: attributes.spot)
            )
        }
        types.enumerations[index].isComplete = true
        return .enumeration(index)
    }

    private mutating func enumerators() throws(Fault) -> [(name: String, value: Int128)] {
        let opening = token.spot
        try advance()
        var cases: [(name: String, value: Int128)] = []
        var next: Int128 = 0
        while !token.is("}") {
            if token.kind == .end { throw Fault(.unterminated(.brace), at: opening) }
            let name = try identifier("the name of a value")
            var attributes = Attributes()
            try self.attributes(into: &attributes)
            if try take("=") { next = try expression().value }
            if abi.enumerations == .alwaysInt {
                next = CInteger(value: next, type: intKind).converted(to: intKind).value
            }
            guard types.constants[name.text] == nil else { throw Fault(.duplicate(name.text), at: name.spot) }
            guard let kind = enumeratorKind(next) else { throw Fault(.arithmeticOverflow, at: name.spot) }
            // Before the value counts for anything: half an expression is none.
            guard try take(",") || token.is("}") else {
                if token.kind == .end { throw Fault(.unterminated(.brace), at: opening) }
                throw expectedFault("\u{201C},\u{201D} or \u{201C}}\u{201D} after \(name.text)")
            }
            types.constants[name.text] = CInteger(value: next, type: kind)
            types.constantOrder.append((name.text, name.spot))
            cases.append((name.text, next))
            next += 1
        }
        try advance()
        return cases
    }

    /// int where the value fits, as C says; what GCC takes otherwise.
    private func enumeratorKind(_ value: Int128) -> CInteger.IntegerKind? {
        [CScalar.int, .unsignedInt, .long, .unsignedLong, .longLong, .unsignedLongLong].map(integerKind).first
        {
            $0.minimum <= value && value <= $0.maximum
        }
    }

    /// The type GCC and clang keep an enum in: unsigned unless a value is negative, an int's size unless one
    /// is larger.
    private func scalar(for values: [Int128], isPacked: Bool) -> CScalar {
        if abi.enumerations == .alwaysInt { return .int }
        let isSigned = values.contains { $0 < 0 }
        let small: [CScalar] = isSigned ? [.signedChar, .short] : [.unsignedChar, .unsignedShort]
        let large: [CScalar] =
            isSigned ? [.int, .long, .longLong] : [.unsignedInt, .unsignedLong, .unsignedLongLong]
        let candidates = (isPacked ? small : []) + large
        return candidates.first { scalar in
            let kind = integerKind(scalar)
            return values.allSatisfy { kind.minimum <= $0 && $0 <= kind.maximum }
        } ?? .longLong
    }
}
