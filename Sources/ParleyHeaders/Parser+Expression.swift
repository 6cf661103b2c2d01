/// Integer constant expressions (C17, 6.6), in array sizes, enums and `#if`.
extension Parser {
    mutating func expression() throws(Fault) -> CInteger {
        try nested { (parser) throws(Fault) in try parser.conditional() }
    }

    private mutating func conditional() throws(Fault) -> CInteger {
        let condition = try binary(0)
        guard try take("?") else { return condition }
        let isTrue = condition.value != 0
        let yes = try unevaluated(!isTrue) { (parser) throws(Fault) in try parser.expression() }
        try expect(":", for: "of the conditional")
        let no = try unevaluated(isTrue) { (parser) throws(Fault) in try parser.expression() }
        return (isTrue ? yes : no).converted(to: yes.type.joined(with: no.type))
    }

    private mutating func unevaluated(
        _ isUnevaluated: Bool,
        _ body: (inout Parser) throws(Fault) -> CInteger
    ) throws(Fault) -> CInteger {
        if isUnevaluated { unevaluated += 1 }
        defer { if isUnevaluated { unevaluated -= 1 } }
        return try body(&self)
    }

    /// Binary operators of at least this level, left to right.
    private mutating func binary(_ level: Int) throws(Fault) -> CInteger {
        var left = try unary()
        while token.kind == .punctuator, let own = Self.levels[token.text], own >= level {
            let operation = token
            try advance()
            let skips =
                operation.text == "&&" ? left.value == 0 : operation.text == "||" ? left.value != 0 : false
            let right = try unevaluated(skips) { (parser) throws(Fault) in try parser.binary(own + 1) }
            left = try apply(operation, left, right)
        }
        return left
    }

    private static let levels: [String: Int] = [
        "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
        "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
    ]

    private mutating func apply(_ operation: Token, _ a: CInteger, _ b: CInteger) throws(Fault) -> CInteger {
        let type = a.type.joined(with: b.type)
        let left = a.converted(to: type).value
        let right = b.converted(to: type).value
        switch operation.text {
        case "||": return truth(a.value != 0 || b.value != 0)
        case "&&": return truth(a.value != 0 && b.value != 0)
        case "==": return truth(left == right)
        case "!=": return truth(left != right)
        case "<": return truth(left < right)
        case ">": return truth(left > right)
        case "<=": return truth(left <= right)
        case ">=": return truth(left >= right)
        case "|": return CInteger(value: left | right, type: type)
        case "^": return CInteger(value: left ^ right, type: type).converted(to: type)
        case "&": return CInteger(value: left & right, type: type)
        case "+": return try checked(left + right, type, operation)
        case "-": return try checked(left - right, type, operation)
        case "*": return try checked(left &* right, type, operation)
        case "<<", ">>": return try shift(operation, a, b)
        default:
            guard right != 0 else {
                if unevaluated > 0 { return truth(false) }
                throw Fault(.divisionByZero, at: operation.spot)
            }
            return try checked(operation.text == "/" ? left / right : left % right, type, operation)
        }
    }

    private func shift(_ operation: Token, _ a: CInteger, _ b: CInteger) throws(Fault) -> CInteger {
        guard b.value >= 0, b.value < Int128(a.type.bits) else {
            if unevaluated > 0 { return truth(false) }
            throw Fault(
                .badShift("\(b.value)"),
                at: operation.spot,
                hint: "what is shifted has \(a.type.bits) bits on \(abi.name)"
            )
        }
        let count = Int(b.value)
        if operation.text == ">>" { return CInteger(value: a.value >> count, type: a.type) }
        // 1 << 31 is what headers write; compilers make it INT_MIN.
        return CInteger(value: a.value << count, type: a.type).converted(to: a.type)
    }

    private func checked(
        _ value: Int128,
        _ type: CInteger.IntegerKind,
        _ operation: Token
    ) throws(Fault) -> CInteger {
        if let result = CInteger.result(value, type) { return result }
        if unevaluated > 0 { return truth(false) }
        throw Fault(
            .arithmeticOverflow,
            at: operation.spot,
            hint: "write one operand with the suffix U or LL"
        )
    }

    func truth(_ isTrue: Bool) -> CInteger {
        CInteger(value: isTrue ? 1 : 0, type: intKind)
    }

    var intKind: CInteger.IntegerKind {
        CInteger.IntegerKind(bits: isDirective ? 64 : abi.int.size * 8, isSigned: true)
    }

    var sizeKind: CInteger.IntegerKind {
        CInteger.IntegerKind(bits: abi.pointer.size * 8, isSigned: false)
    }

