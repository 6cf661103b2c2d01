internal import ParleyNetwork
internal import ParleyTypes

/// One connection whose requests are answered on the network's thread (`Listener.respond`).
///
/// It reads once a turn and answers what has come, into a burst that leaves in one call. While it waits for the next
/// request it holds nothing but itself.
final class Responder: Driver, @unchecked Sendable {
    // Sendable by hand: the variables belong to the thread of the network, once `start` has made the port call.
    private let port: any DrivenPort
    /// The same one, by its kind.
    private let peerPort: PeerPort
    private let desk: RespondDesk
    private let ticket: Visitors.Ticket
    private let patience: Patience?
    /// What has come and was not answered, if anything.
    private var intake: RespondIntake?
    /// Answers for which there was no room; those before `unsentFrom` have left.
    private var unsent: Burst?
    private var unsentFrom = 0
    /// How much memory of the budget they are.
    private var unsentBytes = 0
    /// Since when the peer has taken none of the answers that wait for it; nil while none do.
    private var blockedSince: MonotonicInstant?
    private var share: MemoryShare?
    private var messages = 0
    private var phase = Phase.answering
    /// Whether a whole message may be left that was not answered.
    private var hasMore = false
    /// Whether the next turn is asked for.
    private var isQueued = false
    /// Whether nothing is read, because too many answers wait.
    private var isPaused = false
    private var isDraining = false
    /// How often is still read while draining: a peer that never stops must not keep the drain from its end.
    private var drainTurnsLeft = 64
    private var failure: (any Error)?

    private enum Phase {
        case answering
        /// Nothing more is read; the answers are still to leave.
        case finishing
        /// The port closes when it has passed on what it took over.
        case closing
        case gone
    }

    /// So many requests of one connection, and the others have their turn.
    private static let requestsMax = 256
    /// As long as TCP itself tries to deliver what is left at a close.
    private static let finishMax = Duration.seconds(60)

    init(
        _ port: any DrivenPort,
        _ peerPort: PeerPort,
        _ desk: RespondDesk,
        _ ticket: Visitors.Ticket,
        _ patience: Patience?
    ) {
        self.port = port
        self.peerPort = peerPort
        self.desk = desk
        self.ticket = ticket
        self.patience = patience
    }

    private var service: RespondService { desk.service }

    func start() {
        service.witnesses.connected?(peer)
        do throws(SocketError) {
            try port.drive(by: self)
            // There its limits begin, and it learns what happened before it was driven.
            port.signal()
        } catch {
            failure = ParleyError(error)
            port.close()
            leave()
        }
    }

    // MARK: What the port tells

    func received(at now: MonotonicInstant) {
        guard phase == .answering, !isQueued else { return }
        turn(at: now)
    }

    func signalled(at now: MonotonicInstant) {
        isQueued = false
        guard phase != .gone else { return }
        if service.isCancelled {
            if phase != .closing { failure = failure ?? ParleyError.cancelled }
            port.close()
            return leave()
        }
        if !isDraining { isDraining = service.visitors.isDraining }
        guard phase == .answering, !isPaused else { return }
        if hasMore || isDraining { turn(at: now) } else { setAlarm(at: now) }
    }

    func writable(at now: MonotonicInstant) {
        guard blockedSince != nil, phase == .answering || phase == .finishing else { return }
        do throws(SocketError) {
            try passOn(at: now)
        } catch {
            return fail(error, at: now)
        }
        if phase == .finishing, unsent == nil { return closePort(at: now) }
        share?.tell()
        guard isPaused, phase == .answering, !isFull else { return setAlarm(at: now) }
        isPaused = false
        port.resumeReceiving()
        turn(at: now)
    }

