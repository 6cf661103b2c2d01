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
        @usableFromInline var claim: ReadClaim?

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
            var claim: ReadClaim?

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
        @usableFromInline let claim: ReadClaim?

        @usableFromInline
        init(intake: DatagramIntake<Inbound>, coder: Inbound.Coder, claim: ReadClaim?) {
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

    /// Sends a message and waits for the recipient's answer.
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
    /// - Throws: ``ParleyError/timedOut(_:_:)``, with ``ParleyError/Wait/room`` when the question was not sent;
    ///   ``ParleyError/alreadyReading`` while another task reads the mailbox, and inside a loop over its letters;
    ///   ``ParleyError/closed``; and what sending and receiving throw.
    public func request(
        _ message: Outbound,
        to recipient: SocketAddress,
        timeout: Duration
    ) async throws(ParleyError) -> Letter<Inbound> {
        try await ask(message, to: recipient, timeout: timeout, until: network.deadline(after: timeout))
    }

    /// As ``request(_:to:timeout:)``, to a host by name, a path or a URL. The time to resolve it counts.
    public func request(
        _ message: Outbound,
        to recipient: String,
        timeout: Duration
    ) async throws(ParleyError) -> Letter<Inbound> {
        let deadline = network.deadline(after: timeout)
        let recipient = try await resolve(recipient, timeout: timeout)
        return try await ask(message, to: recipient, timeout: timeout, until: deadline)
    }

    private func ask(
        _ message: Outbound,
        to recipient: SocketAddress,
        timeout: Duration,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) -> Letter<Inbound> {
        try await Spans.requesting(of: recipient) { () async throws(ParleyError) in
            try await answer(to: message, from: recipient, timeout: timeout, until: deadline)
        }
    }

    private func answer(
        to message: Outbound,
        from recipient: SocketAddress,
        timeout: Duration,
        until deadline: MonotonicInstant
    ) async throws(ParleyError) -> Letter<Inbound> {
        try desk.take()
        defer { desk.giveBack() }
        let isMany = isMany(recipient)
        let recipient = recipient.unmapped
        do throws(SocketError) {
            let peer = isMany ? nil : recipient
            if try intake.keepEarlier(from: port, by: inboundCoder, of: peer), let peer {
                intake.unanswered.note(peer, at: network.now)
            }
        } catch {
            throw ParleyError(error)
        }
        let mayBeLate =
            !intake.unanswered.isEmpty
            && intake.unanswered.mayBeLate(from: isMany ? nil : recipient, at: network.now)
        try await send(message, to: recipient, timeout: timeout)
        // Only the first answer of many is taken: those of the others are late whatever comes.
        if isMany { intake.unanswered.noteAll(at: network.now) }
        do throws(ParleyError) {
            var isFirst = true
            while true {
                while var letter = intake.nextFresh(by: inboundCoder) {
                    guard letter.sender == recipient || isMany else {
                        intake.keep(letter)
                        continue
                    }
                    letter.mayBeLate = mayBeLate
                    if mayBeLate { counters.countPerhapsLate() }
                    return letter
                }
                guard try await fill(timeout: timeout, until: deadline, isFirst: isFirst) else {
                    throw .closed
                }
                isFirst = false
            }
        } catch {
            let now = network.now
            if isMany {
                intake.unanswered.noteAll(at: now)
            } else {
                intake.unanswered.note(recipient, at: now)
            }
            throw error
        }
    }

    /// Whether more than one may answer. A subnet's broadcast address looks like a host's; only a mailbox that
    /// asked for it may send there.
    private func isMany(_ recipient: SocketAddress) -> Bool {
        let recipient = recipient.unmapped
        return recipient.isMulticast || recipient.isLimitedBroadcast || endpoint.isBroadcast
    }

    /// Receives the next burst; false once the mailbox is closed.
    ///
    /// - Parameter isFirst: whether the deadline may have passed already: what has come is always looked at
    ///   once.
    @usableFromInline
    func fill(
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        guard !closing.isOver() else { return false }
        return try await network.receive(timeout: timeout, until: deadline, isFirst: isFirst) {
            () async throws(SocketError) in
            try await intake.fill(from: port, until: deadline)
        }
    }
}

extension SocketAddress {
    var isLimitedBroadcast: Bool {
        guard case .ipv4(.broadcast, _) = self else { return false }
        return true
    }
}
