import ParleyText
import ParleyTypes
import Testing

@Suite struct HexTests {
    static let bytes: [UInt8] =
        Array("Trans".utf8) + Array(repeating: 0, count: 8) + [0, 0, 0, 83, 0, 0, 0, 86]

    @Test(
        "Digits are read however they are spaced",
        arguments: [
            "54720aff", "54 72 0A FF", "0x54720aff", "0x54, 0x72, 0x0a, 0xff", "54:72:0a:ff",
            "\\x54\\x72\\x0a\\xff",
            "54 72 # text\n0a ff\r\n", "5472:0aff", "  54\t72;0a ff ",
        ]
    )
    func spellings(text: String) throws {
        #expect(try HexInput.parse(text) == [0x54, 0x72, 0x0A, 0xFF])
    }

    @Test(
        "Dumps of xxd, hexdump -C and tcpdump -x are read without their offsets and texts",
        arguments: [
            """
            00000000: 5472 616e 7300 0000 0000 0000 0000 0000  Trans...........
            00000010: 5300 0000 56                             S...V
            """,
            """
            00000000  54 72 61 6e 73 00 00 00  00 00 00 00 00 00 00 00  |Trans...........|
            00000010  53 00 00 00 56                                    |S...V|
            00000015
            """,
            """
            \t0x0000:  5472 616e 7300 0000 0000 0000 0000 0000
            \t0x0010:  5300 0000 56
            """,
        ]
    )
    func dumps(text: String) throws {
        #expect(try HexInput.parse(text) == Self.bytes)
    }

    @Test("A star stands for lines like the one before")
    func repeated() throws {
        let text = """
            00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
            *
            00000030  01                                                |.|
            00000031
            """
        #expect(try HexInput.parse(text) == Array(repeating: 0, count: 48) + [1])
    }

    @Test(
        "What is no byte is refused at its column",
        arguments: [
            ("54 7g", "column 5: g is no hexadecimal digit"),
            ("547", "column 4: a byte has two digits, one is missing"),
            ("zz", "column 1: z is no hexadecimal digit"),
            ("54\n5 4", "line 2, column 2: a byte has two digits, one is missing"),
            ("0x", "column 3: a byte has two digits, one is missing"),
            ("00000010: 54", "column 1: the dump goes on at 16, expected 0"),
        ]
    )
    func errors(text: String, message: String) {
        let error = #expect(throws: HexError.self) { try HexInput.parse(text) }
        #expect(error?.description == message)
    }

    @Test("A star cannot make a small text into much memory")
    func bounded() {
        let text =
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\nfffffff0  00\n"
        let error = #expect(throws: HexError.self) { try HexInput.parse(text) }
        #expect(error?.reason == .tooMany(maximum: HexInput.bytesMax))
    }

    @Test("Seeded damage never stops the parser")
    func fuzz() {
        var generator = SeededGenerator(seed: 3)
        let seed = Array("00000000  54 72 61 6e  |Tran|\n*\n00000010: 5300 0x56 \\x41\n".utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8(
                    ascii: [
                        "0", "f", "x", " ", ":", "*", "\n", "|", "\\", "z",
                    ].randomElement(using: &generator)!
                )
            }
            _ = try? HexInput.parse(String(decoding: bytes, as: UTF8.self))
        }
    }
}
