internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

extension Mailbox {
    /// Answers every letter until the mailbox is closed or the task cancelled: a letter comes, the closure returns its
    /// answer, at once.
    ///
    ///     let inbox = try await Mailbox(Score.self, at: .udp(port: 8089).loadBalanced())
    ///     try await inbox.respond { letter in
    ///         letter.message.math > 100 ? nil : letter.message
    ///     }
    ///
    /// The closure is called on the network's own thread, where the letter came in. It must not block: every socket
    /// of that thread waits for it. Where an answer takes time, the closure of the other `respond` may wait for it,
    /// in a task. A mailbox that is spread over several loops calls the closure on all of them at once, for letters
    /// of different senders.
    ///
    /// An answer goes to the letter's sender, from the address that it was sent to. Nothing tells who wrote a
    /// datagram: an answer that is larger than its question lets others be flooded with it, and whoever answers what
    /// is itself an answer may do so for ever.
    ///
    /// A closure that throws, and an answer that the system refuses, are counted (``Statistics/failed``) and end
    /// nothing; that letter has no answer. Over UDP an answer that finds this socket's queue full waits for room, and
    /// no letter is read meanwhile. Over `unixgram` the full queue is its recipient's: the answer is not sent, and
    /// counted (``Statistics/unsent``). Who asked for an answer that did not leave `onUnanswered` is told, and why:
    ///
    ///     try await inbox.respond(
    ///         timeout: .milliseconds(10),
    ///         onUnanswered: { sender, error in print("\(sender) has no answer: \(error)") }
    ///     ) { letter in letter.message }
    ///
    /// On a network whose ports cannot be driven (``ParleyNetwork/DrivenPort``), and where the mailbox has a
    /// ``sendRate`` when this is called, letters are answered by tasks, as in ``run(_:)``: one after another, each
    /// answer in its turn, and the closures are called by those tasks.
    ///
    /// - Parameters:
    ///   - timeout: how long answers wait for their turn where there is a ``sendRate``, and for room over UDP; nil
    ///     waits for ever, `.zero` never. When the time is up
    ///     they are given up, and after that none waits until one has left: a queue that stays full must not cost
    ///     each its time.
    ///   - onUnanswered: called once for each answer that did not leave, on the network's thread, with the letter's
    ///     sender and why: what the closure threw, or a ``ParleyError``: `.wire` for an answer without bytes,
    ///     `.timedOut` for want of room, `.socket` when the system refused it, `.cancelled` where one waited for room
    ///     when the call ended. It must not block.
    ///   - answer: the answer to a letter, nil for none.
    /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/cancelled``, ``ParleyError/socket(_:)``. The mailbox
    ///   stays open, and letters that were not answered are there for the next reader.
    @inlinable
    public func respond(
        timeout: Duration? = nil,
        onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)? = nil,
        _ answer: @escaping @Sendable (Letter<Inbound>) throws -> Outbound?
    ) async throws(ParleyError) {
        let inbound = inboundCoder
        let outbound = outboundCoder
        try await respond(timeout, onUnanswered) { intake in
            return { lettersMax, burst in
                var answered = LettersAnswered()
                var train: Transmit?
                defer { burst.finish(&train) }
                while answered.letters < lettersMax, burst.byteCount < Burst.bytesMax,
                    let letter = intake.next(by: inbound)
                {
                    answered.letters &+= 1
                    do {
                        guard let reply = try answer(letter) else { continue }
                        try burst.add(reply, by: outbound, framing: nil)
                        burst.addressLast(to: letter.sender, from: letter.recipient, &train)
                    } catch {
                        answered.failed &+= 1
                        onUnanswered?(letter.sender, error)
                    }
                }
                return answered
            }
        } orByTasks: { () async throws(ParleyError) in
            try await respondLater(onUnanswered) { letter, isSent in
                guard let reply = try answer(letter) else { return }
                isSent = true
                try await self.answer(reply, to: letter, timeout: timeout)
            }
        }
    }

    /// Sends an answer by a task. Where room is its recipient's it is not waited for, as on the network's thread: one
    /// who does not read must not cost the others theirs.
    @usableFromInline
    func answer(
        _ message: Outbound,
        to letter: Letter<Inbound>,
        timeout: Duration?
    ) async throws(ParleyError) {
        let bytes = try encoded(message, by: outboundCoder, framing: nil)
        try await send(bytes, answering: letter, timeout: timeout, waitsForRoom: !port.hasRoomPerRecipient)
    }

    /// Answers every letter where an answer takes time: the closure may wait for it.
    ///
    ///     try await inbox.respond { letter in try await grade(letter.message) }
    ///
    /// Letters are answered one after another, over several loops on each of them: while an answer is waited for, the
    /// next letters wait in the system's queue, and are lost when it is full. ``run(_:)`` is the loop for a program
    /// that answers several at once. An answer has left, or has not, before the closure is called with the next
    /// letter of its socket. Throws, refusals and the end are as in the other `respond`.
    ///
    /// - Parameters:
    ///   - timeout: how long an answer waits for room, that of its recipient over `unixgram`; nil waits for ever,
    ///     `.zero` tries once and never waits.
    ///   - onUnanswered: called once for each answer that did not leave, with the letter's sender and why, by the
    ///     task that answers.
    ///   - answer: the answer to a letter, nil for none.
    /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/cancelled``, ``ParleyError/socket(_:)``.
    public func respond(
        timeout: Duration? = nil,
        onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)? = nil,
        _ answer: @escaping @Sendable (Letter<Inbound>) async throws -> Outbound?
    ) async throws(ParleyError) {
        try await respondLater(onUnanswered) { [self] letter, isSent in
            guard let reply = try await answer(letter) else { return }
            isSent = true
            try await self.reply(reply, to: letter, timeout: timeout)
        }
    }

    /// Answers letters by tasks.
    ///
    /// - Parameter answer: answers a letter; sets its flag before it sends.
    @usableFromInline
    func respondLater(
        _ onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)?,
        _ answer: @escaping @Sendable (Letter<Inbound>, _ isSent: inout Bool) async throws -> Void
    ) async throws(ParleyError) {
        let counters = counters
        do {
            try await run { letter in
                var isSent = false
                do {
                    try await answer(letter, &isSent)
                } catch {
                    onUnanswered?(letter.sender, error)
                    switch error as? ParleyError {
                    // Closed meanwhile: then there is no next letter.
                    case .closed: break
                    // Counted already.
                    case .timedOut(_, .room) where isSent, .timedOut(_, .turn) where isSent: break
                    default:
                        if error.isCancellation { throw error }
                        counters.countFailed()
                    }
                }
            }
        } catch {
            throw error as? ParleyError ?? .cancelled
        }
    }

    /// - Parameters:
    ///   - answer: makes what answers the letters of one socket.
    ///   - answerLater: answers where ports cannot be driven.
    @usableFromInline
    func respond(
        _ timeout: Duration?,
        _ onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)?,
        _ answer: (DatagramIntake<Inbound>) -> @Sendable (Int, Burst) -> LettersAnswered,
        orByTasks answerLater: () async throws(ParleyError) -> Void
    ) async throws(ParleyError) {
        let shards = port.shards
        let driven = shards.compactMap(\.driven)
        guard driven.count == shards.count, !pacing.isOn else {
            return try await answerLater()
        }
        let claim = try desk.claimAll(by: inboundCoder)
        defer { withExtendedLifetime(claim) {} }
        let run = LetterRun(driven, counters, closing, timeout, onUnanswered)
        let intakes = shards.count > 1 ? shardIntakes(shards.count) : [intake]
        let responders = shards.indices.map { index in
            let (port, intake) = (shards[index], intakes[index])
            return LetterResponder(
                port,
                driven[index],
                LetterAnswering(
                    answer: answer(intake),
                    receive: { () throws(SocketError) in
                        if case .received = try intake.receiveNow(from: port) { true } else { false }
                    },
                    hasSome: { intake.hasSome }
                ),
                run
            )
        }
        let result = await withTaskCancellationHandler { () async -> Result<Void, ParleyError> in
            for responder in responders { responder.start() }
            do throws(ParleyError) {
                try await run.end()
                return .success(())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            run.cancel()
        }
        try result.get()
        if run.isCancelled { throw .cancelled }
    }
}
