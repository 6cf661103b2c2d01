internal import ParleyFlow
internal import ParleyNetwork
internal import ParleyTypes

/// Questions that are asked under numbers, and what is known of those who are asked: which numbers come next, how many
/// questions are under way to each, how long its answers take.
@usableFromInline
struct NumberedQuestions {
    /// One who is asked.
    private struct Correspondence {
        var numbers: QuestionNumbers
        var roundTrip: RoundTripEstimator
        var timeouts: TimeoutSettings
        var open: [UInt64: OpenQuestion] = [:]
        /// Questions that have a number, sent or not.
        var placesTaken = 0
        var waiting = FIFO<OpenQuestion>()
        /// Whether these are many, and what one of them says after another is no repetition.
        let isMany: Bool
        var lastUse: MonotonicInstant
        /// As `lastUse`, and never the same for two.
        var lastTurn: Int

        var isIdle: Bool { placesTaken == 0 && waiting.isEmpty }
    }

    /// By address; nil is whoever answers.
    private var peers: [SocketAddress?: Correspondence] = [:]
    private var lastTurn = 0
    private var lastUse: MonotonicInstant?
    private(set) var openCount = 0

    /// Of more than these the one that was asked longest ago is forgotten: its round trip is learned anew, and late
    /// answers of it are nobody's.
    private static var peersMax: Int { 1024 }

    /// Whether answers that come may be known by their numbers, open or late.
    func isRemembered(at now: MonotonicInstant) -> Bool {
        openCount > 0 || lastUse.map { now < $0.advanced(by: UnansweredQuestions.lateMax) } ?? false
    }

    // MARK: Places

    /// Takes a place in the window, and with it a number.
    ///
    /// - Returns: nil when there was one; what to wait for otherwise: once it is ready the place is the question's.
    mutating func enter(_ question: OpenQuestion, at now: MonotonicInstant) -> Suspension? {
        guard case .number(let peer, let asking) = question.rule else { return nil }
        if peers[peer]?.numbers.bits != asking.bits, peers[peer]?.isIdle ?? true {
            forgetOne()
            peers[peer] = Correspondence(
                numbers: QuestionNumbers(bits: asking.bits, from: asking.first),
                roundTrip: RoundTripEstimator(asking.timeouts),
                timeouts: asking.timeouts,
                isMany: asking.isToMany,
                lastUse: now,
                lastTurn: 0
            )
        }
        lastTurn += 1
        lastUse = now
        peers[peer]!.lastUse = now
        peers[peer]!.lastTurn = lastTurn
        if peers[peer]!.timeouts != asking.timeouts {
            peers[peer]!.timeouts = asking.timeouts
            peers[peer]!.roundTrip = RoundTripEstimator(asking.timeouts)
        }
        if peers[peer]!.waiting.isEmpty, peers[peer]!.placesTaken < asking.window,
            let number = peers[peer]!.numbers.next()
        {
            peers[peer]!.placesTaken += 1
            question.number = number
            return nil
        }
        let suspension = Suspension()
        question.suspension = suspension
        peers[peer]!.waiting.append(question)
        return suspension
    }

    private mutating func forgetOne() {
        guard peers.count >= Self.peersMax else { return }
        // Turns differ, so which one it is follows from no table's order.
        let oldest = peers.filter(\.value.isIdle).min { $0.value.lastTurn < $1.value.lastTurn }
        if let oldest { peers[oldest.key] = nil }
    }

    /// Waits for a place no longer.
    mutating func quit(_ question: OpenQuestion) {
        guard case .number(let peer, _) = question.rule, peers[peer] != nil else { return }
        let before = peers[peer]!.waiting.count
        peers[peer]!.waiting.removeAll { $0 === question }
        // The place had been given already.
        if peers[peer]!.waiting.count == before { leave(question) } else { admit(peer) }
    }

    /// Gives back a place, to who waits longest.
    mutating func leave(_ question: OpenQuestion) {
        guard case .number(let peer, _) = question.rule, peers[peer] != nil else { return }
        peers[peer]!.numbers.giveUp(question.number)
        peers[peer]!.placesTaken -= 1
        admit(peer)
    }

    private mutating func admit(_ peer: SocketAddress?) {
        while let first = peers[peer]!.waiting.first, case .number(_, let asking) = first.rule,
            peers[peer]!.placesTaken < asking.window, peers[peer]!.numbers.hasRoom
        {
            _ = peers[peer]!.waiting.popFirst()
            guard first.suspension?.wake(.ready) == true, let number = peers[peer]!.numbers.next() else {
                continue
            }
            peers[peer]!.placesTaken += 1
            first.number = number
        }
    }

    // MARK: Questions

    /// A question is about to be sent.
    mutating func add(_ question: OpenQuestion) {
        guard case .number(let peer, _) = question.rule else { return }
        if peers[peer]?.open.updateValue(question, forKey: question.number) == nil { openCount += 1 }
    }

    /// A question was not sent, or nobody waits for its answer any more.
    mutating func remove(_ question: OpenQuestion) {
        guard case .number(let peer, _) = question.rule else { return }
        if peers[peer]?.open.removeValue(forKey: question.number) != nil { openCount -= 1 }
    }

    /// What a numbered message is.
    enum Addressee {
        case question(OpenQuestion)
        /// One more answer to a question that was answered.
        case doubled
        case late
        case stranger
    }

    /// Finds the question that a message answers, and takes it out.
    mutating func take(_ number: UInt64, from sender: SocketAddress) -> Addressee {
        take(number, of: sender) ?? take(number, of: nil) ?? .stranger
    }

    private mutating func take(_ number: UInt64, of peer: SocketAddress?) -> Addressee? {
        guard peers[peer] != nil else { return nil }
        let verdict = peers[peer]!.numbers.answered(number)
        if let question = peers[peer]!.open.removeValue(forKey: number) {
            openCount -= 1
            return .question(question)
        }
        return switch verdict {
        // Of many who were asked each may answer.
        case .doubled: peers[peer]!.isMany ? .stranger : .doubled
        case .late: .late
        case .unknown, .open: nil
        }
    }

    // MARK: Time

    /// How long to wait for the answer of a question that was sent so many times.
    func timeout(of question: OpenQuestion, tries: Int) -> Duration {
        guard case .number(let peer, let asking) = question.rule else { return .zero }
        let single = peers[peer]?.roundTrip.timeout ?? asking.timeouts.initial
        var timeout = single
        for _ in 1..<max(tries, 1) where timeout < asking.timeouts.maximum { timeout *= 2 }
        return min(timeout, asking.timeouts.maximum)
    }

    /// A question was answered that was sent once.
    mutating func sample(_ question: OpenQuestion, sentAt: MonotonicInstant, at now: MonotonicInstant) {
        guard case .number(let peer, _) = question.rule else { return }
        peers[peer]?.roundTrip.acknowledged(sentAt: sentAt, transmissions: 1, at: now)
    }

    /// All that are open; the order means nothing.
    var all: [OpenQuestion] { peers.values.flatMap { $0.open.values } }
}

/// How a question is asked under a number.
struct NumberedAsking: Sendable {
    /// How wide numbers are.
    var bits: Int
    /// The number to begin with, where this one was asked nothing before.
    var first: UInt64
    var window: Int
    var timeouts: TimeoutSettings
    /// Whether the question goes to many.
    var isToMany: Bool
}
