internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
internal import Synchronization

// What is done under the lock.

extension ReadingDesk {
    func leave(_ rule: Asker<Inbound>.Rule, _ state: inout State) {
        state.open.leave()
        leaveSender(rule, &state)
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

    func want(_ state: inout State) -> Want {
        guard state.questions.isWaiting({ network.now }) else { return .nothing }
        return state.questions.isNextOwed ? .borders : .message
    }

    func addressee(
        of result: Result<Letter<Inbound>, ParleyError>,
        _ state: inout State
    ) -> OpenQuestions<Inbound>.Addressee {
        switch result {
        case .success(let letter): state.questions.take(letter)
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
        leave(asker.rule, &state)
        asker.suspension?.wake(.ready)
    }

    func failAll(_ error: ParleyError, _ state: inout State) {
        var askers: [Asker<Inbound>] = []
        state.questions.removeAll { askers.append($0) }
        // In the order of questions: which is told first must not follow from a table's order.
        askers.sort { $0.serial < $1.serial }
        for asker in askers { finish(asker, .failure(error), &state) }
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
