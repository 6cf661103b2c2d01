/// Writes the few elements of SVG that pictures here are made of. Text from strangers is escaped.
struct SVGWriter: Sendable {
    private(set) var body = ""

    /// The width of a character of the pictures' font, as a part of its size.
    static let characterWidth = 0.602

    mutating func rectangle(
        _ x: Double,
        _ y: Double,
        _ width: Double,
        _ height: Double,
        fill: String,
        stroke: String = "#57606a",
        title: String? = nil
    ) {
        let start = "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
        let shape = start + " height=\"\(Self.number(height))\" fill=\"\(fill)\" stroke=\"\(stroke)\""
        if let title {
            body += shape + "><title>\(Self.escape(title))</title></rect>\n"
        } else {
            body += shape + "/>\n"
        }
    }

    mutating func line(_ x: Double, _ y: Double, toX: Double, toY: Double, stroke: String = "#d0d7de") {
        body += "<line x1=\"\(Self.number(x))\" y1=\"\(Self.number(y))\" x2=\"\(Self.number(toX))\""
        body += " y2=\"\(Self.number(toY))\" stroke=\"\(stroke)\"/>\n"
    }

    /// - Parameter anchor: `start`, `middle` or `end`: which part of the text stands at `x`.
    mutating func text(
        _ text: String,
        _ x: Double,
        _ y: Double,
        size: Double,
        anchor: String = "start",
        fill: String = "#1f2328",
        isBold: Bool = false
    ) {
        var element =
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\""
        if anchor != "start" { element += " text-anchor=\"\(anchor)\"" }
        if isBold { element += " font-weight=\"bold\"" }
        body += element + " fill=\"\(fill)\">\(Self.escape(text))</text>\n"
    }

    /// The picture, a file of its own.
    func document(width: Double, height: Double, title: String) -> String {
        let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
        let fonts = "'DejaVu Sans Mono', ui-monospace, Menlo, Consolas, monospace"
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" \(size) \
            viewBox="0 0 \(Self.number(width)) \(Self.number(height))" font-family="\(fonts)">
            <title>\(Self.escape(title))</title>
            <defs>
            <pattern id="gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="7" height="7" fill="#f6f8fa"/>
            <line x1="0" y1="0" x2="0" y2="7" stroke="#afb8c1" stroke-width="3"/>
            </pattern>
            </defs>
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(body)</svg>

            """
    }

    /// At most two digits behind the point.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = (hundredths / 100, abs(hundredths % 100))
        if rest == 0 { return "\(whole)" }
        let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
        return (hundredths < 0 && whole == 0 ? "-" : "") + "\(whole).\(digits)"
    }

    /// Text for XML: nothing of it is markup, and what XML forbids is shown as an escape.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in TerminalText.escape(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
