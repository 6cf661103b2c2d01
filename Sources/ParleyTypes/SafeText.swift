/// Text from outside for a sentence: a name, a path, an argument, what a header says.
///
/// A terminal obeys characters, and a line break would begin a sentence that nobody has said. Every
/// description of an error passes here, and the command's door does (`Gate`), so that hostile names are
/// spelled one way everywhere: `\u{1b}`, `\n`. What is printable stays as it is, a backslash too: passing
/// twice changes nothing.
package enum SafeText {
    /// The text as one line.
    package static func line(_ text: String) -> String { safe(text, keepingLines: false) }

    /// The text with its own line breaks and tabs.
    package static func lines(_ text: String) -> String { safe(text, keepingLines: true) }

    /// Whether a character shows something and commands nothing.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return 0x20...0x7E ~= scalar.value }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return false
        default:
            return true
        }
    }

    /// Whether terminals, or those who lay out text, take a character for a command: controls, and what
    /// ends lines, changes their direction or cannot be seen. ``isPrintable(_:)`` is true for none of them.
    package static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x600...0x605, 0x61C, 0x6DD, 0x70F, 0x180E, 0x200B...0x200F,
            0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    /// How a character that is not printable stands in a text.
    package static func spelled(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func safe(_ text: String, keepingLines: Bool) -> String {
        // As most texts are: nothing to do, and not a character at a time.
        if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isPrintable(scalar) || keepingLines && (scalar == "\n" || scalar == "\t") {
                result.unicodeScalars.append(scalar)
            } else {
                result += spelled(scalar)
            }
        }
        return result
    }
}
