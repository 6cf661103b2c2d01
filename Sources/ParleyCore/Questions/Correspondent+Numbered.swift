internal import ParleyFlow
internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire

// How a question is asked under a number until its answer comes.

extension Correspondent {
    /// Asks until the answer comes or a limit is met.
    ///
    /// - Parameters:
    ///   - bytes: the question.
    ///   - place: where the question carries its number.
    ///   - peer: who may answer; nil for whoever.
    ///   - isToMany: whether the question goes to many, of whom each may answer.
    ///   - transmit: gives the bytes to the port; false where it has no room.
    func ask(
        _ bytes: [UInt8],
        numberedAt place: MessageNumbering.Place,
        of peer: SocketAddress?,
        isToMany: Bool = false,
        _ retrying: Retrying,
        _ transmit: ([UInt8]) throws(ParleyError) -> Bool
    ) async throws(ParleyError) -> Answer<Inbound> {
        let begun = network.now
        let deadline = network.deadline(after: retrying.deadline)
        let asking = NumberedAsking(
            bits: 8 * place.integer.bytes,
            first: network.random(),
            window: retrying.window,
            timeouts: retrying.timeouts,
            isToMany: isToMany
        )
        let asker = Asker<Inbound>(.number(peer, asking))
        do throws(ParleyError) {
            try await enter(asker, timeout: retrying.deadline, until: deadline)
        } catch {
            guard case .timedOut = error else { throw error }
            let elapsed = begun.duration(to: network.now)
            throw .unanswered(Unanswered(limit: .deadline, tries: 0, elapsed: elapsed, reason: nil))
        }
        defer { desk.leave(asker) }
        if pacing.isOn {
            try await pacing.admit(
                1,
                bytes: bytes.count,
                timeout: retrying.deadline,
                until: deadline,
                on: network,
                counters
            )
        }
        var bytes = bytes
        place.write(asker.number, into: &bytes)
        desk.open(asker)
        var trying = Trying(since: network.now)
        let letter: Letter<Inbound>
        do throws(ParleyError) {
            letter = try await answer(to: asker, asking: bytes, &trying, retrying, until: deadline, transmit)
        } catch {
            desk.end(asker, sentAt: nil, at: network.now)
            // Unless its answer has come at this moment.
            if desk.giveUp(asker, error, isReceiver: trying.isReceiving) { throw error }
            letter = try desk.outcome(of: asker)
        }
        let now = network.now
        desk.end(asker, sentAt: trying.count == 1 ? trying.since : nil, at: now)
        return Answer(
            message: letter.message,
            sender: letter.sender,
            tries: trying.count,
            elapsed: trying.since.duration(to: now)
        )
    }

    private func answer(
        to asker: Asker<Inbound>,
        asking bytes: [UInt8],
        _ trying: inout Trying,
        _ retrying: Retrying,
        until deadline: MonotonicInstant,
        _ transmit: ([UInt8]) throws(ParleyError) -> Bool
    ) async throws(ParleyError) -> Letter<Inbound> {
        var intake: Intake<Inbound>?
        // Who was woken looks first: its answer may be there, or all wait for it to receive.
        var isWoken = false
        while true {
            let now = network.now
            if !isWoken {
                if now >= deadline { throw trying.end(.deadline, at: now) }
                if now >= trying.next {
                    if trying.count == retrying.tries ?? .max { throw trying.end(.tries, at: now) }
                    try send(bytes, &trying, transmit)
                    trying.next = now.advanced(by: desk.timeout(of: asker, tries: trying.count))
                }
            }
            isWoken = false
            let limit = min(trying.next, deadline)
            do throws(ParleyError) {
                if let intake {
                    if let own = handOut(of: intake, by: asker) {
                        trying.isReceiving = false
                        return try own.get()
                    }
                    guard try await receive(into: intake, timeout: .zero, until: limit, isFirst: false) else {
                        trying.isReceiving = false
                        desk.fail(endOfAnswers, isOfReader: false, isEnd: true)
                        throw endOfAnswers
                    }
                    continue
                }
                switch desk.next(for: asker) {
                case .take: return try desk.outcome(of: asker)
                case .receive(let own):
                    intake = own
                    trying.isReceiving = true
                case .wait(let suspension):
                    do throws(SocketError) {
                        try await network.wait(for: suspension, until: limit)
                        isWoken = true
                    } catch {
                        throw ParleyError(error, timeout: .zero)
                    }
                }
            } catch {
                if case .timedOut = error { continue }
                guard error.isPassing else {
                    // What ends a connection is told to all who wait.
                    if trying.isReceiving, failsAsOne, !error.isOfOneCall {
                        trying.isReceiving = false
                        desk.fail(error, isOfReader: true)
                    }
                    throw error
                }
                trying.note(error)
            }
        }
    }

    /// Sends once more. What finds no room counts as sent and lost.
    private func send(
        _ bytes: [UInt8],
        _ trying: inout Trying,
        _ transmit: ([UInt8]) throws(ParleyError) -> Bool
    ) throws(ParleyError) {
        defer { trying.count += 1 }
        // The first error may be what an earlier datagram met: nothing was sent then.
        for _ in 0..<2 {
            do throws(ParleyError) {
                guard try transmit(bytes) else { return }
                _ = counters.countSentInTurn()
                if trying.count > 0 {
                    counters.countRepeated()
                    if pacing.isOn { pacing.charge(bytes: bytes.count, at: network.now) }
                }
                return
            } catch {
                guard error.isPassing else { throw error }
                trying.note(error)
            }
        }
    }
}

/// How far the asking of one question has come.
struct Trying {
    /// How often it was sent.
    var count = 0
    /// When it was sent first.
    let since: MonotonicInstant
    /// When it is to be sent again.
    var next: MonotonicInstant
    /// Whether its task receives for all.
    var isReceiving = false
    private var reason: SocketError?

    init(since: MonotonicInstant) {
        self.since = since
        next = since
    }

    mutating func note(_ error: ParleyError) {
        if case .socket(let error) = error { reason = error }
    }

    func end(_ limit: Unanswered.Limit, at now: MonotonicInstant) -> ParleyError {
        .unanswered(Unanswered(limit: limit, tries: count, elapsed: since.duration(to: now), reason: reason))
    }
}
