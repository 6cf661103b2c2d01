internal import ParleyTypes
import ParleyWire

extension Parser {
    /// The attributes that change a layout.
    struct Attributes {
        var isPacked = false
        /// The largest `aligned`: what a member and a variable get.
        var alignment: Int?
        /// The last `aligned`: what GCC gives a type.
        var lastAlignment: Int?
        /// `scalar_storage_order`.
        var storageOrder: ByteOrder?
        /// `mode`: `SI`, `word`.
        var mode: String?
        /// `vector_size`.
        var vectorBytes: Int?
        /// `counted_by`: the field that says how many elements an array has.
        var countedBy: String?
        var spot = Spot.nowhere

        mutating func align(to bytes: Int) {
            alignment = max(alignment ?? 1, bytes)
            lastAlignment = bytes
        }

        /// The alignment of a type with these attributes.
        func typeAlignment(_ abi: ABI) -> Int? {
            abi.records.family == .gcc ? lastAlignment : alignment
        }
    }

    /// Reads `__attribute__((…))`, `[[…]]` and `_Alignas(…)`, as many as there are.
    @discardableResult
    mutating func attributes(into result: inout Attributes) throws(Fault) -> Bool {
        var found = false
        while true {
            if token.isWord("__attribute__") || token.isWord("__attribute") {
                try advance()
                try expect("(")
                try expect("(")
                try attributeList(&result, closing: ")")
                try expect(")")
                try expect(")")
            } else if token.is("["), peek().is("[") {
                try advance()
                try advance()
                try attributeList(&result, closing: "]")
                try expect("]")
                try expect("]")
            } else if token.isWord("_Alignas") || (token.isWord("alignas") && peek().is("(")) {
                result.spot = token.spot
                try advance()
                try expect("(")
                try align(&result)
                try expect(")")
            } else if token.isWord("__declspec") {
                try advance()
                try expect("(")
                try attributeList(&result, closing: ")")
                try expect(")")
            } else if token.kind == .pragma, abi.records.family == .microsoft {
                // __pragma may stand anywhere; GCC's pragmas stand between declarations and members.
                try pragmaDirective()
            } else {
                return found
            }
            found = true
        }
    }

    private mutating func attributeList(_ result: inout Attributes, closing: String) throws(Fault) {
        while !token.is(closing) {
            if try take(",") { continue }
            guard token.kind == .identifier else { throw expectedFault("an attribute") }
            let word = token
            try advance()
            if try take("::") { continue }
            var name = word.text
            if name.hasPrefix("__"), name.hasSuffix("__"), name.count > 4 {
                name = String(name.dropFirst(2).dropLast(2))
            }
            switch name {
            case "packed":
                result.isPacked = true
                result.spot = word.spot
            case "aligned", "align":
                result.spot = word.spot
                if try take("(") {
                    try align(&result)
                    try expect(")")
                } else {
                    result.align(to: abi.alignmentMaximum)
                }
            case "mode":
                try expect("(")
                result.mode = try identifier("a machine mode").text.filter { $0 != "_" }
                result.spot = word.spot
                try expect(")")
            case "vector_size":
                try expect("(")
                let first = token
                let value = try expression().value
                guard value > 0, value <= 4_096, value & (value - 1) == 0 else {
                    throw Fault(
                        .badArraySize("\(value) bytes of"),
                        at: Preprocessor.span(first, previous),
                        hint: "a vector has a power of two bytes, up to 4096"
                    )
                }
                result.vectorBytes = Int(value)
                try expect(")")
            case "counted_by":
                try expect("(")
                result.countedBy = try identifier("the field that counts").text
                try expect(")")
            case "scalar_storage_order":
                result.storageOrder = try storageOrder()
            case "ms_struct", "gcc_struct", "ext_vector_type", "address_space":
                throw Fault(.unsupported("the attribute \(name) is"), at: word.spot)
            default:
                if let near = Nearest.name(to: name, among: ["packed", "aligned", "scalar_storage_order"]) {
                    observations.append(
                        Observation(reason: .unknownAttribute(name, near: near), spot: word.spot)
                    )
                }
                if token.is("(") { try skipBalanced() }
            }
        }
    }

    private mutating func storageOrder() throws(Fault) -> ByteOrder {
        try expect("(")
        let word = token
        guard word.kind == .string else { throw expectedFault("\"big-endian\" or \"little-endian\"") }
        let name = String(decoding: try stringLiteral(), as: UTF8.self)
        try expect(")")
        switch name {
        case "big-endian": return .big
        case "little-endian": return .little
        default:
            throw Fault(
                .expected("\"big-endian\" or \"little-endian\"", found: "\"\(name)\""),
                at: word.spot
            )
        }
    }

