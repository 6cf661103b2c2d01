public import ParleyFlow
internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
internal import Synchronization

extension Mailbox {
    /// The letters at the distances at which they were sent, however irregularly they came: each is held until its
    /// time, in the order of the numbers or stamps that it carries.
    ///
    ///     let smoothed = try inbox.smoothed(by: .number(\.number, every: .milliseconds(20)))
    ///     for try await played in smoothed { await show(played.message) }
    ///
    /// A letter's time is that of its sending plus the least delay of the way lately plus `delay`, so that what came
    /// slower than the fastest waits less (``ParleyFlow/JitterBuffer``). What comes after its time is late: dropped, or
    /// handed out at once and marked. Each sender has a time of its own; what it has to be told apart by is its
    /// address.
    ///
    /// The reader must be at its loop when something comes: what lies in the system's queue meanwhile came, as far as
    /// this knows, when it was taken. After ``finishReceiving()`` and ``close()`` what is held is still handed out, at
    /// its time, and then the loop ends.
    ///
    /// - Parameters:
    ///   - timing: by what a message says when it was sent.
    ///   - delay: how long the fastest letters are held: always so long, or as long as lately was needed so that 95 of
    ///     a hundred are in time.
    ///   - playsLate: hands out late ones, marked, instead of dropping them.
    ///   - lettersMax: letters that are held, of all senders together, 1 to 65,536.
    ///   - bytesMax: bytes of their messages, at least 1.
    ///   - sendersMax: senders that are told apart at a time, 1 to 1,024. Of more, those are refused that come when
    ///     all places are taken; one that was silent for ten seconds gives its place away.
    ///   - onReceived: told of every letter when it comes, whatever becomes of it, on the reading task: for counts of
    ///     numbers in the order in which the network delivered them (`NumberLedger`).
    /// - Throws: `FlowError`, which says what is possible.
    public func smoothed(
        by timing: PlayoutTiming<Inbound>,
        delay: PlayoutDelay = .adaptive(),
        playsLate: Bool = false,
        lettersMax: Int = 1024,
        bytesMax: Int = 4 << 20,
        sendersMax: Int = 16,
        onReceived: (@Sendable (Letter<Inbound>) -> Void)? = nil
    ) throws(FlowError) -> Smoothed {
        try timing.check()
        let smoother = try Smoother<Inbound>(
            delay: delay,
            playsLate: playsLate,
            lettersMax: lettersMax,
            bytesMax: bytesMax,
            sendersMax: sendersMax
        )
        return Smoothed(self, timing, smoother, onReceived)
    }

    /// See ``Mailbox/smoothed(by:delay:playsLate:lettersMax:bytesMax:sendersMax:onReceived:)``.
    public final class Smoothed: AsyncSequence, Sendable {
        public typealias Element = PlayedLetter<Inbound>
        public typealias Failure = ParleyError

        private let mailbox: Mailbox
        private let timing: PlayoutTiming<Inbound>
        private let smoother: Mutex<Smoother<Inbound>>
        private let onReceived: (@Sendable (Letter<Inbound>) -> Void)?

        fileprivate init(
            _ mailbox: Mailbox,
            _ timing: PlayoutTiming<Inbound>,
            _ smoother: Smoother<Inbound>,
            _ onReceived: (@Sendable (Letter<Inbound>) -> Void)?
        ) {
            self.mailbox = mailbox
            self.timing = timing
            self.smoother = Mutex(smoother)
            self.onReceived = onReceived
        }

        /// What was played, late, doubled and refused so far, and the jitter.
        public var report: SmoothingReport { smoother.withLock { $0.report } }

        /// What is held is due at once, each sender's letters in their order: for the end of a program that does not
        /// wait for their times. What comes later is held as before. A reader that waits meanwhile finds it when it
        /// wakes.
        public func release() { smoother.withLock { $0.release() } }

        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(smoothed: self) }

        public struct AsyncIterator: AsyncIteratorProtocol {
            let smoothed: Smoothed
            var claim: ReadClaim<Inbound>?

            /// The next letter at its time, nil once the mailbox is closed and nothing is held any more.
            ///
            /// - Throws: as the mailbox's own iterator. What is held stays so, for who goes on reading.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(ParleyError) -> PlayedLetter<Inbound>? {
                if claim == nil { claim = try smoothed.mailbox.desk.claim() }
                return try await smoothed.next(timeout: nil, until: .distantFuture)
            }

            public mutating func next() async throws(ParleyError) -> PlayedLetter<Inbound>? {
                try await next(isolation: nil)
            }
        }
    }
}

extension Mailbox.Smoothed {
    /// The next letter at its time.
    ///
    /// - Parameter timeout: the longest wait for a letter that is due: what has come and is held is none yet, see
    ///   ``SmoothingReport/waiting``. What has come is looked at once in any case.
    /// - Returns: nil once the mailbox is closed and nothing is held any more.
    /// - Throws: ``ParleyError/timedOut(_:_:)`` and what the sequence throws. What is held stays so, for who goes on
    ///   reading.
    public func next(timeout: Duration? = nil) async throws(ParleyError) -> PlayedLetter<Inbound>? {
        try mailbox.desk.take()
        defer { mailbox.desk.giveBack() }
        return try await next(timeout: timeout, until: mailbox.network.deadline(after: timeout))
    }

    /// Who calls has the claim.
    private func next(
        timeout: Duration?,
        until limit: MonotonicInstant
    ) async throws(ParleyError) -> PlayedLetter<Inbound>? {
        var hasEnded = false
        var isFirst = true
        while true {
            if smoother.withLock({ $0.takeTurn() }) { try await look() }
            let now = mailbox.network.now
            take(at: now)
            let (played, due) = smoother.withLock { ($0.next(at: now), $0.nextDeadline) }
            if let played { return played }
            if hasEnded, due == nil { return nil }
            do throws(SocketError) { if !isFirst { try mailbox.network.check(limit) } } catch {
                throw ParleyError(error, timeout: timeout)
            }
            isFirst = false
            let wake = Swift.min(due ?? .distantFuture, limit)
            if hasEnded {
                do throws(SocketError) { try await mailbox.network.sleep(until: wake) } catch {
                    throw ParleyError(error)
                }
            } else {
                do throws(ParleyError) {
                    hasEnded = !(try await mailbox.fill(timeout: .zero, until: wake, isFirst: true))
                } catch {
                    // Something is due, or the time is up.
                    guard case .timedOut = error else { throw error }
                }
            }
        }
    }

    /// Receives what has come meanwhile, so that it does not wait in the system's queue, without a wait.
    ///
    /// - Throws: ``ParleyError/cancelled`` as well: who never has to wait hears of it here.
    private func look() async throws(ParleyError) {
        take(at: mailbox.network.now)
        do throws(ParleyError) {
            _ = try await mailbox.fill(timeout: .zero, until: mailbox.network.now, isFirst: true)
        } catch {
            guard case .timedOut = error else { throw error }
        }
    }

    /// Takes what was received.
    private func take(at now: MonotonicInstant) {
        // What belongs to the program, its coder and its closures, is asked without the lock.
        while let letter = mailbox.intake.next(by: mailbox.inboundCoder) {
            onReceived?(letter)
            let size = mailbox.inboundCoder.size(of: letter.message)
            let marks = timing.marks(of: letter.message)
            smoother.withLock { $0.receive(letter, marks, size: size, at: now) }
        }
    }
}
