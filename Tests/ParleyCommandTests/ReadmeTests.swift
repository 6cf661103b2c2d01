import Foundation
import Testing

/// The READMEs, as their readers type them, and the picture that they show. The rest of them is TidyTests'.
///
/// With PARLEY_WRITE_PAGES=1 the picture is drawn anew from what was printed: look at it before it is committed.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct ReadmeTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let readmes = ["README.md", "README.zh-CN.md"]

    private static func page(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    /// Blocks between fences of one kind.
    private static func blocks(_ kind: String, of page: String) -> [String] {
        page.components(separatedBy: "\n```").enumerated().compactMap { index, part in
            guard index % 2 == 1, part.hasPrefix(kind + "\n") else { return nil }
            return String(part.dropFirst(kind.count + 1))
        }
    }

    // MARK: Commands

    /// What takes minutes, or changes the machine.
    private static let untried = [
        "swift build -c release --static-swift-stdlib --product parley",
        "sudo install .build/release/parley /usr/local/bin/",
        "mkdir scores && cd scores", "swift package init --type executable",
        "swift package add-dependency ../parley --type path",
        "swift package add-target-dependency Parley scores --package parley",
        "rm Sources/scores/scores.swift",
    ]

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc"),
        arguments: readmes
    )
    func `the first five minutes happen as they stand there`(_ name: String) throws {
        let page = try Self.page(name)
        let folder = try Folder()
        let port = try freeDatagramPort()
        var receiver: Running?
        var done: [String] = []
        for line in Self.blocks("sh", of: page).flatMap({ $0.components(separatedBy: "\n") }) {
            if Self.untried.contains(line) { continue }
            done.append(line)
            let real =
                "cd '\(Self.root.path)' && "
                + line.replacing("swift run parley", with: "parley").replacing("8089", with: "\(port)")
                .replacing("/tmp/", with: folder.url.path + "/")
            if line.contains(" receive ") {
                receiver = try Parley.startShell("sh -c '\(real.replacing("'", with: "'\\''"))'")
                try receiver?.waitForError("receiving at")
            } else {
                let outcome = try Parley.shell(real)
                #expect(outcome.status == 0, "\(line): \(outcome.errors)")
            }
        }
        #expect(done.count == 3 && done[0] == "swift run parley tour", "\(done)")
        let shown = try #require(Self.blocks("text", of: page).first)
        let printed = try #require(receiver).waitForOutput("chinese  77\n")
        let lines = { (text: String) in
            text.split(separator: "\n").map { $0.replacing(/:\d{4,5}$/, with: ":PORT") }
        }
        #expect(lines(printed) == lines(shown), "\(printed)")
    }

    @Test func `both READMEs show the same commands, outputs and picture`() throws {
        let pages = try Self.readmes.map(Self.page)
        for kind in ["sh", "text"] {
            #expect(Self.blocks(kind, of: pages[0]) == Self.blocks(kind, of: pages[1]))
        }
        for page in pages { #expect(page.contains("](docs/terminal.svg)")) }
    }

    // MARK: The picture

    private static let picture = root.appending(path: "docs/terminal.svg")

    /// In the folder of the example.
    private static let commands = [
        "parley receive udp://127.0.0.1:8089 --as proto.h:msg_st &",
        "parley send udp://127.0.0.1:8089 --as proto.h:msg_st name=Li math=99 chinese=77",
        "parley send udp://127.0.0.1:8089 --as proto.h:msg_st name=Li math=99 chinese=77 --byte-order little",
        "parley receive udp://127.0.0.1:8089 --as proto.h:msg_st",
    ]

    /// The lines of a terminal in which they were typed.
    private func run() throws -> [String] {
        let folder = try Folder()
        let port = try freeDatagramPort()
        let commands = Self.commands.map { $0.replacing("8089", with: "\(port)") }
        try folder.write(
            "picture.sh",
            """
            cd '\(Self.root.path)/Extras/Examples/score'
            said='\(folder.url.path)/said'
            exec 2>&1
            export FORCE_COLOR=1
            : >"$said"
            >"$said" 2>&1 \(commands[0])
            until grep -q ' at ' "$said"; do sleep 0.02; done
            seen=0
            # What has come when nothing has come for half a second.
            more() {
                count=$seen
                until [ $count -gt $seen ] && [ $(wc -l <"$said") -eq $count ]; do
                    count=$(wc -l <"$said"); sleep 0.5
                done
                tail -n +$((seen + 1)) "$said"; seen=$count; printf '\\036'
            }
            more
            \(commands[1])
            more
            \(commands[2])
            more
            \(commands[3])
            kill $!; wait
            """
        )
        let output = try Parley.shell("timeout 20 sh ./picture.sh", in: folder).output
        let parts = output.replacing(":\(port)", with: ":8089").components(separatedBy: "\u{1e}")
        try #require(parts.count == commands.count, "\(output)")
        var lines: [String] = []
        for (command, part) in zip(Self.commands, parts) {
            lines.append("$ " + command)
            lines += part.split(separator: "\n").map(String.init)
        }
        return lines
    }

    @Test func `the picture shows what the commands print`() throws {
        let lines = try run()
        if FactsRun.isWriting {
            let title = "A terminal in which parley receives a struct of a C header and explains a taken port"
            try TerminalPicture(lines: lines, title: title).svg
                .write(to: Self.picture, atomically: true, encoding: .utf8)
            return
        }
        let shown = TerminalPicture.lines(of: try String(contentsOf: Self.picture, encoding: .utf8))
        let plain = lines.map { $0.replacing(/\u{1b}\[[0-9;]*m/, with: "") }
        let comparable = { (line: String) in
            FactsRun.comparable(line).replacing(/\buser \w+/, with: "user NAME")
        }
        #expect(shown.map(comparable) == plain.map(comparable))
    }

    @Test func `a picture keeps every character, wrapped or not`() {
        let lines = [
            "$ a <b> & c", "\u{1b}[33m" + String(repeating: "x ", count: 120) + "\u{1b}[0m", "  end",
        ]
        let shown = TerminalPicture.lines(of: TerminalPicture(lines: lines, title: "").svg)
        #expect(shown == lines.map { $0.replacing(/\u{1b}\[[0-9;]*m/, with: "") })
    }
}
