/// What `#define` says.
struct Macro: Sendable {
    var spot: Spot
    /// The parameters of a function-like macro; nil for an object-like one.
    var parameters: [String]?
    var isVariadic = false
    var body: [Token] {
        didSet { pastes = body.contains { $0.is("##") } }
    }
    /// Whether the body joins tokens: without parameters it is taken as it is otherwise.
    private(set) var pastes = false
}

extension Preprocessor {
    mutating func define(_ rest: [Token], at spot: Spot) throws(Fault) {
        guard let name = rest.first, name.kind == .identifier else {
            throw Fault(
                .expected("a name", found: rest.first?.quoted ?? "the line's end"),
                at: rest.first?.spot ?? spot
            )
        }
        var macro = Macro(spot: name.spot, body: [])
        macro.body = Array(rest.dropFirst())
        if let open = macro.body.first, open.is("("), !open.hasSpaceBefore {
            guard let close = macro.body.firstIndex(where: { $0.is(")") }) else {
                throw Fault(.unterminated(.parenthesis), at: open.spot)
            }
            let inside = macro.body[1..<close]
            var parameters = inside.filter { !$0.is(",") }.map(\.text)
            if parameters.last == "..." {
                macro.isVariadic = true
                parameters.removeLast()
                // GCC's `rest...` gives the arguments a name of the macro's own.
                let isNamed = inside.dropLast().last?.kind == .identifier
                if !isNamed { parameters.append("__VA_ARGS__") }
            }
            macro.parameters = parameters
            macro.body = Array(macro.body[(close + 1)...])
        }
        if macros.updateValue(macro, forKey: name.text) == nil { macroOrder.append(name.text) }
    }

    /// The tokens with every macro replaced (C17, 6.10.3).
    ///
    /// A token that comes out of a macro gets the place where the outermost macro is used: there the reader
    /// looks.
    mutating func expand(_ tokens: [Token]) throws(Fault) -> [Token] {
        var result: [Token] = []
        var pending = Array(tokens.reversed())
        var produced = 0
        while var token = pending.popLast() {
            try budget.spend(at: token.spot)
            if token.kind == .macroEnd {
                active.remove(token.text)
                continue
            }
            if isCondition, token.kind == .identifier, let answer = try answer(to: token, &pending) {
                result.append(answer)
                continue
            }
            if let known = dynamic(token) {
                result.append(known)
                continue
            }
            guard token.kind == .identifier, !token.isPainted, let macro = macros[token.text] else {
                result.append(token)
                continue
            }
            guard !active.contains(token.text) else {
                token.isPainted = true
                result.append(token)
                continue
            }
            guard var body = try replacement(of: token, macro, &pending) else {
                result.append(token)
                continue
            }
            if active.isEmpty { produced = 0 }
            produced += body.count
            guard produced <= budget.limits.macroTokensMax else {
                throw Fault(.tooMuch(.macroTokens, maximum: budget.limits.macroTokensMax), at: token.spot)
            }
            for index in body.indices { body[index].spot = token.spot }
            if let first = body.indices.first { body[first].hasSpaceBefore = token.hasSpaceBefore }
            active.insert(token.text)
            pending.append(Token(kind: .macroEnd, text: token.text, spot: token.spot))
            pending.append(contentsOf: body.reversed())
        }
        return result
    }

    /// The macro's body with arguments in place, or nil when a function-like macro's name stands without `(`.
    private mutating func replacement(
        of name: Token,
        _ macro: Macro,
        _ pending: inout [Token]
    ) throws(Fault) -> [Token]? {
        guard let parameters = macro.parameters else {
            guard macro.pastes else { return macro.body }
            var none = MacroArguments()
            return try substitute(macro.body, &none)
        }
        guard let next = pending.last(where: { $0.kind != .macroEnd }), next.is("(") else { return nil }
        while let token = pending.popLast(), token.kind == .macroEnd { active.remove(token.text) }
        var arguments = try collectArguments(name, &pending)
        var isOmitted = false
        if macro.isVariadic {
            let rest = parameters.count - 1
            if arguments.count > parameters.count {
                let comma = Token(kind: .punctuator, text: ",", spot: name.spot)
                let surplus = Array(arguments[rest...].joined(separator: [comma]))
                arguments = Array(arguments[..<rest]) + [surplus]
            }
            // GCC: nothing for `...` at all is not the same as an empty argument; but where `...` is the only
            // parameter, it is.
            isOmitted = arguments.count == rest || rest == 0 && arguments.allSatisfy(\.isEmpty)
            if arguments.count == rest { arguments.append([]) }
        }
        if parameters.isEmpty, arguments.count == 1, arguments[0].isEmpty { arguments = [] }
        guard arguments.count == parameters.count else {
            throw Fault(
                .macroArguments(name: name.text, expected: parameters.count, found: arguments.count),
                at: name.spot
            )
        }
        var bound = MacroArguments(
            parameters,
            arguments,
            variadic: macro.isVariadic ? parameters.last : nil,
            isVariadicOmitted: isOmitted
        )
        return try substitute(macro.body, &bound)
    }

