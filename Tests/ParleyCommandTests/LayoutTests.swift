import Foundation
import Testing

@testable import ParleyCommand

/// `parley layout` as scripts and people use it.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct LayoutTests {
    private func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(
            "loose.h",
            """
            #include <stdint.h>
            struct msg_st { uint8_t name[13]; uint32_t math; uint32_t chinese; };
            struct tail_st { uint32_t math; uint32_t chinese; char name[]; };
            typedef struct { unsigned a : 4, b : 4; void *p; } pair_t;
            """
        )
        return folder
    }

    @Test func `machines stand side by side, and it is said what a memcpy breaks`() throws {
        let outcome = try Parley.run("layout", "loose.h:msg_st", "--abi", "x86-64,avr,m68k", in: try folder())
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("struct msg_st  loose.h:2\n"))
        for line in [
            "x86-64       │name                     │░░░░░│math   │chinese│\n",
            "avr, packed  │name                     │math   │chinese│\n",
            "m68k         │name                     │░│math   │chinese│\n",
            "  math       begins at byte 13 (not 16) on avr;",
            "  name arrives as it is.\n",
        ] { #expect(outcome.output.contains(line), "\(outcome.output)") }
        #expect(!outcome.output.contains("\u{1b}"))
    }

    @Test func `without --abi the wire is what a memcpy is compared with, and the others are told of`() throws
    {
        let outcome = try Parley.run("layout", "loose.h:msg_st", in: try folder())
        #expect(outcome.output.contains("memcpy from x86-64 to the wire (packed, network byte order)\n"))
        #expect(outcome.output.contains("Elsewhere: laid out the same on aarch64,"))
        #expect(outcome.output.contains("other offsets or sizes on avr, msp430 and m68k (--abi all"))
    }

    @Test func `the page shows what the command prints`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/command.md"), encoding: .utf8)
        let output = try Parley.run("layout", "loose.h:msg_st", in: try folder()).output
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).dropLast()
        let shown = lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
        #expect(lines.count > 15 && page.contains(shown), "\(shown)")
    }

    @Test func `colours, when they are asked for, change no letter`() throws {
        let folder = try folder()
        let plain = try Parley.run("layout", "loose.h:msg_st", in: folder).output
        let colored = try Parley.run("layout", "loose.h:msg_st", "--color", "always", in: folder).output
        #expect(colored.contains("\u{1b}[") && colored.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }

    @Test func `every struct with --all, one object a line with --json`() throws {
        let folder = try folder()
        let outcome = try Parley.run("layout", "loose.h", "--all", "--json", "--abi", "all", in: folder)
        #expect(outcome.status == 0)
        let objects = try outcome.lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["struct"] as? String } == ["msg_st", "tail_st", "pair_t"])
        for object in objects {
            #expect(object["schema"] as? String == "parley.layout/1")
            // 12 machines, as written and packed.
            #expect((object["layouts"] as? [Any])?.count == 24)
        }
        #expect((objects[1]["rooms"] as? [Any])?.isEmpty == false)
        #expect(
            try Parley.run("layout", "loose.h", "--all", in: folder).output.contains(
                "\nstruct tail_st  loose.h:3\n"
            )
        )
    }

    @Test func `the room in a tail, by the classical sum too`() throws {
        let folder = try folder()
        let outcome = try Parley.run("layout", "loose.h:tail_st", in: folder)
        #expect(outcome.output.contains("room for name behind 8 bytes\n"))
        #expect(outcome.output.contains("  1464 bytes of   1472  one Ethernet frame (1500-20-8)\n"))
        #expect(outcome.output.contains("The classical sum 512 - 8 - 8 = 496 counts"))
        let named = try Parley.run("layout", "proto.h:msg_tail_st", "--tail", "name", in: folder)
        #expect(named.output.contains("room for name behind 8 bytes\n"))
        #expect(try Parley.run("layout", "proto.h:msg_tail_st", "--tail", "math", in: folder).status == 64)
    }

    @Test func `a picture goes into a file or to standard output`() throws {
        let folder = try folder()
        let file = try Parley.run("layout", "loose.h:msg_st", "--svg", "a.svg", in: folder)
        #expect(file.status == 0 && file.output.isEmpty && file.errors == "parley: drew a.svg\n")
        let drawn = try String(contentsOf: folder.url.appending(path: "a.svg"), encoding: .utf8)
        let printed = try Parley.run("layout", "loose.h:msg_st", "--svg", "-", in: folder)
        #expect(printed.output == drawn && drawn.hasSuffix("</svg>\n") && printed.errors.isEmpty)
        let failed = try Parley.run("layout", "loose.h:msg_st", "--svg", "none/a.svg", in: folder)
        #expect(failed.status == 1 && failed.errors.contains("none/a.svg: no such file"))
    }

    @Test func `a spelled layout is drawn too`() throws {
        let outcome = try Parley.run("layout", "id:u16 n:u32[3] text:text")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("│id     │n  ") && outcome.output.contains("│text[] ▸\n"))
        #expect(try Parley.run("layout", "id:u16", "--abi", "avr").status == 64)
    }

    @Test func `diff: 0 when old and new understand each other, 5 when not`() throws {
        let folder = try folder()
        try folder.write(
            "same.h",
            "#include <stdint.h>\nstruct msg_st { uint8_t n[13]; uint32_t math, chinese; };"
        )
        try folder.write(
            "other.h",
            "#include <stdint.h>\nstruct msg_st { uint8_t name[15]; uint16_t math; };"
        )
        let same = try Parley.run("layout", "same.h", "--diff", "loose.h", in: folder)
        #expect(same.output.contains("\nrenamed: every byte means what it meant;"))
        // The two other structs are gone.
        #expect(same.status == 5)
        #expect(try Parley.run("layout", "same.h:msg_st", "--diff", "loose.h", in: folder).status == 0)
        let other = try Parley.run("layout", "other.h:msg_st", "--diff", "loose.h", "--json", in: folder)
        #expect(other.status == 5 && other.lines.count == 1)
        #expect(
            other.output.hasPrefix(#"{"schema":"parley.layout-diff/1","struct":"msg_st","old":"loose.h""#)
        )
        #expect(other.output.contains(#""verdict":"broken""#))
        #expect(try Parley.run("layout", "id:u16", "--diff", "loose.h", in: folder).status == 64)
    }

    @Test func `diff: a struct of another name, and constants with other values`() throws {
        let folder = try folder()
        let head = "#include <stdint.h>\n"
        try folder.write("o.h", head + "#define READING 2\n#define T \"x\"\nstruct b { uint16_t n; };")
        try folder.write("n.h", head + "#define READING 3\n#define T \"x\"\nstruct a { uint32_t n; };")
        try folder.write("c.h", head + "#define READING 3\nstruct b { uint16_t n; };")
        let renamed = try Parley.run("layout", "n.h:a", "--diff", "o.h:b", in: folder)
        #expect(renamed.status == 5 && renamed.output.contains("has 4 bytes, had 2 bytes"))
        let half = try Parley.run("layout", "n.h", "--diff", "o.h:b", in: folder)
        #expect(half.status == 64 && half.errors.contains("Name both, or write --diff o.h."))
        #expect(try Parley.run("layout", "n.h:a", "--diff", "o.h:none", in: folder).status == 64)
        let words = "constants changed: READING was 2, is 3: tags and sizes may mean something else.\n"
        let constants = try Parley.run("layout", "c.h", "--diff", "o.h", "-q", in: folder)
        #expect(constants.status == 5 && constants.output.hasSuffix("it meant.\n" + words))
        let json = try Parley.run("layout", "c.h:b", "--diff", "o.h", "--json", in: folder)
        #expect(json.status == 5 && json.output.contains(#""verdict":"same""#))
        #expect(json.output.hasSuffix(#","constants":[{"name":"READING","old":2,"new":3}]}"# + "\n"))
    }

    @Test func `a file that is not found is told of, and the rest is drawn`() throws {
        let folder = try folder()
        try folder.write("part.h", "#include \"gone.h\"\nstruct s { int a; };\nstruct t { gone_t b; };")
        let drawn = try Parley.run("layout", "part.h:s", in: folder)
        #expect(drawn.status == 0 && drawn.output.hasPrefix("struct s  part.h:2\n"))
        #expect(drawn.errors.contains("the file gone.h was not found"))
        let asked = try Parley.run("layout", "part.h:t", in: folder)
        #expect(asked.status == 1 && asked.errors.contains("there is no type gone_t"))
        #expect(asked.errors.contains("the file gone.h was not found; it may define it"))
    }

    @Test func `mistakes are explained with a remedy`() throws {
        let folder = try folder()
        let cases: [(arguments: [String], status: Int32, words: [String])] = [
            (
                ["loose.h:msg_st", "--abi", "vax"], 64,
                ["--abi vax is not known. Known are: x86-64,", " all."]
            ),
            (["loose.h:msg_st", "--abi", ","], 64, ["--abi names no machine"]),
            (
                ["loose.h"], 64,
                ["loose.h has several structs: msg_st, tail_st, pair_t. Name one, loose.h:msg_st"]
            ),
            (["loose.h:nobody"], 64, ["there is no struct nobody; the header defines msg_st"]),
            (
                ["loose.h:a{1=msg_st,2=tail_st}"], 64,
                ["a{1=msg_st,2=tail_st} is several structs, which only --emit takes", "loose.h --all"]
            ),
            (
                ["loose.h:msg_st", "--emit", "c", "--abi", "x86-64,avr"], 64,
                ["--emit takes one machine, and --abi x86-64,avr names several"]
            ),
            (
                ["loose.h:msg_st", "--emit", "lua", "--name", "all"], 1,
                [
                    "“all” is a word of Wireshark's display filters; give the dissector another name with --name"
                ]
            ),
            (["nothing.h:s"], 1, ["nothing.h: no such file"]),
            (["nothing"], 64, ["nothing is neither a header nor a layout. Write FILE.h:STRUCT"]),
            (["loose.h:msg_st", "--svg", "-", "--json"], 64, ["--svg and --json exclude each other"]),
        ]
        for (arguments, status, words) in cases {
            let line = "parley layout " + arguments.map { "'\($0)'" }.joined(separator: " ")
            let outcome = try Parley.shell(line, in: folder)
            #expect(outcome.status == status && outcome.output.isEmpty, "\(line)")
            for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
        }
    }

    @Test func `layout says what was not read, as decode and --emit do`() throws {
        let folder = try Folder()
        try folder.write(
            "lost.h",
            """
            #ifdef _WIN32
            #include <winpack1.h>
            #endif
            #include <asm/secret.h>
            #if __has_include(<vendor/x.h>)
            #endif
            #include <stdint.h>
            struct s { uint8_t a; uint32_t b; } __attribute__((packed));
            struct t { unknown_t a; };
            """
        )
        let read = "remark: <asm/secret.h> was not read: Parley has no version of it"
        let guess = "remark: __has_include(<vendor/x.h>) is taken as false here"
        for line in [
            "parley layout lost.h:s", "parley layout lost.h:s --emit c",
            "parley layout lost.h:s --diff lost.h",
            "parley layout lost.h:s --json", "parley decode --as lost.h:s 0100000002",
        ] {
            let outcome = try Parley.shell(line, in: folder)
            #expect(outcome.status == 0, "\(line)")
            #expect(outcome.errors.contains(read) && outcome.errors.contains(guess), "\(line)")
        }
        // What only another machine includes is said once it is asked for.
        let windows = try Parley.shell("parley layout lost.h:s --abi x86-64,windows-x64", in: folder)
        #expect(windows.errors.contains("<winpack1.h> was not read"))
        #expect(windows.errors.components(separatedBy: read).count == 2)
    }

    @Test func `--all ends with an error when a struct could not be drawn`() throws {
        let folder = try Folder()
        let good = "struct s { int a; };\nstruct u { short b; };\n"
        try folder.write("some.h", good + "struct t { unknown_t a; };\n")
        let outcome = try Parley.run("layout", "some.h", "--all", in: folder)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("struct s") && outcome.output.contains("struct u"))
        #expect(outcome.errors.contains("1 of 3 structs could not be laid out: t. The remarks above say"))
        try folder.write("good.h", good)
        #expect(try Parley.run("layout", "good.h", "--all", in: folder).status == 0)
    }

    @Test func `types say their byte order, and --byte-order is told that they do`() throws {
        let folder = try Folder()
        try folder.write("k.h", "#include <linux/types.h>\nstruct k { __le32 x; __be16 y; __u16 z; };\n")
        let values = "x=0x01020304 y=0x0506 z=0x0708"
        for (options, bytes, said) in [
            ("", "0403020105060708", "network byte order, 8 bytes, but for what types say themselves: y "),
            ("--byte-order little", "0403020105060807", "little leaves alone what types say themselves: y "),
        ] {
            let line = "parley encode \(options) --as k.h:k \(values) --to hex"
            let outcome = try Parley.shell(line, in: folder)
            #expect(outcome.output == bytes + "\n" && outcome.errors.contains(said), "\(outcome.errors)")
        }
        let drawn = try Parley.run("layout", "k.h:k", "--abi", "x86-64,s390x", in: folder)
        #expect(drawn.output.contains("  z  has its bytes reversed on s390x\n  x and y arrive as they are."))
        #expect(drawn.output.contains("y is big-endian everywhere, as the type __be16 says."))
        let json = try Parley.run("layout", "k.h:k", "--json", in: folder)
        let field = #""type":"__be16","offset":4,"size":2,"align":2,"byteOrder":"big""#
        #expect(json.output.contains(field))
    }
}
