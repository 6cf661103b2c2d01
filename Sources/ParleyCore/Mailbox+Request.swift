internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

extension Mailbox {
    /// Sends a message and waits for the recipient's answer: its next letter.
    ///
    ///     async let first = mailbox.request(score, to: "one.example:8089", timeout: .seconds(1))
    ///     async let second = mailbox.request(score, to: "two.example:8089", timeout: .seconds(1))
    ///
    /// Any number of tasks may ask at once, beside a reader, who gets what is nobody's answer. Each recipient is asked
    /// one question at a time, in the order in which this was called, because nothing in a letter says which question
    /// it answers; different recipients are asked at the same time. At most 1,024 questions are open; who asks more
    /// waits for a place.
    ///
    /// Where letters carry a number, or something like it, `matching` asks one recipient many questions at once, and
    /// knows their answers in whatever order they come:
    ///
    ///     let answer = try await mailbox.request(
    ///         question,
    ///         to: server,
    ///         matching: .equal(\.number),
    ///         timeout: .seconds(1)
    ///     )
    ///
    /// What matches no open question goes to the reader then; the answer to a question that was given up within the
    /// last two minutes is thrown away and counted (``Statistics/discarded``), for the latest 1,024 of them, 64 where
    /// a condition holds the whole question. Of many recipients the first answer is taken, those of others go to the
    /// reader. ``Letter/mayBeLate`` is set where an earlier question with an equal key was given up. The rest of this
    /// is about requests without it.
    ///
    /// What came before the question is no answer to it, and neither are letters of others: they are kept for
    /// the reader (256 at most). A request to a group, or by a mailbox that may broadcast, is answered by whoever
    /// answers first. Nothing is sent twice: a lost question or answer ends in ``ParleyError/timedOut(_:_:)``.
    ///
    /// Datagrams come late, twice, in another order or not at all, and nothing tells which question one answers. So
    /// for two minutes after a question was given up (its time was over, its task was cancelled), or after a letter of
    /// that peer had come before the question was asked, the answers of that peer are marked: ``Letter/mayBeLate``;
    /// after a question to many those of everybody are, because more than one may answer it. Nothing is thrown away.
    /// More than 1,024 such peers at once are not told apart: then all answers are marked. The first answer that the
    /// peer or the network sends twice may still pass unmarked for the next one; a number in the messages tells it.
    ///
    /// - Parameter timeout: how long to wait, first for the recipient's other questions and for room, then for the
    ///   answer.
    /// - Throws: ``ParleyError/timedOut(_:_:)``, with ``ParleyError/Wait/room`` when the question was not sent;
    ///   ``ParleyError/alreadyReading`` while `respond` without tasks, or `run` over several sockets, takes all letters
    ///   (and they throw it while a question is open);
    ///   ``ParleyError/closed``; and what sending and receiving throw.
    public func request(
        _ message: Outbound,
        to recipient: SocketAddress,
        matching: Matching<Outbound, Inbound>? = nil,
        timeout: Duration
    ) async throws(ParleyError) -> Letter<Inbound> {
        let deadline = network.deadline(after: timeout)
        return try await ask(message, to: recipient, matching: matching, timeout: timeout, until: deadline)
    }

    /// As ``request(_:to:matching:timeout:)-(_,SocketAddress,_,_)``, to a host by name, a path or a URL. The time to
    /// resolve it counts.
    public func request(
        _ message: Outbound,
        to recipient: String,
        matching: Matching<Outbound, Inbound>? = nil,
        timeout: Duration
    ) async throws(ParleyError) -> Letter<Inbound> {
        let deadline = network.deadline(after: timeout)
        let recipient = try await resolve(recipient, timeout: timeout)
        return try await ask(message, to: recipient, matching: matching, timeout: timeout, until: deadline)
    }

    private func ask(
        _ message: Outbound,
        to recipient: SocketAddress,
        matching: Matching<Outbound, Inbound>?,
        timeout: Duration,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) -> Letter<Inbound> {
        try await Spans.requesting(of: recipient) { () async throws(ParleyError) in
            let isMany = isMany(recipient)
            let sender = isMany ? nil : recipient.unmapped
            let asker = Asker<Inbound>(
                matching == nil ? .sender(sender) : .sign(sender),
                sign: matching?.sign(message)
            )
            try await enter(asker, timeout: timeout, until: deadline)
            do throws(ParleyError) {
                if pacing.isOn {
                    let bytes = byteCount(of: message)
                    try await pacing.admit(
                        1,
                        bytes: bytes,
                        timeout: timeout,
                        until: deadline,
                        on: network,
                        counters
                    )
                }
                try await send(message, to: recipient.unmapped, asking: asker, until: deadline, timeout)
            } catch {
                desk.leave(asker)
                throw error
            }
            // Only the first answer of many is taken: those of the others are late whatever comes.
            if isMany, matching == nil { desk.noteAll() }
            return try await answer(to: asker, timeout: timeout, until: deadline)
        }
    }

    private func send(
        _ message: Outbound,
        to recipient: SocketAddress,
        asking asker: Asker<Inbound>,
        until deadline: MonotonicInstant,
        _ timeout: Duration
    ) async throws(ParleyError) {
        do throws(SocketError) {
            try desk.keepEarlier(than: asker, from: port, by: inboundCoder)
        } catch {
            throw ParleyError(error)
        }
        let isSent = try withEncoded(message, by: outboundCoder, framing: nil) { bytes throws(ParleyError) in
            try transmit(bytes, to: recipient, asking: asker)
        }
        if !isSent {
            if timeout <= .zero { throw noRoom(in: timeout) }
            let bytes = try encoded(message, by: outboundCoder, framing: nil)
            repeat {
                do throws(SocketError) {
                    try await port.waitUntilWritable(until: deadline)
                } catch {
                    let error = ParleyError(error, sending: bytes.count, timeout: timeout)
                    if case .timedOut = error { counters.countUnsent() }
                    throw error
                }
            } while try unsafe !transmit(bytes.span.bytes, to: recipient, asking: asker)
        }
        if counters.countSentInTurn() { await Task.yield() }
    }

    private func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress,
        asking asker: Asker<Inbound>
    ) throws(ParleyError) -> Bool {
        desk.open(asker)
        do throws(ParleyError) {
            if try transmit(bytes, to: recipient, from: nil) { return true }
        } catch {
            desk.takeBack(asker)
            throw error
        }
        desk.takeBack(asker)
        return false
    }

    /// Whether more than one may answer. A subnet's broadcast address looks like a host's; only a mailbox that
    /// asked for it may send there.
    func isMany(_ recipient: SocketAddress) -> Bool {
        let recipient = recipient.unmapped
        return recipient.isMulticast || recipient.isLimitedBroadcast || endpoint.isBroadcast
    }
}

extension SocketAddress {
    var isLimitedBroadcast: Bool {
        guard case .ipv4(.broadcast, _) = self else { return false }
        return true
    }
}
