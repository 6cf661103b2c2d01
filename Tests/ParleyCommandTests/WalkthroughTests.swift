import Foundation
import Synchronization
import Testing

/// What docs/from-a-header.md, docs/streams-and-borders.md, docs/simulation.md, docs/lossy-networks.md and the
/// terminals of docs/command.md show is what happens: their files are written, their commands run, their output compared.
///
/// A block "```c proto.h" is a file. A block "```console" is a terminal: lines after "$ " are run by sh, the
/// others are what they print, standard error included. "```console background" is another terminal, whose
/// one command keeps running; what it has printed is compared at the end of the page. Ports, times and
/// temporary names differ from run to run and are not compared.
///
/// `swift run hunt` stands for HuntProgram, which is that page's main.swift (`PageTests` compare). What LossyProgram
/// measures follows from its seeds alone: it is run once for both languages.
///
/// With PARLEY_WRITE_PAGES=1 a page is written anew with what was printed: read the difference before it is
/// committed.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct WalkthroughTests {
    private static let docs: URL = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appending(path: "docs")
    }()

    /// Ports of this run's own stand for the page's; below those that the system gives to connections.
    private let ports = ["8089", "8090", "8091", "8092"].map {
        ($0, "\(20000 + UInt16.random(in: 0..<12000))")
    }

    @Test(arguments: [
        ("from-a-header.md", 11), ("simulation.md", 4), ("zh/simulation.md", 4),
        ("command.md", 7), ("streams-and-borders.md", 20),
        ("zh/streams-and-borders.md", 20), ("lossy-networks.md", 14), ("zh/lossy-networks.md", 14),
    ])
    func `the page shows what happens`(name: String, blocksMin: Int) throws {
        if name.hasSuffix("borders.md"), !FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc") {
            print("skipped, gcc is not installed: \(name)")
            return
        }
        let place = Self.docs.appending(path: name)
        let folder = try Folder()
        try FileManager.default.removeItem(at: folder.url.appending(path: "proto.h"))
        let page = try String(contentsOf: place, encoding: .utf8)
        var blocks = Block.all(in: page)
        #expect(
            blocks.filter { $0.kind != .prose }.count >= blocksMin,
            "\(name) has lost its blocks"
        )
        var background: [(index: Int, running: Running)] = []
        for index in blocks.indices {
            switch blocks[index].kind {
            case .prose:
                continue
            case .file(let name):
                let text = blocks[index].lines.joined(separator: "\n") + "\n"
                try folder.write(name, real(text))
            case .background:
                let line = try #require(blocks[index].commands.first)
                let running = try Parley.startShell(real(line.text) + " 2>&1", in: folder)
                // Every command that stays says first where it is.
                try running.waitForOutput(" at ")
                background.append((index, running))
            case .terminal:
                for number in blocks[index].commands.indices {
                    try run(&blocks[index].commands[number], in: folder)
                }
            }
        }
        for (index, running) in background {
            // A program in C knows no signals, and may have been started with the others blocked.
            running.signal(blocks[index].commands[0].text.hasPrefix("./") ? SIGKILL : SIGINT)
            let outcome = try running.outcome()
            compare(&blocks[index].commands[0], outcome.output, folder)
        }
        guard ProcessInfo.processInfo.environment["PARLEY_WRITE_PAGES"] != nil else { return }
        try blocks.map(\.text).joined(separator: "\n").write(
            to: place,
            atomically: true,
            encoding: .utf8
        )
    }

    private func run(_ command: inout Block.Command, in folder: Folder) throws {
        if let missing = command.missingTool {
            print("skipped, \(missing) is not installed: \(command.text)")
            return
        }
        let captures = "export PARLEY_SIMULATION_CAPTURES='\(folder.url.path)'"
        let line = real(command.text).replacing("swift run hunt", with: "HuntProgram")
            .replacing("swift run LossyProgram", with: "LossyProgram")
        let known = Self.measured.withLock { $0[line] }
        let output = try known ?? Parley.shell("\(captures); { \(line)\n} 2>&1", in: folder).output
        if line.hasPrefix("LossyProgram ") { Self.measured.withLock { $0[line] = output } }
        compare(&command, output, folder)
    }

    /// What LossyProgram has printed, by its command lines.
    private static let measured = Mutex<[String: String]>([:])

    /// Compares, and keeps what was printed.
    private func compare(_ command: inout Block.Command, _ output: String, _ folder: Folder) {
        let printed = ports.reduce(output) { $0.replacing($1.1, with: $1.0) }
            .replacing(folder.url.path, with: "/tmp")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
        let lines = Array(printed.reversed().drop(while: \.isEmpty).reversed())
        let expected = Array(command.output.reversed().drop(while: \.isEmpty).reversed())
        let isSame = lines.map(Self.comparable) == expected.map(Self.comparable)
        #expect(isSame, "$ \(command.text)\n\(lines.joined(separator: "\n"))")
        if !isSame { command.output = lines }
    }

    private func real(_ text: String) -> String {
        ports.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// The line without what differs from run to run.
    private static func comparable(_ line: String) -> String {
        line.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "TIME")
            .replacing(/127\.0\.0\.1:\d+/, with: "127.0.0.1:PORT")
            .replacing(/-\d+-\d+\.pcapng/, with: "-PROCESS-NUMBER.pcapng")
            .replacing(/[0-9.]+( [kM])? messages\/s/, with: "RATE")
            .replacing(/\b1[789]\d{17}\b/, with: "NANOSECONDS")
            .replacing(/[0-9.]+ ?(ms|us|s)\b/, with: "DURATION")
    }
}

