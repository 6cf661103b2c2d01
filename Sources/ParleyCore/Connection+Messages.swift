internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

extension Connection {
    /// Sends a message.
    ///
    /// The system call is tried at once on the caller's thread; a full socket buffer suspends until there is
    /// room.
    ///
    /// - Parameter timeout: how long to wait for its time, where there is a ``sendRate``, and for room; nil waits for
    ///   ever, `.zero` tries once and never waits. A message whose time is up was not sent, and is counted as
    ///   ``Statistics/unsent``.
    /// - Throws: ``ParleyError/wire(_:)``, ``ParleyError/framing(_:)``, ``ParleyError/socket(_:)`` (`EPIPE`
    ///   or `ECONNRESET` when the peer is gone), ``ParleyError/timedOut(_:_:)``, ``ParleyError/cancelled``,
    ///   ``ParleyError/closed``.
    @inlinable
    public func send(_ message: Outbound, timeout: Duration? = nil) async throws(ParleyError) {
        var timeout = timeout
        if pacing.isOn {
            let bytes = frameBytes(message)
            timeout = try await pacing.admit(bytes: bytes, timeout: timeout, on: network, counters)
        }
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
    /// - Parameters:
    ///   - rate: how fast they leave, in place of the connection's ``sendRate``; nil for that one.
    ///   - timeout: how long each burst may wait for room, once its time has come; nil waits for ever.
    /// - Throws: as ``send(_:timeout:)``; the messages before the one that failed were sent.
    @inlinable
    public func send(
        contentsOf messages: some Sequence<Outbound>,
        rate: SendRate? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        let pacing = pacing.or(rate)
        if let port = intake.messagePort {
            do throws(ParleyError) {
                return try await burstPool.send(
                    contentsOf: messages,
                    by: outboundCoder,
                    over: port,
                    to: nil,
                    timeout: sendingLimit(timeout),
                    pacing: pacing,
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
                    framing: outboundFraming,
                    within: pacing.isOn ? pacing.train : Burst.Bounds()
                )
            } catch {
                failure = error
            }
            if Task.isCancelled { throw .cancelled }
            if !burst.ends.isEmpty {
                if pacing.isOn { try await pacing.admit(burst, on: network, counters) }
                try await send(burst, timeout: timeout)
            }
            if counters.countSentInTurn(burst.ends.count) { await Task.yield() }
            if let failure { throw failure }
        } while !burst.ends.isEmpty
    }

    /// A message with its border.
    @usableFromInline
    package func frameBytes(_ message: Outbound) -> Int {
        outboundCoder.size(of: message) &+ (outboundFraming?.overhead ?? 0)
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
            @usableFromInline var claim: ReadClaim<Inbound>?

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

    /// The next message. While a task waits for an answer it is that task which receives, and hands over what nobody
    /// asked for; a timeout of zero then finds what was handed over, and nothing else.
    ///
    /// - Returns: nil when the peer sends nothing more, or once the connection is closed.
    /// - Throws: ``ParleyError/timedOut(_:_:)`` and what ``Messages`` throws.
    @inlinable
    public func next(timeout: Duration? = nil) async throws(ParleyError) -> Inbound? {
        try desk.take()
        defer { desk.giveBack() }
        return try await nextClaimed(timeout: timeout, until: network.deadline(after: timeout))
    }

    @inlinable
    func nextClaimed(timeout: Duration?, until deadline: MonotonicInstant) async throws(ParleyError)
        -> Inbound?
    {
        var isFirst = true
        while true {
            while desk.earlierCount.pointee > 0 {
                if let letter = try desk.takeEarlier() { return letter.message }
            }
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
        try await read(into: intake, timeout: timeout, until: deadline, isFirst: isFirst)
    }
}
