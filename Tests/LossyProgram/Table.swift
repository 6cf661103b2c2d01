/// Rows of words and numbers, in columns that are as wide as they must be.
struct Table {
    private var rows: [[String]]

    init(_ heads: String...) { rows = [heads] }

    mutating func add(_ cells: String...) { rows.append(cells) }

    func show() {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
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
