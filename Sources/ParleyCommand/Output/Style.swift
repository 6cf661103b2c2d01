import ArgumentParser
import Glibc

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

    func peer(_ text: String) -> String { wrap(text, "1;36") }
    func error(_ text: String) -> String { wrap(text, "1;31") }
    func remark(_ text: String) -> String { wrap(text, "33") }
    func faint(_ text: String) -> String { wrap(text, "2") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }

    /// Set and not empty (no-color.org).
    private static func isSet(_ name: String) -> Bool {
        guard let value = unsafe getenv(name) else { return false }
        return unsafe value.pointee != 0
    }

    private static var isDumb: Bool {
        guard let term = unsafe getenv("TERM") else { return true }
        return unsafe strcmp(term, "dumb") == 0
    }
}
