import Foundation
import Testing

@testable import ParleyCommand

/// What a newcomer gets wrong is answered with what to write instead.
@Suite(.ownThreads, .timeLimit(.minutes(3))) struct SecondLookTests {
    private static let header = """
        #include <stdint.h>
        struct head { uint8_t kind; uint16_t seq; uint32_t body_len; } __attribute__((packed));
        struct hello { struct head h; uint8_t name[4]; } __attribute__((packed));
        struct data { struct head h; uint16_t part; uint8_t body[1]; } __attribute__((packed));
        """

    private static let kinds = ["--as", "m.h:h.kind{1=hello,2=data}", "--tail", "data.body"]

    private func run(_ words: String...) throws -> Parley.Outcome {
        let folder = try Folder()
        try folder.write("m.h", Self.header)
        return try Running(Parley.path, words, folder: folder).outcome()
    }

    private func encode(_ words: String...) throws -> Parley.Outcome {
        let folder = try Folder()
        try folder.write("m.h", Self.header)
        return try Running(Parley.path, ["encode"] + Self.kinds + words, folder: folder).outcome()
    }

    @Test(arguments: ["1,2", "0,255", "[1,2,3]", "1,2,3"])
    func `a list for a field of bytes is sent as text, and said to be`(_ list: String) throws {
        let outcome = try run("encode", "--as", "x:u8[8] y:u8", "x=\(list)", "y=1")
        #expect(outcome.status == 0)
        #expect(
            outcome.errors.contains("x is a field of bytes, and its value is sent as text"),
            "\(outcome.errors)"
        )
    }

    @Test(arguments: ["12", "a,b", "1,256", "hex:0102", "1,"])
    func `other text in a field of bytes is nothing to remark on`(_ text: String) throws {
        let outcome = try run("encode", "--as", "x:bytes", "x=\(text)")
        #expect(outcome.status == 0 && !outcome.errors.contains("is a field of bytes"), "\(outcome.errors)")
    }

    @Test func `a kind that was left out is named`() throws {
        let outcome = try encode("h.seq=1", "name=Li")
        #expect(
            outcome.errors.contains("begin with the kind of message: hello.h or data.h"),
            "\(outcome.errors)"
        )
    }

    @Test func `an error of one struct lists its fields alone`() throws {
        let outcome = try encode("hello.h.seq=99999", "hello.h.body_len=0", "hello.name=Li")
        #expect(
            outcome.errors.hasSuffix(
                "hello.h.seq: 99999 is outside 0...65535; the fields are kind: u8, 0...255; seq: u16, 0...65535; "
                    + "body_len: u32, 0...4294967295\n"
            )
                || outcome.errors.contains(
                    "the fields are seq: u16, 0...65535; body_len: u32, 0...4294967295\n"
                ),
            "\(outcome.errors)"
        )
    }

    @Test func `a length that is missing may be filled in`() throws {
        func send(_ words: String...) throws -> Parley.Outcome {
            let folder = try Folder()
            try folder.write("m.h", Self.header)
            return try Running(
                Parley.path,
                ["send", "udp://127.0.0.1:9"] + Self.kinds + words,
                folder: folder
            ).outcome()
        }
        let outcome = try send("data.h.seq=1", "data.part=1", "data.body=hello")
        #expect(outcome.status == 5)
        #expect(outcome.errors.contains("data.h.body_len needs a value"), "\(outcome.errors)")
        #expect(outcome.errors.contains("--framing length:h.body_len fills it in"), "\(outcome.errors)")
        let filled = try send(
            "data.h.seq=1",
            "data.part=1",
            "data.body=hello",
            "--framing",
            "length:h.body_len"
        )
        // What it meets there is another matter.
        #expect(!filled.errors.contains("needs a value") && filled.status != 5, "\(filled.errors)")
        let other = try send("data.h.seq=1", "data.h.body_len=9", "data.body=hello")
        #expect(!other.errors.contains("fills it in"), "\(other.errors)")
        // There is no framing to fill it in.
        let encoded = try encode("data.h.seq=1", "data.part=1", "data.body=hello")
        #expect(encoded.status == 5 && !encoded.errors.contains("fills it in"), "\(encoded.errors)")
    }

    @Test func `a field of a struct that all kinds begin with is found by its name`() throws {
        let folder = try Folder()
        try folder.write("m.h", Self.header)
        for (words, sentence) in [
            (["call", "tcp://127.0.0.1:9"] + Self.kinds + ["--match", "seq"], "Did you mean h.seq?"),
            (
                ["call", "tcp://127.0.0.1:9"] + Self.kinds + ["--framing", "length:body_len"],
                "Did you mean h.body_len?"
            ),
            (["send", "tcp://127.0.0.1:9"] + Self.kinds + ["--number", "seq"], "Did you mean h.seq?"),
            (
                ["serve", "reply", "tcp://127.0.0.1:0"] + Self.kinds + ["hello:", "hello.h.seq={seq}"],
                "it has h.seq"
            ),
        ] {
            let outcome = try Running(Parley.path, words, folder: folder).outcome()
            #expect(outcome.status == 64 && outcome.errors.contains(sentence), "\(words): \(outcome.errors)")
        }
    }

    @Test func `a peer that closes unanswered may have expected other borders`() throws {
        let server = try Parley.start("receive", "tcp://127.0.0.1:0", "--as", "a:u8", "--count", "1")
        let place = "tcp://127.0.0.1:\(try server.port())"
        let outcome = try run("call", place, "--as", "a:u8", "a=1", "--count", "1")
        #expect(
            outcome.errors.contains("before it answered. Do both sides agree on --as and --framing?"),
            "\(outcome.errors)"
        )
    }

    @Test func `digits of a terminator without 0x are text, and said to be`() throws {
        for (word, isRemarked) in [
            ("0d0a", true), ("1e0a,max=9", true), ("0x0d0a", false), ("END", false), ("00a", false),
        ] {
            let outcome = try run("decode", "--as", "text", "--framing", "terminator:\(word)", "--raw", "-")
            #expect(
                outcome.errors.contains("as bytes it is written terminator:0x") == isRemarked,
                "\(word): \(outcome.errors)"
            )
        }
    }

    @Test func `a table in a file is not cut`() throws {
        let text = String(repeating: "long text ", count: 30)
        let outcome = try run("encode", "--as", "text:text", "text=\(text)")
        #expect(outcome.output.contains(text.dropLast()), "\(outcome.output)")
    }
}
