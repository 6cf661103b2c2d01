extension Parser {
    /// The attributes that change a layout.
    struct Attributes {
        var isPacked = false
        var alignment: Int?
        var spot = Spot.nowhere
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
                throw Fault(.unsupported("__declspec is"), at: token.spot)
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
            case "aligned":
                result.spot = word.spot
                if try take("(") {
                    try align(&result)
                    try expect(")")
                } else {
                    result.alignment = max(result.alignment ?? 1, abi.alignmentMaximum)
                }
            case "mode", "vector_size", "scalar_storage_order", "ms_struct", "ext_vector_type":
                throw Fault(.unsupported("the attribute \(name) is"), at: word.spot)
            default:
                if token.is("(") { try skipBalanced() }
            }
        }
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
        result.alignment = max(result.alignment ?? 1, Int(value))
    }

    /// `#pragma pack`, in all its forms.
    mutating func packDirective() throws(Fault) {
        let directive = token
        try advance()
        let words = directive.text.split { " (),".contains($0) }.map(String.init)
        var rest = words[...]
        switch rest.first {
        case "push":
            rest = rest.dropFirst()
            var label: String?
            if let first = rest.first, Int(first) == nil {
                label = first
                rest = rest.dropFirst()
            }
            guard packStack.count < budget.limits.nestingMax else {
                throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: directive.spot)
            }
            packStack.append((label, pack))
        case "pop":
            rest = rest.dropFirst()
            if let label = rest.first, Int(label) == nil {
                rest = rest.dropFirst()
                while let last = packStack.last, last.label != label, packStack.count > 1 {
                    packStack.removeLast()
                }
            }
            guard let last = packStack.popLast() else {
                throw Fault(.expected("a #pragma pack(push) before it", found: "none"), at: directive.spot)
            }
            pack = last.pack
        case nil: pack = nil
        default: break
        }
        guard let first = rest.first else { return }
        guard let value = Int(first), [0, 1, 2, 4, 8, 16].contains(value), rest.count == 1 else {
            throw Fault(.badAlignment(rest.joined(separator: " ")), at: directive.spot)
        }
        pack = value == 0 ? nil : value
    }
}
