internal import ParleyTypes
internal import ParleyWire

/// The questions whose answers are waited for, and those that were given up and still owe theirs.
struct OpenQuestions<Inbound: Message> {
    /// So many may be open at once; who asks more waits.
    static var openMax: Int { 1024 }

    private enum Turn {
        case open(Asker<Inbound>)
        case givenUp
    }

    /// What a message that comes is to whoever receives it.
    enum Addressee {
        case asker(Asker<Inbound>)
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
    private var bySender: [SocketAddress: Asker<Inbound>] = [:]
    /// The question that anyone may answer.
    private var toAnyone: Asker<Inbound>?
    private var signed = SignedQuestions<Inbound>()
    /// Whether nobody can know any more which question the next answer belongs to.
    private(set) var isOutOfStep = false

    init(hasBorders: Bool) {
        self.hasBorders = hasBorders
    }

    /// As ``isOpen``, or the late answer to a question that was given up.
    mutating func isWaiting(_ now: () -> MonotonicInstant) -> Bool { isOpen || signed.isRemembered(now) }

    /// Whether something that comes may be an answer that is waited for, or is owed.
    var isOpen: Bool { !turns.isEmpty || toAnyone != nil || !bySender.isEmpty || signed.openCount > 0 }

    /// Whether the next message is the answer to a question that was given up, whatever it says.
    var isNextOwed: Bool {
        guard signed.isEmpty, case .givenUp? = turns.first else { return false }
        return true
    }

    mutating func add(_ asker: Asker<Inbound>) {
        switch asker.rule {
        case .order:
            asker.turn = turnsTaken + turns.count
            turns.append(.open(asker))
        case .sender(let sender?): bySender[sender] = asker
        case .sender(nil): toAnyone = asker
        case .sign(let sign, let recipient): signed.add(asker, sign, to: recipient)
        }
    }

    /// Takes the question out that was added last and could not be sent.
    mutating func takeBack(_ asker: Asker<Inbound>) {
        switch asker.rule {
        case .order: if asker.turn == turnsTaken + turns.count - 1 { _ = turns.removeLast() }
        case .sender(let sender?): bySender[sender] = nil
        case .sender(nil): toAnyone = nil
        case .sign(let sign, _): signed.remove(asker, sign)
        }
    }

    /// A question that was sent, and whose answer nobody waits for any more.
    mutating func giveUp(_ asker: Asker<Inbound>, at now: MonotonicInstant) {
        switch asker.rule {
        case .order:
            turns[asker.turn - turnsTaken] = .givenUp
            owedCount += 1
            if owedCount > answersOwedMax || !hasBorders { isOutOfStep = true }
        case .sender(let sender?): bySender[sender] = nil
        case .sender(nil): toAnyone = nil
        case .sign(let sign, _): signed.forget(asker, sign, at: now)
        }
    }

    /// Whose a message is. Its question is open no more.
    ///
    /// - Parameter lastSerial: the last question that was open when the message had been received. Where nothing but
    ///   the sender tells, it answers none of a later one.
    mutating func take(_ letter: Letter<Inbound>, askedUpTo lastSerial: Int) -> Addressee {
        if let found = signed.take(letter) { return found.map { .asker($0) } ?? .nobody }
        if let asker = bySender[letter.sender], asker.serial <= lastSerial {
            bySender[letter.sender] = nil
            return .asker(asker)
        }
        if let asker = toAnyone, asker.serial <= lastSerial {
            toAnyone = nil
            return .asker(asker)
        }
        return takeTurn() ?? .reader
    }

    /// Whose a message is that fits no layout: an answer in its turn, or nobody knows.
    mutating func takeTurn() -> Addressee? {
        guard let turn = turns.popFirst() else { return nil }
        turnsTaken += 1
        guard case .open(let asker) = turn else {
            owedCount -= 1
            return .nobody
        }
        return .asker(asker)
    }

    /// All whose answers are waited for; the order means nothing.
    var openAskers: [Asker<Inbound>] {
        var askers = Array(bySender.values) + signed.openAskers
        if let toAnyone { askers.append(toAnyone) }
        for index in 0..<turns.count { if case .open(let asker) = turns[index] { askers.append(asker) } }
        return askers
    }

    /// No answer comes any more that is owed.
    mutating func forgetAll() {
        turnsTaken += turns.count
        turns.removeAll()
        owedCount = 0
        signed = SignedQuestions()
        isOutOfStep = false
    }
}

/// More answers than this may not be owed: a peer that leaves so many questions without an answer will hardly answer
/// them all in order.
let answersOwedMax = 1024
