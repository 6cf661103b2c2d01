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
    /// Of those discarded: more answers to questions that had theirs, or were given up, by their numbers.
    var doubled = 0
    /// How often questions were sent again.
    var repeated = 0
    /// Round trips of questions that were sent once.
    var roundTrips = RoundTrips()
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
        if repeated > 0 { text += ", sent again \(repeated == 1 ? "once" : "\(repeated) times")" }
        if doubled > 0 { text += ", \(plural(doubled, "late or doubled answer")) discarded" }
        if discarded > doubled { text += ", \(plural(discarded - doubled, "late answer")) discarded" }
        if unasked > 0 { text += ", \(plural(unasked, "message")) that no question was waiting for" }
        if misfits > 0 { text += ", \(misfits) that did not fit" }
        text += ", in \(duration.rounded)"
        if let perSecond { text += " (\(plural(perSecond, "question")) a second)" }
        if let words = roundTrips.words { text += ", round trip \(words)" }
        return text
    }

    /// `parley.note/1` with a number for each.
    func json(_ sentence: String) -> JSONLine {
        let numbers = [
            ("questions", questions), ("answers", answers), ("unanswered", unanswered), ("open", open),
            ("discarded", discarded), ("unasked", unasked), ("misfits", misfits),
            ("perSecond", perSecond ?? 0),
        ]
        let costs =
            roundTrips.json + (isNumbered ? [("repeated", repeated), ("doubled", doubled)] : [])
        return JSONLine(
            schema: "parley.note/1",
            [.init("note", .string(sentence))] + (numbers + costs).map { .init($0.0, .integer($0.1)) }
        )
    }

    /// Whether questions had numbers.
    var isNumbered = false

    mutating func note(_ cost: QuestionCost) {
        if cost.tries == 1 { roundTrips.note(cost.elapsed) }
    }
}

/// The least, the mean and the longest of some round trips.
struct RoundTrips: Sendable, Hashable {
    private var count = 0
    private var sum = 0
    private var least = Duration.zero
    private var most = Duration.zero

    mutating func note(_ time: Duration) {
        least = count == 0 ? time : min(least, time)
        most = max(most, time)
        count += 1
        sum = sum.addingReportingOverflow(time.microseconds).partialValue
    }

    private var mean: Duration { .microseconds(count > 0 ? sum / count : 0) }

    /// `85us to 1.2ms, 112us on average`; nil where none is known.
    var words: String? {
        switch count {
        case 0: nil
        case 1: least.precise
        default: "\(least.precise) to \(most.precise), \(mean.precise) on average"
        }
    }

    var json: [(String, Int)] {
        guard count > 0 else { return [] }
        return [
            ("roundTripMin", least.microseconds), ("roundTripMean", mean.microseconds),
            ("roundTripMax", most.microseconds),
        ]
    }
}
