import Foundation

/// Lines of a terminal with their colours, as a picture: SVG that follows the reader's choice of light or dark.
struct TerminalPicture {
    /// As the command printed them, with its escape sequences of colour.
    var lines: [String]
    var title: String

    private static let columns = 108
    private static let (width, height, size) = (7.83, 18.0, 13.0)
    private static let margin = 16.0

    private struct Run {
        var text: String
        var style: String
    }

    /// Lines with their runs of one style.
    private static func runs(of line: String) -> [Run] {
        let names = ["1": "b", "2": "f", "33": "y", "1;31": "r", "1;36": "c"]
        var runs: [Run] = []
        var style = line.hasPrefix("$ ") ? "b" : ""
        for part in line.components(separatedBy: "\u{1b}[") {
            var text = part[...]
            if !runs.isEmpty || line.hasPrefix("\u{1b}["), let end = part.firstIndex(of: "m") {
                style = names[String(part[..<end])] ?? ""
                text = part[part.index(after: end)...]
            }
            runs.append(Run(text: String(text), style: style))
        }
        return runs
    }

    /// The rows of a terminal that has so many columns; a row that goes on the one before is marked.
    private static func rows(of line: String) -> [(runs: [Run], goesOn: Bool)] {
        var rows: [(runs: [Run], goesOn: Bool)] = [([], false)]
        var room = columns
        for run in runs(of: line) {
            var rest = run.text[...]
            while !rest.isEmpty {
                if room == 0 {
                    rows.append(([], true))
                    room = columns
                }
                let piece = rest.prefix(room)
                rows[rows.count - 1].runs.append(Run(text: String(piece), style: run.style))
                room -= piece.count
                rest = rest.dropFirst(piece.count)
            }
        }
        return rows
    }

    var svg: String {
        let rows = lines.flatMap(Self.rows)
        let width = Int(Double(Self.columns) * Self.width + 2 * Self.margin)
        let height = Int(Double(rows.count) * Self.height + 2 * Self.margin)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
            <title>\(Self.escaped(title))</title>
            <style>
            rect { fill: #f6f8fa; stroke: #d0d7de }
            text { font: 13px 'DejaVu Sans Mono', ui-monospace, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre }
            .b { font-weight: bold } .f { fill: #656d76 } .y { fill: #7d4e00 }
            .r { font-weight: bold; fill: #cf222e } .c { font-weight: bold; fill: #1b7c83 }
            @media (prefers-color-scheme: dark) {
            rect { fill: #161b22; stroke: #30363d } text { fill: #e6edf3 }
            .f { fill: #8d96a0 } .y { fill: #e3b341 } .r { fill: #ff7b72 } .c { fill: #56d4dd }
            }
            </style>
            <rect x="0.5" y="0.5" width="\(width - 1)" height="\(height - 1)" rx="8"/>

            """
        for (index, row) in rows.enumerated() {
            let y = Int(Self.margin + Double(index) * Self.height + Self.size)
            text +=
                "<text\(row.goesOn ? " data-row=\"more\"" : "") x=\"16\" y=\"\(y)\" xml:space=\"preserve\">"
            for run in row.runs {
                let words = Self.escaped(run.text)
                text += run.style.isEmpty ? words : "<tspan class=\"\(run.style)\">\(words)</tspan>"
            }
            text += "</text>\n"
        }
        return text + "</svg>\n"
    }

    /// The lines that a picture shows, without their colours.
    static func lines(of svg: String) -> [String] {
        var lines: [String] = []
        for match in svg.matches(of: /<text( data-row="more")?[^>]*>(.*)<\/text>/) {
            let text = match.2.replacing(/<[^>]*>/, with: "").replacing("&lt;", with: "<")
                .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
            if match.1 != nil, !lines.isEmpty {
                lines[lines.count - 1] += text
            } else {
                lines.append(String(text))
            }
        }
        return lines
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
