import Foundation
import Testing

@testable import ParleyCommand

/// `parley tour` at a terminal, which tmux is.
@Suite(
    .ownThreads,
    .serialized,
    .timeLimit(.minutes(2)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tmux"), "needs tmux")
)
struct TourTerminalTests {
    private static let question = "any key goes on, q leaves"

    @Test func `a key goes on, q leaves, and the terminal is as it was`() throws {
        let terminal = try Terminal()
        try terminal.type("parley tour --language en; echo ended $?", "Enter")
        try terminal.wait { $0.contains(Self.question) && $0.contains("1/\(TourStep.all.count)") }
        // An arrow is three bytes, and one key.
        try terminal.type("Down")
        try terminal.wait { $0.contains(Self.question) && $0.contains("2/\(TourStep.all.count)") }
        try terminal.type("q")
        try terminal.wait {
            $0.contains("ended 0") && !$0.contains(Self.question) && !$0.contains("3/\(TourStep.all.count)")
        }
        try terminal.expectRestored()
    }

    @Test func `to the end without a pause`() throws {
        let terminal = try Terminal()
        try terminal.type("parley tour port layout --no-pause --language en; echo ended $?", "Enter")
        try terminal.wait { $0.contains("ended 0") && !$0.contains(Self.question) }
        try terminal.expectRestored()
    }

    @Test(arguments: [("C-c", "ended 130"), ("C-\\", "ended 131")])
    func `keys that send signals end it, with the terminal as it was`(key: String, ending: String) throws {
        let terminal = try Terminal()
        try terminal.type("trap : INT QUIT; parley tour --language en; echo ended $?", "Enter")
        try terminal.wait { $0.contains(Self.question) }
        try terminal.type(key)
        try terminal.wait { $0.contains(ending) }
        try terminal.expectRestored()
    }

    @Test(arguments: ["INT", "TERM", "HUP", "QUIT"])
    func `signals end the pause, with the terminal as it was`(name: String) throws {
        let terminal = try Terminal()
        try terminal.type(
            "sh -c 'echo pid is $$ >tour.pid; exec parley tour --language en'; echo ended",
            "Enter"
        )
        try terminal.wait { $0.contains(Self.question) }
        let text = try String(contentsOf: terminal.folder.url.appending(path: "tour.pid"), encoding: .utf8)
        let process = try #require(text.firstMatch(of: /\d+/).flatMap { Int32($0.0) })
        kill(process, ["INT": SIGINT, "TERM": SIGTERM, "HUP": SIGHUP, "QUIT": SIGQUIT][name] ?? 0)
        try terminal.wait { $0.contains("\nended") }
        try terminal.expectRestored()
    }

    @Test func `stopped by a key it leaves the terminal as it was, and asks again when it goes on`() throws {
        let terminal = try Terminal()
        try terminal.type("set -m; parley tour --language en", "Enter")
        try terminal.wait { $0.contains(Self.question) }
        try terminal.type("C-z")
        try terminal.wait { $0.contains("Stopped") }
        try terminal.expectRestored()
        try terminal.type("fg", "Enter")
        // Asked once before it was stopped, and once more.
        try terminal.wait { $0.components(separatedBy: "q leaves").count > 1 && $0.contains("fg\n") }
        try terminal.type("q")
        try terminal.wait { !$0.contains(Self.question) }
        try terminal.expectRestored()
    }
}

/// A terminal with a shell in it.
private final class Terminal {
    let folder: Folder
    private let name = "parley-\(UUID().uuidString.prefix(8))"
    /// In the foreground: a daemon would keep what Foundation tells the end of a process by.
    private let server: Running

    init() throws {
        folder = try Folder()
        server = try Running("/usr/bin/tmux", ["-L", name, "-f", "/dev/null", "-D"], folder: folder)
        let commands = URL(filePath: Parley.path).deletingLastPathComponent().path
        let line = "PATH=\(commands):$PATH PS1='$ ' TERM=tmux NO_COLOR= FORCE_COLOR= exec sh"
        // -N: a client that comes too early starts no server of its own.
        let session = ["-L", name, "-N", "new-session", "-d", "-x", "120", "-y", "200", line]
        let deadline = Date().addingTimeInterval(20)
        while true {
            let outcome = try Running("/usr/bin/tmux", session, folder: folder).outcome()
            if outcome.status == 0 { break }
            try #require(Date() < deadline, "\(outcome.errors)")
            usleep(50_000)
        }
        try type("stty -g >before", "Enter")
        try waitForFile("before")
    }

    deinit { _ = try? Running("/usr/bin/tmux", ["-L", name, "kill-server"]).outcome() }

    func type(_ keys: String...) throws {
        _ = try Running("/usr/bin/tmux", ["-L", name, "send-keys"] + keys).outcome()
    }

    private func screen() throws -> String {
        try Running("/usr/bin/tmux", ["-L", name, "capture-pane", "-p", "-J"]).outcome().output
    }

    func wait(
        _ location: SourceLocation = #_sourceLocation,
        until holds: (String) -> Bool
    ) throws {
        let deadline = Date().addingTimeInterval(20)
        var text = try screen()
        while !holds(text) {
            try #require(Date() < deadline, "\(text)", sourceLocation: location)
            usleep(30_000)
            text = try screen()
        }
    }

    func expectRestored(_ location: SourceLocation = #_sourceLocation) throws {
        try? FileManager.default.removeItem(at: folder.url.appending(path: "after"))
        try type("stty -g >after", "Enter")
        try waitForFile("after")
        #expect(try content("after") == content("before"), sourceLocation: location)
    }

    private func content(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    private func waitForFile(_ name: String) throws {
        let deadline = Date().addingTimeInterval(20)
        while (try? content(name))?.hasSuffix("\n") != true {
            let text = try screen()
            try #require(Date() < deadline, "\(text)")
            usleep(20_000)
        }
    }
}
