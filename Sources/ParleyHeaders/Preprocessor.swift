internal import ParleyTypes

/// C's preprocessor, as far as headers need it: files in, one row of tokens out.
struct Preprocessor {
    var table = SourceTable()
    var macros: [String: Macro] = [:]
    /// The names of macros in the order in which they were first defined.
    var macroOrder: [String] = []
    var output: [Token] = []
    var observations: [Observation] = []
    /// Files that were not found: what does not depend on them is read all the same.
    var problems: [Fault] = []
    /// Their names.
    var missingFiles: [String] = []
    var budget: Budget
    /// Macros whose replacement is being read.
    var active: Set<String> = []
    var nesting = 0
    let abi: ABI
    let loader: (IncludeRequest) -> HeaderSource?
    var onceFiles: Set<String> = []
    private var sourceBytes = 0
    /// The files that are being read, and whether each asked for the next between `#if` and `#endif`.
    private(set) var stack: [(file: String, isConditional: Bool)] = []
    /// Whether what is expanded is the line of an `#if`, in which `defined` and `__has_include` are answered.
    var isCondition = false
    /// Whether the operand of such a question is being expanded.
    var isInQuestion = false
    /// What `__has_include` was answered, so that each file is looked for once.
    var answeredIncludes: [IncludeRequest: Bool] = [:]
    /// The next value of `__COUNTER__`.
    var counter = 0

    init(abi: ABI, limits: HeaderLimits, loader: @escaping (IncludeRequest) -> HeaderSource?) {
        self.abi = abi
        self.loader = loader
        budget = Budget(limits)
    }

    /// Reads the compiler's own macros, then the file and all that it includes.
    mutating func run(_ source: HeaderSource) throws(Fault) {
        let main = table.add(source, isBuiltIn: false)
        if let known = BuiltInHeaders.predefined(for: abi) {
            table.add(known.file)
            macros = known.macros
            macroOrder = known.order
        } else {
            try process(table.add(BuiltInHeaders.compiler(for: abi), isBuiltIn: true))
            BuiltInHeaders.remember(table.files[1], macros, macroOrder, for: abi)
        }
        try process(main)
    }

    /// Reads a file that is in the table.
    ///
    /// - Parameter ready: its tokens, where they are known already.
    private mutating func process(_ file: Int, ready: [Token]? = nil) throws(Fault) {
        let bytes = table.files[file].bytes
        sourceBytes += bytes.count
        let start = Spot(file: file, offset: 0, length: 0)
        guard sourceBytes <= budget.limits.sourceBytesMax else {
            throw Fault(.tooMuch(.sourceBytes, maximum: budget.limits.sourceBytesMax), at: start)
        }
        guard table.files.count <= budget.limits.includesMax else {
            throw Fault(.tooMuch(.includes, maximum: budget.limits.includesMax), at: start)
        }
        stack.append((table.files[file].name, false))
        defer { stack.removeLast() }
        var tokens = ready ?? []
        if ready == nil {
            var lexer = Lexer(bytes, file: file)
            tokens = try lexer.run(&budget)
        } else {
            try budget.spend(tokens.count, at: start)
        }
        var groups: [Group] = []
        var index = 0
        while index < tokens.count {
            let isDirective = tokens[index].startsLine && tokens[index].is("#")
            var end = index + 1
            while end < tokens.count {
                if isDirective ? tokens[end].startsLine : (tokens[end].startsLine && tokens[end].is("#")) {
                    break
                }
                end += 1
            }
            let line = Array(tokens[index..<end])
            if isDirective {
                try directive(line, groups: &groups)
            } else if groups.allSatisfy(\.isActive) {
                try append(expand(line))
            }
            index = end
        }
        if let open = groups.last {
            throw Fault(.unterminated(.conditional), at: open.spot, hint: "it ends with #endif")
        }
    }

    private mutating func append(_ tokens: [Token]) throws(Fault) {
        output += try pragmaOperators(tokens)
        guard output.count <= budget.limits.tokensMax else {
            throw Fault(
                .tooMuch(.tokens, maximum: budget.limits.tokensMax),
                at: output.last?.spot ?? .nowhere
            )
        }
    }

    private static let directives = [
        "define", "undef", "include", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", "pragma",
        "warning", "line",
    ]

    /// A group between `#if` and `#endif`.
    private struct Group {
        var spot: Spot
        var isActive: Bool
        /// Whether one of its branches was taken already, or none may be.
        var isDone: Bool
        var sawElse = false
    }

    private mutating func directive(_ line: [Token], groups: inout [Group]) throws(Fault) {
        guard line.count > 1 else { return }
        let name = line[1]
        let rest = Array(line[2...])
        if try conditional(name, rest, groups: &groups) { return }
        guard groups.allSatisfy(\.isActive) else { return }
        switch name.text {
        case "define": try define(rest, at: name.spot)
        case "undef": macros[rest.first?.text ?? ""] = nil
        case "include", "include_next", "import":
            stack[stack.count - 1].isConditional = !groups.isEmpty
            try include(rest, at: name)
        case "error":
            throw Fault(.errorDirective(Self.sentence(rest)), at: Self.span(name, rest.last))
        case "pragma":
            if let token = try pragma(rest, at: Self.span(name, rest.last)) { output.append(token) }
        case "warning", "line", "ident", "sccs", "assert", "unassert": return
        default:
            if name.kind == .number { return }  // # 12 "file.h", what a preprocessor leaves
            throw Fault(
                .unknownDirective(name.text),
                at: name.spot,
                hint: Nearest.name(to: name.text, among: Self.directives).map { "did you mean #\($0)?" }
            )
        }
    }

