import ParleyHeaders
import ParleyTypes
import ParleyWire
import Testing

@Suite struct HostileTextTests {
    /// What a header may hold on one line, and what it must not do to a terminal.
    private static let hostile = "\u{1b}[31m\u{7}\r\u{7f}\u{9b}2J\u{202e}\u{2066}\u{2028}\u{8}"

    private static func isSafe(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || SafeText.isPrintable($0) }
    }

    @Test func `nothing that a header says reaches a terminal raw`() throws {
        let text = Self.hostile
        let sources = [
            "#error \(text)\n", "#\(text)\nstruct s { int a; };", "struct s { \(text) a; };",
            "struct s { int \(text); };",
            "struct s { int a[\(text)]; };", "#include \"\(text)\"\nstruct s { int\(text) a; };",
            "\t\(text) struct s { int a; }",
            "_Static_assert(0, \"\(text)\"); struct s { int a; }; @", "#define F(x) x\nint a[F(\(text))];",
            "#if \(text)\n#endif",
        ]
        for source in sources {
            let file = HeaderSource(file: "a\(text)\n.h", text: source)
            do throws(HeaderError) {
                let header = try CHeader(file)
                for remark in header.remarks {
                    #expect(
                        Self.isSafe(remark.rendered) && Self.isSafe(remark.description),
                        "\(source.debugDescription)"
                    )
                }
            } catch {
                #expect(Self.isSafe(error.rendered), "\(error.rendered.debugDescription)")
                #expect(!error.description.contains("\n"), "\(error)")
            }
        }
    }

    @Test func `a mark stands below its place, though characters before it are escaped`() throws {
        let error = try #require(throws: HeaderError.self) {
            _ = try CHeader(HeaderSource(file: "a.h", text: "/* \u{1b}\u{9b} */ struct s { strange x; };"))
                .layout(of: "s")
        }
        let lines = error.location.excerpt.split(separator: "\n", omittingEmptySubsequences: false)
        let mark = try #require(lines.last?.firstIndex(of: "^"))
        let offset = lines[1].distance(from: lines[1].startIndex, to: mark)
        #expect(lines[0].dropFirst(offset).hasPrefix("strange"), "\(lines)")
        // Where an editor looks for it: in the characters of the file.
        #expect(error.location.column == 21)
    }

    @Test func `errors of layouts and messages say hostile names on one safe line`() {
        let text = "x\n" + Self.hostile
        let errors: [any CustomStringConvertible] = [
            WireError(.notUTF8, field: text), WireError(.unreadable(text, type: text)),
            WireError(.unknownField(known: [text])), WireError(.wrongConstant(expected: text, found: text)),
            EmissionError(.name(text), field: text, target: .lua),
            HeaderError(.unknownStruct(text, known: [text]), at: SourceLocation(file: text)),
        ]
        for error in errors {
            #expect(error.description.unicodeScalars.allSatisfy(SafeText.isPrintable), "\(error)")
        }
    }
}
