import ParleyText
import ParleyTypes

/// What became of questions that each get their own answer.
struct AnswerCounts: Sendable, Hashable {
    var questions = 0
    var answers = 0
    /// Questions that got no answer in time.
    var unanswered = 0
    /// Answers that came too late and were thrown away.
    var discarded = 0
    /// What came and no question was waiting for.
    var unasked = 0
    /// What came and did not fit its layout.
    var misfits = 0
    /// Questions that are waiting for their answer.
    var open = 0
    /// From the first question to the last answer.
    var duration = Duration.zero

    /// Whether it says more than that questions have their answers.
    var isRemarkable: Bool { unanswered + discarded + unasked + misfits > 0 }

    var perSecond: Int? {
        let (seconds, attoseconds) = duration.components
        let time = Double(seconds) + Double(attoseconds) / 1e18
        return time > 0 ? Int((Double(questions) / time).rounded()) : nil
    }

    /// `1000 questions, 998 answers, 2 unanswered, 1 late answer discarded, in 1.2s (812 questions/s)`
    var sentence: String {
        var text = plural(questions, "question") + ", " + plural(answers, "answer")
        if unanswered > 0 { text += ", \(unanswered) unanswered" }
        if open > 0 { text += ", \(open) still open" }
        if discarded > 0 { text += ", \(plural(discarded, "late answer")) discarded" }
        if unasked > 0 { text += ", \(plural(unasked, "message")) that no question was waiting for" }
        if misfits > 0 { text += ", \(misfits) that did not fit" }
        text += ", in \(duration.rounded)"
        if let perSecond { text += " (\(plural(perSecond, "question")) a second)" }
        return text
    }

    /// `parley.note/1` with a number for each.
    func json(_ sentence: String) -> JSONLine {
        let numbers = [
            ("questions", questions), ("answers", answers), ("unanswered", unanswered), ("open", open),
            ("discarded", discarded), ("unasked", unasked), ("misfits", misfits),
            ("perSecond", perSecond ?? 0),
        ]
        return JSONLine(
            schema: "parley.note/1",
            [.init("note", .string(sentence))] + numbers.map { .init($0.0, .integer($0.1)) }
        )
    }
}
