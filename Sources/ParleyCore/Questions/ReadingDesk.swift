internal import ParleyNetwork
internal import ParleyTypes
public import ParleyWire
public import Synchronization

/// Where those meet who want what comes to one port: a reader, who takes what nobody asked for, and any number of
/// askers, each of whom takes the answer to its own question.
///
/// One of them at a time receives, in its own task: the reader if there is one and it waits, otherwise an asker. It
/// hands to the others what is theirs, and when it leaves, another who waits goes on. What the reader receives into is
/// its own, and so it takes what lies there without a lock; askers have an intake of theirs, which takes over the
/// beginning of a message that the reader's holds, and which the reader takes over when it comes back.
///
/// The calls of a reader: ``take()``, what lies in its intake, ``beginReading()``, receiving, handing out or
/// ``endReading(_:)``, and so on, ``giveBack()``. Of an asker: ``enter(_:)``, ``open(_:)`` and sending, ``next(for:)``,
/// receiving and handing out, and when that was the last step, nothing more.
@safe @usableFromInline
final class ReadingDesk<Inbound: Message>: @unchecked Sendable {
    // Sendable by hand: the pointer is the reader's, every other variable is touched under the lock.

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
        /// Hands out what it has taken over, of which some may be nobody's.
        case handOut
        case receive
        case wait(Suspension)
    }

    @usableFromInline let state: Mutex<DeskState>
    // What depends on the messages stands beside that state, and is touched under its lock too.
    /// What askers receive into.
    var askersIntake: Intake<Inbound>?
    /// What came while an asker received, and that nobody asked for.
    var kept = FIFO<Result<Letter<Inbound>, ParleyError>>()
    /// Questions whose answers are known by what they say.
    var signed = SignedQuestions<Inbound>()
    /// Held from adding a question to sending it, where answers come in the order of questions.
    let sending = Mutex<Void>(())
    let intake: Intake<Inbound>
    let network: any Network
    let counters: Counters
    /// What was kept for the reader and is handed out before what lies in its intake. Touched by the reader alone.
    let earlier: Earlier<Inbound>
    /// How many those are. Behind a pointer, because the reader looks for each message.
    @safe @usableFromInline let earlierCount: UnsafeMutablePointer<Int>

    init(_ intake: Intake<Inbound>, on network: any Network, _ counters: Counters) {
        self.intake = intake
        self.network = network
        self.counters = counters
        state = Mutex(DeskState(hasBorders: intake.hasBorders))
        earlier = Earlier()
        earlierCount = .allocate(capacity: 1)
        unsafe earlierCount.initialize(to: 0)
    }

    deinit {
        unsafe earlierCount.deallocate()
    }
}

/// See ``ReadingDesk``.
final class Earlier<Inbound: Message>: @unchecked Sendable {
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
        let left: Intake<Inbound>?? = state.withLock { state in
            // Whoever asks has a place, or waits for one that somebody has.
            let isAsked = !state.open.isEmpty || !state.toAnyone.isEmpty || !state.bySender.isEmpty
            guard !state.isReaderThere, state.receiver == .nobody, !isAsked else { return nil }
            state.isReaderThere = true
            state.isExclusive = true
            while let result = kept.popFirst() { giveReader(result) }
            return .some(askersIntake)
        }
        guard let left else { throw .alreadyReading }
        while let letter = try? left?.next(by: coder) { giveReader(.success(letter)) }
        return ReadClaim(self)
    }

    @usableFromInline
    func giveBack() {
        state.withLock { state in
            state.isReaderThere = false
            state.isExclusive = false
            state.failure = nil
        }
    }

    /// What was kept for the reader; there is something.
    @usableFromInline
    func takeEarlier() throws(ParleyError) -> Letter<Inbound>? {
        let result = earlier.letters.popFirst()
        earlierCount.pointee = earlier.letters.count
        return try result?.get()
    }

    @usableFromInline
    func giveReader(_ result: Result<Letter<Inbound>, ParleyError>) {
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
                if isReceiver { state.release() }
                return step
            }
            // What has come is handed out before what went wrong then.
            if !kept.isEmpty {
                while let result = kept.popFirst() { giveReader(result) }
                return leave(.success(.look))
            }
            if state.questions.isOutOfStep {
                defer { state.failure = nil }
                return leave(.failure(state.failure ?? .outOfStep))
            }
            if state.receiver == .asker {
                let suspension = Suspension()
                state.waitingReader = suspension
                return .success(.wait(suspension))
            }
            state.receiver = .reader
            if !state.isReaderAhead, let left = askersIntake {
                state.isReaderAhead = true
                if intake.takeOver(left) {
                    if state.hasSigned || state.hasNumbered { return .success(.handOut) }
                    releaseReader(&state)
                    return .success(.look)
                }
            }
            state.isReaderAhead = true
            if let failure = state.failure {
                state.failure = nil
                releaseReader(&state)
                return .failure(failure)
            }
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
    func wantsFromReader() -> DeskState.Want {
        state.withLock { state in
            state.receivedSerial = state.lastSerial
            return stopUnlessWanted(&state, ofReader: true)
        }
    }

    /// The reader goes away with what it has received, or without.
    ///
    /// - Parameters:
    ///   - failure: why those who ask get no answer, where that is so.
    ///   - isEnd: whether nothing comes any more.
    func endReading(_ failure: ParleyError? = nil, isEnd: Bool = false) {
        let now = network.now
        state.withLock { state in
            if let failure { failAll(failure, isEnd: isEnd, at: now, &state) }
            releaseReader(&state)
        }
    }

    func releaseReader(_ state: inout DeskState) {
        intake.markRest()
        state.release()
    }
}
