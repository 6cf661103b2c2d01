internal import ParleyNetwork
public import ParleyTypes
internal import Synchronization

/// How letters are answered: closures over coders, the reading side and the user's closure, compiled for their types
/// where ``Mailbox/respond(_:)`` is called, and crossed once a burst.
@usableFromInline
struct LetterAnswering: Sendable {
    /// Answers letters that have come, at most so many.
    let answer: @Sendable (Int) -> LettersAnswered
    /// Receives a burst, without waiting; false when nothing has come.
    let receive: @Sendable () throws(SocketError) -> Bool
    /// Whether letters are left that were not answered.
    let hasSome: @Sendable () -> Bool
}

/// What became of a burst of letters.
@usableFromInline
struct LettersAnswered {
    @usableFromInline var letters = 0
    @usableFromInline var sent = 0
    @usableFromInline var failed = 0
    /// The answer for which there was no room.
    @usableFromInline var unsent: UnsentLetter?

    @usableFromInline
    init() {}
}

@usableFromInline
struct UnsentLetter {
    let bytes: [UInt8]
    let recipient: SocketAddress
    let source: SocketAddress?

    @usableFromInline
    init(_ bytes: [UInt8], to recipient: SocketAddress, from source: SocketAddress?) {
        self.bytes = bytes
        self.recipient = recipient
        self.source = source
    }
}

/// One socket of a mailbox whose letters are answered on the network's thread.
final class LetterResponder: Driver, @unchecked Sendable {
    // Sendable by hand: the variables belong to the thread of the network.
    private let port: any DrivenPort & MessagePort
    private let answering: LetterAnswering
    private let run: LetterRun
    /// The answer that waits for room; meanwhile nothing is read.
    private var unsent: UnsentLetter?
    private var isQueued = false
    private var isOver = false
    /// Whether a full queue is its recipient's, and not everybody's: then nobody waits for it.
    private let isPeersQueue: Bool

    /// So many letters, and other sockets have their turn.
    private static let lettersMax = 256

    init(_ port: any DrivenPort & MessagePort, _ answering: LetterAnswering, _ run: LetterRun) {
        self.port = port
        self.answering = answering
        self.run = run
        isPeersQueue = if case .unix = port.localAddress { port.remoteAddress == nil } else { false }
    }

    func start() {
        do throws(SocketError) {
            try port.drive(by: self)
            // Letters may have been left by another reader.
            port.signal()
        } catch {
            isOver = true
            run.leave(error.code == .badDescriptor ? nil : ParleyError(error))
        }
    }

    func received(at now: MonotonicInstant) {
        guard !isOver, !isQueued, unsent == nil else { return }
        turn()
    }

    func signalled(at now: MonotonicInstant) {
        isQueued = false
        guard !isOver else { return }
        if run.isCancelled { return stop(nil) }
        if unsent == nil { turn() }
    }

    func writable(at now: MonotonicInstant) {
        guard !isOver, let letter = unsent else { return }
        do throws(SocketError) {
            let isSent = try unsafe port.transmit(
                letter.bytes.span.bytes,
                to: letter.recipient,
                from: letter.source
            )
            guard isSent else { return port.tellOfRoom() }
            _ = run.counters.countSentInTurn()
        } catch {
            run.counters.countFailed()
        }
        unsent = nil
        port.resumeReceiving()
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
        if unsent == nil, isDraining || answering.hasSome() { queue() }
    }

    private func answer() {
        var lettersLeft = Self.lettersMax
        while lettersLeft > 0 {
            let answered = answering.answer(lettersLeft)
            lettersLeft -= answered.letters
            if answered.sent > 0 { _ = run.counters.countSentInTurn(answered.sent) }
            if answered.failed > 0 { run.counters.countFailed(answered.failed) }
            guard let letter = answered.unsent else { return }
            if isPeersQueue {
                run.counters.countUnsent()
            } else {
                unsent = letter
                port.pauseReceiving()
                return port.tellOfRoom()
            }
        }
    }

    private func queue() {
        isQueued = true
        port.signal()
    }

    private func stop(_ error: ParleyError?) {
        isOver = true
        if unsent != nil { run.counters.countUnsent() }
        unsent = nil
        port.stopDriving()
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
