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
