import ParleyTypes

/// Random macros that use each other, and lines that use them: what preprocessors differ in. The same for the
/// same seed.
struct RandomMacros {
    private(set) var text = ""
    private var random: SeededGenerator
    private var macros: [(name: String, parameters: Int?, isVariadic: Bool)] = []

    init(seed: UInt64, macros count: Int, lines: Int) {
        random = SeededGenerator(seed: seed)
        for index in 0..<count { define(index) }
        for index in 0..<lines { text += "line\(index): \(use(depth: 0)) | \(use(depth: 0)) ;\n" }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick<Element>(_ items: [Element]) -> Element {
        items[Int.random(in: 0..<items.count, using: &random)]
    }

    private mutating func define(_ index: Int) {
        let name = "M\(index)"
        if chance(25) {
            let body = pick(["", "a", "\(index)", "x ## y", "(\(index))", "1, 2", other(), "\(other()) b"])
            text += "#define \(name) \(body)\n"
            return macros.append((name, nil, false))
        }
        let count = Int.random(in: 0...3, using: &random)
        let isVariadic = chance(45)
        let names = Array(["p", "q", "r"].prefix(count))
        var list = names
        var rest = "__VA_ARGS__"
        if isVariadic {
            let isNamed = chance(20)
            list.append(isNamed ? "rest..." : "...")
            if isNamed { rest = "rest" }
        }
        var body: [String] = []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            body.append(piece(names, isVariadic ? rest : nil))
        }
        text += "#define \(name)(\(list.joined(separator: ", "))) \(body.joined(separator: " "))\n"
        macros.append((name, count, isVariadic))
    }

    private mutating func piece(_ names: [String], _ rest: String?) -> String {
        var words = ["k", "7", ",", "(", ")", "+"].filter { $0 != "(" && $0 != ")" }
        words += names + names
        if let rest { words += [rest, ", ## \(rest)", ", ## \(rest)", "__VA_OPT__(,) \(rest)"] }
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where !names.isEmpty: return "\(pick(names)) ## \(pick(names + ["k", "7"]))"
        case 1 where !names.isEmpty: return "k ## \(pick(names))"
        case 2 where !names.isEmpty: return "# \(pick(names))"
        case 3: return rest.map { "f(k, ## \($0))" } ?? other()
        case 4: return rest.map { "__VA_OPT__(x \($0) \(names.first ?? "y"))" } ?? "(\(pick(words)))"
        case 5: return "\(other())(\(pick(words)))"
        case 6: return rest.map { "# \($0)" } ?? other()
        default: return pick(words)
        }
    }

    /// The name of a macro that is there already, or will be.
    private mutating func other() -> String { "M\(Int.random(in: 0..<12, using: &random))" }

    private mutating func use(depth: Int) -> String {
        guard let macro = macros.randomElement(using: &random) else { return "none" }
        guard let count = macro.parameters else { return macro.name }
        if chance(10) { return macro.name }
        var total = count
        if macro.isVariadic { total += pick([0, 0, 1, 2, 3]) }
        var arguments: [String] = []
        for _ in 0..<total { arguments.append(argument(depth: depth + 1)) }
        return "\(macro.name)(\(arguments.joined(separator: ",")))"
    }

    private mutating func argument(depth: Int) -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ""
        case 1: return "a b"
        case 2: return "(1, 2)"
        case 3 where depth < 3: return use(depth: depth)
        case 4: return "M\(Int.random(in: 0..<12, using: &random))"
        default: return pick(["a", "7", "0x1", "b", "c9"])
        }
    }
}
