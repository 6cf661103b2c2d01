import ParleyText

/// Rows whose cells stand below each other.
struct Columns {
    private var rows: [[TextSpan]] = []

    /// - Parameter titles: The first row.
    init(_ titles: [String]) {
        rows.append(titles.map { TextSpan($0, .title) })
    }

    /// Rows without titles.
    init() {}

    mutating func add(_ row: [TextSpan]) { rows.append(row) }

    /// The rows as lines, without blanks at their ends.
    var lines: [[TextSpan]] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let last = row.lastIndex { !$0.text.isEmpty } ?? -1
            return row.indices.prefix(last + 1).map { column in
                let text = row[column].text
                return TextSpan(
                    column == last ? text : Self.pad(text, widths[column] + 2),
                    row[column].ink
                )
            }
        }
    }

    /// Plain rows as lines, the first one a title.
    static func text(_ rows: [[String]], _ style: Style) -> String {
        var columns = Columns(rows.first ?? [])
        for row in rows.dropFirst() { columns.add(row.map { TextSpan($0) }) }
        return style.paint(columns.lines)
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
