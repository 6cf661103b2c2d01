internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
public import Synchronization

// How those who ask go about it.

extension ReadingDesk {
    /// Takes the places of a question: at the sender that is asked one at a time, and among all that are open.
    ///
    /// - Returns: what to wait for before this is called again, nil when the question may be asked.
    /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/outOfStep`` where nobody could hear an answer.
    func enter(_ asker: OpenQuestion) throws(ParleyError) -> Suspension? {
        let now = if case .number = asker.rule { network.now } else { MonotonicInstant(nanoseconds: 0) }
        let result: Result<Suspension?, ParleyError> = state.withLock { state in
            // The wait has ended because the place was given.
            if asker.isQueued { asker.places += 1 }
            asker.isQueued = false
            if state.isExclusive || state.questions.isOutOfStep {
                state.leave(asker)
                return .failure(state.isExclusive ? .alreadyReading : .outOfStep)
            }
            while asker.places < 2 {
                if let suspension = state.takePlace(asker, at: now) {
                    asker.isQueued = true
                    return .success(suspension)
                }
                asker.places += 1
            }
            return .success(nil)
        }
        return try result.get()
    }

    /// An asker waits for a place no longer.
    func quit(_ asker: OpenQuestion, _ suspension: Suspension) {
        state.withLock { $0.quit(asker, suspension) }
    }

    /// Gives back the places of a question that has ended, or was not asked.
    @usableFromInline
    func leave(_ asker: OpenQuestion) {
        state.withLock { $0.leave(asker) }
    }

    /// Takes in what has come already, without waiting, and keeps it: it answers nothing that is asked now. Where
    /// somebody receives at the moment, that is theirs to do.
    func keepEarlier(
        than asker: OpenQuestion,
        from port: any MessagePort,
        by coder: Inbound.Coder
    ) throws(SocketError) {
        guard case .sender(let sender) = asker.rule else { return }
        var isOfSender = false
        var failure: SocketError?
        let asking = state.withLock { state in
            state.receivedSerial = state.lastSerial
            return state.receiver == .nobody ? beginAsking(&state) : nil
        }
        if case .datagrams(let intake, _)? = asking {
            do throws(SocketError) {
                for _ in 0...Self.earlierBurstsMax {
                    while let letter = intake.nextFresh(by: coder) {
                        state.withLock { state in
                            // Others may have asked, and not begun to receive.
                            switch addressee(of: .success(letter), &state) {
                            case .question(let question): finish(question, .success(letter))
                            case .nobody: discard()
                            case .reader:
                                if sender == nil || letter.sender == sender { isOfSender = true }
                                keep(.success(letter), &state)
                            }
                        }
                    }
                    guard case .received = try intake.receiveNow(from: port) else { break }
                }
            } catch {
                failure = error
            }
            state.withLock { $0.release() }
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
            if case .number = asker.rule {
                state.hasNumbered = true
                return state.numbered.add(asker)
            }
            if asker.sign == nil { return state.questions.add(asker) }
            signed.add(asker)
            state.hasSigned = true
        }
    }

    /// Takes a question back that was opened last and could not be sent.
    func takeBack(_ asker: Asker<Inbound>) {
        state.withLock { state in
            guard let outcome = asker.outcome else {
                signed.remove(asker)
                return state.questions.takeBack(asker)
            }
            // What came was no answer to what was not asked.
            asker.outcome = nil
            asker.isDone = false
            if case .failure(let error) = outcome, !error.isMisfit { return }
            keep(outcome, &state)
        }
    }

    /// After a question that anyone may answer: only the first answer is taken, and those of others are late.
    func noteAll() {
        let now = network.now
        state.withLock { $0.unanswered.note(nil, at: now) }
    }

    /// How long to wait for the answer to a numbered question that was sent so many times.
    func timeout(of asker: OpenQuestion, tries: Int) -> Duration {
        state.withLock { _ in asker.askedPeer?.timeout(tries: tries) ?? .zero }
    }

