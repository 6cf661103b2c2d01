public import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

extension Connection {
    /// Sends a message.
    ///
    /// The system call is tried at once on the caller's thread; a full socket buffer suspends until there is
    /// room.
    ///
    /// - Parameter timeout: how long to wait for room; nil waits for ever, `.zero` tries once and never waits. A
    ///   message whose time is up was not sent, and is counted as ``Statistics/unsent``.
    /// - Throws: ``ParleyError/wire(_:)``, ``ParleyError/framing(_:)``, ``ParleyError/socket(_:)`` (`EPIPE`
    ///   or `ECONNRESET` when the peer is gone), ``ParleyError/timedOut(_:_:)``, ``ParleyError/cancelled``,
    ///   ``ParleyError/closed``.
    @inlinable
    public func send(_ message: Outbound, timeout: Duration? = nil) async throws(ParleyError) {
        let isSent = try withEncoded(message, by: outboundCoder, framing: outboundFraming) {
            bytes throws(ParleyError) in
            try transmit(bytes)
        }
        if !isSent {
            if let timeout, timeout <= .zero { throw noRoom(for: 1, in: timeout) }
            let bytes = try encoded(message, by: outboundCoder, framing: outboundFraming)
            try await sendWhenPossible(bytes, timeout: timeout)
        }
        if counters.countSentInTurn() { await Task.yield() }
    }

    /// Sends many messages in as few system calls as possible, in order.
    ///
    /// Messages are taken from the sequence as they are sent, so it may be lazy and endless.
    ///
    /// - Throws: as ``send(_:timeout:)``; the messages before the one that failed were sent.
    @inlinable
    public func send(
        contentsOf messages: some Sequence<Outbound>,
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        if let port = intake.messagePort {
            do throws(ParleyError) {
                return try await burstPool.send(
                    contentsOf: messages,
                    by: outboundCoder,
                    over: port,
                    to: nil,
                    timeout: sendingLimit(timeout),
                    on: network,
                    counters
                )
            } catch {
                throw judged(error, timeout: timeout)
            }
        }
        let burst = burstPool.take()
        defer { burstPool.giveBack(burst) }
        var iterator = messages.makeIterator()
        var waiting: Outbound?
        var failure: ParleyError?
        repeat {
            do throws(ParleyError) {
                try burst.fill(
                    from: &iterator,
                    waiting: &waiting,
                    by: outboundCoder,
                    framing: outboundFraming
                )
            } catch {
                failure = error
            }
            if Task.isCancelled { throw .cancelled }
            if !burst.ends.isEmpty { try await send(burst, timeout: timeout) }
            if counters.countSentInTurn(burst.ends.count) { await Task.yield() }
            if let failure { throw failure }
        } while !burst.ends.isEmpty
    }

    @usableFromInline
    func send(_ burst: Burst, timeout: Duration?) async throws(ParleyError) {
        if try transmit(burst.bytes) { return }
        let count = burst.ends.count
        if let timeout, timeout <= .zero { throw noRoom(for: count, in: timeout) }
        try await whileRoomMayCome(timeout: timeout, holding: burst.bytes.byteCount, messages: count) {
            (deadline) async throws(SocketError) in
            try await port.waitUntilWritable(until: deadline)
            return try port.transmit(burst.bytes)
        }
    }

    @usableFromInline
    func transmit(_ bytes: RawSpan) throws(ParleyError) -> Bool {
        do throws(SocketError) {
            let isSent = try port.transmit(bytes)
            // A stream keeps the whole of a message that was taken in part. Little ones are not asked after.
            if bytes.byteCount > Self.untoldBytesMax { share?.tell() }
            return isSent
        } catch {
            throw share?.reason ?? ParleyError(error, sending: bytes.byteCount)
        }
    }

    /// Why messages were not sent that were tried once.
    @usableFromInline
    func noRoom(for messages: Int, in timeout: Duration) -> ParleyError {
        counters.countUnsent(messages)
        share?.tell()
        return .timedOut(timeout, .room)
    }

    private static var untoldBytesMax: Int { 4096 }

    @usableFromInline
    func sendWhenPossible(_ bytes: [UInt8], timeout: Duration?) async throws(ParleyError) {
        try await whileRoomMayCome(timeout: timeout, holding: bytes.count, messages: 1) {
            (deadline) async throws(SocketError) in
            try await port.waitUntilWritable(until: deadline)
            return try unsafe port.transmit(bytes.span.bytes)
        }
    }
}

