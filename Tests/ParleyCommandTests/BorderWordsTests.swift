import Foundation
import Testing

/// What is said of borders before they are missed, and when they are.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3)))
struct BorderWordsTests {
    private static let endless = "does not say where it ends: so on a stream a length stands in front"

    /// Sending, receiving, asking and answering; not over datagrams, not where somebody said how, not with a count.
    @Test func `a length that nobody asked for is told on both sides`() throws {
        let open = ["--as", "id:u16 text:text"]
        for command in [["receive"], ["serve", "reply"]] {
            for (transport, words, isTold) in [
                ("tcp", open, true), ("udp", open, false), ("tcp", open + ["--framing", "length2"], false),
                ("tcp", ["--as", "id:u16 n:u8 text:text[n]"], false), ("tcp", ["--as", "id:u16"], false),
            ] {
                let running = try Running(Parley.path, command + ["\(transport)://127.0.0.1:0"] + words)
                let port = try running.port()
                #expect(
                    running.errorText.contains(Self.endless) == isTold,
                    "\(command) \(words): \(running.errorText)"
                )
                let sent = try Running(
                    Parley.path,
                    ["send", "\(transport)://127.0.0.1:\(port)"] + words + ["id=1"]
                ).outcome()
                #expect(sent.errors.contains(Self.endless) == isTold, "\(words): \(sent.errors)")
                running.signal(SIGINT)
                _ = try running.outcome()
            }
        }
        let quiet = try Parley.run("send", "-q", "tcp://127.0.0.1:1", "--as", "id:u16 text:text", "id=1")
        #expect(!quiet.errors.contains(Self.endless))
    }

    @Test func `a file of messages without an end is told to be one, and one of others is cut`() throws {
        let whole = try Parley.shell(
            #"printf '\0\1hello' | parley decode --raw --as 'id:u16 text:text' --json"#
        )
        #expect(whole.lines.count == 1 && whole.errors.contains("standard input is taken as one"), "\(whole)")
        let cut = try Parley.shell(
            #"printf '\0\1\1h\0\2\0' | parley decode --raw --as 'id:u16 n:u8 text:text[n]' --json"#
        )
        #expect(cut.lines.count == 2 && !cut.errors.contains("taken as one"), "\(cut)")
    }

    @Test(arguments: ["lines", "chunks", "terminator:0x00"])
    func `borders that a number may look like are remarked on, those of texts are not`(framing: String) throws
    {
        let number = try Parley.run(
            "decode",
            "--as",
            "a:u16",
            "--framing",
            framing,
            "--raw",
            "-",
            input: "ab"
        )
        #expect(number.errors.contains("--framing \(framing.prefix { $0 != ":" })"), "\(number.errors)")
        let text = try Parley.run(
            "decode",
            "--as",
            "a:text",
            "--framing",
            framing,
            "--raw",
            "-",
            input: "ab\0"
        )
        #expect(!text.errors.contains("numbers of"), "\(text.errors)")
    }

    @Test func `quiet leaves out remarks, and never why a message did not fit or had no answer`() throws {
        let several = try Parley.run("decode", "-q", "--as", "n:u8 t:text[n]", "0141 0241")
        #expect(
            several.status == 5 && several.errors.contains("message 2, which begins at byte 2"),
            "\(several)"
        )
        let json = try Parley.run("decode", "-q", "--json", "--as", "a:u16", "000102")
        #expect(json.errors.contains("parley.misfit/1"), "\(json.errors)")
        let port = try freeDatagramPort()
        let quiet = try Parley.start(
            "receive",
            "-q",
            "udp://127.0.0.1:\(port)",
            "--as",
            "a:u16",
            "--count",
            "1"
        )
        defer { quiet.signal(SIGKILL) }
        // Until it is there, and then once more.
        for _ in 0..<500 where !quiet.errorText.contains("no such message") {
            _ = try Parley.run("send", "-q", "udp://127.0.0.1:\(port)", "--as", "hex", "01")
            usleep(10000)
        }
        #expect(quiet.errorText.contains("no such message: a (byte 0): the message ends too early"))
        let unanswered = try Parley.run(
            "call",
            "-q",
            "udp://127.0.0.1:\(port)",
            "--as",
            "text",
            "--timeout",
            "100ms",
            "hi"
        )
        #expect(
            unanswered.status == 2 && unanswered.errors.contains("no answer within 100ms"),
            "\(unanswered)"
        )
    }

    @Test func `an answer whose end does not come is shown by its beginning`() throws {
        // It takes what stands before the first semicolon, and ends its answers so.
        let server = try Parley.start(
            "serve",
            "reply",
            "tcp://127.0.0.1:0",
            "--as",
            "a:text",
            "--framing",
            "terminator:;",
            "a=hello"
        )
        let place = "tcp://127.0.0.1:\(try server.port())"
        for way in [[], ["--parallel", "2"]] {
            // The input stays open: our half of the connection does, too.
            let outcome = try Parley.shell(
                "{ printf 'x;\\0'; sleep 1.5; } | parley call \(place) --as text --framing terminator:0x00 "
                    + "--timeout 500ms \(way.joined(separator: " ")) -"
            )
            #expect(outcome.status == 2, "\(outcome)")
            #expect(
                outcome.errors.contains("6 bytes came, and no terminator (00) among them")
                    && outcome.errors.contains("They begin with 68 65 6c 6c 6f 3b"),
                "\(outcome.errors)"
            )
        }
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test(arguments: [
        ("text", "terminator:;", #"one\ntwo;three;\n"#, ["one\\ntwo", "three"]),
        ("text", "terminator:;", "one;two", ["one", "two"]),
        ("lines", "terminator:;", #"one\ntwo\n"#, ["one", "two"]),
        ("text", "size:3", "onetwo", ["one", "two"]),
        ("text", "lines", #"one\r\ntwo\n"#, ["one", "two"]),
        ("text", "length:offset=0,width=1", #"\3one\1x"#, ["\\u0003one", "\\u0001x"]),
    ])
    func `an input is cut by the border that is named`(
        form: String,
        framing: String,
        input: String,
        texts: [String]
    )
        throws
    {
        let server = try Parley.start("serve", "echo", "tcp://127.0.0.1:0")
        let asked = try Parley.shell(
            "printf '\(input)' | parley call tcp://127.0.0.1:\(try server.port()) --as \(form) --framing '\(framing)' "
                + "--json --count \(texts.count) --timeout 10s -"
        )
        #expect(
            asked.lines.compactMap { $0.firstMatch(of: /"text":"(.*)"/).map { String($0.1) } } == texts,
            "\(asked)"
        )
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test func `a field called as a word of ours is a layout, whatever files there are`() throws {
        let folder = try Folder()
        try folder.write("text", "no header")
        let layout = try Parley.run("encode", "--as", "text:text", "--hex", "text=hi", in: folder)
        #expect(layout.output == "6869\n", "\(layout)")
        let word = try Parley.run("encode", "--as", "text:hello", "--hex", "text=hi", in: try Folder())
        #expect(
            word.status == 64 && word.errors.contains("text alone takes messages as they are: --as text"),
            "\(word)"
        )
    }
}
