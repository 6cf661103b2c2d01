/// Names that are written almost like others.
package enum Nearest {
    /// The name that takes the fewest changed, missing, surplus or swapped letters, at most one in three; nil
    /// when none is near. Case counts for little.
    package static func name(to word: String, among names: some Sequence<String>) -> String? {
        let most = min(3, max(1, word.utf8.count / 3))
        guard word.utf8.count <= 64 else { return nil }
        let letters = Array(word.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for name in names where abs(name.utf8.count - letters.count) <= most && name != word {
            let distance = distance(
                letters,
                Array(name.lowercased().utf8),
                atMost: best?.distance ?? most + 1
            )
            guard distance <= most else { continue }
            // Of two that are as near, the first in the alphabet: dictionaries have no order.
            if let old = best, (old.distance, old.name) < (distance, name) { continue }
            best = (name, distance)
        }
        return best?.name
    }

    /// The names that are meant perhaps, the nearest first, at most five: those that ``name(to:among:)`` takes for
    /// near; where there is none, those that go on where the word ends.
    package static func names(to word: String, among names: some Sequence<String>) -> [String] {
        var found: [String] = []
        var rest = Array(names)
        while found.count < countMax, let next = name(to: word, among: rest) {
            found.append(next)
            rest.removeAll { $0 == next }
        }
        let start = word.lowercased()
        guard found.isEmpty, start.utf8.count >= 3 else { return found }
        let longer = rest.filter { $0.lowercased().hasPrefix(start) && $0 != word }.sorted {
            ($0.utf8.count, $0) < ($1.utf8.count, $1)
        }
        return Array(longer.prefix(countMax))
    }

    /// `Did you mean a, b or c?`; nil where nothing is near.
    package static func question(for word: String, among names: some Sequence<String>) -> String? {
        let near = self.names(to: word, among: names)
        guard let last = near.last else { return nil }
        let start = near.dropLast().joined(separator: ", ")
        return "Did you mean \(start.isEmpty ? last : "\(start) or \(last)")?"
    }

    /// What is said to who wrote a word that is none of some names: the nearest; where none is near, all of them if
    /// they are few; and the command that lists them, where they are more.
    package static func hint(for word: String, among names: [String], listedBy command: String? = nil)
        -> String
    {
        let list = command.map { "`\($0)` lists them." }
        if let question = question(for: word, among: names) {
            return [question, names.count > countMax ? list : nil].compactMap { $0 }.joined(separator: " ")
        }
        guard names.count > listedMax else { return "Known are: \(names.joined(separator: ", "))." }
        return list ?? "Known are: \(names.prefix(countMax).joined(separator: ", ")) and "
            + "\(names.count - countMax) more."
    }

    private static let countMax = 5
    private static let listedMax = 16

    /// Damerau's distance; more than `most` when it is more.
    private static func distance(_ a: [UInt8], _ b: [UInt8], atMost most: Int) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [[Int]](repeating: [], count: 3)
        rows[2] = Array(0...b.count)
        for i in 1...a.count {
            rows = [rows[1], rows[2], [i]]
            for j in 1...b.count {
                var value = min(
                    rows[1][j] + 1,
                    rows[2][j - 1] + 1,
                    rows[1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                )
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    value = min(value, rows[0][j - 2] + 1)
                }
                rows[2].append(value)
            }
            if let least = rows[2].min(), least > most { return least }
        }
        return rows[2][b.count]
    }
}
