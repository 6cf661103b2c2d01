internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
internal import Synchronization

// How those who ask go about it.

extension ReadingDesk {
    /// Takes the places of a question: at the sender that is asked one at a time, and among all that are open.
    ///
    /// - Returns: what to wait for before this is called again, nil when the question may be asked.
    /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/outOfStep`` where nobody could hear an answer.
    func enter(_ asker: Asker<Inbound>) throws(ParleyError) -> Suspension? {
        let result: Result<Suspension?, ParleyError> = state.withLock { state in
            // The wait has ended because the place was given.
            if asker.isQueued { asker.places += 1 }
            asker.isQueued = false
            if state.isExclusive || state.questions.isOutOfStep {
                leave(asker, &state)
                return .failure(state.isExclusive ? .alreadyReading : .outOfStep)
            }
            while asker.places < 2 {
                if let suspension = asker.places == 0 ? enterSender(asker.rule, &state) : state.open.enter() {
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
    func quit(_ asker: Asker<Inbound>, _ suspension: Suspension) {
        state.withLock { state in
            asker.isQueued = false
            if asker.places > 0 {
                state.open.quit(suspension)
                return leave(asker, &state)
            }
            switch asker.rule {
            case .sender(let sender?): state.bySender[sender]?.quit(suspension)
            case .sender(nil): state.toAnyone.quit(suspension)
            case .order, .sign: break
            }
        }
    }

    /// Gives back the places of a question that has ended, or was not asked.
    @usableFromInline
    func leave(_ asker: Asker<Inbound>) {
        state.withLock { leave(asker, &$0) }
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
            // What came was no answer to what was not asked.
            asker.outcome = nil
            if case .failure(let error) = outcome, !error.isMisfit { return }
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
            giveUp(asker, at: now, &state)
            asker.outcome = .failure(error)
            return true
        }
    }

    /// The answer that is there.
    @usableFromInline
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
            release(&state)
        }
    }

    @usableFromInline
    func wantsFromAsker() -> Want {
        state.withLock { state in
            state.receivedSerial = state.lastSerial
            let want = want(&state, ofReader: false)
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
                case .nobody: intake.dropDescriptors()
                case .reader: if asker == nil { giveReader(result) } else { keep(result, &state) }
                }
            } else {
                _ = state.questions.takeTurn()
                counters.countDiscarded(1)
            }
            let want = want(&state, ofReader: asker == nil)
            if want == .nothing { if asker == nil { releaseReader(&state) } else { release(&state) } }
            return (own, want)
        }
    }

    /// An asker that has its answer leaves the rest to others.
    @usableFromInline
    func stopReceiving() {
        state.withLock { release(&$0) }
    }
}
