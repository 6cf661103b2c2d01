import Foundation
import Testing

/// The Swift that README.md and docs show compiles where a reader would put it: Tests/PagesProgram,
/// Tests/ReadmeProgram, Tests/HuntProgram, Tests/LossyProgram and Tests/SimulationPageTests hold it, as part of every
/// build. Pages in Chinese show the same code; their comments are their own.
@Suite struct PageTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// One ```swift block of a page.
    struct Block: Sendable, CustomTestStringConvertible {
        var page: String
        var line: Int
        var text: String

        var testDescription: String { "\(page):\(line)" }

        var isChinese: Bool { page.hasPrefix("zh/") || page.contains("zh-CN") }

        /// What stands between empty lines. A place may have other code between them: an `import` stands at the
        /// top of its file.
        var paragraphs: [String] {
            PageTests.unindented(text).components(separatedBy: "\n\n").filter { !$0.isEmpty }
        }

        /// The code alone.
        var code: String { PageTests.uncommented(text) }
    }

    static let blocks: [Block] = {
        let pages = FileManager.default.enumerator(
            at: root.appending(path: "docs"),
            includingPropertiesForKeys: nil
        )!
        .compactMap { $0 as? URL }.filter { $0.pathExtension == "md" }
        let readmes = ["README.md", "README.zh-CN.md"].map { root.appending(path: $0) }
        return (readmes + pages).flatMap { page in
            let folder = page.deletingLastPathComponent().lastPathComponent
            let name = (folder == "zh" ? "zh/" : "") + page.lastPathComponent
            return blocks(of: (try? String(contentsOf: page, encoding: .utf8)) ?? "", page: name)
        }
    }()

    static func blocks(of text: String, page: String) -> [Block] {
        var blocks: [Block] = []
        var isInside = false
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            let mark = line.trimmingCharacters(in: .whitespaces)
            if isInside, mark.hasPrefix("```") {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].text += line + "\n"
            } else if mark.hasPrefix("```") {
                guard mark.lowercased() == "```swift" else { continue }
                isInside = true
                blocks.append(Block(page: page, line: index + 1, text: ""))
            }
        }
        return blocks
    }

    /// Lines without the spaces around them: places are indented differently.
    static func unindented(_ text: String) -> String {
        text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: "\n").trimmingCharacters(in: .newlines)
    }

    /// Lines of code without their comments and the spaces around them; lines that are nothing else are left out.
    static func uncommented(_ text: String) -> String {
        unindented(text.replacing(/(?m)(^|\s)\/\/.*$/, with: "")).components(separatedBy: "\n")
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    static let places: [(file: String, text: String)] = {
        let folders = ["PagesProgram", "ReadmeProgram", "HuntProgram", "LossyProgram", "SimulationPageTests"]
        let files = folders.flatMap { name in
            (try? FileManager.default.contentsOfDirectory(
                at: root.appending(path: "Tests/\(name)"),
                includingPropertiesForKeys: nil
            )) ?? []
        }
        return files.filter { $0.pathExtension == "swift" }.map { file in
            let folder = file.deletingLastPathComponent().lastPathComponent
            let prefix = ["PagesProgram": "", "ReadmeProgram": "README/"][folder] ?? "\(folder)/"
            return (
                prefix + file.lastPathComponent,
                "\n" + unindented((try? String(contentsOf: file, encoding: .utf8)) ?? "") + "\n"
            )
        }
    }()

    @Test func `there are pages with Swift, and places for it`() {
        #expect(Self.blocks.filter { $0.page == "README.md" }.count == 2)
        #expect(Self.blocks.filter { $0.page == "simulation.md" }.count >= 5)
        #expect(Self.blocks.filter { $0.page == "library.md" }.count >= 3)
        #expect(Self.blocks.contains { $0.page == "operations.md" })
        #expect(Self.places.contains { $0.file == "main.swift" })
    }

    @Test(arguments: blocks)
    func `what a page shows is compiled, word for word`(block: Block) throws {
        let home = Self.places.first { place in
            guard !block.isChinese else { return Self.uncommented(place.text).contains(block.code) }
            return block.paragraphs.allSatisfy { place.text.contains("\n\($0)\n") }
        }
        #expect(
            home != nil,
            "\(block.page):\(block.line): no file of Tests/PagesProgram and its sisters has all of this:\n\(block.text)"
        )
    }

    @Test(arguments: [("library.md", "main.swift"), ("README.md", "README/main.swift")])
    func `the library's page and the README are each a main.swift that compiles, in its order`(
        page: String,
        file: String
    ) throws {
        let main = try #require(Self.places.first { $0.file == file }).text
        var rest = main[...]
        // A test of the reader's is in a file of its own.
        for block in Self.blocks where block.page == page && !block.text.contains("@Test") {
            let text = "\n" + Self.unindented(block.text) + "\n"
            let range = try #require(rest.range(of: text), "\(page):\(block.line) in \(file)")
            rest = rest[range.lowerBound...].dropFirst(text.count - 1)
        }
    }

    @Test(arguments: [
        ("README.md", "README.zh-CN.md"), ("library.md", "zh/library.md"),
        ("simulation.md", "zh/simulation.md"), ("streams-and-borders.md", "zh/streams-and-borders.md"),
        ("lossy-networks.md", "zh/lossy-networks.md"),
    ])
    func `the page in Chinese shows the same code`(page: String, other: String) {
        let code = { (name: String) in Self.blocks.filter { $0.page == name }.map(\.code) }
        #expect(code(page) == code(other) && !code(page).isEmpty)
    }

    @Test func `asking why is compiled where servers stand: in a handler and in a task of a group`() throws {
        let block = try #require(
            Self.blocks.first { $0.page == "library.md" && $0.text.contains(".diagnosis()") }
        )
        let server = try #require(Self.places.first { $0.file == "Server.swift" }).text
        #expect(server.components(separatedBy: "\n" + Self.unindented(block.text) + "\n").count == 3)
    }

    /// The examples of doc comments: indented by four, behind an empty line.
    static func examples(of text: String, file: String) -> [Block] {
        var blocks: [Block] = []
        var isInside = false
        var isAfterEmpty = false
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            let code = line.trimmingCharacters(in: .whitespaces)
            let isExample = code.hasPrefix("///     ") && (isInside || isAfterEmpty)
            if isExample, !isInside { blocks.append(Block(page: file, line: index + 1, text: "")) }
            if isExample { blocks[blocks.count - 1].text += code.dropFirst("///     ".count) + "\n" }
            isInside = isExample
            isAfterEmpty = code == "///"
        }
        return blocks
    }

    static let examples: [Block] = {
        let targets = [
            "Parley", "ParleyCore", "ParleyMacros", "ParleyNetwork", "ParleyOperations", "ParleySimulation",
            "ParleyTypes",
        ]
        let more = [
            "ParleyWire/Message.swift", "ParleyWire/MessageNumber.swift", "ParleyWire/WireCount.swift",
            "ParleyWire/WireTag.swift",
        ]
        let indented = SourceFile.all.filter { file in
            targets.contains(file.target)
                || file.target == "ParleyWire" && more.contains(file.path)
        }.flatMap { examples(of: $0.lines.joined(separator: "\n"), file: $0.path) }
        // Between fences most show only the way; these are whole.
        let fenced = SourceFile.all.filter { $0.path == "ParleyFlow/AnswerMemory.swift" }.flatMap { file in
            let lines = file.lines.map { $0.hasPrefix("/// ") ? String($0.dropFirst(4)) : "" }
            return blocks(of: lines.joined(separator: "\n"), page: file.path)
        }
        return indented + fenced
    }()

    @Test(arguments: examples)
    func `what a doc comment shows is compiled, word for word`(example: Block) throws {
        let home = Self.places.first { $0.text.contains("\n\(Self.unindented(example.text))\n") }
        #expect(
            home != nil,
            "\(example.page):\(example.line): no file of Tests/PagesProgram has this:\n\(example.text)"
        )
    }

    @Test func `the three nouns, the macro and what answers are remembered by have examples`() {
        for name in ["Mailbox", "Connection", "Listener", "WireMessage", "Endpoint", "AnswerMemory"] {
            #expect(Self.examples.contains { $0.page.hasSuffix("/\(name).swift") }, "\(name)")
        }
    }

    @Test func `a page that changed is noticed`() {
        let changed =
            "```swift\nlet x = 1\n\nlet y = 2\n```\n    ```swift\n    let z = 3\n    ```\n```sh\nls\n```\n"
        let blocks = Self.blocks(of: changed, page: "page")
        #expect(blocks.map(\.paragraphs) == [["let x = 1", "let y = 2"], ["let z = 3"]])
        #expect(!Self.places.contains { $0.text.contains("\nlet x = 1\n") })
        #expect(
            Self.uncommented("// all\nlet place = \"udp://:1\"  // one\n\n    f()")
                == "let place = \"udp://:1\"\nf()"
        )
    }
}
