import ParleyTypes
import ParleyWire

/// Which field is meant perhaps, where somebody named one that there is not.
enum FieldHint {
    private static let pathsShown = 5

    /// `Did you mean h.seq?`
    ///
    /// - Parameters:
    ///   - paths: those that can be named, in a layout of several messages with their kinds: `hello.h.seq`.
    static func question(for text: String, in layout: MessageLayout, among paths: [String]) -> String {
        let known = shared(paths, layout) + paths
        let word = text.split(separator: ".").last.map(String.init) ?? text
        // What has the name as it was written, in a struct or in a kind.
        let same = known.filter { $0.hasSuffix("." + word) && $0 != text }
        guard !same.isEmpty else { return Nearest.hint(for: text, among: known) }
        // Those of all kinds say it shorter.
        let short = same.filter { shared(paths, layout).contains($0) }
        return "Did you mean \(Phrase.list(Array((short.isEmpty ? same : short).prefix(pathsShown)), "or"))?"
    }

    /// The paths that every kind has, without the kind: `h.seq`.
    private static func shared(_ paths: [String], _ layout: MessageLayout) -> [String] {
        guard let kinds = layout.variants?.cases.map(\.name), let first = kinds.first else { return [] }
        let all = Set(paths)
        return paths.compactMap { path -> String? in
            guard path.hasPrefix(first + ".") else { return nil }
            let rest = String(path.dropFirst(first.count + 1))
            return kinds.allSatisfy { all.contains("\($0).\(rest)") } ? rest : nil
        }
    }
}
