/// What stands for the parameters of one use of a macro.
struct MacroArguments {
    private let places: [String: Int]
    private var values: [(raw: [Token], expanded: [Token]?)]
    /// The parameter that takes the rest, and whether nothing at all was written for it.
    let variadic: String?
    let isVariadicOmitted: Bool

    /// An object-like macro has none.
    init() { self.init([], [], variadic: nil, isVariadicOmitted: false) }

    init(_ names: [String], _ arguments: [[Token]], variadic: String?, isVariadicOmitted: Bool) {
        places = Dictionary(zip(names, names.indices)) { first, _ in first }
        values = arguments.map { ($0, nil) }
        self.variadic = variadic
        self.isVariadicOmitted = isVariadicOmitted
    }

    var hasParameters: Bool { !places.isEmpty || variadic != nil }

    /// The argument as it was written; nil for what is no parameter.
    func raw(_ token: Token) -> [Token]? {
        guard token.kind == .identifier, let place = places[token.text] else { return nil }
        return values[place].raw
    }

    /// The argument with its own macros replaced: done once for all its places.
    mutating func expanded(
        _ name: String,
        _ expand: ([Token]) throws(Fault) -> [Token]
    ) throws(Fault) -> [Token] {
        guard let place = places[name] else { return [] }
        if let known = values[place].expanded { return known }
        let tokens = try expand(values[place].raw)
        values[place].expanded = tokens
        return tokens
    }
}
