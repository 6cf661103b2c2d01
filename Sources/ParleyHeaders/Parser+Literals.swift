extension Parser {
    /// An integer constant with its suffix (C17, 6.4.4.1).
    func number(_ token: Token) throws(Fault) -> CInteger {
        var digits = Substring(token.text.lowercased())
        let unsuffixed = digits.prefix { !"ul".contains($0) }
        let suffix = digits.dropFirst(unsuffixed.count)
        let isUnsigned = suffix.contains("u")
        let longs = suffix.filter { $0 == "l" }.count
        digits = unsuffixed
        var radix = 10
        if digits.hasPrefix("0x") {
            radix = 16
            digits = digits.dropFirst(2)
        } else if digits.hasPrefix("0b") {
            radix = 2
            digits = digits.dropFirst(2)
        } else if digits.hasPrefix("0"), digits.count > 1 {
            radix = 8
            digits = digits.dropFirst()
        }
        let isPlain = digits.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }
        guard ["", "u", "l", "ul", "lu", "ll", "ull", "llu"].contains(suffix), isPlain, !digits.isEmpty,
            digits.utf8.count <= 70, let value = UInt128(digits, radix: radix)
        else { throw Fault(.badNumber(token.text), at: token.spot) }
        guard value <= UInt128(UInt64.max) else { throw Fault(.arithmeticOverflow, at: token.spot) }
        // The first type of the list that holds it; decimal constants never become unsigned by themselves.
        var sizes = [abi.int.size, abi.long.size, abi.longLong.size].dropFirst(min(longs, 2)).map { $0 * 8 }
        if isDirective { sizes = [64] }
        for bits in sizes {
            for isSigned in [true, false] {
                let kind = CInteger.IntegerKind(bits: bits, isSigned: isSigned)
                if isSigned ? isUnsigned : (radix == 10 && !isUnsigned && !isDirective) { continue }
                if Int128(value) <= kind.maximum { return CInteger(value: Int128(value), type: kind) }
            }
        }
        throw Fault(.arithmeticOverflow, at: token.spot)
    }

    /// `'a'`, of type int; several characters as GCC packs them.
    func character(_ token: Token) throws(Fault) -> CInteger {
        let bytes = try unescape(token)
        guard (1...4).contains(bytes.count) else { throw Fault(.badNumber(token.text), at: token.spot) }
        if bytes.count == 1 {
            let char = CInteger.IntegerKind(bits: 8, isSigned: abi.isCharSigned)
            return CInteger(
                value: CInteger(value: Int128(bytes[0]), type: char).converted(to: char).value,
                type: intKind
            )
        }
        let value = bytes.reduce(Int128(0)) { ($0 << 8) | Int128($1) }
        return CInteger(value: value, type: intKind).converted(to: intKind)
    }

    /// String constants that stand one behind the other, as one.
    mutating func stringLiteral() throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        while token.kind == .string {
            bytes += try unescape(token)
            try advance()
        }
        return bytes
    }

    /// The bytes between the quotes.
    private func unescape(_ token: Token) throws(Fault) -> [UInt8] {
        let source = Array(token.text.utf8.dropFirst().dropLast())
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            let byte = source[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < source.count else {
                bytes.append(byte)
                continue
            }
            let escape = source[index]
            index += 1
            let isHex = escape == UInt8(ascii: "x")
            if isHex || (0x30...0x37).contains(escape) {
                if !isHex { index -= 1 }
                var value = 0
                var count = 0
                while index < source.count, count < (isHex ? 8 : 3),
                    let digit = Character(Unicode.Scalar(source[index])).hexDigitValue, isHex || digit < 8
                {
                    value = value * (isHex ? 16 : 8) + digit
                    index += 1
                    count += 1
                }
                guard count > 0, value <= 0xFF else { throw Fault(.badNumber(token.text), at: token.spot) }
                bytes.append(UInt8(value))
            } else if let plain = Self.escapes[escape] {
                bytes.append(plain)
            } else {
                throw Fault(.badNumber(token.text), at: token.spot)
            }
        }
        return bytes
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "a"): 7,
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11, UInt8(ascii: "e"): 27,
        UInt8(ascii: "\\"): 92, UInt8(ascii: "'"): 39, UInt8(ascii: "\""): 34, UInt8(ascii: "?"): 63,
    ]
}
