import Foundation
import ParleyCapture
import ParleyTypes
import Testing

@testable import ParleyCommand

/// What encode writes decode reads to the same messages, or encode refuses it.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct RoundTripTests {
    static let texts = #"{"id":1,"text":"a"}"# + "\n" + #"{"id":2,"text":"bc"}"# + "\n"

    @Test func `digits of messages of no fixed size stand apart`() throws {
        let folder = try Folder()
        try folder.write("lines", Self.texts)
        let layout = "--as 'id:u16 text:text'"
        let hex = try Parley.shell("parley encode -q \(layout) --to hex @lines", in: folder)
        #expect(hex.output == "000161\n\n00026263\n")
        let again = try Parley.shell(
            "parley encode -q \(layout) --to hex @lines | parley decode -q \(layout) --json",
            in: folder
        )
        #expect(again.lines.compactMap { $0.firstMatch(of: /"fields":(\{[^}]*\})/)?.1 }.count == 2)
        let lines = try Parley.shell(
            "printf 'a\\nb\\n' | parley encode -q --as lines --to hex | parley decode -q --as lines --json"
        )
        #expect(lines.lines.count == 2, "\(lines.output)")
    }

    @Test func `raw messages of no fixed size need a framing, the first is written`() throws {
        let folder = try Folder()
        try folder.write("lines", Self.texts)
        let layout = "--as 'id:u16 text:text'"
        let outcome = try Parley.shell("parley encode -q \(layout) --to raw @lines", in: folder)
        #expect(outcome.status == 64)
        #expect(outcome.output == "\u{0}\u{1}a")
        #expect(outcome.errors.contains("--framing length"))
        let framed = try Parley.shell(
            "parley encode -q \(layout) --to raw --framing length1 @lines",
            in: folder
        )
        #expect(framed.status == 0)
        #expect(framed.output == "\u{3}\u{0}\u{1}a\u{4}\u{0}\u{2}bc")
    }

    @Test(arguments: ["hex", "xxd", "hexdump"])
    func `a dump without a sign for an empty message refuses one`(_ format: String) throws {
        let outcome = try Parley.run("encode", "-q", "--as", "text:text", "text=", "--to", format)
        #expect(outcome.status == 5)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("message 1 is empty, and \(format) has no sign for that"))
    }

    @Test(arguments: ["text:text", "lines"])
    func `arrays of C keep empty messages`(_ layout: String) throws {
        let input = layout == "lines" ? "a\\n\\nb\\n" : #"{"text":"a"}\n{"text":""}\n{"text":"b"}\n"#
        let outcome = try Parley.shell(
            "printf '\(input)' | parley encode -q --as \(layout) --to c | parley decode -q --as \(layout) --json"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let found = outcome.lines.compactMap { $0.firstMatch(of: /"text":"([^"]*)"/)?.1 }
        #expect(found == ["a", "", "b"], "\(outcome.output)")
    }

    @Test func `a message with a line feed is no line, a carriage return at its end is kept`() throws {
        func written(_ digits: String) throws -> Parley.Outcome {
            try Parley.shell(
                "echo '\(digits)' | parley encode -q --as hex --to raw --framing lines "
                    + "| { parley decode -q --as id:u16 --raw --framing lines --json; }"
            )
        }
        #expect(try written("610d").output == #"{"schema":"parley.decode/1","fields":{"id":24845}}"# + "\n")
        let outcome = try Parley.run(
            "encode",
            "-q",
            "--as",
            "id:u16",
            "id=266",
            "--to",
            "raw",
            "--framing",
            "lines"
        )
        #expect(outcome.status == 5)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("byte 1 of the message is 0a"))
        #expect(outcome.errors.contains("--framing length"))
    }

    @Test func `misfits are said under -q, each with its cause`() throws {
        let outcome = try Parley.shell(
            "printf '01\\n0002\\n03\\n' | parley decode -q --as id:u16 --from hex-lines"
        )
        #expect(outcome.status == 5)
        let words =
            "no such message: id (byte 0): the message ends too early: 2 bytes are needed here, 1 is left"
        #expect(
            outcome.errors == "parley: message 1, which begins at byte 0: \(words)\n"
                + "parley: message 3, which begins at byte 3: \(words)\n"
        )
    }

    @Test func `a word that is neither a file nor digits`() throws {
        let folder = try Folder()
        let outcome = try Parley.run("decode", "--as", "id:u16", "missing.bin", in: folder)
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("there is no file missing.bin, and it is no hexadecimal digits"),
            "\(outcome.errors)"
        )
        let digits = try Parley.run("decode", "--as", "id:u16", "00zz", in: folder)
        #expect(digits.status == 5)
        #expect(digits.errors.contains("z is no hexadecimal digit"))
    }

    @Test func `of a datagram that the capture cut, the capture is blamed`() throws {
        let folder = try Folder()
        // 24 bytes of payload in the header of UDP, 18 in the capture.
        var packet: [UInt8] = [0x45, 0, 0, 52, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        packet += [3, 232, 7, 208, 0, 32, 0, 0] + [UInt8](repeating: 7, count: 18)
        let little: (Int) -> [UInt8] = { [UInt8($0), 0, 0, 0] }
        var file: [UInt8] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
        file += [0, 0, 1, 0] + little(101) + little(1) + little(0) + little(packet.count) + little(52)
        try Data(file + packet).write(to: folder.url.appending(path: "a.pcap"))
        let outcome = try Parley.run("decode", "--as", "a:u8[24]", "a.pcap", in: folder)
        #expect(outcome.status == 5)
        #expect(
            outcome.errors.contains("no such message: the capture kept 18 of 24 bytes"),
            "\(outcome.errors)"
        )
        let line = try Parley.run("decode", "--json", "--as", "a:u8[24]", "a.pcap", in: folder)
        #expect(line.errors.contains(#""reason":"the capture kept 18 of 24 bytes""#), "\(line.errors)")
    }
}