    /// `#if` and its kin; false for other directives.
    private mutating func conditional(
        _ name: Token,
        _ rest: [Token],
        groups: inout [Group]
    ) throws(Fault) -> Bool {
        let isLive = groups.allSatisfy(\.isActive)
        switch name.text {
        case "if", "ifdef", "ifndef":
            guard groups.count < budget.limits.nestingMax else {
                throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: name.spot)
            }
            let isTaken = isLive ? try holds(name, rest) : false
            groups.append(Group(spot: name.spot, isActive: isTaken, isDone: isTaken || !isLive))
        case "elif", "elifdef", "elifndef", "else":
            guard var group = groups.popLast(), !group.sawElse else {
                throw Fault(.expected("an #if before it", found: "#\(name.text)"), at: name.spot)
            }
            group.sawElse = name.text == "else"
            if group.isDone || group.sawElse {
                group.isActive = !group.isDone
            } else {
                group.isActive = try holds(name, rest)
            }
            group.isDone = group.isDone || group.isActive
            groups.append(group)
        case "endif":
            guard groups.popLast() != nil else {
                throw Fault(.expected("an #if before it", found: "#endif"), at: name.spot)
            }
        default:
            return false
        }
        return true
    }

    private mutating func holds(_ name: Token, _ rest: [Token]) throws(Fault) -> Bool {
        guard let first = rest.first else {
            throw Fault(.expected("a condition", found: "the line's end"), at: name.spot)
        }
        switch name.text {
        case "ifdef", "elifdef": return isDefined(first.text)
        case "ifndef", "elifndef": return !isDefined(first.text)
        default: break
        }
        isCondition = true
        defer { isCondition = false }
        var parser = Parser(try expand(rest), abi: abi, budget: budget, isDirective: true)
        defer { budget = parser.budget }
        let value = try parser.expression()
        guard parser.token.kind == .end else {
            let isCall = parser.token.is("(") && parser.previous?.kind == .identifier
            let hint = isCall ? "\(parser.previous?.text ?? "this") is no macro here" : nil
            throw parser.expectedFault("the line's end", hint: hint)
        }
        return value.value != 0
    }
}

// MARK: - Files

extension Preprocessor {
    private mutating func include(_ rest: [Token], at name: Token) throws(Fault) {
        var rest = rest
        if rest.first?.kind == .identifier { rest = try expand(rest) }
        guard let first = rest.first else {
            throw Fault(.expected("a file name", found: "the line's end"), at: name.spot)
        }
        let spot = Self.span(first, rest.last)
        let isSystem = first.is("<")
        var path = ""
        if isSystem, let end = rest.firstIndex(where: { $0.is(">") }) {
            path = rest[1..<end].map(\.text).joined()
        } else if first.kind == .string {
            path = String(first.text.dropFirst().dropLast())
        }
        guard !path.isEmpty else {
            throw Fault(.expected("\"file\" or <file>", found: first.quoted), at: first.spot)
        }
        guard stack.count <= budget.limits.includeDepthMax else {
            throw Fault(
                .tooMuch(.includeDepth, maximum: budget.limits.includeDepthMax),
                at: spot,
                hint: "do the files include each other without a guard (#pragma once)?"
            )
        }
        let builtIn = BuiltInHeaders.isKnown(path)
        let isOwn = first.spot.file >= 0 && table.files[first.spot.file].isBuiltIn
        let file = table.files[first.spot.file].name
        let request = IncludeRequest(path: path, isSystem: isSystem, includingFile: file)
        if isSystem || isOwn, builtIn {
            try enterBuiltIn(path)
        } else if let source = loader(request) {
            try enter(source, at: spot)
        } else if builtIn {
            try enterBuiltIn(path)
        } else if isSystem {
            observations.append(Observation(reason: .skippedHeader(path), spot: spot))
        } else {
            problems.append(Fault(.missingFile(path), at: spot, hint: "it is looked for beside \(file)"))
            missingFiles.append(path)
            // What packs structs, or is asked for by #if, may stand in it: nobody sees that in a struct.
            observations.append(Observation(reason: .missingFile(path), spot: spot))
        }
    }

    private mutating func enter(_ source: HeaderSource, at spot: Spot) throws(Fault) {
        if onceFiles.contains(source.file) { return }
        if isEndless(source.file) {
            observations.append(Observation(reason: .cutCycle(source.file), spot: spot))
            return
        }
        try process(table.add(source, isBuiltIn: false))
    }

    /// One of Parley's own versions: read once, and cut into tokens once in a program's life.
    private mutating func enterBuiltIn(_ path: String) throws(Fault) {
        guard let known = BuiltInHeaders.file(path),
            onceFiles.insert(known.file.name).inserted || BuiltInHeaders.isPragma(path)
        else { return }
        let index = table.add(known.file)
        var tokens = known.tokens
        for position in tokens.indices { tokens[position].spot.file = index }
        try process(index, ready: tokens)
    }

    /// Whether reading the file again leads here again: it is being read, and no `#if` on the way to here
    /// could end that.
    private func isEndless(_ file: String) -> Bool {
        guard let last = stack.lastIndex(where: { $0.file == file }) else { return false }
        return !stack[last...].contains(where: \.isConditional)
    }

    /// From the first token to the last, when they stand in one file.
    static func span(_ first: Token, _ last: Token?) -> Spot {
        guard let last, last.spot.file == first.spot.file, last.spot.offset > first.spot.offset else {
            return first.spot
        }
        var spot = first.spot
        spot.length = last.spot.offset + last.spot.length - first.spot.offset
        return spot
    }

    static func sentence(_ tokens: [Token]) -> String {
        var text = ""
        for token in tokens {
            if token.hasSpaceBefore, !text.isEmpty { text += " " }
            text += token.text
        }
        return text
    }
}
