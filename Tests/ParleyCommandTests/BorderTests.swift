import Foundation
import Testing

/// How messages are told apart on streams and in files: the words of `--framing`, and what layouts say themselves.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3)))
struct BorderTests {
    /// Sends lines by `send`, and answers by `serve reply` what `call` asks, in the same words on both sides.
    @Test(arguments: [
        ("terminator:0x00", "text:text"), (#"terminator:\r\n\r\n"#, "text:text"),
        (#"terminator:a\,b,max=9"#, "text:text"),
        ("size:5", "text:text"), ("size:5", "kind:u8 text:text"), ("length2", "text:text"),
    ])
    func `every word cuts what send sends and serve answers`(framing: String, layout: String) throws {
        let receiver = try Parley.start(
            "receive",
            "tcp://127.0.0.1:0",
            "--as",
            layout,
            "--framing",
            framing,
            "--json",
            "--count",
            "2"
        )
        let port = try receiver.port()
        let values = layout.contains("kind") ? #""kind":7,"text":"hell""# : #""text":"hello""#
        let sent = try Parley.run(
            "send",
            "tcp://127.0.0.1:\(port)",
            "--as",
            layout,
            "--framing",
            framing,
            "-",
            input: "{\(values)}\n{\(values)}\n"
        )
        #expect(sent.status == 0, "\(sent)")
        let received = try receiver.outcome()
        #expect(received.lines.count == 2 && received.lines.allSatisfy { $0.contains(values) }, "\(received)")

        let server = try Parley.start(
            "serve",
            "reply",
            "tcp://127.0.0.1:0",
            "--as",
            layout,
            "--framing",
            framing,
            "text={text}"
        )
        let asked = try Parley.run(
            "call",
            "tcp://127.0.0.1:\(try server.port())",
            "--as",
            layout,
            "--framing",
            framing,
            "--json",
            "--count",
            "2",
            "-",
            input: "{\(values)}\n{\(values)}\n"
        )
        #expect(asked.lines.count == 2 && asked.lines.allSatisfy { $0.contains(values) }, "\(asked)")
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test func `everything until the end is one message, on a connection and in a file`() throws {
        let receiver = try Parley.start(
            "receive",
            "tcp://127.0.0.1:0",
            "--as",
            "text",
            "--framing",
            "end",
            "--json",
            "--count",
            "1"
        )
        let sent = try Parley.run(
            "send",
            "tcp://127.0.0.1:\(try receiver.port())",
            "--as",
            "text",
            "--framing",
            "chunks",
            "-",
            input: "one\ntwo\n"
        )
        #expect(sent.status == 0, "\(sent)")
        let received = try receiver.outcome()
        #expect(received.output.contains(#""text":"one\ntwo\n""#), "\(received)")
        let file = try Parley.shell(
            "printf 'one\\ntwo\\n' | parley decode --from raw --as text --framing end --json"
        )
        #expect(file.output.contains(#""text":"one\ntwo\n""#), "\(file)")
    }

    /// One layout each way, each with a border of its own: a counted tail, a fixed size, tagged structs.
    @Test(arguments: [
        ("a:u32 n:u8 text:text[n]", "k:u16", "a=5 text=hello", "k={a}", #""k":5"#),
        ("k:u16", "a:u32 n:u8 text:text[n]", "k=7", "a={k} text=seven", #""a":7,"n":5,"text":"seven""#),
        ("k:u16", "n:u8 x:u16[n]", "k=7", "x=[1,2]", #""n":2,"x":[1,2]"#),
        ("note.h:kind{1=hello,2=data}", "k:u16", "data.text=abc", "k=2", #""k":2"#),
        ("k:u16", "note.h:kind{1=hello,2=data}", "k=300", "data.text='{k} it is'", #""text":"300 it is""#),
    ])
    func `questions and answers have each the borders of their own layout`(
        question: String,
        answer: String,
        values: String,
        template: String,
        expected: String
    ) throws {
        let folder = try Self.folder()
        let words = question.contains("{") ? "data: \(template)" : template
        let server = try Parley.startShell(
            "parley serve reply tcp://127.0.0.1:0 --as '\(question)' --reply-as '\(answer)' \(words)",
            in: folder
        )
        let asked = try Parley.shell(
            "parley call tcp://127.0.0.1:\(try server.port()) --as '\(question)' --reply-as '\(answer)' --json "
                + "--count 1 \(values)",
            in: folder
        )
        #expect(asked.status == 0 && asked.output.contains(expected), "\(asked) \(server.errorText)")
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test func `a framing that is said holds in both directions`() throws {
        let server = try Parley.start(
            "serve",
            "reply",
            "tcp://127.0.0.1:0",
            "--as",
            "k:u16",
            "--reply-as",
            "n:u8 text:text[n]",
            "--framing",
            "length1",
            "text=k is {k}"
        )
        let asked = try Parley.run(
            "call",
            "tcp://127.0.0.1:\(try server.port())",
            "--as",
            "hex",
            "--framing",
            "chunks",
            "--count",
            "1",
            "02 0007"
        )
        #expect(asked.output.contains("07 06 6b 20 69 73 20 37"), "\(asked)")
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    /// What a C program writes that switches over the kind: nothing of ours between the structs.
    @Test
    func `structs that a field tells apart are cut one after another, and a strange kind is told`()
        throws
    {
        let folder = try Self.folder()
        let layout = "--as 'note.h:kind{1=hello,2=data}'"
        let bytes = #"\1\0\5\2\3abc\1\0\6"#
        let file = try Parley.shell(
            "printf '\(bytes)' > f && parley decode --from raw \(layout) --json f && "
                + "parley decode --from raw \(layout) --json f | parley encode \(layout) --raw - | cmp - f",
            in: folder
        )
        #expect(file.status == 0 && file.lines.count == 3, "\(file)")

        let receiver = try Parley.startShell(
            "parley receive tcp://127.0.0.1:0 \(layout) --json --count 3",
            in: folder
        )
        let port = try receiver.port()
        let strange = try Parley.shell(
            "printf '\(bytes)\\11\\0\\0' > g && parley decode --from raw \(layout) --json g",
            in: folder
        )
        #expect(strange.status == 5 && strange.lines.count == 3, "\(strange)")
        #expect(
            strange.errors.contains("a message whose tag 9 is none of the layout's")
                && strange.errors.contains("framing? It begins with 09 00 00"),
            "\(strange)"
        )
        let sent = try Parley.shell(
            "parley decode --from raw \(layout) --json f | parley send tcp://127.0.0.1:\(port) \(layout) -",
            in: folder
        )
        #expect(sent.status == 0, "\(sent)")
        #expect(try receiver.outcome().lines.count == 3)
    }

    @Test func `hex dumps are cut by the layout's own end, and a dump that is no message costs no other`()
        throws
    {
        let layout = "n:u8 text:text[n]"
        let one = try Parley.run("decode", "--as", layout, "--json", "02 41 42 00 01 43")
        #expect(one.lines.count == 3, "\(one)")
        // xxd's columns, several messages a dump.
        let dump = try Parley.shell(
            #"printf '\2AB\0\20abcdefghijklmnop' | xxd | parley decode --as '\#(layout)' --json"#
        )
        if FileManager.default.isExecutableFile(atPath: "/usr/bin/xxd") {
            #expect(dump.lines.count == 3 && dump.output.contains("abcdefghijklmnop"), "\(dump)")
        }
        let folder = try Self.folder()
        let kinds = try Parley.shell(
            #"printf '01 00 05 02 01 61\n\n09 ff ff\n\n01 00 06\n' | "#
                + "parley decode --as 'note.h:kind{1=hello,2=data}' --json",
            in: folder
        )
        #expect(kinds.lines.count == 4 && kinds.output.contains(#""x":6"#), "\(kinds)")
        let short = try Parley.run("decode", "--as", layout, "--json", "02 41 42 05 41")
        #expect(short.status == 5 && short.lines.count == 1, "\(short)")
    }

    @Test func `a stream in a capture is cut by its terminator, and goes on behind the next after a gap`()
        throws
    {
        let folder = try Folder()
        try CaptureTests.write(
            [
                CaptureTests.segment(99, [], flags: 2), CaptureTests.segment(100, Array("one\0tw".utf8)),
                // Three bytes are missing.
                CaptureTests.segment(109, Array("ree\0four\0\0si".utf8)),
                CaptureTests.segment(122, [], flags: 0x11),
            ],
            to: "a.pcapng",
            in: folder
        )
        let outcome = try Parley.run(
            "decode",
            "--as",
            "text",
            "--framing",
            "terminator:0x00",
            "--json",
            "a.pcapng",
            in: folder
        )
        let texts = outcome.lines.compactMap { $0.firstMatch(of: /"text":"([^"]*)"/)?.1 }
        #expect(texts == ["one", "four", ""] && outcome.status == 5, "\(outcome)")
        #expect(outcome.errors.contains("3 bytes of the stream are not in the capture"))
        #expect(outcome.errors.contains(#""bytes":"7369""#), "\(outcome.errors)")
    }

    @Test func `words that cannot be are refused with what to write`() throws {
        let long = String(repeating: "a", count: 65)
        for (word, cause) in [
            ("terminator:", "which bytes?"), ("terminator:0x", "which bytes?"),
            ("terminator:0x0", "a byte has two digits, and here are 1"),
            ("terminator:0xzz", "not all behind 0x are hexadecimal digits"),
            (#"terminator:\q"#, #"\q means nothing"#), (#"terminator:\x4"#, "two hexadecimal digits"),
            (#"terminator:a\"#, "nothing stands behind the last"), ("terminator:a,b", "b is no max=N"),
            ("terminator:a,max=0", "is no max=N"), ("terminator:a,max=9999999999", "is no max=N"),
            ("terminator:\(long)", "65 bytes are too many"),
        ] {
            let outcome = try Parley.run("decode", "--as", "text", "--framing", word, "00")
            #expect(outcome.status == 64 && outcome.errors.contains(cause), "\(word): \(outcome.errors)")
            #expect(outcome.errors.contains("Write --framing terminator:0x00"), "\(word): \(outcome.errors)")
        }
        for word in ["size:", "size:0", "size:-1", "size:99999999999", "size:4k"] {
            let outcome = try Parley.run("decode", "--as", "text", "--framing", word, "00")
            #expect(outcome.status == 64 && outcome.errors.contains("Write --framing size:512"), "\(word)")
        }
        let other = try Parley.run("decode", "--as", "a:u32", "--framing", "size:5", "00")
        #expect(
            other.status == 64 && other.errors.contains("messages of the layout have 4 bytes"),
            "\(other)"
        )
        let short = try Parley.run("decode", "--as", "a:u32 t:text", "--framing", "size:3", "00")
        #expect(short.status == 64 && short.errors.contains("have 4 bytes or more"), "\(short)")
        let near = try Parley.run("decode", "--as", "text", "--framing", "terminator", "00")
        #expect(near.status == 64 && near.errors.contains("terminator:"), "\(near)")
        let echo = try Parley.run("serve", "echo", "tcp://127.0.0.1:0", "--framing", "lines")
        #expect(echo.status == 64 && echo.errors.contains("echo takes no messages"), "\(echo)")
    }

    @Test func `what would be cut elsewhere is not sent, and what comes too long is told with its beginning`()
        throws
    {
        let inside = try Parley.run("encode", "--as", "a:u16", "--raw", "--framing", "terminator:0x00", "a=5")
        #expect(
            inside.status == 5 && inside.errors.contains("from its byte 0 on stands what would end it"),
            "\(inside)"
        )
        let part = try Parley.run("encode", "--as", "a:text", "--raw", "--framing", "terminator:aa", "a=xa")
        #expect(part.status == 5 && part.errors.contains("from its byte 1 on"), "\(part)")
        let fine = try Parley.run("encode", "--as", "a:text", "--raw", "--framing", "terminator:aab", "a=xaa")
        #expect(fine.output == "xaaaab", "\(fine)")
        let long = try Parley.run(
            "decode",
            "--from",
            "raw",
            "--as",
            "text",
            "--framing",
            "terminator:0x00,max=4",
            "-",
            input: String(repeating: "abc\0", count: 2) + "endless"
        )
        #expect(long.status == 5 && long.lines.count == 2, "\(long)")
        #expect(long.errors.contains("framing? It begins with 65 6e 64 6c 65 73 73"), "\(long)")
        // Alone or not, and with --json.
        for (input, json) in [("0005 68", []), ("0001 68 0005 68", []), ("0005 68", ["--json"])] {
            let words = ["decode", "--as", "text", "--framing", "length2", input] + json
            let cut = try Running(Parley.path, words).outcome()
            #expect(cut.status == 5 && cut.errors.contains("framing? It begins with 00 05 68"), "\(cut)")
        }
    }

    private static func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(
            "note.h",
            """
            #include <stdint.h>
            struct hello { uint8_t kind; uint16_t x; } __attribute__((packed));
            struct data {
                uint8_t kind, n;
                char text[] __attribute__((counted_by(n)));
            } __attribute__((packed));
            """
        )
        return folder
    }
}
