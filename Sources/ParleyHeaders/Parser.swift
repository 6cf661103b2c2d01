internal import ParleyTypes
import ParleyWire

/// Reads declarations out of preprocessed tokens.
///
/// A declaration that is not understood becomes a problem and the parser goes on with the next: only who asks
/// for a struct that depends on it sees the error.
struct Parser {
    let abi: ABI
    /// Whether this is the line of an `#if`: all integers are 64 bits wide, unknown names are 0.
    let isDirective: Bool
    /// Whether each struct is laid out as if it were packed.
    var treatsAllAsPacked = false
    var budget: Budget
    var types = TypeTable()
    var problems: [Fault] = []
    var observations: [Observation] = []
    /// Types that standard headers would define, for headers that rely on others to include them.
    var fallback: [String: TypeTable.Typedef]?
    /// The names of macros, for hints.
    var macroNames: [String] = []
    /// Files that were not found, where unknown names may come from.
    var missingFiles: [String] = []
    /// How many hints may still be looked for among all names: a file of nothing but mistakes must not cost more
    /// than one without.
    var hintsLeft = 50
    /// `#pragma pack`: the alignment that members get at most, and those that were pushed.
    var pack: Int?
    var packStack: [(label: String?, pack: Int?)] = []
    /// `#pragma scalar_storage_order`.
    var pragmaOrder: ByteOrder?
    /// Above 0 inside of operands that are not evaluated: `0 && 1/0`.
    var unevaluated = 0
    private let tokens: [Token]
    private(set) var index = 0
    private let end: Token
    private var depth = 0

    init(_ tokens: [Token], abi: ABI, budget: Budget, isDirective: Bool = false) {
        self.tokens = tokens
        self.abi = abi
        self.budget = budget
        self.isDirective = isDirective
        var spot = tokens.last?.spot ?? .nowhere
        spot.offset += spot.length
        spot.length = 0
        end = Token(kind: .end, text: "", spot: spot)
    }

    // MARK: Tokens

    /// The token to be read next.
    var token: Token { index < tokens.count ? tokens[index] : end }

    /// The token that was read last.
    var previous: Token? { index > 0 ? tokens[index - 1] : nil }

    /// Goes back, or on, to a token.
    mutating func seek(_ index: Int) {
        self.index = min(index, tokens.count)
    }

    func peek(_ ahead: Int = 1) -> Token { index + ahead < tokens.count ? tokens[index + ahead] : end }

    mutating func advance() throws(Fault) {
        try budget.spend(at: token.spot)
        index = min(index + 1, tokens.count)
    }

    /// Reads a punctuator if it is next.
    mutating func take(_ punctuator: String) throws(Fault) -> Bool {
        guard token.is(punctuator) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ punctuator: String, for purpose: String = "") throws(Fault) {
        guard try take(punctuator) else {
            throw expectedFault("\u{201C}\(punctuator)\u{201D}\(purpose.isEmpty ? "" : " \(purpose)")")
        }
    }

    mutating func identifier(_ what: String) throws(Fault) -> Token {
        guard token.kind == .identifier, !Self.keywords.contains(token.text) else {
            throw expectedFault(what)
        }
        let name = token
        try advance()
        return name
    }

    /// "expected …, found …" at the next token.
    func expectedFault(_ what: String, hint: String? = nil) -> Fault {
        Fault(.expected(what, found: token.quoted), at: token.spot, hint: hint)
    }

    /// "did you mean …?" with the name that is nearest.
    mutating func hint(for word: String, among names: some Sequence<String>) -> String? {
        guard hintsLeft > 0 else { return nil }
        hintsLeft -= 1
        return Nearest.name(to: word, among: names).map { "did you mean \($0)?" }
    }

    /// Where a name that nobody defines may be defined.
    var missingFileHint: String? {
        guard !missingFiles.isEmpty else { return nil }
        let names = missingFiles.prefix(3).joined(separator: ", ")
        return missingFiles.count == 1
            ? "the file \(names) was not found; it may define it"
            : "the files \(names)\(missingFiles.count > 3 ? " …" : "") were not found; one may define it"
    }

