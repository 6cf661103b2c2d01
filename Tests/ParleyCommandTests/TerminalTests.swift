import ArgumentParser
import Foundation
import ParleyText
import ParleyTypes
import Testing

@testable import ParleyCommand

/// What reaches the terminal, whoever has written it.
@Suite(.ownThreads) struct TerminalTests {
    private static let forged = "parley: all is well"
    /// What an argument can hold; the rest is Extras/Abuse/attacks/terminal.py's.
    private static let hostile =
        "a\u{1b}[31m\u{1b}]0;t\u{7}\n\(forged)\n\r\u{8}\u{7f}\u{9b}2J\u{85}"
        + "\u{202e}\u{2066}\u{2028}\u{200f}\u{feff}\u{e0041}z"

    /// Words that make each command run, and end soon.
    private static let bases: [String: [String]] = [
        "receive": ["udp://127.0.0.1:0", "--timeout", "10ms"],
        "send": ["udp://127.0.0.1:9", "--as", "a:u8", "a=1"],
        "serve": ["echo", "tcp://127.0.0.1:99999"], "call": ["udp://127.0.0.1:9", "--timeout", "10ms", "x"],
        "encode": ["--as", "a:u8", "a=1"], "decode": ["--as", "a:u8", "07"],
        "capture": ["--timeout", "10ms", "-i", "nothing"], "layout": ["a:u8"], "ports": [], "options": [],
        "families": [], "impair": ["udp://127.0.0.1:99999", "--to", "udp://127.0.0.1:9"],
        "interfaces": [], "tour": ["layout"],
    ]

    /// Both streams of a run hold nothing that a terminal obeys, and no line that was forged.
    private func look(
        _ arguments: [String],
        input: String? = nil,
        in folder: Folder? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try Running(Parley.path, arguments, input: input, folder: folder).outcome()
        let isColored = arguments.contains("always")
        for bytes in [outcome.bytes, Array(outcome.errors.utf8)] {
            let text = try #require(String(validating: bytes, as: UTF8.self), sourceLocation: location)
            let plain = isColored ? text.replacing(/\u{1b}\[[0-9;]*m/, with: "") : text
            let found = plain.unicodeScalars.first { SafeText.isCommand($0) && $0 != "\n" && $0 != "\t" }
            #expect(found == nil, "\(arguments): \(text.debugDescription)", sourceLocation: location)
            let lines = plain.split(separator: "\n")
            #expect(
                !lines.contains { $0.hasPrefix(Self.forged) },
                "\(arguments): \(text)",
                sourceLocation: location
            )
        }
        #expect(outcome.status >= 0, "\(arguments)", sourceLocation: location)
    }

    @Test func `every command is asked`() {
        let names = RootCommand.configuration.subcommands.map { $0._commandName }
        #expect(Set(names) == Set(Self.bases.keys), "a new command needs words that make it run")
    }

    @Test(arguments: bases.keys.sorted())
    func `no argument of any command reaches the terminal raw`(command: String) throws {
        let base = [command] + (Self.bases[command] ?? [])
        let help = try Parley.run(command, "--help").output
        let options = Set(help.matches(of: /(--[a-z][a-z-]*) </).map { String($0.1) })
        #expect(options.contains("--color"))
        var cases = [[command, Self.hostile], base + [Self.hostile], base + ["--" + Self.hostile]]
        cases += options.sorted().map { base + [$0, Self.hostile] }
        // Some options write files: --svg, --output.
        let folder = try Folder()
        let ways = [["--color", "always", "-v"], ["--json"], ["--json", "--color", "always", "-v"], []]
        for (index, words) in cases.enumerated() {
            // One that serves would not end.
            guard command != "serve" || words.contains("tcp://127.0.0.1:99999") else { continue }
            try look(words + ways[index % ways.count], in: folder)
        }
    }

