import Foundation

/// The pages docs/coverage.md and docs/zh/coverage.md: what is said of sockets, and where it is shown.
///
/// A row of their tables is number, statement, verdict, what shows it, and links. The verdict is in bold, what is
/// true follows behind a colon. What shows it are commands in code, `parley …`; programs of pages, `swift run …`;
/// tests, as `Suite/the sentence that is their name`; and "planned: PART" where nothing does yet.
struct CoveragePage {
    let language: FactsPage.Language
    let text: String
    let rows: [Row]

    struct Row {
        var number: Int
        var statement: String
        var verdict: Verdict?
        var commands: [String]
        var programs: [String]
        var tests: [String]
        var planned: String?
        /// Where the links lead: "socket-facts.md#tail".
        var links: [String]

        /// What must be the same in every language.
        var shared: [String] {
            ["\(number)", verdict?.rawValue ?? "-", planned ?? "-"] + commands + programs + tests + links
        }
    }

    enum Verdict: String {
        case isTrue = "true"
        case isHalfTrue = "half-true"
        case isFalse = "false"

        init?(_ word: String) {
            switch word {
            case "true", "对": self = .isTrue
            case "half-true", "半对": self = .isHalfTrue
            case "false", "错": self = .isFalse
            default: return nil
            }
        }
    }

    /// So many statements the subject has.
    static let count = 76

    init(_ language: FactsPage.Language) throws {
        self.init(language, try String(contentsOf: Self.url(language), encoding: .utf8))
    }

    init(_ language: FactsPage.Language, _ text: String) {
        self.language = language
        self.text = text
        rows = text.split(separator: "\n").compactMap { Row($0) }
    }

    static func url(_ language: FactsPage.Language) -> URL {
        language.url.deletingLastPathComponent().appending(path: "coverage.md")
    }

    /// What is wrong with it: a row that shows nothing, numbers that are missing or double, commands that no
    /// section runs and that do not run by themselves, tests that do not exist.
    /// `PageLinkTests` look at the links, as on every page.
    ///
    /// - Parameter sections: of the facts, in this language.
    func mistakes(_ sections: [FactsRow]) throws -> [String] {
        var mistakes: [String] = []
        let tests = rows.contains { !$0.tests.isEmpty } ? try TestNames.all() : []
        let numbers = rows.map(\.number)
        if numbers != Array(1...Self.count) {
            mistakes.append("the numbers are not 1 to \(Self.count): \(numbers)")
        }
        for row in rows {
            let about = "row \(row.number): "
            if row.verdict == nil { mistakes.append(about + "neither true nor half-true nor false") }
            if row.statement.isEmpty { mistakes.append(about + "no statement") }
            if row.commands.isEmpty, row.programs.isEmpty, row.tests.isEmpty, row.planned == nil {
                mistakes.append(about + "neither a command nor a test nor planned")
            }
            if row.planned == nil, row.links.isEmpty { mistakes.append(about + "no page") }
            if let planned = row.planned, !Self.parts.contains(planned) {
                mistakes.append(about + "no part of Parley is called \(planned)")
            }
            let own = sections.filter { row.links.contains("socket-facts.md#\($0.name)") }
            for command in row.commands where !(try isRun(command, in: own)) {
                mistakes.append(about + "no section that is linked runs it, and alone it fails: \(command)")
            }
            for program in row.programs where !(isShown(program, by: row.links)) {
                mistakes.append(about + "no page that is linked runs it: \(program)")
            }
            for test in row.tests where !tests.contains(test) {
                mistakes.append(about + "no such test: \(test)")
            }
        }
        return mistakes
    }

    /// Whether one of the pages shows it in a terminal, which `WalkthroughTests` run.
    private func isShown(_ program: String, by links: [String]) -> Bool {
        links.contains { link in
            let file = String(link.prefix { $0 != "#" })
            let page = try? String(
                contentsOf: Self.url(language).deletingLastPathComponent().appending(path: file),
                encoding: .utf8
            )
            return page?.contains("\n$ \(program)\n") == true
        }
    }

    /// Parts of Parley that show something later.
    private static let parts: Set = ["flow", "impair", "ping and trace", "admission", "SCTP"]

    /// Whether a test runs it: in a section, which `SocketFactsTests` runs, or here, in an empty folder.
    private func isRun(_ command: String, in sections: [FactsRow]) throws -> Bool {
        let commands = sections.flatMap(\.blocks).flatMap(\.commands)
        if commands.contains(where: { $0.text.contains(command) }) { return true }
        return try Parley.shell(command, in: Folder()).status == 0
    }
}

extension CoveragePage.Row {
    /// Nil for a line that is no row.
    init?(_ line: Substring) {
        let cells = line.replacing("\\|", with: "\u{1f}")
            .split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.replacing("\u{1f}", with: "|").trimmingCharacters(in: .whitespaces) }
        guard cells.count == 7, let number = Int(cells[1]) else { return nil }
        self.number = number
        statement = cells[2]
        verdict = cells[3].prefixMatch(of: /\*\*([^*]+)\*\*/).flatMap { CoveragePage.Verdict(String($0.1)) }
        let codes = cells[4].matches(of: /`([^`]+)`/).map { String($0.1) }
        commands = codes.filter { $0.hasPrefix("parley ") }
        programs = codes.filter { $0.hasPrefix("swift run ") }
        tests = codes.filter { !$0.hasPrefix("parley ") && !$0.hasPrefix("swift run ") }
        planned = cells[4].firstMatch(of: /(?:planned: |计划：)([A-Za-z ]+)/).map { String($0.1) }
        links = cells[5].matches(of: /\]\(([^)]+)\)/).map { String($0.1).replacing("../", with: "") }
    }
}
