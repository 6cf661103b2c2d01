package import ParleyFlow
package import ParleyTypes
package import ParleyWire

/// Numbered questions and their answers: a question that comes again is answered again, with the same bytes, and not
/// run again.
package struct RememberedAnswers: Sendable {
    private var memory: AnswerMemory<AskerPlace>
    private let bits: Int
    private let answers: MessageNumbering

    /// - Parameter answers: where answers carry the number, in as many bits as questions do.
    package init(_ limits: AnswerLimits, answers: MessageNumbering) {
        memory = AnswerMemory(limits)
        bits = 8 * (answers.widths.first ?? 1)
        self.answers = answers
    }

    /// What to do with a numbered question.
    package enum Screening {
        /// Run it, and keep its answer by this.
        case run(RunningQuestion)
        /// Send this once more; nil for nothing.
        case again([UInt8]?)
        /// There is no room to remember it.
        case refuse
    }

    package mutating func screen(
        _ mark: MessageMark,
        of asker: AskerPlace,
        at now: MonotonicInstant
    ) -> Screening {
        switch memory.receive(mark.number, ofBits: bits, saying: mark.digest, from: asker, at: now) {
        case .new(let question):
            .run(RunningQuestion(question: question, asker: asker, number: mark.number))
        case .repeated(let answer): .again(answer)
        case .running, .forgotten: .again(nil)
        case .refused: .refuse
        }
    }

    /// Keeps an answer that has its number; nil where there is none, and none for the question when it comes again.
    package mutating func keep(_ answer: [UInt8]?, for question: RunningQuestion, at now: MonotonicInstant) {
        memory.keep(answer, for: question.question, of: question.asker, at: now)
    }

    /// Writes the question's number into its answer, and keeps it.
    ///
    /// - Returns: the answer with its number; nil where an answer of its kind carries none: then the question has no
    ///   answer when it comes again either.
    package mutating func keepNumbered(
        _ answer: [UInt8],
        for question: RunningQuestion,
        at now: MonotonicInstant
    ) -> [UInt8]? {
        guard let place = unsafe answers.place(in: answer.span.bytes) else {
            keep(nil, for: question, at: now)
            return nil
        }
        var numbered = answer
        place.write(question.number, into: &numbered)
        keep(numbered, for: question, at: now)
        return numbered
    }

    /// The question was not run after all: when it comes again it is new.
    package mutating func withdraw(_ question: RunningQuestion) {
        memory.withdraw(question.question, of: question.asker)
    }
}

/// Who asks, and which of our addresses: an asker numbers its questions for each address that it asks.
package struct AskerPlace: Sendable, Hashable {
    package var sender: SocketAddress
    package var recipient: SocketAddress?

    package init(sender: SocketAddress, recipient: SocketAddress?) {
        self.sender = sender
        self.recipient = recipient
    }
}

/// A numbered question that is being answered.
@usableFromInline
package struct RunningQuestion: Sendable {
    let question: AnswerMemory<AskerPlace>.Question
    let asker: AskerPlace
    let number: UInt64
}