extension Connection {
    /// The messages of the peer, in order, until it sends nothing more or the connection is closed.
    public var messages: Messages { Messages(connection: self) }

    /// The messages of a connection. Hands out what one read brought without suspending in between.
    public struct Messages: AsyncSequence {
        public typealias Element = Inbound
        public typealias Failure = ParleyError
        @usableFromInline let connection: Connection

        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(connection)
        }

        public struct AsyncIterator: AsyncIteratorProtocol {
            @usableFromInline let connection: Connection
            @usableFromInline var claim: ReadClaim?

            @usableFromInline
            init(_ connection: Connection) {
                self.connection = connection
            }

            /// The next message, nil at the end.
            ///
            /// - Throws: ``ParleyError/alreadyReading``, ``ParleyError/wire(_:)`` for a message that does not
            ///   fit its layout (reading may go on with the one behind it), ``ParleyError/framing(_:)`` when
            ///   the borders are lost, ``ParleyError/socket(_:)``, ``ParleyError/cancelled``,
            ///   ``ParleyError/outOfStep`` after too many requests without an answer.
            @inlinable
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(ParleyError) -> Inbound? {
                if claim == nil { claim = try connection.desk.claim() }
                return try await connection.nextClaimed(timeout: nil, until: .distantFuture)
            }

