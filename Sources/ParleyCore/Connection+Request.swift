internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire
internal import Synchronization

extension Connection {
    /// Sends a message and waits for its answer.
    ///
    ///     async let first = connection.request(score, timeout: .seconds(1))
    ///     async let second = connection.request(other, timeout: .seconds(1))
    ///
    /// Any number of tasks may ask at once. On a stream and over `seqpacket` their questions leave one after another
    /// without waiting for answers (pipelining), and answers come in the order of the questions: each task gets its
    /// own. Over datagrams, and on a stream without borders (``Framing/chunks``), nothing tells answers apart: one
    /// question is asked at a time, in the order of the calls. At most 1,024 questions are open at once; who asks more
    /// waits for a place. A reader may read beside them: it gets what comes while no question is open.
    ///
    /// A question that was sent and then given up (its time was over, its task was cancelled) still owes its answer:
    /// when it comes it is thrown away, whoever reads next and whatever it says, and counted
    /// (``Statistics/discarded``). So no other request is handed the answer to another question. At most 1,024
    /// answers may be owed; beyond that, and after one on a stream without borders (``Framing/chunks``), the
    /// connection says ``ParleyError/outOfStep`` to every request and reader. A question that was not sent owes
    /// nothing, and neither does one whose answer came and did not fit its layout.
    ///
    /// The peer must answer each question by one message, in order. What it sends otherwise while a question is open
    /// passes for an answer, and so does what came earlier where nobody reads. Where it does so, or where
    /// ``send(_:timeout:)`` has sent questions as well, put numbers into the messages and ask by
    /// ``request(_:matching:timeout:)``.
    ///
    /// Over datagrams what came before the question is no answer to it, and is kept for the reader. What comes after
    /// it may still be the late answer to a question that was given up; ``requestLetter(_:timeout:)`` says so.
    ///
    /// - Parameter timeout: how long to wait, first for room and then for the answer; nil waits for ever.
    /// - Throws: ``ParleyError/ended`` when the peer closes instead; ``ParleyError/timedOut(_:_:)``, with
    ///   ``ParleyError/Wait/room`` when the question was not sent; ``ParleyError/outOfStep``; and what sending and
    ///   receiving throw. What ends the connection is thrown to all who wait.
    @inlinable
    public func request(_ message: Outbound, timeout: Duration? = nil) async throws(ParleyError) -> Inbound {
        try await ask(message, matching: nil, timeout: timeout).message
    }

    /// Sends a message and waits for the message that answers it, in whatever order answers come.
    ///
    ///     let answer = try await connection.request(
    ///         question,
    ///         matching: .equal(\.number),
    ///         timeout: .seconds(1)
    ///     )
    ///
    /// Any number of tasks may ask at once, 1,024 questions in all; on a stream without borders
    /// (``Framing/chunks``) one after another. What matches no open question goes to the reader, or is kept for one:
    /// 256 messages, and what comes then is counted (``Statistics/dropped``). The answer to a
    /// question that was given up within the last two minutes is thrown away and counted (``Statistics/discarded``),
    /// for the latest 1,024 of them, 64 where a condition holds the whole question. Requests with and without
    /// `matching` may be mixed: what matches no open question is the answer to the first of the others.
    ///
    /// A message that does not fit its layout is nobody's answer, and goes to the reader as an error.
    ///
    /// - Throws: as ``request(_:timeout:)``.
    @inlinable
    public func request(
        _ message: Outbound,
        matching: Matching<Outbound, Inbound>,
        timeout: Duration? = nil
    ) async throws(ParleyError) -> Inbound {
        try await ask(message, matching: matching, timeout: timeout).message
    }

    /// As ``request(_:timeout:)``, and says whether the answer may belong to an earlier question: the letter's
    /// ``Letter/mayBeLate``.
    ///
    ///     let answer = try await connection.requestLetter(question, timeout: .seconds(1))
    ///     if answer.mayBeLate, answer.message.number != question.number { return nil }
    ///
    /// Over `udp` and `unixgram` any answer is marked for two minutes after a question was given up, or after
    /// something had come before the question was asked: datagrams come late, twice, in another order or not at all,
    /// and nothing tells which question one answers. Nothing is thrown away. The first answer that the peer or the
    /// network sends twice may still pass unmarked for the next one; a number in the messages tells it. On a stream
    /// and over `seqpacket` no answer is ever marked, because none can be late.
    ///
    /// With `matching` (see ``request(_:matching:timeout:)``) an answer is marked, over whatever transport, where an
    /// earlier question with an equal key was given up.
    @inlinable
    public func requestLetter(
        _ message: Outbound,
        matching: Matching<Outbound, Inbound>? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) -> Letter<Inbound> {
        var letter = try await ask(message, matching: matching, timeout: timeout)
        letter.sender = peer
        return letter
    }