    /// The type after `__attribute__((mode(…)))`: the integer or float of that size and the type's sign.
    mutating func moded(_ type: CType, _ attributes: Attributes, at spot: Spot) throws(Fault) -> CType {
        guard let mode = attributes.mode else { return type }
        if case .enumeration(let index) = type.bare { return try moded(index, attributes, at: spot) }
        let sizes = ["byte": 1, "QI": 1, "HI": 2, "SI": 4, "DI": 8, "word": abi.pointer.size]
        guard case .scalar(let old) = type.bare else {
            throw Fault(.badTypeCombination("\(spelling(type)) in the mode \(mode)"), at: spot)
        }
        let candidates: [CScalar]
        let size: Int?
        if old.isFloating {
            candidates = [.float, .double]
            size = ["SF": 4, "DF": 8][mode]
        } else {
            candidates =
                abi.isSigned(old)
                ? [.signedChar, .short, .int, .long, .longLong]
                : [.unsignedChar, .unsignedShort, .unsignedInt, .unsignedLong, .unsignedLongLong]
            size = mode == "pointer" ? abi.pointer.size : sizes[mode]
        }
        guard let size, let scalar = candidates.first(where: { abi.extent(of: $0).size == size }) else {
            throw Fault(.unsupported("the mode \(mode) of \(spelling(type)) is"), at: attributes.spot)
        }
        if case .aligned(_, let alignment) = type { return .aligned(.scalar(scalar), to: alignment) }
        return .scalar(scalar)
    }

    /// The enum with its values in an integer of another size.
    private mutating func moded(_ index: Int, _ attributes: Attributes, at spot: Spot) throws(Fault) -> CType
    {
        var enumeration = types.enumerations[index]
        guard enumeration.isComplete else {
            throw Fault(.incompleteType(spelling(.enumeration(index))), at: spot)
        }
        enumeration.scalar = try scalar(of: enumeration, attributes, at: spot)
        types.enumerations.append(enumeration)
        return .enumeration(types.enumerations.count - 1)
    }

    /// The integer that keeps an enum with `__attribute__((mode(…)))`.
    mutating func scalar(
        of enumeration: CEnumeration,
        _ attributes: Attributes,
        at spot: Spot
    ) throws(Fault) -> CScalar {
        guard case .scalar(let scalar) = try moded(.scalar(enumeration.scalar), attributes, at: spot) else {
            return enumeration.scalar
        }
        let kind = integerKind(scalar)
        guard enumeration.cases.allSatisfy({ kind.minimum <= $0.value && $0.value <= kind.maximum }) else {
            throw Fault(
                .badTypeCombination(
                    "an enum in the mode \(attributes.mode ?? ""), too small for its values,"
                ),
                at: attributes.spot
            )
        }
        return scalar
    }

    /// The type after `__attribute__((vector_size(…)))`.
    func vector(of type: CType, _ bytes: Int, at spot: Spot) throws(Fault) -> CType {
        guard case .scalar(let scalar) = type.bare, bytes % abi.extent(of: scalar).size == 0 else {
            throw Fault(.badTypeCombination("a vector of \(bytes) bytes of \(spelling(type))"), at: spot)
        }
        var alignment = min(bytes, abi.records.vectorAlignmentMax ?? bytes)
        // A vector in a general register is aligned as a number of its size is.
        if bytes <= 8, let most = abi.records.integerMemberAlignmentMax { alignment = min(alignment, most) }
        return .opaque("a vector of \(scalar.spelling)", size: bytes, alignment: alignment)
    }

    /// The number or type in the parentheses.
    private mutating func align(_ result: inout Attributes) throws(Fault) {
        let first = token
        var value: Int128
        if startsType(first) {
            // In two steps: `self` would be read before the type's definition is added to it.
            let type = try typeName()
            value = Int128(try extent(of: type, at: first.spot).alignment)
        } else {
            value = try expression().value
        }
        let spot = Preprocessor.span(first, previous)
        guard value >= 0, value <= 65_536, value & (value - 1) == 0 else {
            throw Fault(.badAlignment("\(value)"), at: spot)
        }
        if value == 0 { value = 1 }
        result.align(to: Int(value))
    }
}
