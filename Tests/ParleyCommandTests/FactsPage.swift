import Foundation
import Testing

/// A page of facts: rows, and the text before and between them.
///
/// A row begins with `### <a id="NAME"></a>` and its question. It has paragraphs that begin with what is often
/// said, what is true, and how it is shown; the last names in brackets what it needs: "(needs root, nft)". A
/// block "```console" is a terminal: lines after "$ " are commands, the others what they print, "…" stands for
/// anything in a line, and alone for any lines. A block with another word and a name, "```python peer.py", is a
/// file.
struct FactsPage {
    let language: Language
    /// What stands before the first row.
    var contents: String
    var rows: [FactsRow] = []

    enum Language: CaseIterable, Sendable {
        case english, chinese

        var url: URL {
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let docs = tests.deletingLastPathComponent().appending(path: "docs")
            switch self {
            case .english: return docs.appending(path: "socket-facts.md")
            case .chinese: return docs.appending(path: "zh/socket-facts.md")
            }
        }

        /// How the paragraphs of a row begin.
        var parts: [String] {
            switch self {
            case .english: ["**Often said.**", "**True.**", "**Shown**"]
            case .chinese: ["**常见说法：**", "**事实：**", "**演示**"]
            }
        }

        /// The link that each page has to the other.
        var other: String {
            switch self {
            case .english: "(zh/socket-facts.md)"
            case .chinese: "(../socket-facts.md)"
            }
        }
    }

    init(_ language: Language) throws {
        self.language = language
        var lines: [String] = []
        var isFenced = false
        var parts: [[String]] = []
        let text = try String(contentsOf: language.url, encoding: .utf8)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("```") { isFenced.toggle() }
            if !isFenced, line.hasPrefix("### ") {
                parts.append(lines)
                lines = []
            }
            lines.append(line)
        }
        parts.append(lines)
        contents = parts[0].joined(separator: "\n")
        rows = parts.dropFirst().map { FactsRow($0, how: language.parts[2]) }
    }

    func write() throws {
        let text = ([contents] + rows.map(\.whole)).joined(separator: "\n")
        try text.write(to: language.url, atomically: true, encoding: .utf8)
    }
}

/// One fact.
struct FactsRow: CustomTestStringConvertible, Sendable {
    var name: String
    /// What it takes to run it: "root", or the name of a program.
    var needs: [String]
    /// Everything but the blocks' contents; a block's place is its fence.
    var text: [String] = []
    var blocks: [FactsBlock] = []

    var testDescription: String { name }

    init(_ lines: [String], how: String) {
        name = lines[0].firstMatch(of: /id="([a-z0-9-]+)"/).map { String($0.1) } ?? lines[0]
        let shown = lines.first { $0.hasPrefix(how) } ?? ""
        let inside = shown.firstMatch(of: /\(needs ([^)]*)\)/)?.1 ?? shown.firstMatch(of: /（需要 ?([^）]*)）/)?.1
        needs = (inside ?? "").split { ",、，".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
        var block: FactsBlock?
        for line in lines {
            if !line.hasPrefix("```") {
                if block == nil { text.append(line) } else { block?.lines.append(line) }
            } else if let whole = block {
                blocks.append(whole)
                block = nil
            } else {
                block = FactsBlock(fence: line)
                text.append(line)
            }
        }
    }

    var whole: String {
        var rest = blocks[...]
        return text.flatMap { line -> [String] in
            guard line.hasPrefix("```"), let block = rest.popFirst() else { return [line] }
            return [block.fence] + block.lines + ["```"]
        }
        .joined(separator: "\n")
    }
}

/// What stands between two fences.
struct FactsBlock: Sendable {
    var fence: String
    var lines: [String] = []

    struct Command: Sendable {
        var text: String
        var output: [String] = []
    }

    /// The name of the file that this is.
    var file: String? {
        fence.hasPrefix("```console") ? nil : fence.split(separator: " ").dropFirst().first.map(String.init)
    }

    /// The commands with what they print. One goes on behind a backslash, and in lines that begin with "> ".
    var commands: [Command] {
        guard file == nil else { return [] }
        var commands: [Command] = []
        for line in lines {
            if line.hasPrefix("$ ") {
                commands.append(Command(text: String(line.dropFirst(2))))
            } else if let last = commands.indices.last {
                if commands[last].output.isEmpty, line.hasPrefix("> ") {
                    commands[last].text += "\n" + line.dropFirst(2)
                } else {
                    commands[last].output.append(line)
                }
            }
        }
        return commands
    }

    /// Writes what was printed where it is not what stands here.
    mutating func take(_ outputs: [[String]]) {
        guard file == nil else { return }
        lines = zip(commands, outputs).flatMap { command, output in
            let text = "$ " + command.text.replacing("\n", with: "\n> ")
            let isSame = FactsRun.matches(command.output, output, in: fence)
            return text.components(separatedBy: "\n") + (isSame ? command.output : output)
        }
    }
}
