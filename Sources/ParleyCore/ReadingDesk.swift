internal import ParleyNetwork
internal import ParleyTypes
public import ParleyWire
internal import Synchronization

/// Where those meet who want what comes to one port: a reader, who takes what nobody asked for, and any number of
/// askers, each of whom takes the answer to its own question.
///
/// One of them at a time receives, in its own task: the reader if there is one and it waits, otherwise an asker. It
/// hands to the others what is theirs, and when it leaves, another who waits goes on. What the reader receives into is
/// its own, and so it takes what lies there without a lock; askers have an intake of theirs, which takes over the
/// beginning of a message that the reader's holds, and which the reader takes over when it comes back.
///
///     reader:  claim / take → what lies in its intake → beginReading → receive → endReading → … → giveBack
///     asker:   enter → add, transmit → next → receive → handOut → … → leave
@safe @usableFromInline
final class ReadingDesk<Inbound: Message>: @unchecked Sendable {
    // Sendable by hand: the pointer is the reader's, everything else under the lock.

    /// Who may receive from the port.
    private enum Receiver { case nobody, reader, asker }

    private struct State {
        var isReaderThere = false
        /// Whether the reader takes everything that comes, so that nobody can ask.
        var isExclusive = false
        var receiver = Receiver.nobody
        var waitingReader: Suspension?
        /// Why the reader will get nothing more, where an asker was told first.
        var failure: ParleyError?
        /// What askers receive into.
        var askersIntake: Intake<Inbound>?
        /// Whether the reader has received since askers did.
        var isReaderAhead = false
        /// What came while an asker received, and that nobody asked for.
        var kept = FIFO<Result<Letter<Inbound>, ParleyError>>()
        var questions: OpenQuestions<Inbound>
        /// Those who wait while another receives, and some who have ended.
        var waiting = FIFO<Asker<Inbound>>()
        var waitingMax = 64
        var lastSerial = 0
        var open: Queue
        var bySender: [SocketAddress: Queue] = [:]
        var toAnyone = Queue(places: 1)
        var unanswered = UnansweredQuestions()
    }

    /// What an asker does next.
    enum Step {
        /// The answer is there, or why there is none.
        case take
        case receive(Intake<Inbound>)
        case wait(Suspension)
    }

    /// What a reader does next.
    enum ReadingStep {
        /// Looks again at what has come.
        case look
        case receive
        case wait(Suspension)
    }

    /// What to look for in what has come.
    @usableFromInline
    enum Want: Equatable {
        /// Nothing: no question is open.
        case nothing
        /// The next message, whatever it says: it is nobody's.
        case borders
        case message
    }

    private let state: Mutex<State>
    /// Held from adding a question to sending it, where answers come in the order of questions.
    let sending = Mutex<Void>(())
    private let intake: Intake<Inbound>
    private let network: any Network
    private let counters: Counters
    /// What was kept for the reader and is handed out before what lies in its intake. Touched by the reader alone.
    private let earlier: Earlier<Inbound>
    /// How many those are. Behind a pointer, because the reader looks for each message.
    @safe @usableFromInline let earlierCount: UnsafeMutablePointer<Int>

    init(_ intake: Intake<Inbound>, on network: any Network, _ counters: Counters) {
        self.intake = intake
        self.network = network
        self.counters = counters
        let places = intake.hasBorders ? OpenQuestions<Inbound>.openMax : 1
        state = Mutex(
            State(
                questions: OpenQuestions(hasBorders: intake.hasBorders),
                open: Queue(places: places)
            )
        )
        earlier = Earlier()
        earlierCount = .allocate(capacity: 1)
        unsafe earlierCount.initialize(to: 0)
    }

    deinit {
        unsafe earlierCount.deallocate()
    }
}

/// See ``ReadingDesk``.
private final class Earlier<Inbound: Message>: @unchecked Sendable {
    var letters = FIFO<Result<Letter<Inbound>, ParleyError>>()
}

// MARK: The reader

extension ReadingDesk {
    @usableFromInline
    func claim() throws(ParleyError) -> ReadClaim<Inbound> {
        try take()
        return ReadClaim(self)
    }

    /// The claim of a call, which gives it back itself: nothing is allocated for a single message.
    @usableFromInline
    func take() throws(ParleyError) {
        let isFree = state.withLock { state in
            defer { state.isReaderThere = true }
            return !state.isReaderThere
        }
        if !isFree { throw .alreadyReading }
    }

