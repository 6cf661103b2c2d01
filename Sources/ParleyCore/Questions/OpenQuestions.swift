public import ParleyTypes

/// The questions whose answers are waited for, and those that were given up and still owe theirs; without those that
/// are known by what their answers say (``SignedQuestions``).
@usableFromInline
struct OpenQuestions {
    /// So many may be open at once; who asks more waits.
    static var openMax: Int { 1024 }

    private enum Turn {
        case open(OpenQuestion)
        case givenUp
    }

    /// What a message that comes is to whoever receives it.
    @usableFromInline
    enum Addressee {
        case question(OpenQuestion)
        /// The answer to a question that was given up.
        case nobody
        case reader
    }

    /// Whether the end of each message can be seen. Otherwise one question is open at most, and one answer that is owed
    /// is one too many.
    let hasBorders: Bool
    /// Questions whose answers come in their order.
    private var turns = FIFO<Turn>()
    /// How many have been taken out in front.
    private var turnsTaken = 0
    private var owedCount = 0
    /// Questions whose answers are known by their senders, each of whom is asked one at a time.
    private var bySender: [SocketAddress: OpenQuestion] = [:]
    /// The question that anyone may answer.
    private var toAnyone: OpenQuestion?
    /// Whether nobody can know any more which question the next answer belongs to.
    private(set) var isOutOfStep = false

    init(hasBorders: Bool) {
        self.hasBorders = hasBorders
    }

    /// Whether something that comes may be an answer that is waited for, or is owed.
    var isOpen: Bool { !turns.isEmpty || toAnyone != nil || !bySender.isEmpty }

    /// Whether the next message is the answer to a question that was given up, whatever it says.
    var isNextOwed: Bool {
        guard case .givenUp? = turns.first else { return false }
        return true
    }

    mutating func add(_ question: OpenQuestion) {
        switch question.rule {
        case .order:
            question.turn = turnsTaken + turns.count
            turns.append(.open(question))
        case .sender(let sender?): bySender[sender] = question
        case .sender(nil): toAnyone = question
        case .sign, .number: break
        }
    }

    /// Takes the question out that was added last and could not be sent.
    mutating func takeBack(_ question: OpenQuestion) {
        switch question.rule {
        case .order: if question.turn == turnsTaken + turns.count - 1 { _ = turns.removeLast() }
        case .sender(let sender?): bySender[sender] = nil
        case .sender(nil): toAnyone = nil
        case .sign, .number: break
        }
    }

    /// A question that was sent, and whose answer nobody waits for any more.
    mutating func giveUp(_ question: OpenQuestion) {
        switch question.rule {
        case .order:
            turns[question.turn - turnsTaken] = .givenUp
            owedCount += 1
            if owedCount > answersOwedMax || !hasBorders { isOutOfStep = true }
        case .sender(let sender?): bySender[sender] = nil
        case .sender(nil): toAnyone = nil
        case .sign, .number: break
        }
    }

    /// Whose a message is. Its question is open no more.
    ///
    /// - Parameter lastSerial: the last question that was open when the message had been received. Where nothing but
    ///   the sender tells, it answers none of a later one.
    @usableFromInline
    mutating func take(from sender: SocketAddress, askedUpTo lastSerial: Int) -> Addressee {
        if !bySender.isEmpty, let question = bySender[sender], question.serial <= lastSerial {
            bySender[sender] = nil
            return .question(question)
        }
        if let question = toAnyone, question.serial <= lastSerial {
            toAnyone = nil
            return .question(question)
        }
        return takeTurn() ?? .reader
    }

    /// Whose a message is that fits no layout: an answer in its turn, or nobody knows.
    @usableFromInline
    mutating func takeTurn() -> Addressee? {
        guard let turn = turns.popFirst() else { return nil }
        turnsTaken += 1
        guard case .open(let question) = turn else {
            owedCount -= 1
            return .nobody
        }
        return .question(question)
    }

    /// All whose answers are waited for; the order means nothing.
    var all: [OpenQuestion] {
        var questions = Array(bySender.values)
        if let toAnyone { questions.append(toAnyone) }
        for index in 0..<turns.count {
            if case .open(let question) = turns[index] { questions.append(question) }
        }
        return questions
    }

    /// No answer comes any more that is owed.
    mutating func forgetAll() {
        turnsTaken += turns.count
        turns.removeAll()
        owedCount = 0
        isOutOfStep = false
    }
}

/// More answers than this may not be owed: a peer that leaves so many questions without an answer will hardly answer
/// them all in order.
let answersOwedMax = 1024
