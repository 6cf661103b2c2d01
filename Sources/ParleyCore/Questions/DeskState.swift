internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// What a ``ReadingDesk`` knows of its reader and its askers, whatever their messages are.
@usableFromInline
struct DeskState {
    /// Who may receive from the port.
    enum Receiver { case nobody, reader, asker }

    /// What to look for in what has come.
    @usableFromInline
    enum Want: Equatable {
        /// Nothing: no question is open.
        case nothing
        /// The next message, whatever it says: it is nobody's.
        case borders
        case message
    }

    var isReaderThere = false
    /// Whether the reader takes everything that comes, so that nobody can ask.
    var isExclusive = false
    var receiver = Receiver.nobody
    var waitingReader: Suspension?
    /// Why the reader will get nothing more, where an asker was told first.
    var failure: ParleyError?
    /// Whether the reader has received since askers did.
    var isReaderAhead = false
    @usableFromInline var questions: OpenQuestions
    /// Those who wait while another receives, and some who have ended.
    var waiting = FIFO<OpenQuestion>()
    var waitingMax = 64
    var lastSerial = 0
    /// The last question that was open when what is being handed out had been received.
    @usableFromInline var receivedSerial = 0
    /// Whether answers are known by what they say, or were.
    @usableFromInline var hasSigned = false
    /// Questions that are asked under numbers.
    @usableFromInline var numbered = NumberedQuestions()
    /// Whether there are any, or were not long ago.
    @usableFromInline var hasNumbered = false
    var open: Queue
    var bySender: [SocketAddress: Queue] = [:]
    var toAnyone = Queue(places: 1)
    var unanswered = UnansweredQuestions()

    init(hasBorders: Bool) {
        questions = OpenQuestions(hasBorders: hasBorders)
        open = Queue(places: hasBorders ? OpenQuestions.openMax : 1)
    }

    /// Lets another receive who waits.
    mutating func release() {
        receiver = .nobody
        if let reader = waitingReader {
            waitingReader = nil
            if reader.wake(.ready) {
                receiver = .reader
                return
            }
        }
        while let question = waiting.popFirst() {
            question.isWaiting = false
            guard !question.isDone, question.suspension?.wake(.ready) == true else { continue }
            question.isReceiver = true
            receiver = .asker
            return
        }
    }

    /// Notes somebody who waits while another receives.
    mutating func wait(_ question: OpenQuestion) -> Suspension {
        let suspension = Suspension()
        question.suspension = suspension
        guard !question.isWaiting else { return suspension }
        question.isWaiting = true
        if waiting.count >= waitingMax {
            waiting.removeAll { question in
                if question.isDone { question.isWaiting = false }
                return question.isDone
            }
            waitingMax = max(64, 2 * waiting.count)
        }
        waiting.append(question)
        return suspension
    }

    // MARK: Places

    /// Takes the next place of a question.
    ///
    /// - Returns: nil when there was one; what to wait for otherwise.
    mutating func takePlace(_ question: OpenQuestion, at now: MonotonicInstant) -> Suspension? {
        if question.places > 0 { return open.enter() }
        return switch question.rule {
        case .sender(let sender?): bySender[sender, default: Queue(places: 1)].enter()
        case .sender(nil): toAnyone.enter()
        case .number: numbered.enter(question, at: now)
        case .order, .sign: nil
        }
    }

    /// Waits for the next place no longer.
    mutating func quit(_ question: OpenQuestion, _ suspension: Suspension) {
        question.isQueued = false
        if question.places > 0 {
            open.quit(suspension)
            return leave(question)
        }
        switch question.rule {
        case .sender(let sender?): bySender[sender]?.quit(suspension)
        case .sender(nil): toAnyone.quit(suspension)
        case .number: question.askedPeer?.quit(question)
        case .order, .sign: break
        }
    }

    /// Gives back the places of a question.
    mutating func leave(_ question: OpenQuestion) {
        if question.places > 1 { open.leave() }
        if question.places > 0 { leaveSender(question) }
        question.places = 0
    }

    private mutating func leaveSender(_ question: OpenQuestion) {
        switch question.rule {
        case .sender(let sender?):
            bySender[sender]?.leave()
            if bySender[sender]?.isEmpty == true { bySender[sender] = nil }
        case .sender(nil): toAnyone.leave()
        case .number: question.askedPeer?.leave(question)
        case .order, .sign: break
        }
    }
}
