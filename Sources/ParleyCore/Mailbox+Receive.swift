internal import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The letters, in the order in which they came, until the mailbox is closed.
extension Mailbox: AsyncSequence {
    public typealias Element = Letter<Inbound>
    public typealias Failure = ParleyError

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }

    /// Hands out a received burst without suspending in between.
    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline let mailbox: Mailbox
        @usableFromInline var claim: ReadClaim<Inbound>?

        @usableFromInline
        init(_ mailbox: Mailbox) {
            self.mailbox = mailbox
        }

        /// The next letter, nil once the mailbox is closed.
        ///
        /// - Throws: ``ParleyError/alreadyReading`` when another task reads, ``ParleyError/cancelled``,
        ///   ``ParleyError/socket(_:)``. Reading may go on after each of them.
        @inlinable
        @inline(__always)
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(ParleyError) -> Letter<Inbound>? {
            if claim == nil { claim = try mailbox.desk.claim() }
            while true {
                if let letter = mailbox.intake.next(by: mailbox.inboundCoder) { return letter }
                guard try await mailbox.fill(timeout: nil, until: .distantFuture, isFirst: false) else {
                    return nil
                }
            }
        }

        @inlinable
        public mutating func next() async throws(ParleyError) -> Letter<Inbound>? {
            try await next(isolation: nil)
        }
    }
}

extension Mailbox {
    /// The letters, burst by burst: what has come together is handed out without suspending in between.
    ///
    ///     for try await letters in inbox.bursts {
    ///         for letter in letters { count(letter.message) }
    ///     }
    ///
    /// The same letters in the same order as the mailbox itself gives. For millions of messages a second,
    /// above all inside ``withNetworkExecutor(_:)``, where each step of an asynchronous loop asks for the
    /// task's executor.
    public var bursts: Bursts { Bursts(mailbox: self) }

    /// See ``Mailbox/bursts``.
    public struct Bursts: AsyncSequence {
        public typealias Element = Letters
        public typealias Failure = ParleyError
        let mailbox: Mailbox

        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: mailbox) }

        public struct AsyncIterator: AsyncIteratorProtocol {
            let mailbox: Mailbox
            var claim: ReadClaim<Inbound>?

            /// Waits for the next burst. Letters of the last one that were not taken come again.
            ///
            /// - Throws: as the mailbox's own iterator.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(ParleyError) -> Letters? {
                if claim == nil { claim = try mailbox.desk.claim() }
                while !mailbox.intake.hasSome {
                    guard try await mailbox.fill(timeout: nil, until: .distantFuture, isFirst: false) else {
                        return nil
                    }
                }
                return Letters(intake: mailbox.intake, coder: mailbox.inboundCoder, claim: claim)
            }

            public mutating func next() async throws(ParleyError) -> Letters? {
                try await next(isolation: nil)
            }
        }
    }

    /// The letters of one burst. Taking one takes it out of the mailbox. As long as a burst is kept, no other
    /// task can read.
    public struct Letters: Sequence, IteratorProtocol {
        @usableFromInline let intake: DatagramIntake<Inbound>
        @usableFromInline let coder: Inbound.Coder
        /// Nobody else reads as long as these letters are there.
        @usableFromInline let claim: ReadClaim<Inbound>?

        @usableFromInline
        init(intake: DatagramIntake<Inbound>, coder: Inbound.Coder, claim: ReadClaim<Inbound>?) {
            self.claim = claim
            self.intake = intake
            self.coder = coder
        }

        @inlinable
        public mutating func next() -> Letter<Inbound>? { intake.next(by: coder) }
    }

    /// The next letter.
    ///
    /// - Returns: nil once the mailbox is closed.
    /// - Throws: ``ParleyError/timedOut(_:_:)`` and what the sequence throws.
    @inlinable
    public func next(timeout: Duration? = nil) async throws(ParleyError) -> Letter<Inbound>? {
        try desk.take()
        defer { desk.giveBack() }
        let deadline = network.deadline(after: timeout)
        var isFirst = true
        while true {
            if let letter = intake.next(by: inboundCoder) { return letter }
            guard try await fill(timeout: timeout, until: deadline, isFirst: isFirst) else { return nil }
            isFirst = false
        }
    }

    /// Receives the next burst for the reader; false once the mailbox is closed.
    ///
    /// - Parameter isFirst: whether the deadline may have passed already: what has come is always looked at
    ///   once.
    @usableFromInline
    func fill(
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        try await read(into: .datagrams(intake, port), timeout: timeout, until: deadline, isFirst: isFirst)
    }
}

extension Mailbox: Correspondent {
    @usableFromInline var endOfAnswers: ParleyError { .closed }
    @usableFromInline var failsAsOne: Bool { false }

    @usableFromInline
    func receive(
        into intake: Intake<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        guard !closing.isOver() else { return false }
        do throws(SocketError) {
            if !isFirst { try network.check(deadline) }
            return try await intake.fill(until: deadline)
        } catch {
            throw ParleyError(error, timeout: timeout)
        }
    }
}
