import Foundation
import Testing

/// Many peers, good and bad.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct PeerTests {
    private static let layout = "id:u16 score:u32"

    @Test func `two senders are told apart`() throws {
        let receiver = try Parley.start("receive", "udp://:0", "--as", Self.layout, "--count", "2", "--json")
        let port = try receiver.port()
        for id in 1...2 {
            _ = try Parley.run(
                "send",
                "-q",
                "udp://127.0.0.1:\(port)",
                "--as",
                Self.layout,
                "id=\(id)",
                "score=7"
            )
        }
        let outcome = try receiver.outcome()
        let peers = outcome.lines.compactMap { $0.firstMatch(of: /"peer":"([^"]+)"/)?.1 }
        #expect(Set(peers).count == 2)
        #expect(outcome.lines.map { $0.contains(#""id":1"#) } == [true, false])
    }

    @Test func `a bad datagram is reported with peer and reason, and ends nothing`() throws {
        let receiver = try Parley.start("receive", "udp://:0", "--as", Self.layout, "--count", "1", "-v")
        let port = try receiver.port()
        _ = try Parley.run("send", "udp://127.0.0.1:\(port)", "--as", "hex", "0001")
        _ = try Parley.run("send", "-q", "udp://127.0.0.1:\(port)", "--as", Self.layout, "id=1", "score=7")
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0)
        #expect(
            outcome.errors.contains(
                /127\.0\.0\.1:\d+: no such message: score \(byte 2\): the message ends too early/
            )
        )
        #expect(outcome.errors.contains("1 message from 1 peer in "), "\(outcome.errors)")
        #expect(outcome.errors.contains(", 1 more did not fit (from 1 peer)"), "\(outcome.errors)")
        #expect(outcome.lines.count == 3)
    }

    @Test func `a bad datagram is an object with --json, with its bytes`() throws {
        let receiver = try Parley.start("receive", "udp://:0", "--as", Self.layout, "--count", "1", "--json")
        let port = try receiver.port()
        _ = try Parley.run("send", "udp://127.0.0.1:\(port)", "--as", "hex", "00010203040506070809")
        _ = try Parley.run("send", "-q", "udp://127.0.0.1:\(port)", "--as", Self.layout, "id=1", "score=7")
        let outcome = try receiver.outcome()
        let line = outcome.errors.split(separator: "\n").first { $0.contains("parley.misfit/1") }
        let pattern =
            #/
            \{"schema":"parley\.misfit/1","peer":"[^"]+","time":"[^"]+","field":"","offset":6,
            "reason":"[^"]*10\ bytes\ long[^"]*",
            "bytes":"00010203040506070809"\}
            /#
        #expect(line?.wholeMatch(of: pattern) != nil, "\(outcome.errors)")
    }

    @Test func `a forgotten byte swap is asked about, once`() throws {
        let receiver = try Parley.start("receive", "udp://:0", "--as", Self.layout, "--count", "2")
        let port = try receiver.port()
        for _ in 0..<2 {
            _ = try Parley.run(
                "send",
                "udp://127.0.0.1:\(port)",
                "--as",
                Self.layout,
                "--byte-order",
                "little",
                "id=0",
                "score=83"
            )
        }
        let outcome = try receiver.outcome()
        let question = "score = 1392508928; read little-endian it is 83: did the sender forget htonl?"
        #expect(outcome.errors.components(separatedBy: question).count == 2)
        #expect(!outcome.errors.contains("--byte-order little if the peer swaps nothing\n\n"))
    }

    @Test func `raw is byte-exact, text is safe for a terminal, hexadecimal is read again`() throws {
        func received(_ digits: String, _ form: [String]) throws -> Parley.Outcome {
            let receiver = try Running(Parley.path, ["receive", "-v", "udp://:0", "--count", "1"] + form)
            _ = try Parley.run("send", "udp://127.0.0.1:\(try receiver.port())", "--as", "hex", digits)
            return try receiver.outcome()
        }
        #expect(try received("00 ff 0a 1b", ["--as", "raw"]).bytes == [0x00, 0xFF, 0x0A, 0x1B])
        #expect(try received("61 1b 5b 41", ["--as", "text"]).output.hasSuffix(#"  a\u{1b}[A"# + "\n"))
        #expect(try received("61 62 0a", []).output.hasSuffix("  ab\n"))
        #expect(try received("00 01", []).output.hasSuffix("  00 01\n"))
    }

    @Test func `every client of a stream is served at once`() throws {
        let receiver = try Parley.start("receive", "tcp://:0", "--as", "lines", "--count", "2")
        let port = try receiver.port()
        let slow = try Parley.startShell(
            "sh -c '(sleep 4; echo late) | parley send tcp://127.0.0.1:\(port)'"
        )
        #expect(try Parley.shell("printf 'one\\ntwo\\n' | parley send tcp://127.0.0.1:\(port)").status == 0)
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.lines.map { $0.split(separator: " ").last } == ["one", "two"])
        _ = slow
    }

    @Test func `fixed layouts stand back to back on a stream, others carry their length`() throws {
        for (layout, values) in [
            (Self.layout, ["id=1", "score=2"]), ("id:u16 text:text", ["id=1", "text=hello"]),
        ] {
            let server = try Parley.start("serve", "echo", "tcp://:0")
            let arguments =
                ["call", "-q", "tcp://127.0.0.1:\(try server.port())", "--as", layout, "--json"] + values
            let outcome = try Running(Parley.path, arguments).outcome()
            #expect(outcome.status == 0)
            #expect(outcome.output.contains(#""fields":{"id":1,"#))
        }
    }

    @Test(arguments: ["udp", "unixgram"])
    func `datagram services answer`(_ transport: String) throws {
        let folder = try Folder()
        let place = transport == "udp" ? "udp://127.0.0.1:\(try freeDatagramPort())" : "unixgram:service.sock"
        let server = try Parley.start("serve", "echo", place, in: folder)
        try server.waitForError("serving")
        #expect(try Parley.run("call", place, "hello", in: folder).output == "hello\n")
        server.signal(SIGTERM)
        _ = try server.outcome()
        let clock = try Parley.start("serve", "time", place, in: folder)
        try clock.waitForError("serving")
        let answer = try Parley.run("call", place, "--as", "seconds:u32", "--json", in: folder).output
        let seconds = try #require(answer.firstMatch(of: /"seconds":(\d+)/)?.1)
        #expect(try #require(Int(seconds)) > 2_208_988_800 + 1_700_000_000 - (1 << 32))
    }
}