    @inlinable
    func ask(
        _ message: Outbound,
        matching: Matching<Outbound, Inbound>?,
        timeout: Duration?
    ) async throws(ParleyError) -> Letter<Inbound> {
        #if Tracing
            try await Spans.requesting(of: peer) { () async throws(ParleyError) in
                try await askUntraced(message, matching: matching, timeout: timeout)
            }
        #else
            try await askUntraced(message, matching: matching, timeout: timeout)
        #endif
    }

    @inlinable
    func askUntraced(
        _ message: Outbound,
        matching: Matching<Outbound, Inbound>?,
        timeout: Duration?
    ) async throws(ParleyError) -> Letter<Inbound> {
        let deadline = network.deadline(after: timeout)
        let asker = asker(message, matching)
        try await pose(message, as: asker, timeout: timeout, until: deadline)
        return try await answer(to: asker, timeout: timeout, until: deadline)
    }

    /// Sends a question, or gives its places back. Whoever does it waits for the answer then, or for why there is none.
    @inlinable
    func pose(
        _ message: Outbound,
        as asker: Asker<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) {
        try await enter(asker, timeout: timeout, until: deadline)
        do throws(ParleyError) {
            if pacing.isOn {
                try await pacing.admit(
                    1,
                    bytes: frameBytes(message),
                    timeout: timeout,
                    until: deadline,
                    on: network,
                    counters
                )
            }
            try keepEarlier(than: asker)
            // All or nothing: what throws here has not sent the question.
            let isSent = try withEncoded(message, by: outboundCoder, framing: outboundFraming) {
                bytes throws(ParleyError) in
                try transmit(bytes, asking: asker)
            }
            if !isSent {
                if let timeout, timeout <= .zero { throw noRoom(for: 1, in: timeout) }
                let bytes = try encoded(message, by: outboundCoder, framing: outboundFraming)
                try await sendWhenPossible(bytes, asking: asker, timeout: timeout, until: deadline)
            }
        } catch {
            desk.leave(asker)
            throw error
        }
        if counters.countSentInTurn() { await Task.yield() }
    }

    @usableFromInline
    func asker(_ message: Outbound, _ matching: Matching<Outbound, Inbound>?) -> Asker<Inbound> {
        if let matching { return Asker(.sign(nil), sign: matching.sign(message)) }
        guard case .datagrams = intake else { return Asker(.order) }
        // All that comes here is the peer's.
        return Asker(.sender(nil))
    }

    /// Keeps what came over datagrams before a question for the reader.
    @usableFromInline
    func keepEarlier(than asker: Asker<Inbound>) throws(ParleyError) {
        guard case .datagrams(_, let port) = intake else { return }
        do throws(SocketError) {
            try desk.keepEarlier(than: asker, from: port, by: inboundCoder)
        } catch {
            throw ParleyError(error)
        }
    }

    /// Sends a question. Where answers come in order, the order in which questions are opened is that in which they
    /// leave.
    @usableFromInline
    func transmit(_ bytes: RawSpan, asking asker: Asker<Inbound>) throws(ParleyError) -> Bool {
        guard asker.isInOrder else { return try open(asker, and: bytes) }
        return try unsafe bytes.withUnsafeBytes { bytes throws(ParleyError) in
            try desk.sending.withLock { _ throws(ParleyError) in
                try open(asker, and: unsafe RawSpan(_unsafeBytes: bytes))
            }
        }
    }

    private func open(_ asker: Asker<Inbound>, and bytes: RawSpan) throws(ParleyError) -> Bool {
        desk.open(asker)
        do throws(ParleyError) {
            if try transmit(bytes) { return true }
        } catch {
            desk.takeBack(asker)
            throw error
        }
        desk.takeBack(asker)
        return false
    }

    @usableFromInline
    func sendWhenPossible(
        _ bytes: [UInt8],
        asking asker: Asker<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) {
        var failure: ParleyError?
        try await whileRoomMayCome(timeout: timeout, until: deadline, holding: bytes.count, messages: 1) {
            (deadline) async throws(SocketError) in
            try await port.waitUntilWritable(until: deadline)
            do throws(ParleyError) {
                return try unsafe transmit(bytes.span.bytes, asking: asker)
            } catch {
                failure = error
                return true
            }
        }
        if let failure { throw failure }
    }
}

extension Connection: Correspondent {
    @usableFromInline var endOfAnswers: ParleyError { .ended }
    @usableFromInline var failsAsOne: Bool { true }
}
