import Foundation
import Testing

/// A program in C whose messages say their length themselves.
@Suite(
    .ownThreads,
    .serialized,
    .timeLimit(.minutes(3)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc")
)
struct LengthPeerTests {
    private static let layout = "a:u32 b:u32 n:u8 text:text[n]"

    private static func peer(in folder: Folder) throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Extras/Examples/length/peer.c").path
        let built = try Parley.shell(
            "gcc -std=c11 -Wall -Wextra -Werror -D_DEFAULT_SOURCE -o peer '\(source)'",
            in: folder
        )
        #expect(built.status == 0, "\(built.errors)")
    }

    /// The layout cuts by itself, by a field's name, and by where the field lies.
    @Test(arguments: [
        (layout, [String]()), (layout, ["--framing", "length:n"]),
        ("a:u32 b:u32 n:u8 text:text", ["--framing", "length:offset=8,width=1"]),
    ])
    func `call and a server in C understand each other`(layout: String, framing: [String]) throws {
        let folder = try Folder()
        try Self.peer(in: folder)
        let server = try Parley.startShell("./peer serve 3", in: folder)
        let port = try #require(Int(try server.waitForOutput("\n").split(separator: "\n")[0]))
        let lines =
            layout.hasSuffix("[n]")
            ? #"{"a":1,"b":2,"text":"one"}\n{"a":3,"b":4,"text":""}\n{"a":5,"b":6,"text":"three"}\n"#
            : #"{"a":1,"b":2,"n":3,"text":"one"}\n{"a":3,"b":4,"n":0,"text":""}\n{"a":5,"b":6,"n":5,"text":"three"}\n"#
        let words = framing.joined(separator: " ")
        let outcome = try Parley.shell(
            "printf '\(lines)' | parley call tcp://127.0.0.1:\(port) --as '\(layout)' \(words) --json --count 3 -",
            in: folder
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let texts = outcome.lines.compactMap { $0.firstMatch(of: /"a":(\d+),"b":(\d+).*"text":"([^"]*)"/) }
        #expect(
            texts.map { "\($0.1) \($0.2) \($0.3)" } == ["2 1 ONE", "4 3 ", "6 5 THREE"],
            "\(outcome.output)"
        )
        #expect(try server.outcome().status == 0)
    }

    @Test func `a client in C and serve reply understand each other`() throws {
        let folder = try Folder()
        try Self.peer(in: folder)
        let server = try Parley.start(
            "serve",
            "reply",
            "tcp://127.0.0.1:0",
            "--as",
            Self.layout,
            "a={b}",
            "b={a}",
            "text=got {text}"
        )
        let port = try server.port()
        let client = try Parley.shell("./peer call \(port) x '' three", in: folder)
        #expect(
            client.status == 0 && client.lines == ["7 3 got x", "7 4 got ", "7 5 got three"],
            "\(client)"
        )
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    /// Where a C program waits: what it prints first, a port of its own choosing or the path that it was given.
    private static func place(of server: Running) throws -> String {
        let line = try server.waitForOutput("\n").split(separator: "\n")[0]
        return line.contains("/") ? "unix://\(line)" : "tcp://127.0.0.1:\(line)"
    }

    @Test(arguments: [false, true])
    func `receive prints what a program in C sends, over TCP and a Unix stream`(isUnix: Bool) throws {
        let folder = try Folder()
        try Self.peer(in: folder)
        let path = "\(folder.url.path)/socket"
        let url = isUnix ? "unix://\(path)" : "tcp://127.0.0.1:0"
        let receiver = try Parley.start("receive", url, "--as", Self.layout, "--json", "--count", "3")
        try receiver.waitForError(" at ")
        let place = isUnix ? path : "\(try receiver.port())"
        let sender = try Parley.shell("./peer send \(place) x '' three", in: folder)
        #expect(sender.status == 0, "\(sender)")
        let outcome = try receiver.outcome()
        let texts = outcome.lines.compactMap { $0.firstMatch(of: /"a":(\d+),"b":7.*"text":"([^"]*)"/) }
        #expect(texts.map { "\($0.1) \($0.2)" } == ["3 x", "4 ", "5 three"], "\(outcome)")
    }

    @Test(arguments: [false, true])
    func `send sends what a program in C receives, over TCP and a Unix stream`(isUnix: Bool) throws {
        let folder = try Folder()
        try Self.peer(in: folder)
        let path = "\(folder.url.path)/socket"
        let receiver = try Parley.startShell("./peer receive 2 '\(isUnix ? path : "0")'", in: folder)
        let place = try Self.place(of: receiver)
        let sender = try Parley.shell(
            #"printf '{"a":1,"b":2,"text":"one"}\n{"a":3,"b":4,"text":""}\n' | parley send "#
                + "\(place) --as '\(Self.layout)' -",
            in: folder
        )
        #expect(sender.status == 0, "\(sender)")
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0 && outcome.lines.dropFirst() == ["1 2 one", "3 4 "], "\(outcome)")
    }

    @Test func `call and a server in C understand each other over a Unix stream, by a header that counts`()
        throws
    {
        let folder = try Folder()
        try Self.peer(in: folder)
        try folder.write(
            "note.h",
            """
            #include <stdint.h>
            struct note { uint32_t a, b; uint8_t n; char text[]; } __attribute__((packed));
            struct counted {
                uint32_t a, b;
                uint8_t n;
                char text[] __attribute__((counted_by(n)));
            } __attribute__((packed));
            """
        )
        for layout in ["note.h:note --tail 'text[n]'", "note.h:counted"] {
            let server = try Parley.startShell("./peer serve 1 '\(folder.url.path)/socket'", in: folder)
            let place = try Self.place(of: server)
            let outcome = try Parley.shell(
                "parley call \(place) --as \(layout) --json --count 1 a=1 b=2 text=hello",
                in: folder
            )
            #expect(outcome.output.contains(#""a":2,"b":1,"n":5,"text":"HELLO""#), "\(outcome)")
            #expect(try server.outcome().status == 0)
            try FileManager.default.removeItem(at: folder.url.appending(path: "socket"))
        }
    }

    @Test func `decode reads by the layout and by a field's name, and encode writes the same file again`()
        throws
    {
        let folder = try Folder()
        let bytes = #"\0\0\0\1\0\0\0\2\3one\0\0\0\3\0\0\0\4\0"#
        let outcome = try Parley.shell(
            "printf '\(bytes)' > f && parley decode --from raw --as '\(Self.layout)' --json f && "
                + "parley decode --from raw --as 'a:u32 b:u32 n:u8 text:text' --framing length:n --json f",
            in: folder
        )
        #expect(outcome.status == 0 && outcome.lines.count == 4, "\(outcome)")
        let again = try Parley.shell(
            "parley decode --from raw --as '\(Self.layout)' --json f | "
                + "parley encode --as '\(Self.layout)' --to raw - | cmp - f",
            in: folder
        )
        #expect(again.status == 0, "\(again)")
    }

    @Test func `a length field that cannot be is refused with what to write`() throws {
        for (words, cause) in [
            ("length:", "which field?"), ("length:m", "m is no field of message. Did you mean a or b?"),
            ("length:text", "text is no whole number"),
            ("length:n,width=2", "a field of the layout brings its own width"),
            ("length:offset=8", "the length has no width"),
            ("length:offset=-1,width=1", "a number from 0 to 65536"),
            ("length:offset=8,width=3", "1, 2, 4 or 8 bytes"),
            ("length:width=1,counts=all", "counts frame or rest"),
            ("length:width=1,order=middle", "big or little"),
            ("length:width=1,by=2", "there is no such word"),
            ("length:offset=8,width=1,max=8", "no room for its length"),
            ("length:width=1,", " is no name=value"),
        ] {
            let outcome = try Parley.run("decode", "--as", Self.layout, "--framing", words, "00")
            #expect(outcome.status == 64 && outcome.errors.contains(cause), "\(words): \(outcome.errors)")
            #expect(outcome.errors.contains("Write --framing length:FIELD, or length:offset=8,width=1"))
        }
        let outcome = try Parley.run("decode", "--as", "hex", "--framing", "length:n", "00")
        #expect(outcome.errors.contains("a field has a name only in a layout (--as)"), "\(outcome.errors)")
        let other = try Parley.run("decode", "--as", Self.layout, "--framing", "lenght:n", "00")
        #expect(other.status == 64)
    }
}
