import Foundation
import Testing

@testable import ParleyCommand

/// encode and decode: every format, both directions, and what does not fit.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct WorkbenchTests {
    static let scores = """
        {"name":"Li","math":99,"chinese":77}
        {"name":"Ada","math":4294967295,"chinese":0}
        {"name":"","math":1,"chinese":2}

        """
    static let texts = """
        {"id":1,"text":"a"}
        {"id":2,"text":"some words, more than sixteen bytes of them"}
        {"id":3,"text":"x"}

        """
    static let variable = "id:u16 text:text"

    @Test(arguments: ["hex", "xxd", "hexdump", "c", "raw", "pcap", "pcapng"])
    func `what encode writes decode reads, and encode writes the same bytes again`(_ format: String) throws {
        let folder = try Folder()
        for (layout, lines) in [("proto.h:msg_st", Self.scores), (Self.variable, Self.texts)] {
            let isFixed = layout != Self.variable
            let framing = format == "raw" && !isFixed ? ["--framing", "length2"] : []
            func encode(_ input: String, to path: String) throws -> Data {
                let arguments = ["encode", "-q", "--as", layout, "--to", format, "--output", path]
                let outcome = try Running(Parley.path, arguments + framing, input: input, folder: folder)
                    .outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                return try Data(contentsOf: folder.url.appending(path: path))
            }
            let first = try encode(lines, to: "first")
            let arguments = ["decode", "-q", "--as", layout, "--json", "first"] + framing
            let decoded = try Running(Parley.path, arguments, folder: folder).outcome()
            #expect(decoded.status == 0, "\(format): \(decoded.errors)")
            let fields = decoded.lines.compactMap { $0.firstMatch(of: /"fields":(\{[^}]*\})/)?.1 }
            #expect(fields.joined(separator: "\n") + "\n" == lines, "\(format)")
            #expect(try encode(decoded.output, to: "second") == first, "\(format)")
            // Standard input is recognized as well as a file.
            let piped = try Parley.shell(
                "parley decode -q --as '\(layout)' --json \(framing.joined(separator: " ")) < first",
                in: folder
            )
            #expect(piped.output == decoded.output)
        }
    }

    @Test func `a line of a capture is frozen`() throws {
        let folder = try Folder()
        let line =
            #"{"schema":"parley.decode/1","fields":{"name":"Li","math":99,"chinese":77},"#
            + #""time":"2026-11-21T04:05:06.123456789Z","source":"192.0.2.7:1","destination":"[::1]:2","packet":9}"#
        let mixed = try Parley.run(
            "encode",
            "--as",
            "proto.h:msg_st",
            "--to",
            "pcap",
            input: line,
            in: folder
        )
        #expect(mixed.status == 64)
        let four = line.replacing("[::1]:2", with: "192.0.2.8:8089")
        try folder.write("lines", four + "\n")
        let outcome = try Parley.shell(
            "parley encode -q --as proto.h:msg_st --to pcapng @lines | parley decode -q --as proto.h:msg_st --json",
            in: folder
        )
        #expect(outcome.output == four.replacing(#""packet":9"#, with: #""packet":1"#) + "\n")
        // pcap holds microseconds.
        let short = try Parley.shell(
            "parley encode -q --as proto.h:msg_st --to pcap @lines | parley decode -q --as proto.h:msg_st --json",
            in: folder
        )
        #expect(short.output.contains(#""time":"2026-11-21T04:05:06.123456Z","#))
        let shown = try Parley.shell(
            "parley encode -q --as proto.h:msg_st --to pcap @lines | parley decode -q --as proto.h:msg_st",
            in: folder
        )
        #expect(
            shown.output == """
                192.0.2.7:1 > 192.0.2.8:8089  2026-11-21T04:05:06.123456Z  packet 1
                  name     Li
                  math     99
                  chinese  77

                """
        )
    }

    @Test func `what receive printed becomes a capture`() throws {
        let line =
            #"{"schema":"parley.receive/1","peer":"[2001:db8::7]:1234","time":"2026-11-21T04:05:06.000001Z","#
            + #""fields":{"id":7}}"#
        let folder = try Folder()
        try folder.write("lines", line + "\n")
        let outcome = try Parley.shell(
            "parley encode -q --as id:u16 --to pcap @lines --destination ::1 | parley decode -q --as id:u16 --json",
            in: folder
        )
        #expect(
            outcome.output
                == #"{"schema":"parley.decode/1","fields":{"id":7},"time":"2026-11-21T04:05:06.000001Z","#
                + #""source":"[2001:db8::7]:1234","destination":"[::1]:8089","packet":1}"# + "\n"
        )
    }

    @Test func `ports choose, and nothing is an ending of its own`() throws {
        let folder = try Folder()
        let setup = try Parley.shell(
            "parley encode -q --as id:u16 id=7 --output a.pcap; parley encode -q --as id:u16 id=8 --output b.pcap "
                + "--source 10.0.0.1:8089 --destination 10.0.0.2:9",
            in: folder
        )
        #expect(setup.status == 0)
        for (file, port, status) in [
            ("a", 8089, 0), ("b", 8089, 0), ("b", 9, 0), ("a", 9, 2), ("a", 49152, 0),
        ] {
            let outcome = try Parley.run(
                "decode",
                "--as",
                "id:u16",
                "--port",
                "\(port)",
                "\(file).pcap",
                "--json",
                in: folder
            )
            #expect(outcome.status == Int32(status), "\(file) \(port)")
            #expect(outcome.lines.count == (status == 0 ? 1 : 0))
        }
        let none = try Parley.run("decode", "--as", "id:u16", "--port", "9", "a.pcap", in: folder)
        #expect(none.errors.contains("parley: a.pcap: no message of port 9 in 1 packet\n"))
        let text = try Parley.run("decode", "--as", "id:u16", "--port", "9", "0007")
        #expect(text.status == 64)
    }

    @Test func `what does not fit is told with its packet, and the rest goes on`() throws {
        let folder = try Folder()
        let setup = try Parley.shell(
            "(parley encode -q --as id:u16 id=7 --json; parley encode -q --as 'id:u8' id=9 --json) > /dev/null; "
                + "printf '%s\\n' 0007 09 0008 | parley encode -q --as hex --output a.pcap",
            in: folder
        )
        #expect(setup.status == 0, "\(setup.errors)")
        let outcome = try Parley.run("decode", "--as", "id:u16", "a.pcap", "--json", in: folder)
        #expect(outcome.status == 5)
        #expect(outcome.lines.count == 2)
        let misfit = try #require(outcome.errors.split(separator: "\n").first { $0.contains("misfit") })
        let pattern =
            #/
            \{"schema":"parley\.misfit/1","peer":"192\.0\.2\.1:49152","time":"[^"]+","field":"id","offset":0,
            "reason":"[^"]+","bytes":"09","destination":"192\.0\.2\.2:8089","packet":2\}
            /#
        #expect(misfit.wholeMatch(of: pattern) != nil, "\(misfit)")
        #expect(outcome.errors.contains("3 packets: 2 messages, 1 more did not fit"))
    }

    @Test func `a raw file with a rest gives its messages, then says what is left`() throws {
        let folder = try Folder()
        try folder.write("a.bin", "\u{0}\u{1}\u{0}\u{2}\u{0}")
        let outcome = try Parley.run("decode", "--as", "id:u16", "a.bin", "--json", in: folder)
        #expect(outcome.status == 5)
        #expect(
            outcome.lines == [
                #"{"schema":"parley.decode/1","fields":{"id":1}}"#,
                #"{"schema":"parley.decode/1","fields":{"id":2}}"#,
            ]
        )
        #expect(outcome.errors.contains(#""bytes":"00","message":3}"#))
        let framed = try Parley.shell(
            "printf '\\001a\\002bc' | parley decode -q --as text:text --framing length1 --json",
            in: folder
        )
        #expect(
            framed.lines == [
                #"{"schema":"parley.decode/1","fields":{"text":"a"}}"#,
                #"{"schema":"parley.decode/1","fields":{"text":"bc"}}"#,
            ]
        )
    }

    @Test func `a damaged capture gives what stands before the damage`() throws {
        let folder = try Folder()
        let outcome = try Parley.shell(
            "printf '0007\\n0008\\n' | parley encode -q --as hex --output a.pcap && head -c -1 a.pcap > b.pcap && "
                + "parley decode --as id:u16 b.pcap --json",
            in: folder
        )
        #expect(outcome.status == 1)
        #expect(outcome.lines.count == 1)
        #expect(outcome.errors.contains("the capture ends inside the packet that begins at byte"))
        #expect(
            try Parley.run("decode", "--as", "id:u16", "--from", "pcap", "@proto.h", in: folder).status == 1
        )
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark")))
    func `tshark reads what encode writes, without a complaint`() throws {
        let folder = try Folder()
        try folder.write("lines", Self.scores)
        for format in ["pcap", "pcapng"] {
            for ends in [[], ["--source", "[2001:db8::1]:40001", "--destination", "[ff02::1]:40002"]] {
                let arguments =
                    ["encode", "-q", "--as", "proto.h:msg_st", "@lines", "-o", "a.\(format)"] + ends
                #expect(try Running(Parley.path, arguments, folder: folder).outcome().status == 0)
                let outcome = try Parley.shell(
                    "tshark -r a.\(format) -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -T fields "
                        + "-e udp.checksum.status -e udp.length -e data -e _ws.expert.message 2>/dev/null",
                    in: folder
                )
                let lines = outcome.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
                #expect(lines.count == 3, "\(outcome.output)")
                for line in lines {
                    #expect(line[0] == "1" && line[1] == "29" && line[2].count == 42)
                    #expect(line.count == 3 || line[3].isEmpty, "\(line)")
                }
            }
        }
    }

    @Test func `a reader that goes away ends decode quietly`() throws {
        let outcome = try Parley.shell(
            "head -c 2000000 /dev/zero | { parley decode -q --as a:u32 --json --raw; echo status $? >&2; } | head -n 1"
        )
        #expect(outcome.lines == [#"{"schema":"parley.decode/1","fields":{"a":0}}"#])
        #expect(outcome.errors == "status 0\n")
    }

    @Test func `progress counts bytes, messages and what is left`() {
        #expect(
            Progress.text(bytes: 312 << 20, total: 1 << 30, messages: 3_000_000, after: .seconds(2))
                == "312 MiB of 1.0 GiB (30%), 1.5 M messages/s"
        )
        #expect(
            Progress.text(bytes: 1500, total: nil, messages: 12, after: .seconds(1))
                == "1.5 KiB, 12 messages/s"
        )
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
    func `progress is for a terminal that shows nothing else`() throws {
        let folder = try Folder()
        let line =
            "sh -c 'head -c 20000 /dev/zero; sleep 1; head -c 20000 /dev/zero; sleep 1' | "
            + "parley decode -q --as a:u32 --json --raw > out"
        let quiet = try Parley.shell("script -qec \"\(line)\" /dev/null", in: folder)
        #expect(!quiet.output.contains("messages/s"))
        let shown = try Parley.shell(
            "script -qec \"\(line.replacing("-q ", with: ""))\" /dev/null",
            in: folder
        )
        #expect(shown.output.contains("messages/s"), "\(shown.output)")
        // Erased at the end.
        #expect(shown.output.contains("\r\u{1b}[K"))
        let piped = try Parley.shell(line.replacing("-q ", with: ""), in: folder)
        #expect(!piped.errors.contains("messages/s"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
    func `a long run shows how far it is, at a terminal`() throws {
        func run(_ more: String) throws -> String {
            // Its datagrams are refused or not: it goes on.
            let place = "udp://127.0.0.1:\(try freeDatagramPort())"
            let line = "parley send \(place) --as lines x --count 60 --rate 40/s \(more)"
            return try Parley.shell("script -qec \"\(line)\" /dev/null").output
        }
        let shown = try run("")
        #expect(
            shown.contains(
                try Regex("\r\u{1b}\\[K.*[0-9]+ of 60 messages \\([0-9]+%\\), [0-9.]+ messages/s, [0-9]+ B")
            ),
            "\(shown)"
        )
        #expect(!(try run("-q").contains("of 60")))
        #expect(!(try run("--json").contains("of 60")))
        #expect(!(try run("2>&1 | cat").contains("of 60")))
        let place = "udp://127.0.0.1:\(try freeDatagramPort())"
        // Whatever comes before it listens is lost, and the rest is enough.
        let both =
            "sh -c 'parley receive \(place) --as lines --count 60 --timeout 5s > /dev/null & sleep 0.5; "
            + "parley send \(place) -q --as lines x --count 90 --rate 40/s; wait'"
        let received = try Parley.shell("script -qec \"\(both)\" /dev/null").output
        #expect(
            received.contains(try Regex("[0-9]+ of 60 messages \\([0-9]+%\\), [0-9.]+ messages/s")),
            "\(received)"
        )
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")),
        arguments: ["udp", "tcp"]
    )
    func `a server shows how much it has served, at a terminal`(_ transport: String) throws {
        func run(_ more: String) throws -> String {
            let place =
                "\(transport)://127.0.0.1:\(try transport == "udp" ? freeDatagramPort() : freeStreamPort())"
            let line =
                "sh -c 'parley serve reply \(place) --as a:u8 \(more) & sleep 0.5; "
                + "parley send \(place) -q --as a:u8 a=1 --count 60 --rate 40/s; kill -INT \\$!; wait'"
            return try Parley.shell("script -qec \"\(line)\" /dev/null").output
        }
        let words = transport == "udp" ? "[0-9]+ datagrams" : "1 connection, [0-9]+ messages"
        let shown = try run("")
        #expect(
            shown.contains(try Regex("\r\u{1b}\\[K.*parley: served \(words), [0-9.]+ messages/s, [0-9]+ B")),
            "\(shown)"
        )
        for more in ["-q", "--json", "2> /dev/null"] {
            #expect(!(try run(more).contains("\r\u{1b}[K")), "\(more)")
        }
    }

    @Test func `inputs are told apart by what they hold`() {
        func format(_ bytes: [UInt8]) -> InputFormat { InputFormat.recognized(bytes[...]) }
        #expect(format([0xD4, 0xC3, 0xB2, 0xA1]) == .pcap)
        #expect(format([0x0A, 0x0D, 0x0D, 0x0A]) == .pcapng)
        #expect(format(Array("00000000: 5472\n".utf8)) == .hex)
        #expect(format(Array("é".utf8.dropLast())) == .hex)
        #expect(format([0, 1, 2]) == .raw)
        #expect(format([0xFF, 0x41, 0x41, 0x41, 0x41]) == .raw)
    }
}