    private mutating func unary() throws(Fault) -> CInteger {
        try nested { (parser) throws(Fault) in try parser.unaryBody() }
    }

    private mutating func unaryBody() throws(Fault) -> CInteger {
        let operation = token
        switch operation.kind {
        case .punctuator where ["+", "-", "~", "!"].contains(operation.text):
            try advance()
            let operand = try unary()
            let promoted = operand.converted(to: operand.type.joined(with: intKind))
            switch operation.text {
            case "-": return try checked(-promoted.value, promoted.type, operation)
            case "~":
                return CInteger(value: ~promoted.value, type: promoted.type).converted(to: promoted.type)
            case "!": return truth(promoted.value == 0)
            default: return promoted
            }
        case .punctuator where operation.text == "(":
            try advance()
            if !isDirective, startsType(token) { return try cast() }
            let value = try expression()
            try expect(")")
            return value
        case .identifier: return try name()
        case .number:
            try advance()
            return try number(operation)
        case .character:
            try advance()
            return try character(operation)
        default: throw expectedFault("a constant")
        }
    }

    /// The rest of `(type) operand`.
    private mutating func cast() throws(Fault) -> CInteger {
        let spot = token.spot
        let type = try typeName()
        try expect(")")
        let operand = try unary()
        switch type.bare {
        case .scalar(.bool): return truth(operand.value != 0)
        case .scalar(let scalar) where !scalar.isFloating:
            return operand.converted(to: integerKind(scalar))
        case .enumeration(let index) where types.enumerations[index].isComplete:
            return operand.converted(to: integerKind(types.enumerations[index].scalar))
        default: throw Fault(.unsupported("a cast to \(spelling(type)) is"), at: spot)
        }
    }

    func integerKind(_ scalar: CScalar) -> CInteger.IntegerKind {
        CInteger.IntegerKind(bits: abi.extent(of: scalar).size * 8, isSigned: abi.isSigned(scalar))
    }

    private mutating func name() throws(Fault) -> CInteger {
        let word = token
        try advance()
        if isDirective { return truth(word.text == "true") }
        switch word.text {
        case "sizeof", "_Alignof", "alignof", "__alignof__", "__alignof": return try measure(word)
        case "__builtin_offsetof": return try offset()
        case "true", "false": return types.constants[word.text] ?? truth(word.text == "true")
        case "__extension__": return try unary()
        default: break
        }
        if let constant = types.constants[word.text] { return constant }
        var hint = token.is("(") ? "a function's value is no constant" : missingFileHint
        if hint == nil, hintsLeft > 0 {
            hint = self.hint(for: word.text, among: types.constants.keys + macroNames)
        }
        throw Fault(.unknownName(word.text), at: word.spot, hint: hint)
    }

    private mutating func measure(_ word: Token) throws(Fault) -> CInteger {
        let isSize = word.text == "sizeof"
        if isSize, token.kind == .string {
            let length = try stringLiteral().count + 1
            return CInteger(value: Int128(length), type: sizeKind)
        }
        guard token.is("("), startsType(peek()) else {
            let spot = token.spot
            guard isSize, token.is("("), peek().kind == .string else {
                throw Fault(
                    .unsupported("\(word.text) of an expression is"),
                    at: spot,
                    hint: "\(word.text)(type) is"
                )
            }
            try advance()
            let length = try stringLiteral().count + 1
            try expect(")")
            return CInteger(value: Int128(length), type: sizeKind)
        }
        try advance()
        let spot = token.spot
        let type = try typeName()
        try expect(")")
        let extent = try extent(of: type, at: spot)
        let alignment = word.text.hasPrefix("__") ? extent.preferredAlignment : extent.alignment
        return CInteger(value: Int128(isSize ? extent.size : alignment), type: sizeKind)
    }

    private mutating func offset() throws(Fault) -> CInteger {
        try expect("(")
        let spot = token.spot
        var type = try typeName()
        try expect(",")
        var total = 0
        repeat {
            let field = try identifier("a member's name")
            guard case .record(let index) = type.bare else {
                throw Fault(.notAStruct(spelling(type)), at: spot)
            }
            _ = try extent(of: type, at: spot)
            guard let member = types.records[index].members.first(where: { $0.name == field.text }) else {
                throw Fault(
                    .unknownName(field.text),
                    at: field.spot,
                    hint: hint(for: field.text, among: types.records[index].members.map(\.name))
                )
            }
            total += member.offset
            type = member.type
        } while try take(".")
        try expect(")")
        return CInteger(value: Int128(total), type: sizeKind)
    }
}