/// A part of the page: a fenced block with its fences, or the text between two.
private struct Block {
    var kind: Kind
    var fence: String
    var lines: [String]
    /// The commands, each with what it prints; a command goes on after a backslash.
    var commands: [Command] = []

    enum Kind: Equatable {
        case prose
        case file(String)
        case terminal, background
    }

    struct Command {
        var text: String
        var output: [String]

        /// A program that this machine lacks.
        var missingTool: String? {
            let tools = ["gcc", "tshark", "text2pcap", "xxd"].filter { text.contains("\($0) ") }
            return tools.first { tool in
                !["/usr/bin", "/usr/local/bin", "/bin"].contains {
                    FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
                }
            }
        }
    }

    init(_ kind: Kind, fence: String = "", lines: [String]) {
        self.kind = kind
        self.fence = fence
        self.lines = lines
        guard kind == .terminal || kind == .background else { return }
        var isOpen = false
        for line in lines {
            if isOpen {
                commands[commands.count - 1].text += "\n" + line
            } else if line.hasPrefix("$ ") {
                commands.append(Command(text: String(line.dropFirst(2)), output: []))
            } else {
                commands[commands.count - 1].output.append(line)
                continue
            }
            isOpen = line.hasSuffix("\\")
        }
    }

    /// The block as it stands in the page.
    var text: String {
        switch kind {
        case .prose: return lines.joined(separator: "\n")
        case .file: return ([fence] + lines + ["```"]).joined(separator: "\n")
        case .terminal, .background:
            let inside = commands.flatMap { ["$ " + $0.text] + $0.output }
            return ([fence] + inside + ["```"]).joined(separator: "\n")
        }
    }

    static func all(in page: String) -> [Block] {
        var blocks: [Block] = []
        var lines: [String] = []
        var fence = ""
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            guard line.hasPrefix("```") else {
                lines.append(line)
                continue
            }
            if fence.isEmpty {
                blocks.append(Block(.prose, lines: lines))
                fence = line
            } else {
                blocks.append(Block(kind(of: fence), fence: fence, lines: lines))
                fence = ""
            }
            lines = []
        }
        return blocks + [Block(.prose, lines: lines)]
    }

    private static func kind(of fence: String) -> Kind {
        if fence.hasPrefix("```console background") { return .background }
        if fence.hasPrefix("```console") { return .terminal }
        return .file(fence.split(separator: " ").dropFirst().first.map(String.init) ?? "unnamed")
    }
}
