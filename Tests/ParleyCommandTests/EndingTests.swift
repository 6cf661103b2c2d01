import Foundation
import Testing

/// How it ends when somebody says so: signals, readers that go away, full disks.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct EndingTests {
    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)], ["udp", "tcp"])
    func `a signal ends a receiver with a summary`(
        _ signal: (number: Int32, status: Int32),
        _ transport: String
    ) throws {
        let receiver = try Parley.start("receive", "\(transport)://:0", "--as", "lines")
        let port = try receiver.port()
        #expect(try Parley.run("send", "\(transport)://127.0.0.1:\(port)", "hello").status == 0)
        try receiver.waitForOutput("hello\n")
        receiver.signal(signal.number)
        let outcome = try receiver.outcome()
        #expect(outcome.status == signal.status)
        #expect(outcome.errors.contains("1 message from 1 peer in "))
    }

    @Test func `a repeating sender ends on a signal and says what it sent`() throws {
        let receiver = try Parley.start("receive", "udp://:0")
        let sender = try Parley.start(
            "send",
            "udp://127.0.0.1:\(try receiver.port())",
            "tick",
            "--every",
            "10ms"
        )
        try receiver.waitForOutput("tick")
        sender.signal(SIGINT)
        let outcome = try sender.outcome()
        #expect(outcome.status == 130)
        #expect(outcome.errors.contains(/sent \d+ message/))
    }

    @Test func `a reader that goes away ends a receiver quietly, before another message comes`() throws {
        let port = try freeDatagramPort()
        let receiver = try Parley.startShell(
            "sh -c '{ parley receive udp://:\(port); echo status $? >&2; } | head -n 1'"
        )
        try receiver.waitForError("receiving at")
        _ = try Parley.run("send", "udp://127.0.0.1:\(port)", "hello")
        let outcome = try receiver.outcome()
        #expect(outcome.lines.count == 1)
        #expect(outcome.errors.hasSuffix("udp://:\(port) (IPv4 and IPv6)\nstatus 0\n"), "\(outcome.errors)")
    }

    @Test(arguments: ["udp", "tcp"])
    func `a full disk is an error`(_ transport: String) throws {
        let port = transport == "udp" ? try freeDatagramPort() : try freeStreamPort()
        let receiver = try Parley.startShell("parley receive \(transport)://:\(port) >/dev/full")
        try receiver.waitForError(" at ")
        _ = try Parley.run("send", "\(transport)://127.0.0.1:\(port)", "hello")
        let outcome = try receiver.outcome()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("parley: write standard output: no space left on"))
        #expect(try Parley.shell("parley encode --as a:u8 a=1 >/dev/full").status == 1)
        #expect(try Parley.shell("parley --help >/dev/full || true").status == 0)
    }

    @Test func `a Unix socket's file goes with its receiver`() throws {
        let folder = try Folder()
        for _ in 0..<2 {
            let receiver = try Parley.start("receive", "unix:inbox.sock", in: folder)
            try receiver.waitForError("listening at")
            receiver.signal(SIGTERM)
            #expect(try receiver.outcome().status == 143)
            #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "inbox.sock").path))
        }
    }

    @Test func `a second signal leaves at once, while output is stuck`() throws {
        let port = try freeStreamPort()
        let receiver = try Parley.startShell(
            "sh -c '{ sh -c \"echo pid \\$\\$ >&2; exec parley receive tcp://:\(port) --as raw\"; echo status $? >&2; } "
                + "| sleep 15'"
        )
        let text = try receiver.waitForError("listening at")
        let pid = try #require(text.firstMatch(of: /pid (\d+)/).flatMap { Int32($0.1) })
        _ = try Parley.shell(
            "head -c 4000000 /dev/zero | parley send tcp://127.0.0.1:\(port) --as raw --timeout 500ms"
        )
        kill(pid, SIGTERM)
        usleep(300_000)
        kill(pid, SIGTERM)
        try receiver.waitForError("status 143")
    }

    @Test func `colour is for terminals, and for those who ask`() throws {
        func isColored(_ line: String) throws -> Bool {
            try Parley.shell(line).errors.contains("\u{1b}[")
        }
        #expect(try !isColored("parley encode --as a:u8"))
        #expect(try !isColored("parley encode --as a:u8 a=999"))
        #expect(try isColored("parley encode --as a:u8 a=999 --color always"))
        #expect(try isColored("FORCE_COLOR=1 parley encode --as a:u8 a=999"))
        #expect(try !isColored("NO_COLOR=1 FORCE_COLOR=1 parley encode --as a:u8 a=999"))
        #expect(try !isColored("FORCE_COLOR=1 parley encode --as a:u8 a=999 --color=never"))
    }

    @Test func `quiet says errors only`() throws {
        #expect(try Parley.run("encode", "-q", "--as", "a:u32", "a=1").errors.isEmpty)
        #expect(try !Parley.run("encode", "-q", "--as", "a:u32", "a=x").errors.isEmpty)
    }
}
