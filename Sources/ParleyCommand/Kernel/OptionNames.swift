import ParleyTypes

/// The names that a word may have been meant for.
enum OptionNames {
    /// Keys, or names in C where the word is written as those are.
    ///
    /// - Parameter orKinds: Whether the word may stand for a kind of socket as well.
    static func spelled(as word: String, _ options: [SocketOption], orKinds: Bool = false) -> [String] {
        let kinds = orKinds ? SocketOption.Kind.allCases.map(\.rawValue) : []
        let isC = word.contains("_") || word.contains(where: \.isUppercase)
        return kinds + options.map { isC || $0.key.isEmpty ? $0.name : $0.key }
    }
}