    /// The right to all that comes: there is no asker, and comes none.
    ///
    /// - Parameter coder: reads what askers have left, for the reader's intake.
    func claimAll(by coder: Inbound.Coder) throws(ParleyError) -> ReadClaim<Inbound> {
        let isFree = state.withLock { state in
            guard !state.isReaderThere, state.receiver == .nobody, state.open.isEmpty else { return false }
            state.isReaderThere = true
            state.isExclusive = true
            while let letter = state.kept.popFirst() { giveReader(letter) }
            while let letter = try? state.askersIntake?.next(by: coder) { giveReader(.success(letter)) }
            return true
        }
        if !isFree { throw .alreadyReading }
        return ReadClaim(self)
    }

    @usableFromInline
    func giveBack() {
        state.withLock { state in
            state.isReaderThere = false
            state.isExclusive = false
        }
    }

    /// What was kept for the reader; there is something.
    @usableFromInline
    func takeEarlier() throws(ParleyError) -> Letter<Inbound>? {
        let result = earlier.letters.popFirst()
        earlierCount.pointee = earlier.letters.count
        return try result?.get()
    }

    private func giveReader(_ result: Result<Letter<Inbound>, ParleyError>) {
        if case .datagrams(let intake, _) = intake {
            if case .success(let letter) = result { intake.restore(letter) }
            return
        }
        earlier.letters.append(result)
        earlierCount.pointee += 1
    }

    /// The reader has taken all that lies in its intake.
    func beginReading() throws(ParleyError) -> ReadingStep {
        let step: Result<ReadingStep, ParleyError> = state.withLock { state in
            state.waitingReader = nil
            let isReceiver = state.receiver == .reader
            func leave(_ step: Result<ReadingStep, ParleyError>) -> Result<ReadingStep, ParleyError> {
                if isReceiver { release(&state) }
                return step
            }
            if let failure = state.failure {
                state.failure = nil
                return leave(.failure(failure))
            }
            if state.questions.isOutOfStep { return leave(.failure(.outOfStep)) }
            if !state.kept.isEmpty {
                while let result = state.kept.popFirst() { giveReader(result) }
                return leave(.success(.look))
            }
            if state.receiver == .asker {
                let suspension = Suspension()
                state.waitingReader = suspension
                return .success(.wait(suspension))
            }
            state.receiver = .reader
            if !state.isReaderAhead, let left = state.askersIntake {
                state.isReaderAhead = true
                if intake.takeOver(left) {
                    releaseReader(&state)
                    return .success(.look)
                }
            }
            state.isReaderAhead = true
            return .success(.receive)
        }
        return try step.get()
    }

    /// The reader's wait for another who receives is over.
    func stopWaiting() {
        state.withLock { $0.waitingReader = nil }
    }

    /// Whether what the reader has received may be somebody else's. After `.nothing` it is all the reader's, and the
    /// reader receives no more.
    func wantsFromReader() -> Want {
        state.withLock { state in
            let want = want(&state)
            if want == .nothing { releaseReader(&state) }
            return want
        }
    }

    /// The reader goes away with what it has received, or without.
    ///
    /// - Parameter failure: why no answer comes any more, where that is so.
    func endReading(_ failure: ParleyError? = nil) {
        state.withLock { state in
            if let failure { failAll(failure, &state) }
            releaseReader(&state)
        }
    }

    private func releaseReader(_ state: inout State) {
        intake.markRest()
        release(&state)
    }
}

// MARK: Askers

extension ReadingDesk {
    /// Refuses a question that nobody could hear the answer to.
    func checkAsking() throws(ParleyError) {
        let refusal: ParleyError? = state.withLock { state in
            if state.isExclusive { return .alreadyReading }
            return state.questions.isOutOfStep ? .outOfStep : nil
        }
        if let refusal { throw refusal }
    }

    /// Takes the places of a question: at the sender that is asked one at a time, and among all that are open.
    ///
    /// - Returns: what to wait for before this is called again, nil when the question may be asked.
    func enter(_ asker: Asker<Inbound>) -> Suspension? {
        state.withLock { state in
            // The wait has ended because the place was given.
            if asker.isQueued { asker.places += 1 }
            asker.isQueued = false
            while asker.places < 2 {
                if let suspension = asker.places == 0 ? enterSender(asker.rule, &state) : state.open.enter() {
                    asker.isQueued = true
                    return suspension
                }
                asker.places += 1
            }
            return nil
        }
    }

    /// An asker waits for a place no longer.
    func quit(_ asker: Asker<Inbound>, _ suspension: Suspension) {
        state.withLock { state in
            if asker.places > 0 {
                state.open.quit(suspension)
                return leaveSender(asker.rule, &state)
            }
            switch asker.rule {
            case .sender(let sender?): state.bySender[sender]?.quit(suspension)
            case .sender(nil): state.toAnyone.quit(suspension)
            case .order, .sign: break
            }
        }
    }

    /// Gives back the places of a question that was not asked.
    @usableFromInline
    func leave(_ asker: Asker<Inbound>) {
        state.withLock { leave(asker.rule, &$0) }
    }

