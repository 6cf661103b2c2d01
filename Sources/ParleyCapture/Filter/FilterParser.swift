import ParleyTypes

extension FilterExpression {
    /// The most words of a filter, parentheses counted.
    public static let wordsMax = 512

    /// Reads words: the arguments of a command, each of which may hold several.
    ///
    ///     [not] [ip | ip6 | arp] [udp | tcp | icmp | icmp6 | sctp] [src | dst] [host A | net A/N | port N |
    ///     portrange N-M]
    ///
    /// joined by `and` and `or`, which bind equally and from left to right as in tcpdump, and by parentheses.
    /// `&&`, `||` and `!` are the same. Tests that stand side by side must all hold. A value alone means what
    /// the one before it meant: `port 80 or 443`. No words are ``everything``.
    ///
    /// - Throws: ``FilterError``.
    public init(words: [String]) throws(FilterError) {
        var parser = FilterParser(words: Self.tokens(words))
        guard parser.tokens.count <= Self.wordsMax else {
            throw FilterError(word: "", reason: .tooLong(maximum: Self.wordsMax))
        }
        guard !parser.tokens.isEmpty else {
            self = .everything
            return
        }
        self = try parser.expression()
        if let word = parser.peek { throw FilterError(word: word, reason: .unbalanced) }
    }

    private static func tokens(_ words: [String]) -> [String] {
        var tokens: [String] = []
        for word in words {
            var current = ""
            func flush() {
                if !current.isEmpty { tokens.append(current) }
                current = ""
            }
            for character in word {
                switch character {
                case "(", ")", "!":
                    flush()
                    tokens.append(String(character))
                case _ where character.isWhitespace: flush()
                default: current.append(character)
                }
            }
            flush()
        }
        return tokens
    }
}

/// Words to tests, from left to right.
private struct FilterParser {
    let tokens: [String]
    private var position = 0
    /// What a value alone means.
    private var kind = Kind.host
    private var end = FilterEnd.either

    private enum Kind {
        case host, net, port, portrange
    }

    init(words: [String]) { tokens = words }

    var peek: String? { position < tokens.count ? tokens[position] : nil }

    private mutating func accept(_ words: String...) -> Bool {
        guard let word = peek, words.contains(word) else { return false }
        position += 1
        return true
    }

    mutating func expression() throws(FilterError) -> FilterExpression {
        var result = try term()
        while let word = peek, word != ")" {
            if accept("or", "||") {
                result = .or(result, try term())
            } else {
                // Side by side is "and", except that an operand that cannot begin a test says so itself.
                _ = accept("and", "&&")
                result = .and(result, try term())
            }
        }
        return result
    }

    private mutating func term() throws(FilterError) -> FilterExpression {
        var isNegated = false
        while accept("not", "!") { isNegated.toggle() }
        let inner: FilterExpression
        if accept("(") {
            inner = try expression()
            guard accept(")") else { throw FilterError(word: "(", reason: .unbalanced) }
        } else {
            inner = try primitive()
        }
        return isNegated ? .not(inner) : inner
    }

    private static let networks: [String: UInt16] = [
        "ip": EtherNumber.ipv4, "ip6": EtherNumber.ipv6, "arp": EtherNumber.arp,
    ]
    private static let transports: [String: IPTransport] = [
        "udp": .udp, "tcp": .tcp, "icmp": .icmp, "icmp6": .icmp6, "sctp": .sctp,
    ]

    /// `[ip] [udp] [src] [port 8089]`: what `not` in front of it negates.
    private mutating func primitive() throws(FilterError) -> FilterExpression {
        var result: FilterExpression?
        func add(_ test: FilterTest) {
            result = result.map { .and($0, .test(test)) } ?? .test(test)
        }
        if let word = peek, let number = Self.networks[word] {
            position += 1
            add(.network(number))
        }
        if let word = peek, let transport = Self.transports[word] {
            position += 1
            add(.transport(transport))
        }
        if let test = try address(isRequired: result == nil) { add(test) }
        // Never nil: without a protocol an address is required.
        return result ?? .everything
    }

    private mutating func address(isRequired: Bool) throws(FilterError) -> FilterTest? {
        guard let word = peek else {
            if isRequired { throw FilterError(word: "", reason: .expected("a test")) }
            return nil
        }
        switch word {
        case "src", "dst":
            position += 1
            end = word == "src" ? .source : .destination
            kind = try namedKind() ?? .host
        case "host", "net", "port", "portrange":
            end = .either
            kind = try namedKind() ?? .host
        case "and", "or", "not", "&&", "||", "!", "(", ")":
            if isRequired { throw FilterError(word: word, reason: .expected("a test")) }
            return nil
        case _ where word.first.map { $0.isHexDigit || $0 == ":" } ?? false && Self.isValue(word):
            // After a protocol a value is the next test's: `udp 8089` says neither port nor host.
            if !isRequired { throw FilterError(word: word, reason: .expected("port, host or net")) }
        default:
            if isRequired { throw FilterError(word: word, reason: .unknownWord) }
            // The next test, or its error.
            return nil
        }
        return try value()
    }

    private mutating func namedKind() throws(FilterError) -> Kind? {
        defer { position += 1 }
        switch peek {
        case "host": return .host
        case "net": return .net
        case "port": return .port
        case "portrange": return .portrange
        default:
            position -= 1
            return nil
        }
    }

    private static func isValue(_ word: String) -> Bool {
        word.allSatisfy { $0.isHexDigit || ".:/-".contains($0) }
    }

    private mutating func value() throws(FilterError) -> FilterTest {
        guard let word = peek else {
            throw FilterError(word: "", reason: .expected(isPort ? "a port" : "an address"))
        }
        position += 1
        switch kind {
        case .host:
            guard let address = IPAddress(word) else { throw FilterError(word: word, reason: .notAnAddress) }
            return .host(FilterNetwork(address), end)
        case .net:
            guard let network = Self.network(word) else {
                throw FilterError(word: word, reason: .notANetwork)
            }
            return .host(network, end)
        case .port:
            guard let port = Self.port(word) else { throw FilterError(word: word, reason: .notAPort) }
            return .port(port...port, end)
        case .portrange:
            let parts = word.split(separator: "-", omittingEmptySubsequences: false)
            guard let first = parts.first.flatMap({ Self.port($0) }),
                let last = parts.last.flatMap({ Self.port($0) }), parts.count <= 2
            else { throw FilterError(word: word, reason: .notAPort) }
            return .port(min(first, last)...max(first, last), end)
        }
    }

    private var isPort: Bool { kind == .port || kind == .portrange }

    private static func port(_ word: some StringProtocol) -> UInt16? {
        word.utf8.allSatisfy { 48...57 ~= $0 } ? UInt16(word) : nil
    }

    /// `10.0.0.0/8`, `2001:db8::/32`; `192.168` is `192.168.0.0/16`.
    private static func network(_ word: String) -> FilterNetwork? {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let text = String(parts[0])
        var address = IPAddress(text)
        var bits: Int?
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        if address == nil, octets.count < 4, octets.allSatisfy({ UInt8($0) != nil }) {
            bits = 8 * octets.count
            address = IPAddress(text + String(repeating: ".0", count: 4 - octets.count))
        }
        guard let address else { return nil }
        if parts.count == 2 {
            let most = if case .ipv4 = address { 32 } else { 128 }
            guard parts[1].utf8.allSatisfy({ 48...57 ~= $0 }), let number = Int(parts[1]), number <= most
            else { return nil }
            bits = number
        }
        return FilterNetwork(address, prefix: bits)
    }
}
