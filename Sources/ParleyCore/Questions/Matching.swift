/// How the answer to a question is known among all that comes: by a number that both carry, or by any other sign.
///
///     let byNumber = Matching<Asked, Asked>.equal(\.number)
///     let byCondition = Matching<Asked, Asked>.when { question, answer in answer.number == question.number }
///
/// For services that answer in another order than they are asked, or send what nobody asked for, and for datagrams,
/// which the network reorders by itself.
public struct Matching<Question: Sendable, Answer: Sendable>: Sendable {
    /// What the answer to a question is known by.
    let sign: @Sendable (Question) -> AnswerSign<Answer>

    /// By two values that are equal, such as the numbers of question and answer. Found at once, however many questions
    /// are open.
    ///
    /// - Parameters:
    ///   - question: the value in the question. Questions that are open at the same time should differ in it: equal
    ///     ones are answered in the order in which they were asked.
    ///   - answer: the value in the answer.
    public static func equal<Value: Hashable & Sendable>(
        _ question: any KeyPath<Question, Value> & Sendable,
        _ answer: any KeyPath<Answer, Value> & Sendable
    ) -> Matching {
        Matching {
            .key(AnyHashable($0[keyPath: question]), at: answer, in: { AnyHashable($0[keyPath: answer]) })
        }
    }

    /// By a condition. It is asked for each open question and each message that comes, on whichever task receives it:
    /// everybody who asks there waits for it, so it must not block, nor call the connection or mailbox.
    public static func when(_ isAnswer: @escaping @Sendable (Question, Answer) -> Bool) -> Matching {
        Matching { question in .condition { isAnswer(question, $0) } }
    }
}

extension Matching where Question == Answer {
    /// By a value that question and answer carry in the same place.
    public static func equal<Value: Hashable & Sendable>(_ both: any KeyPath<Question, Value> & Sendable)
        -> Matching
    {
        equal(both, both)
    }
}

/// What the answer to one question is known by.
enum AnswerSign<Answer>: @unchecked Sendable {
    // Sendable by hand: keys and paths are made of values that are.

    /// The key that answers have at a path. Equal paths are one.
    case key(AnyHashable, at: AnyKeyPath, in: (Answer) -> AnyHashable)
    case condition((Answer) -> Bool)
}
