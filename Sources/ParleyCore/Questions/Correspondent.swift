public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// Who has a port and its ``ReadingDesk``: a mailbox or a connection. How its reader and its askers go about it.
@usableFromInline
protocol Correspondent: AnyObject, Sendable {
    associatedtype Inbound: Message
    var desk: ReadingDesk<Inbound> { get }
    var network: any Network { get }
    var inboundCoder: Inbound.Coder { get }
    var counters: Counters { get }
    var pacing: Pacing { get }
    /// Why no answer comes once nothing more is received.
    var endOfAnswers: ParleyError { get }
    /// Whether an error of receiving concerns all that comes.
    var failsAsOne: Bool { get }

    /// Receives into an intake; false at the end.
    ///
    /// - Parameter isFirst: whether the deadline may have passed already: what has come is always looked at once.
    func receive(
        into intake: Intake<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool
}

// MARK: The reader

extension Correspondent {
    /// Receives for the reader, who has taken all that lay in its intake; false at the end.
    @usableFromInline
    func read(
        into intake: Intake<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        while true {
            switch try desk.beginReading() {
            case .look: return true
            case .handOut:
                do throws(ParleyError) {
                    try handOutForReader(of: intake)
                } catch {
                    desk.endReading(failsAsOne ? error : nil)
                    throw error
                }
                return true
            case .receive:
                return try await receiveForReader(
                    into: intake,
                    timeout: timeout,
                    until: deadline,
                    isFirst: isFirst
                )
            case .wait(let suspension):
                do throws(SocketError) {
                    try await network.wait(for: suspension, until: deadline)
                } catch {
                    desk.stopWaiting()
                    throw ParleyError(error, timeout: timeout)
                }
            }
        }
    }

    private func receiveForReader(
        into intake: Intake<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        do throws(ParleyError) {
            guard
                try await receive(into: intake, timeout: timeout, until: deadline, isFirst: isFirst)
            else {
                desk.endReading(endOfAnswers, isEnd: true)
                return false
            }
            try handOutForReader(of: intake)
            return true
        } catch {
            desk.endReading(error.isOfOneCall || !failsAsOne ? nil : error)
            throw error
        }
    }

    /// Hands out what the reader has received, as far as it is anybody's but its own; then it receives no more.
    private func handOutForReader(of intake: Intake<Inbound>) throws(ParleyError) {
        var want = desk.wantsFromReader()
        while want != .nothing {
            switch try take(want, from: intake) {
            case .nothing: return desk.endReading()
            case .passedOver: want = desk.handOut(nil, by: nil).want
            case .message(let result): want = desk.handOut(result, by: nil).want
            }
        }
    }

    /// The next message of what has come.
    @inlinable
    func take(
        _ want: DeskState.Want,
        from intake: Intake<Inbound>
    ) throws(ParleyError) -> Taken<Inbound> {
        if want == .borders { return try intake.skip() ? .passedOver : .nothing }
        do throws(ParleyError) {
            guard let letter = try intake.next(by: inboundCoder) else { return .nothing }
            return .message(.success(letter))
        } catch {
            guard error.isMisfit else { throw error }
            return .message(.failure(error))
        }
    }
}

/// A step through what has come.
@usableFromInline
enum Taken<Inbound: Message> {
    /// More must be received.
    case nothing
    /// A message that is nobody's.
    case passedOver
    /// A message, or what is wrong with it.
    case message(Result<Letter<Inbound>, ParleyError>)
}

// MARK: Askers

extension Correspondent {
    /// Waits for a place among the open questions, and among those to one sender.
    @usableFromInline
    func enter(
        _ asker: OpenQuestion,
        timeout: Duration?,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) {
        while let suspension = try desk.enter(asker) {
            do throws(SocketError) {
                try await network.wait(for: suspension, until: deadline)
            } catch {
                desk.quit(asker, suspension)
                let error = ParleyError(error, timeout: timeout, for: .room)
                if case .timedOut = error { counters.countUnsent() }
                throw error
            }
        }
    }

    /// Waits for the answer to a question that was sent: receives, or lets another receive. Its places are free then.
    @inlinable
    func answer(
        to asker: Asker<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) -> Letter<Inbound> {
        defer { desk.leave(asker) }
        guard let intake = try await turn(of: asker, timeout: timeout, until: deadline) else {
            return try desk.outcome(of: asker)
        }
        return try await receive(answerTo: asker, into: intake, timeout: timeout, until: deadline)
    }

    /// Waits while another receives.
    ///
    /// - Returns: what the asker is to receive into; nil when it has its answer.
    @usableFromInline
    func turn(
        of asker: Asker<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) -> Intake<Inbound>? {
        while true {
            switch desk.next(for: asker) {
            case .take: return nil
            case .receive(let intake): return intake
            case .wait(let suspension):
                do throws(SocketError) {
                    try await network.wait(for: suspension, until: deadline)
                } catch {
                    let error = ParleyError(error, timeout: timeout)
                    if desk.giveUp(asker, error, isReceiver: false) { throw error }
                }
            }
        }
    }

    @inlinable
    func receive(
        answerTo asker: Asker<Inbound>,
        into intake: Intake<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) -> Letter<Inbound> {
        var isFirst = true
        while true {
            if let outcome = handOut(of: intake, by: asker) { return try outcome.get() }
            do throws(ParleyError) {
                if try await receive(into: intake, timeout: timeout, until: deadline, isFirst: isFirst) {
                    isFirst = false
                    continue
                }
            } catch {
                if error.isOfOneCall || !failsAsOne {
                    desk.giveUp(asker, error, isReceiver: true)
                } else {
                    desk.fail(error, isOfReader: true)
                }
                throw error
            }
            desk.fail(endOfAnswers, isOfReader: false, isEnd: true)
            throw endOfAnswers
        }
    }

    /// Hands out what has come, as far as it is anybody's.
    ///
    /// - Returns: what is the asker's own, or why it gets nothing; then it receives no more.
    @inlinable
    func handOut(
        of intake: Intake<Inbound>,
        by asker: Asker<Inbound>
    ) -> Result<Letter<Inbound>, ParleyError>? {
        var own: Result<Letter<Inbound>, ParleyError>?
        var want = desk.wantsFromAsker()
        while want != .nothing {
            let next: Result<Letter<Inbound>, ParleyError>?
            do throws(ParleyError) {
                switch try take(want, from: intake) {
                case .nothing:
                    if own != nil { desk.stopReceiving() }
                    return own
                case .passedOver: next = nil
                case .message(let result): next = result
                }
            } catch {
                // What cannot be cut is the matter of all who have no answer yet.
                desk.fail(error, isOfReader: false)
                return own ?? .failure(error)
            }
            let (mine, then) = desk.handOut(next, by: asker)
            if let mine { own = mine }
            want = then
        }
        return own
    }
}

extension ParleyError {
    /// Whether it ends one call alone.
    @usableFromInline
    var isOfOneCall: Bool {
        switch self {
        case .cancelled, .timedOut: true
        default: false
        }
    }
}
