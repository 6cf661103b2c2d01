import Foundation
import Testing

/// The command over `seqpacket`: messages with their borders on a connection.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(2))) struct SeqpacketTests {
    private static let layout = "id:u16 score:u32"
    private static var name: String { "@parley-test-\(UUID().uuidString.prefix(8))" }

    @Test func `messages are sent and received without framing, and -v tells the sender's process`() throws {
        let folder = try Folder()
        let receiver = try Parley.start(
            "receive",
            "seqpacket:inbox.sock",
            "--as",
            Self.layout,
            "--count",
            "2",
            "--json",
            "-v",
            in: folder
        )
        try receiver.waitForError("listening at seqpacket:inbox.sock")
        let lines = #"{"id":1,"score":7}\n{"id":2,"score":8}\n"#
        let sent = try Parley.shell(
            "printf '\(lines)' | parley send seqpacket:inbox.sock --as '\(Self.layout)'",
            in: folder
        )
        #expect(sent.status == 0, "\(sent.errors)")
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.lines.map { $0.contains(#""id":1"#) } == [true, false])
        let pattern = try Regex("connected \\(pid \\d+, uid \(geteuid()), gid \(getegid())\\)")
        #expect(outcome.errors.contains(pattern), "\(outcome.errors)")
        // The file went with the receiver.
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "inbox.sock").path))
    }

    @Test func `a message that does not fit ends nothing, not even its connection`() throws {
        let place = "seqpacket://\(Self.name)"
        let receiver = try Parley.start("receive", place, "--as", "hex", "--count", "2")
        try receiver.waitForError("listening")
        let sent = try Parley.shell("printf '00\\n0102\\n' | parley send '\(place)' --as hex")
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(try receiver.outcome().status == 0)
        let strict = try Parley.start("receive", place, "--as", Self.layout, "--count", "1", "--json")
        try strict.waitForError("listening")
        let mixed = "printf '00\\n000100000007\\n' | parley send '\(place)' --as hex"
        #expect(try Parley.shell(mixed).status == 0)
        let outcome = try strict.outcome()
        #expect(outcome.status == 0 && outcome.output.contains(#""score":7"#))
        #expect(outcome.errors.contains("parley.misfit/1"))
    }

    @Test func `services answer, empty messages too, and call ends when both have`() throws {
        let place = "seqpacket://\(Self.name)"
        let server = try Parley.start("serve", "echo", place, "-v")
        try server.waitForError("serving")
        let outcome = try Parley.shell("printf 'a\\n\\nbb\\n' | parley call '\(place)' --as lines -v")
        #expect(outcome.status == 0)
        #expect(outcome.output == "a\n\nbb\n")
        #expect(outcome.errors.contains("connected to \(place) (pid "), "\(outcome.errors)")
        server.signal(SIGTERM)
        #expect(try server.outcome().errors.contains("served 1 connection"))
        let clock = try Parley.start("serve", "time", place)
        try clock.waitForError("serving")
        let answer = try Parley.run("call", place, "--as", "seconds:u32", "--json").output
        #expect(answer.contains(#""seconds":"#))
    }

    @Test func `a template answers over seqpacket`() throws {
        let place = "seqpacket://\(Self.name)"
        let server = try Parley.start("serve", "reply", place, "--as", Self.layout, "score=100")
        try server.waitForError("serving")
        let outcome = try Parley.run("call", place, "--as", Self.layout, "--json", "id=7", "score=1")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(#""id":7,"score":100"#), "\(outcome.output)")
    }

    @Test func `what goes wrong says what to do, with the exit codes of every transport`() throws {
        let folder = try Folder()
        #expect(try Parley.run("send", "seqpacket:nobody.sock", "hello", in: folder).status == 3)
        let misspelt = try Parley.run("send", "seqpacket://host", "hello")
        #expect(misspelt.status == 64 && misspelt.errors.contains("seqpacket:///host"))
        let server = try Parley.start("serve", "discard", "seqpacket:here.sock", in: folder)
        try server.waitForError("serving")
        let taken = try Parley.run("receive", "seqpacket:here.sock", in: folder)
        #expect(taken.status == 4 && taken.errors.contains("parley (pid "))
        let other = try Parley.run("send", "unix:here.sock", "hello", in: folder)
        #expect(other.status == 3 && other.errors.contains("try unix:, seqpacket: or unixgram:"))
        let large = "head -c 300000 /dev/zero | parley send seqpacket:here.sock --as raw"
        let refused = try Parley.shell(large, in: folder)
        #expect(refused.status == 1 && refused.errors.contains("sndbuf"), "\(refused.errors)")
    }
}
