/// What `#define` says.
struct Macro: Sendable {
    var spot: Spot
    /// The parameters of a function-like macro; nil for an object-like one.
    var parameters: [String]?
    var isVariadic = false
    var body: [Token]
}

extension Preprocessor {
    mutating func define(_ rest: [Token], at spot: Spot) throws(Fault) {
        guard let name = rest.first, name.kind == .identifier else {
            throw Fault(
                .expected("a name", found: rest.first?.quoted ?? "the line's end"),
                at: rest.first?.spot ?? spot
            )
        }
        var macro = Macro(spot: name.spot, body: Array(rest.dropFirst()))
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
            if token.isWord("__LINE__"), table.files.indices.contains(token.spot.file) {
                let starts = table.files[token.spot.file].lineStarts
                token.kind = .number
                token.text = "\(starts.partitioningIndex { $0 > token.spot.offset })"
                result.append(token)
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
        guard let parameters = macro.parameters else { return macro.body }
        guard let next = pending.last(where: { $0.kind != .macroEnd }), next.is("(") else { return nil }
        while let token = pending.popLast(), token.kind == .macroEnd { active.remove(token.text) }
        var arguments = try collectArguments(name, &pending)
        if macro.isVariadic, arguments.count > parameters.count {
            let surplus = arguments[(parameters.count - 1)...]
            let comma = Token(kind: .punctuator, text: ",", spot: name.spot)
            arguments =
                Array(arguments[..<(parameters.count - 1)]) + [Array(surplus.joined(separator: [comma]))]
        }
        if macro.isVariadic, arguments.count == parameters.count - 1 { arguments.append([]) }
        if parameters.isEmpty, arguments.count == 1, arguments[0].isEmpty { arguments = [] }
        guard arguments.count == parameters.count else {
            throw Fault(
                .macroArguments(name: name.text, expected: parameters.count, found: arguments.count),
                at: name.spot
            )
        }
        let raw = Dictionary(zip(parameters, arguments)) { first, _ in first }
        return try substitute(macro.body, raw)
    }

    private mutating func collectArguments(_ name: Token, _ pending: inout [Token]) throws(Fault) -> [[Token]]
    {
        var arguments: [[Token]] = [[]]
        var depth = 0
        while let token = pending.popLast() {
            try budget.spend(at: name.spot)
            if token.kind == .macroEnd {
                active.remove(token.text)
                continue
            }
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

    private mutating func substitute(_ body: [Token], _ raw: [String: [Token]]) throws(Fault) -> [Token] {
        nesting += 1
        defer { nesting -= 1 }
        var expanded: [String: [Token]] = [:]
        var result: [Token] = []
        var index = 0
        while index < body.count {
            let token = body[index]
            index += 1
            if token.is("#"), index < body.count, let argument = raw[body[index].text] {
                var text = token
                text.kind = .string
                text.text = Self.stringized(argument)
                result.append(text)
                index += 1
            } else if token.is("##"), index < body.count, let left = result.last {
                let right = raw[body[index].text] ?? [body[index]]
                index += 1
                guard let first = right.first else { continue }
                result[result.count - 1] = Self.paste(left, first)
                result += right.dropFirst()
            } else if let argument = raw[token.text], token.kind == .identifier {
                if index < body.count, body[index].is("##") {
                    result += argument
                    // An empty left side: what follows ## stands alone.
                    if argument.isEmpty {
                        index += 1
                        if index < body.count { result += raw[body[index].text] ?? [body[index]] }
                        index += 1
                    }
                    continue
                }
                if expanded[token.text] == nil {
                    guard nesting < budget.limits.nestingMax else {
                        throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: token.spot)
                    }
                    expanded[token.text] = try expand(argument)
                }
                result += expanded[token.text] ?? []
            } else {
                result.append(token)
            }
            guard result.count <= budget.limits.macroTokensMax else {
                throw Fault(.tooMuch(.macroTokens, maximum: budget.limits.macroTokensMax), at: token.spot)
            }
        }
        return result
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

    private static func paste(_ left: Token, _ right: Token) -> Token {
        var token = left
        token.text = String((left.text + right.text).prefix(4_096))
        token.isPainted = false
        if left.kind == .number || left.kind == .identifier { return token }
        token.kind = right.kind
        return token
    }
}