    func alarm(at now: MonotonicInstant) {
        switch phase {
        case .answering, .finishing:
            guard let limit = limit(at: now) else { return }
            guard limit.deadline <= now else { return port.setAlarm(at: limit.deadline) }
            patience?.cutOff()
            failure = failure ?? limit.error
            if blockedSince != nil { port.abort() } else { closePort(at: now) }
        case .closing:
            patience?.cutOff()
            port.abort()
        case .gone: break
        }
    }

    func ended() {
        if let reason = share?.reason {
            failure = reason
            service.report(.evicted(reason, of: address))
        }
        leave()
    }

    // MARK: A turn

    private func turn(at now: MonotonicInstant) {
        let intake = intake ?? desk.takeIntake(for: peerPort)
        self.intake = intake
        do throws(SocketError) {
            var hasCome = true
            if !hasMore, !intake.isAtEnd {
                switch try intake.receive() {
                case .received, .end: break
                case .wouldBlock: hasCome = false
                case .over:
                    hasCome = false
                    isDraining = true
                }
            }
            if hasCome { try answer(intake, at: now) }
            settle(intake, hasCome, at: now)
        } catch {
            fail(error, at: now)
        }
    }

    /// Answers what has come, as far as a turn goes and the peer takes it.
    private func answer(_ intake: RespondIntake, at now: MonotonicInstant) throws(SocketError) {
        var requestsLeft = Self.requestsMax
        let answering = service.answering
        let peer = answering.namesPeers ? peer : nil
        repeat {
            let burst = unsent ?? desk.takeBurst()
            let answered =
                switch intake {
                case .stream(let intake, _): answering.stream(intake, burst, requestsLeft, room, peer)
                case .packets(let intake, _): answering.packets(intake, burst, requestsLeft, room, peer)
                }
            messages += answered.requests
            requestsLeft -= answered.requests
            if answered.requests > 0 { desk.counters.countReceived(answered.requests) }
            hasMore = !answered.isDrained
            if let error = answered.failure { failure = error }
            unsent = burst
            // Otherwise the port will tell of room.
            if blockedSince == nil { try passOn(at: now) } else { noteUnsent() }
        } while hasMore && requestsLeft > 0 && failure == nil && !isFull
    }

    /// How many bytes of answers may be in the burst, with what the port has not passed on.
    private var room: Int { Answering.waitingBytesMax - (blockedSince == nil ? 0 : port.unsentBytes) }

    /// Whether too many answers wait for the peer to read more of its requests.
    private var isFull: Bool {
        guard blockedSince != nil else { return false }
        return unsent.map { !$0.hasRoom(within: room) } ?? (room <= 0)
    }

    /// Passes on what waits, as far as the peer takes it.
    private func passOn(at now: MonotonicInstant) throws(SocketError) {
        if let burst = unsent {
            let before = unsentFrom
            guard try transmit(burst) else {
                noteUnsent()
                if blockedSince == nil || unsentFrom > before { blockedSince = now }
                return port.tellOfRoom()
            }
            unsent = nil
            unsentFrom = 0
            noteUnsent()
            desk.giveBack(burst)
        }
        blockedSince = port.unsentBytes == 0 ? nil : now
    }

    /// Says how much memory the answers take that wait.
    private func noteUnsent() {
        let bytes = unsafe unsent?.storage.count ?? 0
        guard bytes != unsentBytes else { return }
        needShare().send(waiting: bytes - unsentBytes)
        unsentBytes = bytes
    }

    private func transmit(_ burst: Burst) throws(SocketError) -> Bool {
        let ends = burst.ends
        guard case .messages(let messagePort) = peerPort else {
            if burst.byteCount > 0, try !port.transmit(burst.bytes) { return false }
            _ = desk.counters.countSentInTurn(ends.count)
            return true
        }
        let trains = burst.trains(from: unsentFrom, to: nil)
        var position = TransmitPosition()
        while unsentFrom < ends.count {
            let taken = try messagePort.transmit(burst.bytes, trains.span, at: &position)
            guard taken > 0 else { return false }
            unsentFrom += taken
            _ = desk.counters.countSentInTurn(taken)
        }
        return true
    }

