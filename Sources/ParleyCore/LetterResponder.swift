internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// How letters are answered: closures over coders, the reading side and the user's closure, compiled for their types
/// where `Mailbox.respond` is called, and crossed once a burst.
@usableFromInline
struct LetterAnswering: Sendable {
    /// Encodes the answers to letters that have come, at most so many letters, with their recipients.
    let answer: @Sendable (Int, Burst) -> LettersAnswered
    /// Receives a burst, without waiting; false when nothing has come.
    let receive: @Sendable () throws(SocketError) -> Bool
    /// Whether letters are left that were not answered.
    let hasSome: @Sendable () -> Bool
}

/// What became of a burst of letters.
@usableFromInline
struct LettersAnswered {
    @usableFromInline var letters = 0
    /// Those without an answer, because the closure threw or its answer has no bytes.
    @usableFromInline var failed = 0

    @usableFromInline
    init() {}
}

/// One socket of a mailbox whose letters are answered on the network's thread.
final class LetterResponder: Driver, @unchecked Sendable {
    // Sendable by hand: the variables belong to the thread of the network.
    private let port: any MessagePort
    /// The same one.
    private let driven: any DrivenPort
    private let answering: LetterAnswering
    private let run: LetterRun
    /// The answers of the last burst of letters.
    private var burst = Burst()
    /// Which of them have left.
    private var position = TransmitPosition()
    /// Whether answers wait for room; meanwhile nothing is read.
    private var isWaiting = false
    /// Whether the last wait was in vain: then none waits until there is some.
    private var hasWaitedInVain = false
    private var isQueued = false
    private var isOver = false
    /// So many letters, and other sockets have their turn.
    private static let lettersMax = 256

    init(
        _ port: any MessagePort,
        _ driven: any DrivenPort,
        _ answering: LetterAnswering,
        _ run: LetterRun
    ) {
        self.port = port
        self.driven = driven
        self.answering = answering
        self.run = run
    }

    func start() {
        do throws(SocketError) {
            try driven.drive(by: self)
            // Letters may have been left by another reader.
            driven.signal()
        } catch {
            isOver = true
            run.leave(error.code == .badDescriptor ? nil : ParleyError(error))
        }
    }

    func received(at now: MonotonicInstant) {
        guard !isOver, !isQueued, !isWaiting else { return }
        turn(at: now)
    }

    func signalled(at now: MonotonicInstant) {
        isQueued = false
        guard !isOver else { return }
        if run.isCancelled { return stop(nil) }
        if !isWaiting { turn(at: now) }
    }

    func writable(at now: MonotonicInstant) {
        guard !isOver, isWaiting else { return }
        goOn(at: now)
    }

    /// The answers have waited long enough.
    func alarm(at now: MonotonicInstant) {
        guard !isOver, isWaiting else { return }
        hasWaitedInVain = true
        goOn(at: now)
    }

    func ended() {
        guard !isOver else { return }
        isOver = true
        if isWaiting { giveUp(.closed) }
        run.leave(nil)
    }

    private func turn(at now: MonotonicInstant) {
        let isDraining = run.closing.hasBegun
        var hasCome = answering.hasSome()
        if !hasCome {
            if run.closing.isOver() { return stop(nil) }
            do throws(SocketError) {
                hasCome = try answering.receive()
            } catch {
                // Closed: that is told.
                if error.code != .badDescriptor { stop(ParleyError(error)) }
                return
            }
        }
        guard hasCome else {
            if isDraining { stop(nil) }
            return
        }
        answer(at: now)
        if !isWaiting, isDraining || answering.hasSome() { queue() }
    }

    private func answer(at now: MonotonicInstant) {
        var lettersLeft = Self.lettersMax
        while lettersLeft > 0, !isWaiting {
            // One that a huge answer has grown is not kept.
            if unsafe burst.storage.count > Burst.bytesMax { burst = Burst() }
            burst.removeAll()
            position = TransmitPosition()
            let answered = answering.answer(lettersLeft, burst)
            guard answered.letters > 0 else { return }
            lettersLeft -= answered.letters
            if answered.failed > 0 { run.counters.countFailed(answered.failed) }
            if !passOn() {
                isWaiting = true
                driven.pauseReceiving()
                waitForRoom(at: now)
            }
        }
    }

