import ParleyTypes
import Testing

@Suite struct SafeTextTests {
    /// Text that commands a terminal, forges a line, turns around what follows it, or cannot be seen.
    static let hostile =
        "a\u{1b}[31m\n\r\t\u{7}\u{7f}\u{9b}2J\u{202e}\u{2066}\u{2028}\u{200b}\u{feff}\u{e0041}\\z"

    @Test func `no line holds a character that a terminal obeys`() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let scalars = (0..<8).map { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x3000, using: &generator)) ?? " "
            }
            let text = String(String.UnicodeScalarView(scalars))
            let line = SafeText.line(text)
            #expect(line.unicodeScalars.allSatisfy(SafeText.isPrintable), "\(text.debugDescription)")
            let lines = SafeText.lines(text)
            #expect(lines.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || SafeText.isPrintable($0) })
        }
    }

    @Test func `what has passed once passes unchanged`() {
        let line = SafeText.line(Self.hostile)
        #expect(
            line
                == #"a\u{1b}[31m\n\r\t\u{7}\u{7f}\u{9b}2J\u{202e}\u{2066}\u{2028}\u{200b}\u{feff}\u{e0041}\z"#
        )
        #expect(SafeText.line(line) == line)
        let lines = SafeText.lines(Self.hostile)
        #expect(lines.contains("\n") && lines.contains("\t") && SafeText.lines(lines) == lines)
    }

    @Test func `letters of any script stay as they are`() {
        for text in ["Zürich", "数学", "naïve\\path", "π ≠ ∞ ½", "عربي", "“quoted” — dash", "🙂"] {
            #expect(SafeText.line(text) == text)
        }
    }

    @Test func `no command is printable`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), SafeText.isCommand(scalar) else { continue }
            #expect(!SafeText.isPrintable(scalar), "\(value)")
        }
    }

    @Test func `every control and every format character is a command`() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            let isCommand = [.control, .lineSeparator, .paragraphSeparator].contains(category)
            #expect(!isCommand || SafeText.isCommand(scalar), "\(value)")
        }
        for scalar
            in "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}"
            .unicodeScalars
        {
            #expect(SafeText.isCommand(scalar))
        }
    }

    @Test func `errors of endpoints and sockets say hostile text on one safe line`() {
        let text = Self.hostile
        let errors: [any Error & CustomStringConvertible] = [
            EndpointError.missingScheme(text), EndpointError.unknownScheme(text),
            EndpointError.invalidHost(text),
            EndpointError.invalidPort(text), EndpointError.unexpectedPath(text),
            EndpointError.unexpectedHost(text, .unix), EndpointError.invalidPath(text),
            EndpointError.invalidEscape(text), EndpointError.invalidInherited(text, .activated),
            EndpointError.unknownOption(text, .udp), EndpointError.invalidOption(.reuse, value: text),
            SocketError(.resolve, .nameNotFound, subject: text),
            SocketError(.open, .noSuchDevice, subject: text),
            SocketError(.bind, .addressInUse, local: .unix(.path(text))),
            SocketError(.connect, .connectionRefused, remote: .unix(.abstract(Array(text.utf8)))),
        ]
        for error in errors {
            #expect(error.description.unicodeScalars.allSatisfy(SafeText.isPrintable), "\(error)")
        }
    }
}
