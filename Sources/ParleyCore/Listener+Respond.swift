internal import ParleyNetwork
internal import ParleyTypes
public import ParleyWire

extension Listener {
    /// Answers every peer's requests until the listener is closed or the task cancelled: a request comes, the closure
    /// returns its answer, at once.
    ///
    ///     let listener = try await Listener(Score.self, at: .tcp(port: 8086))
    ///     try await listener.respond { score in
    ///         score.math > 100 ? nil : Score(name: score.name, math: 100, chinese: score.chinese)
    ///     }
    ///
    /// The closure is called on the network's own thread, where the request came in. It must not block: every socket
    /// of that thread waits for it, the other connections of this listener first. Where an answer takes time, the
    /// closure that waits for it makes each connection a task (the other `respond`); so does ``run(limits:_:)``, where
    /// a peer is sent more than answers. Over several loops
    /// (``Endpoint/loadBalanced(over:)``) the closure is called on all of them at once, for different peers.
    ///
    /// No task and no suspension is spent on a connection. The answers to what came together leave together, in the
    /// order of the requests. After 256 requests of one connection the others have their turn. A connection
    /// whose peer does not take its answers is read until 64 KiB of them wait, or 1,024, and no further. Who has
    /// finished sending still gets its answers.
    ///
    /// A closure that throws ends its connection, after the answers that it gave before; so does a message that does
    /// not fit its layout. Both are logged, one line a second, and disturb nobody else.
    ///
    /// On a network whose ports cannot be driven (``ParleyNetwork/DrivenPort``) each connection has a task, as in
    /// ``run(limits:_:)``; everything else is the same.
    ///
    /// - Parameters:
    ///   - limits: as those of ``run(limits:_:)``; nil takes ``limits``.
    ///   - answer: the answer to a request, nil for none.
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``; all connections have ended by then.
    @inlinable
    public func respond(
        limits: ListenerLimits? = nil,
        _ answer: @escaping @Sendable (Inbound) throws -> Outbound?
    ) async throws(ParleyError) {
        let answering = answering(namesPeers: false) { request, _ in try answer(request) }
        try await respond(
            limits: limits,
            answering,
            Witnesses(),
            orByTasks: { request, _ in try answer(request) }
        )
    }

    /// Answers requests by what they are and who asks, and tells of the connections that come and end: as the other
    /// `respond`, for a program that lets not everybody ask, counts by peer, or keeps a log.
    ///
    ///     try await listener.respond(
    ///         onConnected: { peer in print("\(peer) connected") },
    ///         onEnded: { peer, error in print("\(peer): \(error.map { "\($0)" } ?? "closed")") }
    ///     ) { score, peer in
    ///         peer.credentials?.userID == 0 ? score : nil
    ///     }
    ///
    /// Each connection that was let in (``ListenerStatistics/accepted``) is told of twice: once before its first
    /// request is answered, once after its last, when it is not counted among the active any more, however it ends.
    /// The second comes before the call returns. So what is kept of a peer, by its ``Peer/id``, is made in one and
    /// thrown away in the other. A peer that was refused is not told of. Failures that `onEnded` is told of are not
    /// logged besides.
    ///
    /// Both are called where that happens: `onConnected` by whoever accepts, `onEnded` on the network's thread.
    /// What is told of one connection never overlaps, that of different ones may. They must not block, as the closure
    /// must not.
    ///
    /// - Parameters:
    ///   - limits: as those of ``run(limits:_:)``; nil takes ``limits``.
    ///   - onConnected: called with each peer that was let in.
    ///   - onEnded: called with each peer that has gone, and why: nil when it had finished, or reading was ended by
    ///     ``drain()``, and all that came was answered; else what the closure threw, or a ``ParleyError``:
    ///     `.socket` when its connection broke, `.wire` or `.framing` for what is no message, the limit that it met
    ///     (`.handshakeOverdue`, `.idle`, `.slowReader`, `.evicted`), `.cancelled` with the call.
    ///   - answer: the answer to a peer's request, nil for none.
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``; all connections have ended by then.
    @inlinable
    public func respond(
        limits: ListenerLimits? = nil,
        onConnected: (@Sendable (Peer) -> Void)? = nil,
        onEnded: (@Sendable (Peer, (any Error)?) -> Void)? = nil,
        _ answer: @escaping @Sendable (Inbound, Peer) throws -> Outbound?
    ) async throws(ParleyError) {
        // Asked for, and so given.
        let answering = answering(namesPeers: true) { request, peer in try answer(request, peer!) }
        try await respond(limits: limits, answering, Witnesses(onConnected, onEnded), orByTasks: answer)
    }

    @inlinable
    @inline(__always)
    func answering(
        namesPeers: Bool,
        _ answer: @escaping @Sendable (Inbound, Peer?) throws -> Outbound?
    ) -> Answering {
        let inbound = inboundCoder
        let outbound = outboundCoder
        let outboundFraming = framing ?? outbound.framing
        return Answering(
            inboundFraming: framing ?? inbound.framing,
            sizeMaximum: inbound.sizeMaximum,
            namesPeers: namesPeers,
            stream: { intake, burst, requestsMax, bytesMax, peer in
                burst.answer(
                    intake,
                    atMost: requestsMax,
                    within: bytesMax,
                    by: inbound,
                    outbound,
                    outboundFraming
                ) { request in try answer(request, peer) }
            },
            packets: { intake, burst, requestsMax, bytesMax, peer in
                burst.answer(
                    intake,
                    atMost: requestsMax,
                    within: bytesMax,
                    by: inbound,
                    outbound,
                    nil
                ) { request in try answer(request, peer) }
            }
        )
    }

