import ArgumentParser
import Glibc
import ParleyText
import ParleyTypes

/// Whether a stream is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, always, never
}

/// The few colours the command uses, or none.
struct Style: Sendable, Hashable {
    var isColored: Bool

    /// A choice settles it; otherwise NO_COLOR, then FORCE_COLOR, then whether the stream is a terminal.
    init(_ choice: ColorChoice, descriptor: Int32) {
        switch choice {
        case .always: isColored = true
        case .never: isColored = false
        case .auto:
            if Self.isSet("NO_COLOR") {
                isColored = false
            } else if Self.isSet("FORCE_COLOR") {
                isColored = true
            } else {
                isColored = isatty(descriptor) == 1 && !Self.isDumb
            }
        }
    }

    init(isColored: Bool) { self.isColored = isColored }

    // What is painted holds no command of its own: only those that stand around it.
    func peer(_ text: String) -> String { wrap(text, "1;36") }
    func error(_ text: String) -> String { wrap(text, "1;31") }
    func remark(_ text: String) -> String { wrap(text, "33") }
    func strong(_ text: String) -> String { wrap(text, "1") }
    func faint(_ text: String) -> String { wrap(text, "2") }

    /// Lines of a drawing, each with its line end.
    func paint(_ lines: [[TextSpan]]) -> String {
        lines.map { $0.map(paint).joined() + "\n" }.joined()
    }

    private func paint(_ span: TextSpan) -> String {
        switch span.ink {
        case .plain: SafeText.lines(span.text)
        case .title: wrap(span.text, "1")
        case .faint: wrap(span.text, "2")
        case .gap: wrap(span.text, "31")
        case .mark: wrap(span.text, "1;33")
        case .field(let index): wrap(span.text, Self.fieldColors[index % Self.fieldColors.count])
        }
    }

    /// Neither red, which gaps have, nor yellow, which marks have.
    private static let fieldColors = ["36", "32", "35", "34", "96", "92", "95", "94"]

    private func wrap(_ text: String, _ code: String) -> String {
        let text = SafeText.lines(text)
        return isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }

    /// Set and not empty (no-color.org).
    private static func isSet(_ name: String) -> Bool {
        guard let value = unsafe getenv(name) else { return false }
        return unsafe value.pointee != 0
    }

    /// Whether the terminal only writes.
    static var isDumb: Bool {
        guard let term = unsafe getenv("TERM") else { return true }
        return unsafe strcmp(term, "dumb") == 0
    }
}
