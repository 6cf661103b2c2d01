import Synchronization

extension BuiltInHeaders {
    /// The scalar types of the standard headers, for headers that rely on others to include them.
    static func typedefs(for abi: ABI) -> [String: TypeTable.Typedef] {
        known.withLock { known in
            if let known = known[abi.name], known.abi == abi { return known.typedefs }
            let typedefs = read(abi)
            // The ABIs are few; a caller who invents many must not fill the memory.
            if known.count < 64 { known[abi.name] = (abi, typedefs) }
            return typedefs
        }
    }

    private static let known = Mutex<[String: (abi: ABI, typedefs: [String: TypeTable.Typedef])]>([:])

    private static func read(_ abi: ABI) -> [String: TypeTable.Typedef] {
        var preprocessor = Preprocessor(abi: abi, limits: HeaderLimits()) { _ in nil }
        let text = fallback.map { "#include <\($0)>\n" }.joined()
        var typedefs = ["bool": TypeTable.Typedef(type: .scalar(.bool), isABIDependent: false)]
        do throws(Fault) {
            try preprocessor.run(HeaderSource(file: "<standard>", text: text))
            var parser = Parser(preprocessor.output, abi: abi, budget: preprocessor.budget)
            parser.fallback = [:]
            try parser.translationUnit()
            for (name, typedef) in parser.types.typedefs {
                if case .scalar = typedef.type.bare { typedefs[name] = typedef }
            }
        } catch {
            // Only an ABI whose macros are no C gets here: its headers must include what they use.
        }
        return typedefs
    }
}
