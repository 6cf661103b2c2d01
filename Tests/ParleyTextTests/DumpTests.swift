import Foundation
import ParleyText
import ParleyTypes
import Testing

/// Dumps: what the usual tools write, what C and Python programs hold, and where messages end in them.
@Suite struct DumpTests {
    static let score: [UInt8] =
        Array("Trans".utf8) + Array(repeating: 0, count: 8) + [0, 0, 0, 83, 0, 0, 0, 86]

    /// The messages of a text.
    static func messages(_ text: String, emptyLinesEnd: Bool = false, linesEnd: Bool = false) throws(HexError)
        -> [[UInt8]]
    {
        var reader = DumpReader(emptyLinesEnd: emptyLinesEnd, linesEnd: linesEnd)
        var found: [[UInt8]] = []
        var message: [UInt8] = []
        func take() {
            while let piece = reader.next() {
                message += piece.bytes
                guard piece.endsMessage else { continue }
                found.append(message)
                message = []
            }
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            try reader.receive(line: Array(line.utf8))
            take()
        }
        try reader.finish()
        take()
        return found
    }

    @Test(
        "What od, Wireshark and hexdump write is read, whatever their offsets",
        arguments: [
            // od -t x1
            """
            0000000 54 72 61 6e 73 00 00 00 00 00 00 00 00 00 00 00
            0000020 53 00 00 00 56
            0000025
            """,
            // od -A d -t x1z
            """
            0000000 54 72 61 6e 73 00 00 00 00 00 00 00 00 00 00 00  >Trans...........<
            0000016 53 00 00 00 56                                   >S...V<
            0000021
            """,
            // od -A x -t x1
            """
            000000 54 72 61 6e 73 00 00 00 00 00 00 00 00 00 00 00
            000010 53 00 00 00 56
            000015
            """,
            // od -A n -t x1
            """
             54 72 61 6e 73 00 00 00 00 00 00 00 00 00 00 00
             53 00 00 00 56
            """,
            // Wireshark, "copy as hex dump"
            """
            0000   54 72 61 6e 73 00 00 00 00 00 00 00 00 00 00 00   Trans...........
            0010   53 00 00 00 56                                    S...V
            """,
            // xxd -p
            "5472616e7300000000000000000000005300000056\n",
            // xxd -g1 -u
            """
            00000000: 54 72 61 6E 73 00 00 00 00 00 00 00 00 00 00 00  Trans...........
            00000010: 53 00 00 00 56                                   S...V
            """,
        ]
    )
    func tools(text: String) throws {
        #expect(try Self.messages(text) == [Self.score])
    }

    @Test(
        "Arrays and strings of C and Python are read",
        arguments: [
            "unsigned char x[] = {0x54, 0x72, 0x61, 0, 255};", "{ 84, 'r', 0141, 0x0, 0xFFu }",
            "static const uint8_t x[5] = // five\n{\n\t0x54, 0x72, /* and\n more */ 0x61,\n\t0b0, 0xff,\n};\n",
            "unsigned char a_bin[] = {\n  0x54, 0x72, 0x61, 0x00,\n  0xff\n};\nunsigned int a_bin_len = 5;",
            #"char x[] = "\x54ra\0\xff";"#, #""Tr" "a\x00" \#n  "\377""#, #"b'Tra\x00\xff'"#,
            #"printf '\x54\x72\x61\x00\xff'"#,
            "#include <stdint.h>\n{{0x54,0x72},{}}".replacingOccurrences(of: "},{}}", with: ",97,0,255}}"),
        ]
    )
    func sources(text: String) throws {
        #expect(try Self.messages(text) == [[0x54, 0x72, 0x61, 0, 0xFF]])
    }