            @inlinable
            public mutating func next() async throws(ParleyError) -> Inbound? {
                try await next(isolation: nil)
            }
        }
    }

    /// The next message.
    ///
    /// - Returns: nil when the peer sends nothing more, or once the connection is closed.
    /// - Throws: ``ParleyError/timedOut(_:_:)`` and what ``Messages`` throws.
    @inlinable
    public func next(timeout: Duration? = nil) async throws(ParleyError) -> Inbound? {
        try desk.take()
        defer { desk.giveBack() }
        return try await nextClaimed(timeout: timeout, until: network.deadline(after: timeout))
    }

    /// Sends a message and waits for its answer.
    ///
    /// On a stream and over `seqpacket` answers come in the order of the questions, so the answer is the next message.
    /// A question that was sent and then given up (its time was over, its task was cancelled) still owes its answer:
    /// when it comes it is thrown away, whoever reads next and whatever it says, and counted
    /// (``Statistics/discarded``). So no later request is handed the answer to another question. At most 1,024
    /// answers may be owed; beyond that, and after one on a stream without borders (``Framing/chunks``), the
    /// connection says ``ParleyError/outOfStep`` to every request and reader. A question that was not sent owes
    /// nothing, and neither does one whose answer came and did not fit its layout.
    ///
    /// The peer must answer each question by one message and send nothing that nobody asked for: such a message
    /// passes for an answer. Where it does otherwise, or where ``send(_:timeout:)`` has sent questions as well, put
    /// numbers into the messages, and send them and read ``messages`` instead.
    ///
    /// Over datagrams what came before the question is no answer to it, and is kept for the reader. What comes after
    /// it may still be the late answer to a question that was given up; ``requestLetter(_:timeout:)`` says so.
    ///
    /// - Parameter timeout: how long to wait, first for room and then for the answer; nil waits for ever.
    /// - Throws: ``ParleyError/ended`` when the peer closes instead; ``ParleyError/timedOut(_:_:)``, with
    ///   ``ParleyError/Wait/room`` when the question was not sent; ``ParleyError/outOfStep``; and what sending and
    ///   receiving throw.
    @inlinable
    public func request(_ message: Outbound, timeout: Duration? = nil) async throws(ParleyError) -> Inbound {
        #if Tracing
            try await Spans.requesting(of: peer) { () async throws(ParleyError) in
                try await ask(message, timeout: timeout)
            }
        #else
            try await ask(message, timeout: timeout)
        #endif
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
    @inlinable
    public func requestLetter(
        _ message: Outbound,
        timeout: Duration? = nil
    ) async throws(ParleyError) -> Letter<Inbound> {
        #if Tracing
            try await Spans.requesting(of: peer) { () async throws(ParleyError) in
                try await askForLetter(message, timeout: timeout)
            }
        #else
            try await askForLetter(message, timeout: timeout)
        #endif
    }

    @inlinable
    func askForLetter(_ message: Outbound, timeout: Duration?) async throws(ParleyError) -> Letter<Inbound> {
        guard case .datagrams(let intake, let port) = intake else {
            return Letter(message: try await ask(message, timeout: timeout), sender: peer)
        }
        try desk.take()
        defer { desk.giveBack() }
        return try await askByDatagram(message, intake, over: port, timeout: timeout)
    }

    @inlinable
    func ask(_ message: Outbound, timeout: Duration?) async throws(ParleyError) -> Inbound {
        try desk.take()
        defer { desk.giveBack() }
        if case .datagrams(let intake, let port) = intake {
            return try await askByDatagram(message, intake, over: port, timeout: timeout).message
        }
        try checkStep()
        let deadline = network.deadline(after: timeout)
        // All or nothing: what throws here has not sent the question.
        try await send(message, timeout: timeout)
        let answer: Inbound?
        do throws(ParleyError) {
            answer = try await nextClaimed(timeout: timeout, until: deadline)
        } catch {
            // One that did not fit its layout was the answer.
            if !error.isMisfit { noteOwedAnswer() }
            throw error
        }
        guard let answer else {
            noteOwedAnswer()
            throw .ended
        }
        return answer
    }

    @inlinable
    func askByDatagram(
        _ message: Outbound,
        _ intake: DatagramIntake<Inbound>,
        over port: any MessagePort,
        timeout: Duration?
    ) async throws(ParleyError) -> Letter<Inbound> {
        let deadline = network.deadline(after: timeout)
        let mayBeLate = try keepEarlier(intake, from: port)
        try await send(message, timeout: timeout)
        do throws(ParleyError) {
            var isFirst = true
            while true {
                if var letter = intake.nextFresh(by: inboundCoder) {
                    letter.mayBeLate = mayBeLate
                    if mayBeLate { counters.countPerhapsLate() }
                    return letter
                }
                guard try await fill(timeout: timeout, until: deadline, isFirst: isFirst) else {
                    throw .ended
                }
                isFirst = false
            }
        } catch {
            noteUnanswered(intake)
            throw error
        }
    }

    /// Keeps what came before a question for the reader.
    ///
    /// - Returns: whether the answer to the question may be a late one to another.
    @usableFromInline
    func keepEarlier(
        _ intake: DatagramIntake<Inbound>,
        from port: any MessagePort
    ) throws(ParleyError) -> Bool {
        do throws(SocketError) {
            // All that comes here is the peer's.
            if try intake.keepEarlier(from: port, by: inboundCoder, of: nil) { noteUnanswered(intake) }
        } catch {
            throw ParleyError(error)
        }
        return !intake.unanswered.isEmpty && intake.unanswered.mayBeLate(from: peer, at: network.now)
    }

    @usableFromInline
    func noteUnanswered(_ intake: DatagramIntake<Inbound>) {
        intake.unanswered.note(peer, at: network.now)
    }

    /// Refuses a question, or a read, once nobody knows which question the next answer belongs to.
    @usableFromInline
    func checkStep() throws(ParleyError) {
        if intake.owed.isOutOfStep { throw .outOfStep }
    }

    /// Notes that the answer to a question that was sent is still to come, and is nobody's.
    @usableFromInline
    func noteOwedAnswer() {
        intake.noteOwedAnswer()
    }

    @inlinable
    func nextClaimed(timeout: Duration?, until deadline: MonotonicInstant) async throws(ParleyError)
        -> Inbound?
    {
        var isFirst = true
        while true {
            if let message = try intake.next(by: inboundCoder, counters) { return message }
            guard try await fill(timeout: timeout, until: deadline, isFirst: isFirst) else { return nil }
            isFirst = false
        }
    }

    @usableFromInline
    func fill(
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        try checkStep()
        let isMore = try await receive(timeout: timeout, until: deadline, isFirst: isFirst) {
            (deadline) async throws(SocketError) in
            switch intake {
            case .stream(let intake, let port): try await intake.fill(from: port, until: deadline)
            case .packets(let intake, let port): try await intake.fill(from: port, until: deadline)
            case .datagrams(let intake, let port): try await intake.fill(from: port, until: deadline)
            }
        }
        if isMore, intake.owed.count > 0 { try discardOwed() }
        return isMore
    }

    /// Passes over answers to questions that were given up.
    private func discardOwed() throws(ParleyError) {
        let (count, isAll) = try intake.discardOwed()
        counters.countDiscarded(count)
        // What an answer has brought that nobody is handed is closed with it.
        if count > 0, isAll { _ = takeDescriptors() }
    }
}