    private mutating func collectArguments(_ name: Token, _ pending: inout [Token]) throws(Fault) -> [[Token]]
    {
        var arguments: [[Token]] = [[]]
        var depth = 0
        while var token = pending.popLast() {
            try budget.spend(at: name.spot)
            if token.kind == .macroEnd {
                active.remove(token.text)
                continue
            }
            // Read inside of its own macro, it is not replaced later either.
            if token.kind == .identifier, active.contains(token.text) { token.isPainted = true }
            if token.is(")"), depth == 0 { return arguments }
            if token.is("(") { depth += 1 }
            if token.is(")") { depth -= 1 }
            if token.is(","), depth == 0 {
                arguments.append([])
            } else {
                arguments[arguments.count - 1].append(token)
            }
        }
        throw Fault(.unterminated(.macroCall), at: name.spot)
    }

    /// The body with arguments in place of parameters, `#` and `##` done (C23, 6.10.5).
    private mutating func substitute(
        _ body: [Token],
        _ arguments: inout MacroArguments
    ) throws(Fault) -> [Token] {
        nesting += 1
        defer { nesting -= 1 }
        var result: [Token] = []
        // Whether what stands left of a ## is nothing: then nothing is joined.
        var isLeftEmpty = true
        var index = 0
        while index < body.count {
            let isPasted = index > 0 && body[index].is("##")
            if isPasted { index += 1 }
            guard index < body.count else { break }
            let start = index
            let piece = try piece(of: body, &index, isPasted: isPasted, &arguments)
            if isPasted, start >= 2, body[start - 2].is(","), body[start].text == arguments.variadic {
                // GCC's `, ## __VA_ARGS__`: the comma goes with what is not there, and nothing is joined.
                if arguments.isVariadicOmitted, result.last?.is(",") == true { result.removeLast() }
                result += piece
                isLeftEmpty = piece.isEmpty
            } else if isPasted, !isLeftEmpty, let left = result.last {
                if let first = piece.first {
                    result.removeLast()
                    result += try paste(left, first)
                    result += piece.dropFirst()
                }
            } else {
                result += piece
                isLeftEmpty = piece.isEmpty
            }
            guard result.count <= budget.limits.macroTokensMax else {
                let spot = body[start].spot
                throw Fault(.tooMuch(.macroTokens, maximum: budget.limits.macroTokensMax), at: spot)
            }
        }
        return result
    }

    /// What one token of the body becomes, or one `#x`, or one `__VA_OPT__(…)`; moves behind it.
    private mutating func piece(
        of body: [Token],
        _ index: inout Int,
        isPasted: Bool,
        _ arguments: inout MacroArguments
    ) throws(Fault) -> [Token] {
        let token = body[index]
        index += 1
        let isFunctionLike = arguments.hasParameters
        if token.is("#"), isFunctionLike, index < body.count {
            var content: [Token]?
            var end = index + 1
            if let raw = arguments.raw(body[index]) {
                content = raw
            } else if let optional = try optional(body, index, arguments) {
                content = try self.optional(optional.content, &arguments, at: token.spot)
                end = optional.end
            }
            if let content {
                index = end
                var text = token
                text.kind = .string
                text.text = Self.stringized(content)
                return [text]
            }
        }
        if let optional = try optional(body, index - 1, arguments) {
            index = optional.end
            return Self.spaced(try self.optional(optional.content, &arguments, at: token.spot), as: token)
        }
        guard let raw = arguments.raw(token) else { return [token] }
        let isAtPaste = isPasted || index < body.count && body[index].is("##")
        if isAtPaste { return Self.spaced(raw, as: token) }
        return Self.spaced(try expanded(token.text, &arguments, at: token.spot), as: token)
    }

