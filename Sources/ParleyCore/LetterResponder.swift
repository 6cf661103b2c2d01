internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// How letters are answered: closures over coders, the reading side and the user's closure, compiled for their types
/// where ``Mailbox/respond(_:)`` is called, and crossed once a burst.
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
        turn()
    }

    func signalled(at now: MonotonicInstant) {
        isQueued = false
        guard !isOver else { return }
        if run.isCancelled { return stop(nil) }
        if !isWaiting { turn() }
    }

    func writable(at now: MonotonicInstant) {
        guard !isOver, isWaiting else { return }
        guard passOn() else { return driven.tellOfRoom() }
        isWaiting = false
        driven.resumeReceiving()
        queue()
    }

    func alarm(at now: MonotonicInstant) {}

    func ended() {
        guard !isOver else { return }
        isOver = true
        run.leave(nil)
    }

    private func turn() {
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
        answer()
        if !isWaiting, isDraining || answering.hasSome() { queue() }
    }

    private func answer() {
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
                driven.tellOfRoom()
            }
        }
    }

    /// Sends the answers that have not left. What the system refuses to send to somebody is counted and passed over.
    ///
    /// - Returns: false when there is no room.
    private func passOn() -> Bool {
        let burst = burst
        let trains = burst.trains
        var position = position
        defer { self.position = position }
        while position.index < trains.count {
            let train = trains[position.index]
            // Nobody can be written to there (RFC 768): three system calls would learn it of each.
            if train.recipient?.port == 0 {
                run.counters.countFailed(position.skip(train))
                continue
            }
            do throws(SocketError) {
                let taken = try port.transmit(burst.bytes, trains.span, at: &position)
                if taken > 0 {
                    _ = run.counters.countSentInTurn(taken)
                    continue
                }
                // Nobody waits for one recipient's queue.
                guard port.hasRoomPerRecipient else { return false }
                run.counters.countUnsent(position.skip(trains[position.index]))
            } catch {
                // The others to the same recipient would meet the same, a call each.
                run.counters.countFailed(position.skip(trains[position.index]))
            }
        }
        return true
    }

    private var unsentAnswers: Int {
        var position = position
        var count = 0
        while position.index < burst.trains.count { count += position.skip(burst.trains[position.index]) }
        return count
    }

    private func queue() {
        isQueued = true
        driven.signal()
    }

    private func stop(_ error: ParleyError?) {
        isOver = true
        if isWaiting { run.counters.countUnsent(unsentAnswers) }
        isWaiting = false
        driven.stopDriving()
        run.leave(error)
    }
}

/// What the sockets of one ``Mailbox/respond(_:)`` share.
final class LetterRun: Sendable {
    let counters: Counters
    let closing: Closing
    private let ports: [any DrivenPort]
    private let attendance = Attendance()
    private let hasCancelled = Atomic<Bool>(false)
    private let failure = Mutex<ParleyError?>(nil)

    init(_ ports: [any DrivenPort], _ counters: Counters, _ closing: Closing) {
        self.ports = ports
        self.counters = counters
        self.closing = closing
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
