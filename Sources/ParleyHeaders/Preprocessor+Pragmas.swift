extension Preprocessor {
    /// What the parser must know of a `#pragma`, or nil.
    mutating func pragma(_ rest: [Token], at spot: Spot) throws(Fault) -> Token? {
        guard let first = rest.first, first.kind == .identifier else { return nil }
        switch first.text {
        case "once":
            if table.files.indices.contains(spot.file) { onceFiles.insert(table.files[spot.file].name) }
            return nil
        case "pack", "scalar_storage_order", "ms_struct":
            var words = Array(rest.dropFirst())
            // GCC expands no macros in `#pragma pack`.
            if abi.records.family == .microsoft { words = try expand(words) }
            let text = ([first] + words).map(\.text).joined(separator: " ")
            return Token(kind: .pragma, text: text, spot: spot)
        default:
            return nil
        }
    }

    /// The tokens with `_Pragma("…")` and Microsoft's `__pragma(…)` replaced by what they mean.
    mutating func pragmaOperators(_ tokens: [Token]) throws(Fault) -> [Token] {
        guard tokens.contains(where: isPragmaOperator) else { return tokens }
        var result: [Token] = []
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            guard isPragmaOperator(token), index + 1 < tokens.count, tokens[index + 1].is("("),
                let end = closing(index + 1, in: tokens)
            else {
                result.append(token)
                index += 1
                continue
            }
            var words = Array(tokens[(index + 2)..<end])
            if token.text == "_Pragma" {
                guard words.count == 1, words[0].kind == .string else {
                    throw Fault(
                        .expected("one string in _Pragma(…)", found: "something else"),
                        at: token.spot
                    )
                }
                var lexer = Lexer(Self.destringized(words[0].text), file: token.spot.file)
                words = try lexer.run(&budget)
            }
            for position in words.indices { words[position].spot = token.spot }
            if let pragma = try pragma(words, at: token.spot) { result.append(pragma) }
            index = end + 1
        }
        return result
    }

    private func isPragmaOperator(_ token: Token) -> Bool {
        token.isWord("_Pragma") || (token.isWord("__pragma") && abi.records.family == .microsoft)
    }

    private func closing(_ opening: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for index in opening..<tokens.count {
            if tokens[index].is("(") { depth += 1 }
            if tokens[index].is(")") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// The text in a string literal (C17, 6.10.9): only quotes and backslashes are escaped in it.
    private static func destringized(_ literal: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in literal.utf8.drop(while: { $0 != UInt8(ascii: "\"") }).dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "\"") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
            isEscaped = false
        }
        return bytes
    }
}
