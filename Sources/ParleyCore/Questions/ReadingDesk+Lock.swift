internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
internal import Synchronization

// What is done under the lock.

extension ReadingDesk {
    func leave(_ asker: Asker<Inbound>, _ state: inout State) {
        if asker.places > 1 { state.open.leave() }
        if asker.places > 0 { leaveSender(asker.rule, &state) }
        asker.places = 0
    }

    func enterSender(_ rule: Asker<Inbound>.Rule, _ state: inout State) -> Suspension? {
        switch rule {
        case .sender(let sender?): state.bySender[sender, default: Queue(places: 1)].enter()
        case .sender(nil): state.toAnyone.enter()
        case .order, .sign: nil
        }
    }

    func leaveSender(_ rule: Asker<Inbound>.Rule, _ state: inout State) {
        switch rule {
        case .sender(let sender?):
            state.bySender[sender]?.leave()
            if state.bySender[sender]?.isEmpty == true { state.bySender[sender] = nil }
        case .sender(nil): state.toAnyone.leave()
        case .order, .sign: break
        }
    }

    /// An asker leaves what comes after the last answer to the reader, who knows late ones.
    func want(_ state: inout State, ofReader: Bool) -> Want {
        let isSomething = ofReader ? state.questions.isWaiting { network.now } : state.questions.isOpen
        guard isSomething else { return .nothing }
        return state.questions.isNextOwed ? .borders : .message
    }

    func addressee(
        of result: Result<Letter<Inbound>, ParleyError>,
        _ state: inout State
    ) -> OpenQuestions<Inbound>.Addressee {
        switch result {
        case .success(let letter): state.questions.take(letter, askedUpTo: state.receivedSerial)
        case .failure: state.questions.takeTurn() ?? .reader
        }
    }

    func count(
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

    func finish(
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
        asker.suspension?.wake(.ready)
    }

    /// Gives up all questions. Unless nothing comes any more they owe their answers.
    func failAll(_ error: ParleyError, isEnd: Bool, at now: MonotonicInstant, _ state: inout State) {
        // In the order of questions: which is told first must not follow from a table's order.
        for asker in state.questions.openAskers.sorted(by: { $0.serial < $1.serial }) {
            giveUp(asker, at: now, &state)
            finish(asker, .failure(error), &state)
        }
        if isEnd { state.questions.forgetAll() }
    }

    func giveUp(_ asker: Asker<Inbound>, at now: MonotonicInstant, _ state: inout State) {
        state.questions.giveUp(asker, at: now)
        if case .sender(let sender) = asker.rule { state.unanswered.note(sender, at: now) }
    }

    func keep(_ result: Result<Letter<Inbound>, ParleyError>, _ state: inout State) {
        guard state.kept.count < Self.keptMax else { return counters.countDropped() }
        state.kept.append(result)
        state.waitingReader?.wake(.ready)
        state.waitingReader = nil
    }

    /// More messages that nobody asked for than this are dropped (and counted) while no reader takes them: enough for
    /// a burst, bounded for a flood.
    static var keptMax: Int { 256 }

    /// An asker receives from now on.
    func beginAsking(_ state: inout State) -> Intake<Inbound> {
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
    func release(_ state: inout State) {
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
