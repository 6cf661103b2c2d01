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
    /// counted (``Statistics/unsent``).
    ///
    /// On a network whose ports cannot be driven (``ParleyNetwork/DrivenPort``) letters are answered by tasks, as in
    /// ``run(_:)``; everything else is the same.
    ///
    /// - Parameter answer: the answer to a letter, nil for none.
    /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/cancelled``, ``ParleyError/socket(_:)``. The mailbox
    ///   stays open, and letters that were not answered are there for the next reader.
    @inlinable
    public func respond(
        _ answer: @escaping @Sendable (Letter<Inbound>) throws -> Outbound?
    ) async throws(ParleyError) {
        let inbound = inboundCoder
        let outbound = outboundCoder
        try await respond { intake in
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
                    }
                }
                return answered
            }
        } orByTasks: {
            letter in
            guard let reply = try answer(letter) else { return }
            try await self.reply(reply, to: letter)
        }
    }

    /// Answers every letter where an answer takes time: the closure may wait for it.
    ///
    ///     try await inbox.respond { letter in try await grade(letter.message) }
    ///
    /// Letters are answered one after another, over several loops on each of them: while an answer is waited for, the
    /// next letters wait in the system's queue, and are lost when it is full. ``run(_:)`` is the loop for a program
    /// that answers several at once. Throws, refusals and the end are as in the other `respond`; a full queue is
    /// waited for.
    ///
    /// - Parameter answer: the answer to a letter, nil for none.
    /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/cancelled``, ``ParleyError/socket(_:)``.
    public func respond(
        _ answer: @escaping @Sendable (Letter<Inbound>) async throws -> Outbound?
    ) async throws(ParleyError) {
        try await respondByTasks { [self] letter in
            guard let reply = try await answer(letter) else { return }
            try await self.reply(reply, to: letter)
        }
    }

    /// - Parameters:
    ///   - answer: makes what answers the letters of one socket.
    ///   - handler: answers one letter, where ports cannot be driven.
    @usableFromInline
    func respond(
        _ answer: (DatagramIntake<Inbound>) -> @Sendable (Int, Burst) -> LettersAnswered,
        orByTasks handler: @escaping @Sendable (Letter<Inbound>) async throws -> Void
    ) async throws(ParleyError) {
        let shards = port.shards
        let driven = shards.compactMap(\.driven)
        guard driven.count == shards.count else { return try await respondByTasks(handler) }
        let claim = try desk.claim()
        defer { withExtendedLifetime(claim) {} }
        let run = LetterRun(driven, counters, closing)
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

    private func respondByTasks(
        _ handler: @escaping @Sendable (Letter<Inbound>) async throws -> Void
    ) async throws(ParleyError) {
        let counters = counters
        do {
            try await run { letter in
                do {
                    try await handler(letter)
                } catch  where error.isCancellation {
                    throw error
                } catch {
                    // Closed meanwhile: then there is no next letter.
                    if error as? ParleyError != .closed { counters.countFailed() }
                }
            }
        } catch {
            throw error as? ParleyError ?? .cancelled
        }
    }
}
