import ParleyCore
import ParleyFlow
import ParleyTypes
import ParleyWire

/// `serve reply --number` over datagrams: a question that comes again is answered again and not run again.
struct NumberedAnswering: Sendable {
    private let questions: MessageNumbering
    private var answers: RememberedAnswers

    /// What to do with a datagram.
    enum Screening {
        /// Answer it; nil where it carries no number.
        case run(RunningQuestion?)
        case again([UInt8]?)
        case refuse
    }

    init(_ question: NumberField, answer: NumberField) throws(Ending) {
        guard question.bits == answer.bits else {
            throw Ending(
                .usage,
                "--number: the questions' has \(question.bits) bits and the answers' \(answer.bits)",
                remedy: "Name fields of one width."
            )
        }
        questions = question.numbering
        answers = RememberedAnswers(.usual, answers: answer.numbering)
    }

    mutating func screen(
        _ bytes: [UInt8],
        of asker: AskerPlace,
        at now: MonotonicInstant
    ) -> Screening {
        guard let mark = unsafe MessageMark(bytes.span.bytes, by: questions) else { return .run(nil) }
        return switch answers.screen(mark, of: asker, at: now) {
        case .run(let question): .run(question)
        case .again(let answer): .again(answer)
        case .refuse: .refuse
        }
    }

    /// Keeps the answer to a question, with its number in it.
    mutating func keep(_ verdict: Replier.Verdict, for question: RunningQuestion?, at now: MonotonicInstant)
        -> Replier.Verdict
    {
        guard let question else { return verdict }
        switch verdict {
        case .answer(let bytes):
            return answers.keepNumbered(bytes, for: question, at: now).map { .answer($0) } ?? .unnumbered
        case .nothing, .unnumbered: answers.keep(nil, for: question, at: now)
        case .misfit: answers.withdraw(question)
        }
        return verdict
    }
}
