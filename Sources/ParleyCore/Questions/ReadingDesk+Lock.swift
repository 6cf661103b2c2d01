internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
internal import Synchronization

// What is done under the lock.

extension ReadingDesk {
    /// An asker leaves what comes after the last answer to the reader, who knows late ones.
    @usableFromInline
    func want(_ state: inout DeskState, ofReader: Bool) -> DeskState.Want {
        var isSomething = state.questions.isOpen
        if state.hasSigned {
            isSomething =
                isSomething || signed.openCount > 0 || (ofReader && signed.isRemembered { network.now })
            state.hasSigned = !signed.isEmpty
        }
        if state.hasNumbered {
            // No clock is read while one is open.
            state.hasNumbered =
                state.numbered.openCount > 0 || state.numbered.isRemembered(at: network.now)
            isSomething = isSomething || state.numbered.openCount > 0 || (ofReader && state.hasNumbered)
        }
        guard isSomething else { return .nothing }
        return state.questions.isNextOwed && !state.hasSigned ? .borders : .message
    }

    /// Whose the question is whose answer says so; an inner nil when it was given up.
    @usableFromInline
    func takeSigned(_ letter: Letter<Inbound>) -> OpenQuestion?? { signed.take(letter) }

    @usableFromInline
    func countPassedOver() { counters.countDiscarded(1) }

    /// Throws away what came with a message that is nobody's, and counts it.
    @usableFromInline
    func discard() {
        counters.countDiscarded(1)
        if intake.isCounted { counters.countReceived(-1) }
        intake.dropDescriptors()
    }

    /// Counts a message that is somebody's.
    @usableFromInline
    func countTaken() {
        if !intake.isCounted { counters.countReceived() }
    }

    /// Whose the question is whose number a message carries; nil when it is none's.
    @usableFromInline
    func takeNumbered(_ letter: Letter<Inbound>, _ state: inout DeskState) -> OpenQuestions.Addressee? {
        guard let mark = letter.mark else { return nil }
        switch state.numbered.take(mark.number, from: letter.sender) {
        case .question(let question): return .question(question)
        case .stranger: return nil
        case .doubled, .late:
            counters.countDoubled()
            return .nobody
        }
    }

    @usableFromInline
    func countPerhapsLate() { counters.countPerhapsLate() }

    /// Tells a question its answer, or why there is none.
    @inlinable
    func finish(_ question: OpenQuestion, _ result: Result<Letter<Inbound>, ParleyError>) {
        // A desk's questions are its askers.
        let asker = unsafe unsafeDowncast(question, to: Asker<Inbound>.self)
        asker.outcome = result
        if asker.mayBeLate, case .success(var letter) = result {
            countPerhapsLate()
            letter.mayBeLate = true
            asker.outcome = .success(letter)
        }
        question.end()
    }

    /// Gives up all questions. Unless nothing comes any more they owe their answers.
    func failAll(_ error: ParleyError, isEnd: Bool, at now: MonotonicInstant, _ state: inout DeskState) {
        // In the order of questions: which is told first must not follow from a table's order.
        var questions = state.questions.all + signed.all
        // What the network says now and then a repeated question outlasts.
        if isEnd || !error.isPassing { questions += state.numbered.all }
        for question in questions.sorted(by: { $0.serial < $1.serial }) {
            giveUp(question, at: now, &state)
            finish(question, .failure(error))
        }
        guard isEnd else { return }
        state.questions.forgetAll()
        signed = SignedQuestions()
    }

    func giveUp(_ question: OpenQuestion, at now: MonotonicInstant, _ state: inout DeskState) {
        switch question.rule {
        case .order: break
        case .sender(let sender): state.unanswered.note(sender, at: now)
        case .number: state.numbered.remove(question)
        case .sign: unsafe signed.forget(unsafeDowncast(question, to: Asker<Inbound>.self), at: now)
        }
        state.questions.giveUp(question)
    }

    @usableFromInline
    func keep(_ result: Result<Letter<Inbound>, ParleyError>, _ state: inout DeskState) {
        guard kept.count < Self.keptMax else { return counters.countDropped() }
        kept.append(result)
        state.waitingReader?.wake(.ready)
        state.waitingReader = nil
    }

    /// More messages that nobody asked for than this are dropped (and counted) while no reader takes them: enough for
    /// a burst, bounded for a flood.
    static var keptMax: Int { 256 }

    /// An asker receives from now on.
    func beginAsking(_ state: inout DeskState) -> Intake<Inbound> {
        state.receiver = .asker
        let intake = askersIntake ?? intake.sibling()
        askersIntake = intake
        if state.isReaderAhead {
            state.isReaderAhead = false
            intake.takeRest(of: self.intake)
        }
        return intake
    }
}