    /// Takes in what has come already, without waiting, and keeps it: it answers nothing that is asked now. Where
    /// somebody receives at the moment, that is theirs to do.
    func keepEarlier(
        than asker: Asker<Inbound>,
        from port: any MessagePort,
        by coder: Inbound.Coder
    ) throws(SocketError) {
        guard case .sender(let sender) = asker.rule else { return }
        var isOfSender = false
        var failure: SocketError?
        let asking = state.withLock { $0.receiver == .nobody ? beginAsking(&$0) : nil }
        if case .datagrams(let intake, _)? = asking {
            do throws(SocketError) {
                for _ in 0...Self.earlierBurstsMax {
                    while let letter = intake.nextFresh(by: coder) {
                        if sender == nil || letter.sender == sender { isOfSender = true }
                        state.withLock { keep(.success(letter), &$0) }
                    }
                    guard case .received = try intake.receiveNow(from: port) else { break }
                }
            } catch {
                failure = error
            }
            state.withLock { release(&$0) }
        }
        let now = network.now
        state.withLock { state in
            if isOfSender { state.unanswered.note(sender, at: now) }
            asker.mayBeLate = !state.unanswered.isEmpty && state.unanswered.mayBeLate(from: sender, at: now)
        }
        if let failure { throw failure }
    }

    /// More bursts than a usual receive queue holds; a flood must not keep a question from being asked.
    private static var earlierBurstsMax: Int { 64 }

    /// Opens a question. It is about to be sent: what comes from now on may be its answer.
    func open(_ asker: Asker<Inbound>) {
        state.withLock { state in
            state.lastSerial += 1
            asker.serial = state.lastSerial
            state.questions.add(asker)
        }
    }

    /// Takes a question back that was opened last and could not be sent.
    func takeBack(_ asker: Asker<Inbound>) {
        state.withLock { state in
            guard let outcome = asker.outcome else { return state.questions.takeBack(asker) }
            // What came was no answer to what was not asked. Its place is still needed.
            asker.outcome = nil
            keep(outcome, &state)
        }
    }

    /// After a question that anyone may answer: only the first answer is taken, and those of others are late.
    func noteAll() {
        let now = network.now
        state.withLock { $0.unanswered.note(nil, at: now) }
    }

    /// What an asker does whose question was sent.
    func next(for asker: Asker<Inbound>) -> Step {
        state.withLock { state in
            if asker.outcome != nil { return .take }
            if asker.isReceiver || state.receiver == .nobody {
                asker.isReceiver = false
                return .receive(beginAsking(&state))
            }
            let suspension = Suspension()
            asker.suspension = suspension
            if state.waiting.count >= state.waitingMax {
                state.waiting.removeAll { $0.outcome != nil }
                state.waitingMax = max(64, 2 * state.waiting.count)
            }
            state.waiting.append(asker)
            return .wait(suspension)
        }
    }

    /// A question is given up, unless its answer has come meanwhile.
    ///
    /// - Parameter isReceiver: whether the asker receives, and another is to go on.
    /// - Returns: whether it is.
    @usableFromInline @discardableResult
    func giveUp(_ asker: Asker<Inbound>, _ error: ParleyError, isReceiver: Bool) -> Bool {
        let now = network.now
        return state.withLock { state in
            defer { if isReceiver { release(&state) } }
            if asker.outcome != nil { return false }
            state.questions.giveUp(asker, at: now)
            if case .sender(let sender) = asker.rule { state.unanswered.note(sender, at: now) }
            asker.outcome = .failure(error)
            leave(asker.rule, &state)
            return true
        }
    }

    /// The answer that is there.
    @usableFromInline
    func outcome(of asker: Asker<Inbound>) throws(ParleyError) -> Letter<Inbound> {
        let outcome = state.withLock { _ in asker.outcome }
        return try outcome!.get()
    }

    /// No answer comes any more, to nobody.
    ///
    /// - Parameter isOfReader: whether a reader that waits is told as well.
    @usableFromInline
    func fail(_ error: ParleyError, isOfReader: Bool) {
        state.withLock { state in
            failAll(error, &state)
            if isOfReader, state.isReaderThere { state.failure = error }
            release(&state)
        }
    }

    @usableFromInline
    func wantsFromAsker() -> Want {
        state.withLock { state in
            let want = want(&state)
            if want == .nothing { release(&state) }
            return want
        }
    }

