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
        let mistakes = try CoveragePage(language).mistakes(FactsPage(language).rows)
        #expect(mistakes == [])
    }

    @Test func `rows say the same in both languages`() throws {
        let english = try CoveragePage(.english)
        let chinese = try CoveragePage(.chinese)
        #expect(english.rows.map(\.shared) == chinese.rows.map(\.shared))
        #expect(english.text.contains("(zh/coverage.md)") && chinese.text.contains("(../coverage.md)"))
    }

    @Test func `a row that shows nothing, or what does not exist, is a mistake`() throws {
        let whole = try CoveragePage(.english).text
        let sections = try FactsPage(.english).rows
        let line = try #require(whole.split(separator: "\n").first { $0.hasPrefix("| 8 |") })
        let tail = "[tail](socket-facts.md#tail)"
        let queue = "[queue](lossy-networks.md#queue)"
        let cases: [(row: String, mistake: String)] = [
            ("", "the numbers are not"),
            ("\(line)\n\(line)", "the numbers are not"),
            ("| 8 | Said. | **true** | | [alignment](socket-facts.md#alignment) |", "neither a command"),
            ("| 8 | Said. | **perhaps** | planned: flow | |", "neither true"),
            ("| 8 | Said. | **true** | planned: someday | |", "no part"),
            ("| 8 | Said. | **true** | `parley families` | |", "no page"),
            ("| 8 | Said. | **true** | `parley nonsense` | \(tail) |", "alone it fails"),
            ("| 8 | Said. | **true** | `parley layout --sideways` | \(tail) |", "alone it fails"),
            (
                "| 8 | Said. | **true** | `swift run LossyProgram nothing` | \(queue) |",
                "no page that is linked"
            ),
            ("| 8 | Said. | **true** | `CoverageTests/nothing` | \(tail) |", "no such test"),
        ]
        for (row, mistake) in cases {
            let page = CoveragePage(.english, whole.replacing(line, with: row))
            let mistakes = try page.mistakes(sections)
            #expect(mistakes.count == 1 && mistakes[0].contains(mistake), "\(row): \(mistakes)")
        }
        let test = "CoverageTests/rows say the same in both languages"
        let fine = "| 8 | Said. | **true** | `\(test)` | \(tail) |"
        let page = CoveragePage(.english, whole.replacing(line, with: fine))
        #expect(try page.mistakes(sections) == [])
    }
}
