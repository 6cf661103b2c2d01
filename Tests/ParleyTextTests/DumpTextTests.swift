import Foundation
import ParleyText
import Testing

/// The text column of dumps: read where tools write it, compared with the bytes.
@Suite struct DumpTextTests {
    /// `abcdefghijklmnop0123456789ABCDEFxyz|..` in UDP, as `tshark -x` printed it.
    static let tshark = """
        0000  20 52 45 43 56 00 20 53 45 4e 44 00 08 00 45 00    RECV. SEND...E.
        0010  00 42 12 34 00 00 ff 11 92 71 0a 01 01 01 0a 02   .B.4.....q......
        0020  02 02 03 e8 07 d0 00 2e a9 8e 61 62 63 64 65 66   ..........abcdef
        0030  67 68 69 6a 6b 6c 6d 6e 6f 70 30 31 32 33 34 35   ghijklmnop012345
        0040  36 37 38 39 41 42 43 44 45 46 78 79 7a 7c 2e 2e   6789ABCDEFxyz|..

        """

    @Test func `what tshark -x prints is read, packet by packet`() throws {
        let found = try DumpTests.messages(Self.tshark + "\n0000  61 62 63 64   abcd\n")
        #expect(found.count == 2)
        #expect(found.first?.count == 80)
        #expect(found.first?.suffix(38) == Array("abcdefghijklmnop0123456789ABCDEFxyz|..".utf8)[...])
        #expect(found.last == Array("abcd".utf8))
        #expect(try DumpTests.messages("0000  61 62\n") == [Array("ab".utf8)])
    }

    @Test func `a line that is missing from such a dump is told, not read as digits`() {
        var lines = Self.tshark.split(separator: "\n")
        lines.remove(at: 1)
        let error = #expect(throws: HexError.self) { try DumpTests.messages(lines.joined(separator: "\n")) }
        #expect(error?.reason == .gap(expected: 16, found: 32))
    }

    @Test func `digits with two blanks between them stay digits`() throws {
        #expect(try DumpTests.messages("0007  68656c6c6f") == [[0, 7, 0x68, 0x65, 0x6C, 0x6C, 0x6F]])
        #expect(try DumpTests.messages("0000  6f6e") == [[0, 0, 0x6F, 0x6E]])
        #expect(try DumpTests.messages("5472  61 6e") == [[0x54, 0x72, 0x61, 0x6E]])
    }

    @Test(
        "Text that shows other bytes is refused at its place",
        arguments: [
            // xxd -e
            ("00000000: 64636261 68676665 6c6b6a69 706f6e6d  abcdefghijklmnop", 1, 48),
            ("00000000:   636261                             abc", 1, 48),
            ("00000000: 20202061 20202062                    a   b   ", 1, 48),
            // A digit changed by hand.
            ("00000000: 6162 6364  abcd\n00000004: 6566 6769  efgh", 2, 25),
            ("00000000  61 62 63  |abd|", 1, 24), ("0000000 61 62  >ac<\n", 1, 18),
            ("0000  61 62 63 64   abcd\n0004  65 66   eg", 2, 16),
            ("\t0x0000:  4500 0032  E..3", 1, 25), ("00000000: 6162  abc", 1, 19),
        ]
    )
    func differences(text: String, line: Int, column: Int) {
        let error = #expect(throws: HexError.self) { try DumpTests.messages(text) }
        #expect(error?.reason == .otherText)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test(
        "Texts that agree are passed over, whatever stands for a blank and what the line lost",
        arguments: [
            ("00000000: 2061 2062 20                             a b ", " a b "),
            ("00000000: 2061 2062 20                             a b", " a b "),
            ("\t0x0000:  2061 2062                           .a.b", " a b"), ("00000000: 6120", "a "),
            ("00000000  7c 7c 20 7c  ||| ||", "|| |"), ("00000000  7c 20  || |", "| "),
            ("0000000 3c 3e 20 62                                      ><> b<", "<> b"),
            ("00000000: 6162  # a comment", "ab"), ("00000000: 6162  \u{E4}\u{F6}", "ab"),
            ("0000   20 20 61                                            a", "  a"),
        ]
    )
    func agreement(text: String, message: String) throws {
        #expect(try DumpTests.messages(text) == [Array(message.utf8)])
    }

    @Test func `an array without an element is an empty message, other empty braces are not`() throws {
        #expect(try DumpTests.messages("unsigned char m[] = { };") == [[]])
        #expect(try DumpTests.messages("char a[] = {1}, b[] = {\n\n}; char c[] = {2};") == [[1], [], [2]])
        #expect(try DumpTests.messages(DumpFormat.c.text([]) + DumpFormat.c.text([7])) == [[], [7]])
        #expect(try DumpTests.messages("struct x { };\nchar a[] = {1};") == [[1]])
        #expect(try DumpTests.messages("char a[] = {\"\"}; char b[] = {{1}, {}};") == [[1]])
    }
}