    private func waitForRoom(at now: MonotonicInstant) {
        driven.tellOfRoom()
        if let timeout = run.timeout { driven.setAlarm(at: now.advanced(by: timeout)) }
    }

    /// Tries once more what waits for room, and reads again when nothing does.
    private func goOn(at now: MonotonicInstant) {
        let before = position
        guard passOn() else {
            // The time is that of a wait in which nothing leaves.
            return before == position ? driven.tellOfRoom() : waitForRoom(at: now)
        }
        isWaiting = false
        driven.resumeReceiving()
        queue()
    }

    /// Sends the answers that have not left. What the system refuses to send to somebody is counted and passed over.
    ///
    /// - Returns: false when they are to wait for room.
    private func passOn() -> Bool {
        let burst = burst
        let trains = burst.trains
        var position = position
        defer { self.position = position }
        while position.index < trains.count {
            let train = trains[position.index]
            // Nobody can be written to there (RFC 768): three system calls would learn it of each.
            if train.recipient?.port == 0 {
                giveUp(
                    train,
                    at: &position,
                    .socket(SocketError(.send, .invalidArgument, remote: train.recipient))
                )
                continue
            }
            do throws(SocketError) {
                let taken = try port.transmit(burst.bytes, trains.span, at: &position)
                if taken > 0 {
                    _ = run.counters.countSentInTurn(taken)
                    hasWaitedInVain = false
                    continue
                }
                // Nobody waits for one recipient's queue.
                let waits = !port.hasRoomPerRecipient && !hasWaitedInVain && run.timeout != .zero
                guard !waits else { return false }
                giveUp(trains[position.index], at: &position, .timedOut(run.timeout ?? .zero, .room))
            } catch {
                // The others to the same recipient would meet the same, a call each.
                let train = trains[position.index]
                let bytes = train.datagram(at: position.offset).count
                giveUp(train, at: &position, ParleyError(error, sending: bytes))
            }
        }
        return true
    }

    /// Passes over what is left of a train.
    private func giveUp(_ train: Transmit, at position: inout TransmitPosition, _ error: ParleyError) {
        let count = position.skip(train)
        if case .socket = error { run.counters.countFailed(count) } else { run.counters.countUnsent(count) }
        guard let tell = run.onUnanswered, let recipient = train.recipient else { return }
        for _ in 0..<count { tell(recipient, error) }
    }

    /// Passes over all answers that have not left.
    private func giveUp(_ error: ParleyError) {
        while position.index < burst.trains.count {
            giveUp(burst.trains[position.index], at: &position, error)
        }
    }

    private func queue() {
        isQueued = true
        driven.signal()
    }

    private func stop(_ error: ParleyError?) {
        isOver = true
        if isWaiting { giveUp(error ?? .cancelled) }
        isWaiting = false
        driven.stopDriving()
        run.leave(error)
    }
}

/// What the sockets of one `Mailbox.respond` share.
final class LetterRun: Sendable {
    let counters: Counters
    let closing: Closing
    /// How long answers wait for room, nil for ever.
    let timeout: Duration?
    let onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)?
    private let ports: [any DrivenPort]
    private let attendance = Attendance()
    private let hasCancelled = Atomic<Bool>(false)
    private let failure = Mutex<ParleyError?>(nil)

    init(
        _ ports: [any DrivenPort],
        _ counters: Counters,
        _ closing: Closing,
        _ timeout: Duration?,
        _ onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)?
    ) {
        self.ports = ports
        self.counters = counters
        self.closing = closing
        self.timeout = timeout.map { max($0, .zero) }
        self.onUnanswered = onUnanswered
        for _ in ports { attendance.enter() }
    }

    var isCancelled: Bool { hasCancelled.load(ordering: .acquiring) }

    func cancel() {
        hasCancelled.store(true, ordering: .releasing)
        for port in ports { port.signal() }
    }

    /// A socket is done; when it has failed, so are the others.
    func leave(_ error: ParleyError?) {
        if let error {
            failure.withLock { $0 = $0 ?? error }
            cancel()
        }
        attendance.leave()
    }

    func end() async throws(ParleyError) {
        await attendance.end()
        if let failure = failure.withLock(\.self) { throw failure }
    }
}
