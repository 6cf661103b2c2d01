import Foundation
import Testing

/// What pages point to is there: links, anchors, files that examples name. And the README is short.
@Suite struct PageLinkTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .standardizedFileURL

    /// A page, by its path in the package.
    struct Page: Sendable, CustomTestStringConvertible {
        var path: String
        var text: String
        var testDescription: String { path }

        /// Without the blocks between fences.
        var prose: String { PageLinkTests.parts(of: text).prose.joined(separator: "\n") }

        /// The targets of links and pictures.
        var targets: [String] {
            prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
        }

        /// What `#…` may name, as GitHub makes it from headings, and what is set by hand.
        var anchors: Set<String> {
            var anchors: Set<String> = []
            for line in prose.components(separatedBy: "\n") where line.hasPrefix("#") {
                let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
                    .replacing(/<[^>]*>/, with: "").replacing(/\]\([^)]*\)/, with: "")
                let kept = title.lowercased().unicodeScalars.filter {
                    $0 == "-" || $0 == "_" || $0 == " " || $0.properties.isAlphabetic
                        || $0.properties.numericType != nil
                }
                let base = String(String.UnicodeScalarView(kept)).trimmingCharacters(in: .whitespaces)
                    .replacing(" ", with: "-")
                var name = base
                var number = 0
                while !anchors.insert(name).inserted {
                    number += 1
                    name = "\(base)-\(number)"
                }
            }
            for match in text.matches(of: /\bid="([^"]+)"/) { anchors.insert(String(match.1)) }
            return anchors
        }
    }

    static let pages: [Page] = {
        let places = ["docs", "Extras"].flatMap { name in
            FileManager.default.enumerator(at: root.appending(path: name), includingPropertiesForKeys: nil)?
                .allObjects as? [URL] ?? []
        }
        let top =
            (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        return (places + top).filter { $0.pathExtension == "md" && !$0.path.contains("/.build") }.map {
            file in
            Page(
                path: String(file.standardizedFileURL.path.dropFirst(root.path.count + 1)),
                text: (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            )
        }.sorted { $0.path < $1.path }
    }()

    /// Lines outside and inside of fences.
    static func parts(of text: String) -> (prose: [String], code: [String]) {
        var parts: (prose: [String], code: [String]) = ([], [])
        var isFenced = false
        for line in text.components(separatedBy: "\n") {
            if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") {
                isFenced.toggle()
            } else if isFenced {
                parts.code.append(line)
            } else {
                parts.prose.append(line)
            }
        }
        return parts
    }

    @Test(arguments: pages)
    func `every link of a page leads to a file of the package, and to a place in it`(_ page: Page) {
        let folder = Self.root.appending(path: page.path).deletingLastPathComponent()
        for target in page.targets where !target.contains(/^[a-z]+:/) {
            let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init
            )
            let file =
                parts[0].isEmpty ? Self.root.appending(path: page.path) : folder.appending(path: parts[0])
            let path = file.standardizedFileURL.path
            #expect(FileManager.default.fileExists(atPath: path), "\(page.path): \(target)")
            guard parts.count > 1 else { continue }
            let other = Self.pages.first { Self.root.appending(path: $0.path).path == path }
            #expect(other?.anchors.contains(parts[1]) == true, "\(page.path): \(target)")
        }
    }

    private static let readmes = pages.filter { $0.path.hasPrefix("README") }

    @Test func `there is a README in both languages, and each leads to the other`() {
        #expect(Self.readmes.map(\.path) == ["README.md", "README.zh-CN.md"])
        for page in Self.readmes {
            #expect(page.targets.contains { $0.hasPrefix("README") && $0 != page.path }, "\(page.path)")
        }
    }

    @Test(arguments: readmes)
    func `files that the README names are shipped`(_ page: Page) {
        let words = page.text.matches(of: /\b(Extras|docs|scripts|Sources|Tests)\/[\w.\/-]*\w/).map {
            String($0.0)
        }
        // What the reader makes.
        let own = ["Sources/scores/main.swift", "Sources/scores/scores.swift"]
        #expect(!words.isEmpty)
        for word in words where !own.contains(word) {
            let path = Self.root.appending(path: word).path
            #expect(FileManager.default.fileExists(atPath: path), "\(page.path): \(word)")
        }
        for match in page.text.matches(of: /[\w\/.-]*\.(h|c)\b/) {
            #expect(match.0.contains("/"), "\(page.path): \(match.0) is nowhere")
        }
    }

    /// Words of everything, code, tables and links' names included; two Chinese characters count as one word.
    private static func words(of text: String) -> Int {
        let isHan = { (scalar: Unicode.Scalar) in (0x3400...0x9FFF).contains(scalar.value) }
        let plain = text.replacing(/\]\([^)]*\)/, with: "]")
        var spaced = ""
        for scalar in plain.unicodeScalars { spaced += isHan(scalar) ? " " : String(scalar) }
        let others = spaced.split { $0.isWhitespace || "|：，。；、（）".contains($0) }
            .filter { $0.contains { $0.isLetter || $0.isNumber } }
        return others.count + plain.unicodeScalars.count(where: isHan) / 2
    }

    @Test(arguments: readmes)
    func `a README takes five minutes: at most 900 words, code included`(_ page: Page) {
        let count = Self.words(of: page.text)
        #expect((200...900).contains(count), "\(page.path) has \(count)")
    }

    @Test(arguments: readmes)
    func `a README quotes its figures from the benchmarks, one that is lost among them`(_ page: Page) throws {
        let benchmarks = try #require(Self.pages.first { $0.path == "docs/benchmarks.md" }).text
        let rows = page.text.components(separatedBy: "\n").filter {
            $0.hasPrefix("|") && $0.contains(/\d\.\d\dx/)
        }
        #expect(rows.count == 3)
        for figure in rows.joined().matches(of: /\d+(\.\d+)?x/) {
            #expect(benchmarks.contains(" \(figure.0) "), "\(figure.0)")
        }
    }

    @Test func `links are found, and headings are spelled as GitHub does`() {
        let page = Page(
            path: "page.md",
            text:
                "# A `b`: c, d\n[x](y.md#z) ![p](q.svg)\n```\n[no](no)\n```\n## A `b`: c, d\n<a id=\"e\"></a>\n"
        )
        #expect(page.targets == ["y.md#z", "q.svg"])
        #expect(page.anchors == ["a-b-c-d", "a-b-c-d-1", "e"])
        #expect(Self.words(of: "# One two [three](four) | 五六 |\n") == 4)
    }
}