    /// What comes after a turn: another, a wait, or the end.
    private func settle(_ intake: RespondIntake, _ hasCome: Bool, at now: MonotonicInstant) {
        if isDraining { drainTurnsLeft -= 1 }
        if failure != nil || !hasMore && (intake.isAtEnd || isDraining && (!hasCome || drainTurnsLeft <= 0)) {
            return finish(at: now)
        }
        if isFull {
            isPaused = true
            port.pauseReceiving()
        } else if hasMore || isDraining {
            isQueued = true
            port.signal()
        }
        if blockedSince != nil { needShare().tell() }
        if !hasMore || isPaused {
            if intake.isEmpty { lend(intake) } else { intake.park(needShare()) }
        }
        setAlarm(at: now)
    }

    /// A connection that waits and holds no byte holds no buffer either.
    private func lend(_ intake: RespondIntake) {
        _ = share?.read(holding: 0)
        desk.giveBack(intake)
        self.intake = nil
    }

    private func needShare() -> MemoryShare {
        if let share { return share }
        let share = MemoryShare(service.budget, port: port)
        service.budget.join(share)
        self.share = share
        return share
    }

    private func setAlarm(at now: MonotonicInstant) {
        guard patience != nil || phase == .finishing else { return }
        port.setAlarm(at: limit(at: now)?.deadline)
    }

    /// When the connection ends by itself, and why.
    private func limit(at now: MonotonicInstant) -> Patience.Limit? {
        guard let blockedSince else { return patience?.reading(after: messages, at: now) }
        if let limit = patience?.sending(at: blockedSince) { return limit }
        guard phase == .finishing else { return nil }
        let limit = Self.finishMax
        return Patience.Limit(deadline: blockedSince.advanced(by: limit), kind: .end, time: limit)
    }

    // MARK: The end

    private var address: SocketAddress { port.remoteAddress ?? .unix(.unnamed) }

    /// Made when it is asked for: a connection that waits keeps no copy.
    private var peer: Peer { Peer(id: ticket, address: address, credentials: port.peerCredentials) }

    /// Ends the connection once its answers have left.
    private func finish(at now: MonotonicInstant) {
        if let intake { lend(intake) }
        guard unsent != nil else { return closePort(at: now) }
        phase = .finishing
        port.pauseReceiving()
        needShare().tell()
        setAlarm(at: now)
    }

    /// What the port has taken over it passes on by itself; then the end is told.
    private func closePort(at now: MonotonicInstant) {
        phase = .closing
        if port.unsentBytes > 0 {
            port.pauseReceiving()
            let patience = min(patience?.limits.slowReader ?? Self.finishMax, Self.finishMax)
            port.setAlarm(at: now.advanced(by: patience))
        }
        port.close()
    }

    /// The socket has failed; there is nobody to send to.
    private func fail(_ error: SocketError, at now: MonotonicInstant) {
        // Closed on this side: why, its end knows.
        if error.code != .badDescriptor { failure = failure ?? ParleyError(error) }
        closePort(at: now)
    }

    private func leave() {
        guard phase != .gone else { return }
        phase = .gone
        intake = nil
        unsent = nil
        if unsentBytes > 0 { share?.send(waiting: -unsentBytes) }
        port.setAlarm(at: nil)
        let isEvicted = share?.isEvicted ?? false
        if let share { service.budget.leave(share) }
        share = nil
        let reason = failure
        if let cause = failure, cause.isCancellation { failure = nil }
        if let failure, !isEvicted { service.report(.failed(failure, of: address)) }
        service.visitors.leave(
            ticket,
            failed: failure != nil,
            isCutOff: patience?.isCutOff ?? false,
            isEvicted: isEvicted
        )
        service.witnesses.ended?(peer, reason)
        service.leave(desk)
    }
}