    /// Answers every peer's requests where an answer takes time: the closure may wait for it.
    ///
    ///     try await listener.respond { score in try await grade(score) }
    ///
    /// Each connection has a task, as in ``run(limits:_:)``, and answers its requests one after another, so their
    /// answers keep their order; different connections are answered at the same time. A connection that waits for an
    /// answer is not read further. Everything else, limits, throws and the end, is as in ``run(limits:_:)``.
    ///
    /// - Parameters:
    ///   - limits: as those of ``run(limits:_:)``; nil takes ``limits``.
    ///   - answer: the answer to a request, nil for none; what it throws ends its connection alone.
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``; all connections have ended by then.
    public func respond(
        limits: ListenerLimits? = nil,
        _ answer: @escaping @Sendable (Inbound) async throws -> Outbound?
    ) async throws(ParleyError) {
        try await run(limits: limits, Witnesses(), handler { request, _ in try await answer(request) })
    }

    /// Answers requests by what they are and who asks, and tells of the connections that come and end, where an
    /// answer takes time: the closure may wait for it.
    ///
    ///     try await listener.respond { score, peer in try await grade(score, of: peer) }
    ///
    /// `onConnected` and `onEnded` are called by the task of their connection.
    ///
    /// - Parameters:
    ///   - limits: as those of ``run(limits:_:)``; nil takes ``limits``.
    ///   - onConnected: called with each peer that was let in.
    ///   - onEnded: called with each peer that has gone, and why.
    ///   - answer: the answer to a peer's request, nil for none; what it throws ends its connection alone.
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``; all connections have ended by then.
    public func respond(
        limits: ListenerLimits? = nil,
        onConnected: (@Sendable (Peer) -> Void)? = nil,
        onEnded: (@Sendable (Peer, (any Error)?) -> Void)? = nil,
        _ answer: @escaping @Sendable (Inbound, Peer) async throws -> Outbound?
    ) async throws(ParleyError) {
        try await run(limits: limits, Witnesses(onConnected, onEnded), handler(answer))
    }

    /// Serves a connection by a task.
    private func handler(
        _ answer: @escaping @Sendable (Inbound, Peer) async throws -> Outbound?
    ) -> @Sendable (Visit) async throws -> Void {
        return { visit in
            let (connection, peer) = (visit.connection, visit.peer)
            for try await request in connection.messages {
                if let reply = try await answer(request, peer) { try await connection.send(reply) }
            }
        }
    }

    /// - Parameter answer: answers where ports cannot be driven.
    @usableFromInline
    func respond(
        limits: ListenerLimits?,
        _ answering: Answering,
        _ witnesses: Witnesses,
        orByTasks answer: @escaping @Sendable (Inbound, Peer) throws -> Outbound?
    ) async throws(ParleyError) {
        let limits = limits ?? self.limits
        limits.check()
        let handler = handler(answer)
        let service = RespondService(limits, answering, witnesses, visitors) { [self] report in
            switch report {
            // Told already.
            case .failed where witnesses.ended != nil: break
            case .failed(let error, let peer): logFailure(error, of: peer)
            case .evicted(let reason, let peer): logEviction(reason, of: peer)
            }
        }
        let shards = port.shards
        let result = await withTaskCancellationHandler {
            let result = await respond(at: shards, service, handler)
            await service.end(at: result)
            return result
        } onCancel: {
            service.cancel()
        }
        try result.get()
    }

    private func respond(
        at shards: [any ListeningPort],
        _ service: RespondService,
        _ handler: @escaping @Sendable (Visit) async throws -> Void
    ) async -> Result<Void, ParleyError> {
        if shards.count == 1 { return await respond(at: shards[0], service, handler) }
        let isOnNetwork = network.isCurrentExecutor
        return await withTaskGroup(of: Result<Void, ParleyError>.self) { group in
            for shard in shards {
                group.addTask(executorPreference: isOnNetwork ? shard.executor : nil) { [self] in
                    await respond(at: shard, service, handler)
                }
            }
            var result = Result<Void, ParleyError>.success(())
            for await one in group {
                guard case .failure = one, case .success = result else { continue }
                result = one
                group.cancelAll()
            }
            return result
        }
    }

    /// Someone who was let in.
    private enum Guest {
        case driven(Responder)
        case visit(Visit)
    }

    /// Lets the peers of one shard in.
    private func respond(
        at shard: any ListeningPort,
        _ service: RespondService,
        _ handler: @escaping @Sendable (Visit) async throws -> Void
    ) async -> Result<Void, ParleyError> {
        let limits = service.limits
        return await withDiscardingTaskGroup { group in
            do throws(ParleyError) {
                while true {
                    let guest = try await nextGuest(limits, service.places, at: shard) { port -> Guest? in
                        guard let driven = port.port.driven else {
                            return letIn(port, limits, service.budget).map(Guest.visit)
                        }
                        guard let ticket = visitors.admit(port.port, nil, limits: limits) else { return nil }
                        return .driven(service.responder(driven, port, ticket, at: network))
                    }
                    switch guest {
                    case .driven(let responder): responder.start()
                    case .visit(let visit):
                        group.addTask { [self] in
                            await serve(visit, service.places, service.budget, service.witnesses, handler)
                        }
                    }
                }
            } catch {
                if error == .closed { return .success(()) }
                group.cancelAll()
                return .failure(error)
            }
        }
    }
}