    private mutating func expanded(
        _ name: String,
        _ arguments: inout MacroArguments,
        at spot: Spot
    ) throws(Fault) -> [Token] {
        guard nesting < budget.limits.nestingMax else {
            throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: spot)
        }
        return try arguments.expanded(name) { (tokens) throws(Fault) in try expand(tokens) }
    }

    /// `__VA_OPT__(…)` at that token: what is between its parentheses, and where it ends.
    private mutating func optional(
        _ body: [Token],
        _ index: Int,
        _ arguments: MacroArguments
    ) throws(Fault) -> (content: [Token], end: Int)? {
        guard arguments.variadic != nil, body[index].isWord("__VA_OPT__"), index + 1 < body.count,
            body[index + 1].is("(")
        else { return nil }
        var depth = 0
        for place in (index + 1)..<body.count {
            // Many that never end must not cost more than the limit on steps.
            try budget.spend(at: body[index].spot)
            if body[place].is("(") { depth += 1 }
            if body[place].is(")") { depth -= 1 }
            if depth == 0 { return (Array(body[(index + 2)..<place]), place + 1) }
        }
        return nil
    }

    /// The content, where anything is left of what was written for `...`.
    private mutating func optional(
        _ content: [Token],
        _ arguments: inout MacroArguments,
        at spot: Spot
    ) throws(Fault) -> [Token] {
        guard let name = arguments.variadic else { return [] }
        guard nesting < budget.limits.nestingMax else {
            throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: spot)
        }
        if try expanded(name, &arguments, at: spot).isEmpty { return [] }
        return try substitute(content, &arguments)
    }

    private static func spaced(_ tokens: [Token], as token: Token) -> [Token] {
        var tokens = tokens
        if let first = tokens.indices.first { tokens[first].hasSpaceBefore = token.hasSpaceBefore }
        return tokens
    }

    /// The argument as a string; inside of its strings and characters, quotes and backslashes are escaped.
    private static func stringized(_ argument: [Token]) -> String {
        var text = ""
        for token in argument {
            if token.hasSpaceBefore, !text.isEmpty { text += " " }
            guard token.kind == .string || token.kind == .character else {
                text += token.text
                continue
            }
            for character in token.text.unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
        }
        return "\"\(text)\""
    }

    /// The longest word that is pasted together, in bytes: each paste reads it again.
    private static let wordBytesMax = 4_096

    /// Two tokens as one; as they are where they make none, as GCC leaves them after its error.
    private mutating func paste(_ left: Token, _ right: Token) throws(Fault) -> [Token] {
        let text = left.text + right.text
        guard text.utf8.count <= Self.wordBytesMax else {
            throw Fault(.tooMuch(.macroTokens, maximum: budget.limits.macroTokensMax), at: left.spot)
        }
        var lexer = Lexer(Array(text.utf8), file: left.spot.file)
        let joined: [Token]
        do throws(Fault) { joined = try lexer.run(&budget) } catch {
            if case .tooMuch = error.reason { throw error }
            return [left, right]
        }
        guard joined.count == 1, var token = joined.first else { return [left, right] }
        token.spot = left.spot
        token.startsLine = left.startsLine
        token.hasSpaceBefore = left.hasSpaceBefore
        return [token]
    }

    /// Macros whose value is another at each place.
    private mutating func dynamic(_ token: Token) -> Token? {
        guard token.kind == .identifier, token.text.hasPrefix("__"),
            table.files.indices.contains(token.spot.file)
        else { return nil }
        var known = token
        switch token.text {
        case "__LINE__":
            let starts = table.files[token.spot.file].lineStarts
            known.kind = .number
            known.text = "\(starts.partitioningIndex { $0 > token.spot.offset })"
        case "__COUNTER__":
            known.kind = .number
            known.text = "\(counter)"
            counter += 1
        case "__INCLUDE_LEVEL__":
            known.kind = .number
            known.text = "\(max(0, stack.count - 1))"
        case "__FILE__", "__BASE_FILE__":
            let file = token.text == "__FILE__" ? token.spot.file : 0
            known.kind = .string
            let name = Token(kind: .identifier, text: table.files[file].name, spot: token.spot)
            known.text = Self.stringized([name])
        default:
            return nil
        }
        return known
    }
}