    /// Reads past `(`, `[` or `{` and all up to what closes it.
    mutating func skipBalanced() throws(Fault) {
        let opening = token
        guard let kind = Self.constructs[opening.text], opening.kind == .punctuator else {
            throw expectedFault("\u{201C}(\u{201D}")
        }
        var open: [String] = []
        repeat {
            let here = token
            guard here.kind != .end else { throw Fault(.unterminated(kind), at: opening.spot) }
            if here.kind == .punctuator {
                if let closing = Self.closings[here.text] {
                    open.append(closing)
                } else if here.text == open.last {
                    open.removeLast()
                } else if Self.closings.values.contains(here.text) {
                    throw Fault(
                        .unterminated(kind),
                        at: opening.spot,
                        hint: "\(here.text) stands where \(open.last ?? "") should"
                    )
                }
            }
            try advance()
        } while !open.isEmpty
    }

    /// Reads past a balanced group; false, and not moved, when it has no end.
    mutating func skipIfBalanced() throws(Fault) -> Bool {
        let opening = index
        do throws(Fault) {
            try skipBalanced()
            return true
        } catch {
            if case .tooMuch = error.reason { throw error }
            index = opening
            return false
        }
    }

    /// Counts one level of nesting while `body` runs.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        guard depth < budget.limits.nestingMax else {
            throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: token.spot)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: The file

    /// Reads all declarations.
    ///
    /// - Throws: only when a limit is reached; other errors become ``problems``.
    mutating func translationUnit() throws(Fault) {
        while token.kind != .end {
            let start = index
            do throws(Fault) {
                try externalDeclaration()
            } catch {
                if case .tooMuch(.steps, _) = error.reason { throw error }
                problems.append(error)
                try recover(from: start)
            }
        }
    }

    private mutating func externalDeclaration() throws(Fault) {
        if token.kind == .pragma { return try pragmaDirective() }
        if try take(";") { return }
        if token.isWord("extern"), peek().kind == .string {
            // extern "C" without #ifdef __cplusplus: its braces mean nothing to C.
            try advance()
            try advance()
            _ = try take("{")
            openExterns += 1
            return
        }
        if openExterns > 0, try take("}") {
            openExterns -= 1
            return
        }
        if try staticAssertion() { return }
        if token.isWord("asm") || token.isWord("__asm__") {
            try advance()
            try skipBalanced()
            return
        }
        try declaration()
    }

    /// Braces of `extern "C" {` that are open.
    private var openExterns = 0

    /// Goes on behind the declaration that was not understood: after its `;`, or after its body.
    private mutating func recover(from start: Int) throws(Fault) {
        index = start
        // A pragma is one token: what stands behind it is not to blame.
        if token.kind == .pragma { return try advance() }
        // Once something has no end, only `;` and `}` are looked for: this keeps the work linear.
        var isBalanced = true
        while token.kind != .end {
            if token.kind == .pragma { return }
            if token.is(";") || token.is("}") { return try advance() }
            let isBrace = token.is("{")
            if isBalanced, isBrace || token.is("(") || token.is("[") {
                isBalanced = try skipIfBalanced()
                guard isBalanced else { continue }
                // A function's body ends a declaration; a struct's is followed by names or `;`.
                if isBrace, token.kind != .identifier || Self.keywords.contains(token.text) {
                    if token.is(";") { continue }
                    if !token.is("*"), !token.isWord("__attribute__") { return }
                }
                continue
            }
            try advance()
        }
    }

    private static let closings = ["(": ")", "[": "]", "{": "}"]
    private static let constructs: [String: HeaderError.Construct] = [
        "(": .parenthesis, "[": .bracket, "{": .brace,
    ]

    /// Words that are no names.
    static let keywords: Set<String> = [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
        "extern",
        "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short",
        "signed",
        "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
        "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Static_assert", "_Noreturn",
        "_Thread_local",
        "__attribute__", "__attribute", "__extension__", "__inline", "__inline__", "__const", "__restrict",
        "__restrict__", "__volatile__", "__signed__",
    ]
}