    @Test func `nothing that a header or a file's name says reaches the terminal raw`() throws {
        let folder = try Folder()
        let line = Self.hostile.replacing("\n", with: " ")
        let headers = [
            "#error \(line)", "#include \"\(line)\"\nstruct s { int a; };", "struct s { \(line) a; };",
            "_Static_assert(0, \"\(line)\");\nstruct s { int a; };", "#pragma \(line)\nstruct s { int a; };",
            "\t\(line) struct s { int a; };", "#\(line)",
        ]
        for (index, header) in headers.enumerated() {
            try folder.write("h\(index).h", header)
            try look(["layout", "h\(index).h:s", "--color", "always"], in: folder)
            try look(["layout", "h\(index).h:s", "--json"], in: folder)
            try look(["encode", "--as", "h\(index).h:s", "a=1"], in: folder)
        }
        let name = line.prefix(60) + "\n.h"
        try folder.write(String(name), "struct s { int a; };")
        for extra in [[], ["--json"], ["--svg", "-"]] + EmitTarget.allCases.map({ ["--emit", $0.rawValue] }) {
            try look(["layout", "\(name):s"] + extra, in: folder)
        }
    }

    @Test func `no message commands the terminal, and JSON says the same as its bytes`() throws {
        let bytes = Array(Self.hostile.replacing("\n", with: "").utf8)
        let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        for form in ["text", "lines", "hex", "a:text", "a:char[80]", "a:bytes"] {
            for way in [[], ["--color", "always"], ["--json"]] {
                try look(["decode", "--as", form, digits] + way)
            }
        }
        let line = try Parley.run("decode", "--as", "a:text", "--json", digits).output
        let value = try JSONValue(parsing: line.trimmingCharacters(in: .newlines))
        #expect(value["fields"]?["a"] == .string(String(decoding: bytes, as: UTF8.self)))
        for text in ["{\"\(Self.hostile)\":1}", "{\"a\":\"\(Self.hostile)\"}", Self.hostile] {
            try look(["encode", "--as", "a:u8"], input: text)
            try look(["encode", "--as", "json"], input: text)
        }
    }

    @Test func `raw data stays as it is`() throws {
        let digits = "1b5b33316d9b000aff"
        let outcome = try Parley.run("decode", "--as", "raw", digits)
        #expect(outcome.bytes == [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x9B, 0, 0x0A, 0xFF])
    }

    // MARK: Stuck streams

    @Test func `the first signal ends a receiver whose data nobody reads`() throws {
        let port = try freeStreamPort()
        let receiver = try Parley.startShell(
            "sh -c '{ sh -c \"echo pid \\$\\$ >&2; exec parley receive tcp://:\(port) --as raw\"; echo status $? >&2; } "
                + "| sleep 20'"
        )
        let text = try receiver.waitForError("listening at")
        let pid = try #require(text.firstMatch(of: /pid (\d+)/).flatMap { Int32($0.1) })
        _ = try Parley.shell(
            "head -c 4000000 /dev/zero | parley send tcp://127.0.0.1:\(port) --as raw --timeout 500ms"
        )
        kill(pid, SIGTERM)
        try receiver.waitForError("status 143")
    }

    @Test(arguments: [
        "decode --as a:u8 FIFO", "encode --as a:u8 @FIFO", "layout FIFO:s", "layout a:u8 --svg FIFO",
    ])
    func `the first signal ends the wait for the other end of a FIFO`(line: String) throws {
        let folder = try Folder()
        let path = folder.url.appending(path: "fifo").path
        let isMade = unsafe mkfifo(path, 0o600) == 0
        try #require(isMade)
        let words = line.split(separator: " ").map { String($0.replacing("FIFO", with: path)) }
        let command = try Running(Parley.path, words, folder: folder)
        usleep(500_000)
        command.signal(SIGTERM)
        // One that has not begun to listen yet ends by the signal itself.
        let status = try command.outcome().status
        #expect(status == 143 || status == -SIGTERM)
    }
}