    @Test("Each dump, array and string is a message of its own")
    func borders() throws {
        #expect(
            try Self.messages("00000000: 5472\n00000002: 6e\n00000000: 0102\n") == [
                [0x54, 0x72, 0x6E], [1, 2],
            ]
        )
        #expect(try Self.messages("00000000  01 02\n00000002\n00000000  03\n00000001\n") == [[1, 2], [3]])
        #expect(try Self.messages("0000000 01 02\n0000002\n0000000 03\n0000001\n") == [[1, 2], [3]])
        #expect(try Self.messages("a = {1, 2}; b = {3};\n{{4},{5}}") == [[1, 2], [3], [4], [5]])
        #expect(try Self.messages("\"a\" \"b\";\n\"c\"; 'd'") == [[97, 98], [99], [100]])
        #expect(try Self.messages("0102\n\n03\n", emptyLinesEnd: true) == [[1, 2], [3]])
        #expect(try Self.messages("0102\n\n03\n") == [[1, 2, 3]])
        #expect(try Self.messages("0102\n03\n", linesEnd: true) == [[1, 2], [3]])
    }

    @Test("What is written is read again, message by message", arguments: DumpFormat.allCases)
    func roundTrip(format: DumpFormat) throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<50 {
            let messages = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                (0..<Int.random(in: 1...70, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            }
            let text = messages.enumerated().map { format.text($1, name: "m \($0)") }.joined()
            #expect(try Self.messages(text, linesEnd: format == .plain) == messages)
        }
    }

    @Test(
        "The tools themselves are understood, and understand us",
        .enabled(if: Self.tool("xxd") != nil && Self.tool("hexdump") != nil && Self.tool("od") != nil)
    )
    func realTools() throws {
        var random = SeededGenerator(seed: 6)
        for count in [1, 15, 16, 17, 100, 1000] {
            // Runs of equal lines give stars.
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            if count == 1000 { bytes.replaceSubrange(100..<900, with: [UInt8](repeating: 7, count: 800)) }
            for command in [
                "xxd", "xxd -p", "xxd -i", "xxd -u -g1", "xxd -c 7", "hexdump -C", "od -t x1", "od -t x1z",
                "od -A x -t x1",
                "od -A d -t x1", "od -A n -t x1",
            ] {
                // Without offsets nobody knows how many lines a star stands for.
                if command == "od -A n -t x1", count == 1000 { continue }
                let words = command.split(separator: " ").map(String.init)
                let dump = try Self.run(words, bytes)
                let text = String(decoding: dump, as: UTF8.self)
                // xxd -i of a pipe gives the elements alone.
                let whole = command == "xxd -i" ? "{\(text)}" : text
                #expect(try Self.messages(whole) == [bytes], "\(command), \(count) bytes")
            }
            #expect(try Self.run(["xxd", "-r"], Array(DumpFormat.xxd.text(bytes).utf8)) == bytes)
            #expect(try Self.run(["xxd"], bytes) == Array(DumpFormat.xxd.text(bytes).utf8))
            if count < 1000 {
                #expect(try Self.run(["hexdump", "-C"], bytes) == Array(DumpFormat.hexdump.text(bytes).utf8))
            }
        }
    }

    @Test(
        "The base of od's offsets is told by the column's own arithmetic, and a dump that leaves it open is refused",
        .enabled(if: Self.tool("od") != nil),
        arguments: ["-A d", "-A o", "-A x", "-A d -w4", "-A o -w4", "-A d -v", "-A d -w1", "-A o -w2"]
    )
    func bases(_ options: String) throws {
        let patterns: [(UInt8, Int)] = [(0, 20), (0, 64), (0, 128), (0, 144), (0, 320), (7, 1000), (1, 4096)]
        var refused = 0
        for (byte, count) in patterns {
            for ending: [UInt8] in [[], [9], Array(0..<16), Array(repeating: 3, count: 100) + [1, 2]] {
                let bytes = [UInt8](repeating: byte, count: count) + ending
                let words = ["od", "-t", "x1"] + options.split(separator: " ").map(String.init)
                let text = String(decoding: try Self.run(words, bytes), as: UTF8.self)
                do throws(HexError) {
                    #expect(try Self.messages(text) == [bytes], "\(options), \(count) and \(ending.count)")
                } catch {
                    guard case .ambiguousOffset(let digits) = error.reason else { throw error }
                    refused += 1
                    // Both readings are whole lines behind the star, so nobody could tell.
                    #expect(digits.count == 7 && text.contains("\n*\n\(digits)"))
                    #expect(error.description.contains("od -v") && error.description.contains("od -A x"))
                }
            }
        }
        if options.contains("-v") || options.contains("-A x") { #expect(refused == 0) }
        if options == "-A d" { #expect(refused > 0) }
    }

    @Test("320 bytes of zeros by od -A d are not 208")
    func decimalOffset() throws {
        let row = " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
        let error = #expect(throws: HexError.self) { try Self.messages("0000000\(row)*\n0000320\n") }
        #expect(error?.reason == .ambiguousOffset("0000320") && error?.line == 3)
        // One more line tells.
        #expect(try Self.messages("0000000\(row)*\n0000320\(row)0000336\n")[0].count == 336)
        #expect(try Self.messages("0000000\(row)*\n0000320\(row)0000340\n")[0].count == 224)
        // So does a digit that octal has not, or a place where no line can begin.
        #expect(try Self.messages("0000000\(row)*\n0000080\n")[0].count == 80)
        #expect(try Self.messages("0000000\(row)*\n0000100\n")[0].count == 64)
        #expect(throws: HexError.self) { try Self.messages("0000000\(row)*\n0000321\(row)0000999\n") }
    }

    @Test(
        "Words in the host's order are refused with a remedy",
        arguments: [
            "0000000 7254 6e61 0073\n0000006\n", "0000000 071124 067141\n0000004\n",
            "0000000 124 162 141\n0000003\n",
        ]
    )
    func words(text: String) {
        let error = #expect(throws: HexError.self) { try Self.messages(text) }
        #expect(error?.reason == .words)
        #expect(error?.description.contains("od -t x1") ?? false)
    }

    @Test(
        "What is no byte is refused at its place",
        arguments: [
            ("{1, 256}", "column 5: 256 is no number from 0 to 255"),
            ("{1, x}", "column 5: x is no number from 0 to 255"),
            ("{1, -1}", "column 5: -1 is no number from 0 to 255"),
            ("{1,", "column 1: the array does not end"),
            ("x = \"ab", "column 5: the string does not end"),
            ("/* {1}", "column 1: the comment does not end"),
            ("{'ab'}", "column 2: the character does not end"),
            (
                #""\q""#,
                "column 2: this escape means nothing; known are \\x54, \\124, \\n, \\0, \\\\ and their like"
            ),
            ("00000000: 01\n00000005: 02", "line 2, column 1: the dump goes on at 5, expected 1"),
            ("{{{{{{{{{1}}}}}}}}}", "column 9: { is no number from 0 to 255"),
        ]
    )
    func errors(text: String, message: String) {
        let error = #expect(throws: HexError.self) { try Self.messages(text) }
        #expect(error?.description == message)
    }

    @Test("Seeded damage never stops the reader, and a star costs no more than it may")
    func fuzz() {
        var random = SeededGenerator(seed: 8)
        let seed = Array(
            """
            00000000  54 72 61 6e  |Tran|
            *
            00000010: 5300 0x56 \\x41
            0000000 54 72
            0000002
            char x[] = { 0x54, 'a', /* x */ 070 }; "a\\x41\\101" // c
            0000   54 72   Tr
            000000 54 72
            """.utf8
        )
        let letters = Array("0fx :*\n|\\z{}\"'#/,=[".utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<4 {
                bytes[Int.random(in: bytes.indices, using: &random)] = letters.randomElement(using: &random)!
            }
            _ = try? Self.messages(String(decoding: bytes, as: UTF8.self))
        }
        #expect(throws: HexError.self) { try Self.messages("00000000  00\n*\nffffffffffff  00\n") }
    }

    // MARK: Tools

    static func tool(_ name: String) -> String? {
        ["/usr/bin/\(name)", "/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func run(_ words: [String], _ input: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: tool(words[0]) ?? words[0])
        process.arguments = Array(words.dropFirst())
        let input = Data(input)
        let (give, take) = (Pipe(), Pipe())
        process.standardInput = give
        process.standardOutput = take
        try process.run()
        try give.fileHandleForWriting.write(contentsOf: input)
        try give.fileHandleForWriting.close()
        let output = try take.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(output)
    }
}
