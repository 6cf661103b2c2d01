import Foundation
import Testing

/// docs/coverage.md and its Chinese sister say of each statement of the subject where it is shown.
///
/// `CoveragePage` says how a row is written; to fill one that was planned, write it anew in both languages.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(2))) struct CoverageTests {
    @Test(arguments: FactsPage.Language.allCases)
    fileprivate func `each statement is shown by what exists and runs, or planned`(
        _ language: FactsPage.Language
    ) throws {
        var links = PageLinks()
        let mistakes = try CoveragePage(language).mistakes(FactsPage(language).rows, &links)
        #expect(mistakes == [])
    }

    @Test func `rows say the same in both languages`() throws {
        let english = try CoveragePage(.english)
        let chinese = try CoveragePage(.chinese)
        #expect(english.rows.map(\.shared) == chinese.rows.map(\.shared))
        #expect(english.text.contains("(zh/coverage.md)") && chinese.text.contains("(../coverage.md)"))
    }

    @Test(arguments: FactsPage.Language.allCases)
    fileprivate func `no link of the facts leads nowhere`(_ language: FactsPage.Language) throws {
        let text = try String(contentsOf: language.url, encoding: .utf8)
        var links = PageLinks()
        #expect(try links.broken(in: text, at: language.url) == [])
    }

    @Test func `a row that shows nothing, or what does not exist, is a mistake`() throws {
        let whole = try CoveragePage(.english).text
        let sections = try FactsPage(.english).rows
        var links = PageLinks()
        let line = try #require(whole.split(separator: "\n").first { $0.hasPrefix("| 8 |") })
        let tail = "[tail](socket-facts.md#tail)"
        let cases: [(row: String, mistake: String)] = [
            ("", "the numbers are not"),
            ("\(line)\n\(line)", "the numbers are not"),
            ("| 8 | Said. | **true** | | [alignment](socket-facts.md#alignment) |", "neither a command"),
            ("| 8 | Said. | **perhaps** | planned: flow | |", "neither true"),
            ("| 8 | Said. | **true** | planned: someday | |", "no part"),
            ("| 8 | Said. | **true** | `parley families` | |", "no page"),
            ("| 8 | Said. | **true** | `parley nonsense` | \(tail) |", "alone it fails"),
            ("| 8 | Said. | **true** | `parley layout --sideways` | \(tail) |", "alone it fails"),
            ("| 8 | Said. | **true** | `CoverageTests/nothing` | \(tail) |", "no such test"),
            ("| 8 | Said. | **true** | planned: flow | [tail](socket-facts.md#tails) |", "leads nowhere"),
            ("| 8 | Said. | **true** | planned: flow | [tail](socket-fact.md#tail) |", "leads nowhere"),
        ]
        for (row, mistake) in cases {
            let page = CoveragePage(.english, whole.replacing(line, with: row))
            let mistakes = try page.mistakes(sections, &links)
            #expect(mistakes.count == 1 && mistakes[0].contains(mistake), "\(row): \(mistakes)")
        }
        let test = "CoverageTests/rows say the same in both languages"
        let fine = "| 8 | Said. | **true** | `\(test)` | \(tail) |"
        let page = CoveragePage(.english, whole.replacing(line, with: fine))
        #expect(try page.mistakes(sections, &links) == [])
    }
}
