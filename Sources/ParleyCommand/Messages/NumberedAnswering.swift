import ParleyCore
import ParleyFlow
import ParleyTypes
import ParleyWire

/// `serve reply --number` over datagrams: a question that comes again is answered again and not run again.
struct NumberedAnswering: Sendable {
    private let questions: MessageNumbering
    private let answers: MessageNumbering
    private let bits: Int
    private var memory = AnswerMemory<AskerPlace>(.usual)

    /// What to do with a datagram.
    enum Screening {
        /// Answer it; nil where it carries no number.
        case run(Question?)
        case again([UInt8]?)
        case refuse
    }

    struct Question {
        fileprivate let question: AnswerMemory<AskerPlace>.Question
        fileprivate let asker: AskerPlace
        fileprivate let number: UInt64
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
        answers = answer.numbering
        bits = question.bits
    }

    mutating func screen(
        _ bytes: [UInt8],
        of asker: AskerPlace,
        at now: MonotonicInstant
    ) -> Screening {
        guard let number = unsafe questions.number(in: bytes.span.bytes) else { return .run(nil) }
        let digest = unsafe QuestionDigest.of(bytes.span.bytes)
        switch memory.receive(number, ofBits: bits, saying: digest, from: asker, at: now) {
        case .new(let question): return .run(Question(question: question, asker: asker, number: number))
        case .repeated(let answer): return .again(answer)
        case .running, .forgotten: return .again(nil)
        case .refused: return .refuse
        }
    }

    /// Keeps the answer to a question, with its number in it.
    mutating func keep(_ verdict: Replier.Verdict, for question: Question?, at now: MonotonicInstant)
        -> Replier.Verdict
    {
        guard let question else { return verdict }
        switch verdict {
        case .answer(var bytes):
            if let place = unsafe answers.place(in: bytes.span.bytes) {
                place.write(question.number, into: &bytes)
            }
            memory.keep(bytes, for: question.question, of: question.asker, at: now)
            return .answer(bytes)
        case .nothing: memory.keep(nil, for: question.question, of: question.asker, at: now)
        case .misfit: memory.withdraw(question.question, of: question.asker)
        }
        return verdict
    }
}
