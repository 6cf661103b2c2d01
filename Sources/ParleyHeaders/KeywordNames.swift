/// Names for what has none, out of words that no member can be called: `union`, `union2`.
struct KeywordNames {
    private var taken: Set<String>

    init(taken: [String]) {
        self.taken = Set(taken)
    }

    /// Whether a name was made out of the keyword.
    static func isOne(_ name: String, of keyword: String) -> Bool {
        name.hasPrefix(keyword) && name.dropFirst(keyword.count).allSatisfy(\.isNumber)
    }

    mutating func next(_ keyword: String) -> String {
        var name = keyword
        var count = 1
        while !taken.insert(name).inserted {
            count += 1
            name = keyword + String(count)
        }
        return name
    }
}
