internal import ParleyFlow
internal import ParleyNetwork
internal import ParleyTypes

/// Questions that are asked under numbers, and what is known of those who are asked.
@usableFromInline
struct NumberedQuestions {
    /// By address; nil is whoever answers.
    private var peers: [SocketAddress?: AskedPeer] = [:]
    private var lastTurn = 0
    var lastUse: MonotonicInstant?
    private(set) var openCount = 0

    /// Of more than these the one that was asked longest ago is forgotten: its round trip is learned anew, and late
    /// answers of it are nobody's.
    private static var peersMax: Int { 1024 }

    /// Whether late answers that come may be known by their numbers.
    func isRemembered(at now: MonotonicInstant) -> Bool {
        lastUse.map { now < $0.advanced(by: UnansweredQuestions.lateMax) } ?? false
    }

    // MARK: Places

    /// Takes a place in the window, and with it a number.
    ///
    /// - Returns: nil when there was one; what to wait for otherwise: once it is ready the place is the question's.
    mutating func enter(_ question: OpenQuestion, at now: MonotonicInstant) -> Suspension? {
        guard case .number(let address, let asking) = question.rule else { return nil }
        let peer: AskedPeer
        if let known = peers[address] {
            peer = known
        } else {
            forgetOne()
            peer = AskedPeer(asking)
            peers[address] = peer
        }
        lastTurn += 1
        lastUse = now
        peer.lastTurn = lastTurn
        question.askedPeer = peer
        return peer.enter(question, asking)
    }

    private mutating func forgetOne() {
        guard peers.count >= Self.peersMax else { return }
        // Turns differ, so which one it is follows from no table's order.
        let oldest = peers.filter(\.value.isIdle).min { $0.value.lastTurn < $1.value.lastTurn }
        if let oldest { peers[oldest.key] = nil }
    }

    // MARK: Questions

    /// A question is about to be sent.
    mutating func add(_ question: OpenQuestion) {
        if question.askedPeer?.open.updateValue(question, forKey: question.number) == nil { openCount += 1 }
    }

    /// A question was not sent, or nobody waits for its answer any more.
    mutating func remove(_ question: OpenQuestion) {
        if question.askedPeer?.open.removeValue(forKey: question.number) != nil { openCount -= 1 }
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
        let (one, anyone) = (peers[sender], peers[nil])
        // An open question first: of both who may have been asked, each has numbers of its own.
        let isOfAnyone = one?.open[number] == nil && anyone?.open[number] != nil
        return (isOfAnyone ? nil : take(number, of: one)) ?? take(number, of: anyone) ?? .stranger
    }

    private mutating func take(_ number: UInt64, of peer: AskedPeer?) -> Addressee? {
        guard let peer else { return nil }
        let verdict = peer.numbers.answered(number)
        if let question = peer.open.removeValue(forKey: number) {
            openCount -= 1
            return .question(question)
        }
        return switch verdict {
        // Of many who were asked each may answer.
        case .doubled: peer.isMany ? .stranger : .doubled
        case .late: .late
        case .unknown, .open: nil
        }
    }

    /// All that are open; the order means nothing.
    var all: [OpenQuestion] { peers.values.flatMap { $0.open.values } }
}

/// One who is asked under numbers: which numbers come next, how many questions are under way to it, how long its
/// answers take. Touched under the lock of the ``ReadingDesk``.
final class AskedPeer: @unchecked Sendable {
    var numbers: QuestionNumbers
    var open: [UInt64: OpenQuestion] = [:]
    /// Whether these are many, and what one of them says after another is no repetition.
    let isMany: Bool
    var lastTurn = 0
    private var roundTrip: RoundTripEstimator
    private var timeouts: TimeoutSettings
    /// Questions that have a number, sent or not.
    private var placesTaken = 0
    private var waiting = FIFO<OpenQuestion>()

    init(_ asking: NumberedAsking) {
        numbers = QuestionNumbers(bits: asking.bits, from: asking.first)
        roundTrip = RoundTripEstimator(asking.timeouts)
        timeouts = asking.timeouts
        isMany = asking.isToMany
    }

    var isIdle: Bool { placesTaken == 0 && waiting.isEmpty }

    func enter(_ question: OpenQuestion, _ asking: NumberedAsking) -> Suspension? {
        if timeouts != asking.timeouts {
            timeouts = asking.timeouts
            roundTrip = RoundTripEstimator(asking.timeouts)
        }
        if waiting.isEmpty, placesTaken < asking.window, let number = numbers.next() {
            placesTaken += 1
            question.number = number
            return nil
        }
        let suspension = Suspension()
        question.suspension = suspension
        waiting.append(question)
        return suspension
    }

    /// A question waits for a place no longer.
    func quit(_ question: OpenQuestion) {
        // One that is not there was passed over: a wait that ends like this was given no place.
        waiting.removeAll { $0 === question }
        admit()
    }

    /// Gives back a place, to who waits longest.
    func leave(_ question: OpenQuestion) {
        numbers.giveUp(question.number)
        placesTaken -= 1
        admit()
    }

    private func admit() {
        while let first = waiting.first, case .number(_, let asking) = first.rule,
            placesTaken < asking.window, numbers.hasRoom
        {
            _ = waiting.popFirst()
            guard first.suspension?.wake(.ready) == true, let number = numbers.next() else { continue }
            placesTaken += 1
            first.number = number
        }
    }

    /// How long to wait for the answer to a question that was sent so many times.
    func timeout(tries: Int) -> Duration {
        var timeout = roundTrip.timeout
        for _ in 1..<max(tries, 1) where timeout < timeouts.maximum { timeout *= 2 }
        return min(timeout, timeouts.maximum)
    }

    /// A question was answered that was sent once.
    func sample(sentAt: MonotonicInstant, at now: MonotonicInstant) {
        roundTrip.acknowledged(sentAt: sentAt, transmissions: 1, at: now)
    }
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