    /// A numbered question has ended.
    ///
    /// - Parameter sentAt: when it was sent, if that was once and it was answered.
    func end(_ asker: OpenQuestion, sentAt: MonotonicInstant?, at now: MonotonicInstant) {
        state.withLock { state in
            state.numbered.lastUse = now
            // After a long question nobody looked for numbers any more, and its answer may come again.
            state.hasNumbered = true
            if let sentAt { asker.askedPeer?.sample(sentAt: sentAt, at: now) }
        }
    }

    /// What an asker does whose question was sent.
    func next(for asker: OpenQuestion) -> Step {
        state.withLock { state in
            if asker.isDone { return .take }
            if asker.isReceiver || state.receiver == .nobody {
                asker.isReceiver = false
                return .receive(beginAsking(&state))
            }
            return .wait(state.wait(asker))
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
            // It may have been woken to receive, and end before it does.
            defer {
                if isReceiver || asker.isReceiver { state.release() }
                asker.isReceiver = false
            }
            if asker.isDone { return false }
            giveUp(asker, at: now, &state)
            asker.outcome = .failure(error)
            asker.isDone = true
            return true
        }
    }

    /// The answer that is there.
    @inlinable
    func outcome(of asker: Asker<Inbound>) throws(ParleyError) -> Letter<Inbound> {
        let outcome = state.withLock { _ in asker.outcome }
        return try outcome!.get()
    }

    /// Those who ask get no answer, and the asker receives no more.
    ///
    /// - Parameters:
    ///   - isOfReader: whether a reader that is there is told as well.
    ///   - isEnd: whether nothing comes any more.
    @usableFromInline
    func fail(_ error: ParleyError, isOfReader: Bool, isEnd: Bool = false) {
        let now = network.now
        state.withLock { state in
            failAll(error, isEnd: isEnd, at: now, &state)
            if isOfReader, state.isReaderThere { state.failure = error }
            state.release()
        }
    }

    @usableFromInline
    func wantsFromAsker() -> DeskState.Want {
        state.withLock { state in
            state.receivedSerial = state.lastSerial
            return stopUnlessWanted(&state, ofReader: false)
        }
    }

    /// Hands over a message that an asker has received.
    ///
    /// - Parameter result: nil for one that is nobody's and was passed over.
    /// - Returns: what it is to the asker itself, nil for nothing; and what to look for next. After `.nothing` the
    ///   asker receives no more.
    @inlinable
    func handOut(_ result: Result<Letter<Inbound>, ParleyError>?, by asker: Asker<Inbound>?) -> (
        own: Result<Letter<Inbound>, ParleyError>?, want: DeskState.Want
    ) {
        state.withLock { state in
            var own: Result<Letter<Inbound>, ParleyError>?
            switch result {
            case nil:
                _ = state.questions.takeTurn()
                countPassedOver()
            case let result?:
                switch addressee(of: result, &state) {
                case .question(let question):
                    if case .success = result { countTaken() }
                    finish(question, result)
                    if question === asker { own = asker?.outcome }
                case .nobody: discard()
                case .reader:
                    if case .success = result { countTaken() }
                    if asker == nil { giveReader(result) } else { keep(result, &state) }
                }
            }
            return (own, stopUnlessWanted(&state, ofReader: asker == nil))
        }
    }

    @inlinable
    func addressee(
        of result: Result<Letter<Inbound>, ParleyError>,
        _ state: inout DeskState
    ) -> OpenQuestions.Addressee {
        guard case .success(let letter) = result else { return state.questions.takeTurn() ?? .reader }
        if state.hasNumbered, let found = takeNumbered(letter, &state) { return found }
        if state.hasSigned, let found = takeSigned(letter) { return found.map { .question($0) } ?? .nobody }
        return state.questions.take(from: letter.sender, askedUpTo: state.receivedSerial)
    }

    /// What to look for next; whoever receives does so no more when that is nothing.
    @usableFromInline
    func stopUnlessWanted(_ state: inout DeskState, ofReader: Bool) -> DeskState.Want {
        let want = want(&state, ofReader: ofReader)
        if want == .nothing { if ofReader { releaseReader(&state) } else { state.release() } }
        return want
    }

    /// An asker that has its answer leaves the rest to others.
    @usableFromInline
    func stopReceiving() {
        state.withLock { $0.release() }
    }
}
