/// Rows of words, which stand to the left, and numbers, which stand to the right, in columns as wide as they must be.
struct Table {
    private var rows: [[String]]

    init(_ heads: String...) { rows = [heads] }

    mutating func add(_ cells: String...) { rows.append(cells) }

    func show() {
        let columns = rows[0].indices.map { column in
            let cells = rows.map { $0[column] }
            let isWords = cells.dropFirst().contains { $0.contains { $0.isLetter || $0 == "%" } }
            return (width: cells.map(\.count).max() ?? 0, isWords: isWords)
        }
        for row in rows {
            let cells = zip(row, columns).map { cell, column in
                let spaces = String(repeating: " ", count: column.width - cell.count)
                return column.isWords ? cell + spaces : spaces + cell
            }
            print(cells.joined(separator: "  "))
        }
    }
}

extension Double {
    /// With so many digits behind the point, rounded.
    func digits(_ count: Int) -> String {
        let scale = (0..<count).reduce(1) { value, _ in value * 10 }
        let whole = Int((self * Double(scale)).rounded())
        guard count > 0 else { return "\(whole)" }
        let rest = "\(whole.magnitude % UInt(scale))"
        let zeros = String(repeating: "0", count: count - rest.count)
        return "\(whole < 0 ? "-" : "")\(whole.magnitude / UInt(scale)).\(zeros)\(rest)"
    }

    /// Of a hundred.
    var percent: String { (self * 100).digits(1) }
}

extension Duration {
    var inMilliseconds: Double { self / .milliseconds(1) }
}