    /// Hands over a message that an asker has received.
    ///
    /// - Parameter result: nil for one that is nobody's and was passed over.
    /// - Returns: what it is to the asker itself, nil for nothing; and what to look for next. After `.nothing` the
    ///   asker receives no more.
    @usableFromInline
    func handOut(_ result: Result<Letter<Inbound>, ParleyError>?, by asker: Asker<Inbound>?) -> (
        own: Result<Letter<Inbound>, ParleyError>?, want: Want
    ) {
        state.withLock { state in
            var own: Result<Letter<Inbound>, ParleyError>?
            if let result {
                let addressee = addressee(of: result, &state)
                count(result, addressee)
                switch addressee {
                case .asker(let other):
                    finish(other, result, &state)
                    if other === asker { own = other.outcome }
                case .nobody: break
                case .reader: if asker == nil { giveReader(result) } else { keep(result, &state) }
                }
            } else {
                _ = state.questions.takeTurn()
                counters.countDiscarded(1)
            }
            let want = want(&state)
            if want == .nothing { if asker == nil { releaseReader(&state) } else { release(&state) } }
            return (own, want)
        }
    }

    /// An asker that has its answer leaves the rest to others.
    @usableFromInline
    func stopReceiving() {
        state.withLock { release(&$0) }
    }

    // MARK: Under the lock

    private func leave(_ rule: Asker<Inbound>.Rule, _ state: inout State) {
        state.open.leave()
        leaveSender(rule, &state)
    }

    private func enterSender(_ rule: Asker<Inbound>.Rule, _ state: inout State) -> Suspension? {
        switch rule {
        case .sender(let sender?): state.bySender[sender, default: Queue(places: 1)].enter()
        case .sender(nil): state.toAnyone.enter()
        case .order, .sign: nil
        }
    }

    private func leaveSender(_ rule: Asker<Inbound>.Rule, _ state: inout State) {
        switch rule {
        case .sender(let sender?):
            state.bySender[sender]?.leave()
            if state.bySender[sender]?.isEmpty == true { state.bySender[sender] = nil }
        case .sender(nil): state.toAnyone.leave()
        case .order, .sign: break
        }
    }

    private func want(_ state: inout State) -> Want {
        guard state.questions.isWaiting({ network.now }) else { return .nothing }
        return state.questions.isNextOwed ? .borders : .message
    }

    private func addressee(
        of result: Result<Letter<Inbound>, ParleyError>,
        _ state: inout State
    ) -> OpenQuestions<Inbound>.Addressee {
        switch result {
        case .success(let letter): state.questions.take(letter)
        case .failure: state.questions.takeTurn() ?? .reader
        }
    }

    private func count(
        _ result: Result<Letter<Inbound>, ParleyError>,
        _ addressee: OpenQuestions<Inbound>.Addressee
    ) {
        if case .nobody = addressee {
            counters.countDiscarded(1)
            if intake.isCounted { counters.countReceived(-1) }
        } else if case .success = result, !intake.isCounted {
            counters.countReceived()
        }
    }

    private func finish(
        _ asker: Asker<Inbound>,
        _ result: Result<Letter<Inbound>, ParleyError>,
        _ state: inout State
    ) {
        asker.outcome = result.map { letter in
            guard asker.mayBeLate else { return letter }
            counters.countPerhapsLate()
            var letter = letter
            letter.mayBeLate = true
            return letter
        }
        leave(asker.rule, &state)
        asker.suspension?.wake(.ready)
    }

    private func failAll(_ error: ParleyError, _ state: inout State) {
        var askers: [Asker<Inbound>] = []
        state.questions.removeAll { askers.append($0) }
        // In the order of questions: which is told first must not follow from a table's order.
        askers.sort { $0.serial < $1.serial }
        for asker in askers { finish(asker, .failure(error), &state) }
    }

    private func keep(_ result: Result<Letter<Inbound>, ParleyError>, _ state: inout State) {
        guard state.kept.count < Self.keptMax else { return counters.countDropped() }
        state.kept.append(result)
        state.waitingReader?.wake(.ready)
        state.waitingReader = nil
    }

    /// More messages that nobody asked for than this are dropped (and counted) while no reader takes them: enough for
    /// a burst, bounded for a flood.
    static var keptMax: Int { 256 }

    /// An asker receives from now on.
    private func beginAsking(_ state: inout State) -> Intake<Inbound> {
        state.receiver = .asker
        let intake = state.askersIntake ?? intake.sibling()
        state.askersIntake = intake
        if state.isReaderAhead {
            state.isReaderAhead = false
            intake.takeRest(of: self.intake)
        }
        return intake
    }

    /// Lets another receive who waits.
    private func release(_ state: inout State) {
        state.receiver = .nobody
        if let reader = state.waitingReader {
            state.waitingReader = nil
            if reader.wake(.ready) {
                state.receiver = .reader
                return
            }
        }
        while let asker = state.waiting.popFirst() {
            guard asker.outcome == nil, asker.suspension?.wake(.ready) == true else { continue }
            asker.isReceiver = true
            state.receiver = .asker
            return
        }
    }
}
