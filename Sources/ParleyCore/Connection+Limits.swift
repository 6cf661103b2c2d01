internal import ParleyNetwork
public import ParleyTypes

// How the waits of a connection keep to its limits.

extension Connection {
    /// How long the connection puts up with a peer that does nothing.
    public var limits: ConnectionLimits { patience?.limits ?? .none }

    /// Whether a limit has ended the connection.
    var isCutOff: Bool { patience?.isCutOff ?? false }

    /// How much has come and was not read yet, nil where the network does not tell: bytes of a stream; for
    /// datagrams the bytes of memory that they occupy.
    public var queuedBytes: Int? { port.queuedBytes }

    /// Ends reading: what has come is still handed out, then the reader's loop ends as if the peer had
    /// finished. Sending goes on. The beginning of a message that has not come whole is lost.
    public func finishReceiving() {
        port.finishReceiving()
    }

    /// Receives once into an intake, within the limits; false at the end, the peer's or this side's own.
    ///
    /// - Parameter isFirst: whether the deadline may have passed already: what has come is always looked at once.
    @usableFromInline
    func receive(
        into intake: Intake<Inbound>,
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool
    ) async throws(ParleyError) -> Bool {
        var limit = patience?.reading(after: counters.cameCount, at: network.now)
        if let end = limit?.deadline, end > deadline { limit = nil }
        let deadline = limit?.deadline ?? deadline
        let hasCome: Bool
        do throws(SocketError) {
            if !isFirst { try network.check(deadline) }
            hasCome = try await intake.fill(until: deadline)
        } catch {
            throw reason(of: error, timeout: timeout, limit)
        }
        // Closed for the memory that it held: that is no end of the peer's.
        if !hasCome, let reason = share?.reason { throw reason }
        return hasCome
    }

    /// Why nothing was received; a limit's own end is the connection's.
    private func reason(of error: SocketError, timeout: Duration?, _ limit: Patience.Limit?) -> ParleyError {
        guard let limit, error.isOverdue else { return share?.reason ?? ParleyError(error, timeout: timeout) }
        patience?.cutOff()
        port.close()
        return share?.reason ?? limit.error
    }

    /// Repeats an attempt to pass something on until it says that it is done, within the limits.
    ///
    /// - Parameters:
    ///   - wait: what the call waits for, as its error says it.
    ///   - bytes: the memory that waits meanwhile.
    ///   - messages: how many messages are given up when there is no room in time.
    ///   - deadline: when `timeout` ends, where it has begun already.
    func whileRoomMayCome(
        timeout: Duration?,
        until deadline: MonotonicInstant? = nil,
        for wait: ParleyError.Wait = .room,
        holding bytes: Int = 0,
        messages: Int = 0,
        _ attempt: (MonotonicInstant) async throws(SocketError) -> Bool
    ) async throws(ParleyError) {
        share?.send(waiting: bytes)
        defer { share?.send(waiting: -bytes) }
        let deadline = deadline ?? network.deadline(after: timeout)
        var sent = counters.sentCount
        var limit = patience?.sending(at: network.now)
        while true {
            do throws(SocketError) {
                if try await attempt(Swift.min(deadline, limit?.deadline ?? .distantFuture)) { return }
            } catch {
                guard let overdue = limit, overdue.deadline <= deadline, error.isOverdue else {
                    if let reason = share?.reason { throw reason }
                    let error = ParleyError(error, timeout: timeout, for: wait)
                    if case .timedOut = error { counters.countUnsent(messages) }
                    throw error
                }
                // The peer took what another task had sent meanwhile: it is this task that was unlucky.
                let sentMeanwhile = counters.sentCount
                if sentMeanwhile != sent {
                    sent = sentMeanwhile
                    limit = patience?.sending(at: network.now)
                    continue
                }
                patience?.cutOff()
                port.abort()
                throw overdue.error
            }
        }
    }

    /// The time that a burst of datagrams may wait for room: the call's or the limit's, whichever is shorter.
    @usableFromInline
    func sendingLimit(_ timeout: Duration?) -> Duration? {
        guard let slow = patience?.limits.slowReader else { return timeout }
        return Swift.min(slow, timeout ?? slow)
    }

    /// The error of a call that waited as ``sendingLimit(_:)`` says; the limit's own ends the connection.
    @usableFromInline
    func judged(_ error: ParleyError, timeout: Duration?) -> ParleyError {
        if let reason = share?.reason { return reason }
        guard let slow = patience?.limits.slowReader, error == .timedOut(slow, .room), slow <= timeout ?? slow
        else {
            return error
        }
        patience?.cutOff()
        port.abort()
        return .slowReader(slow)
    }

    /// Closes once the system has taken over what was sent; a peer that does not let it is reset.
    func finish() async {
        do throws(ParleyError) {
            try await flush(timeout: Self.finishMax)
            port.close()
        } catch {
            switch error {
            case .timedOut: port.abort()
            case .closed: await finishClosed()
            default: port.close()
            }
        }
    }

    /// Waits for a port that the handler has closed and that still passes on what it had taken over.
    private func finishClosed() async {
        let limit = Swift.min(limits.slowReader ?? Self.finishMax, Self.finishMax)
        do throws(SocketError) {
            try await port.drain(until: network.deadline(after: limit))
        } catch {
            guard error.isOverdue else { return }
            patience?.cutOff()
            port.abort()
        }
    }

    /// As long as TCP itself tries to deliver what is left at a close.
    private static var finishMax: Duration { .seconds(60) }
}

extension SocketError {
    /// Whether a wait of ours has taken too long; TCP's own ETIMEDOUT comes from other operations.
    fileprivate var isOverdue: Bool { operation == .wait && code == .timedOut }
}
