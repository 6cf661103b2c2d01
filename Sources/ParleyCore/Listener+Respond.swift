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
        let inbound = inboundCoder
        let outbound = outboundCoder
        let outboundFraming = framing ?? outbound.framing
        let answering = Answering(
            inboundFraming: framing ?? inbound.framing,
            sizeMaximum: inbound.sizeMaximum,
            stream: { intake, burst, requestsMax, bytesMax in
                burst.answer(
                    intake,
                    atMost: requestsMax,
                    within: bytesMax,
                    by: inbound,
                    outbound,
                    outboundFraming,
                    answer
                )
            },
            packets: { intake, burst, requestsMax, bytesMax in
                burst.answer(
                    intake,
                    atMost: requestsMax,
                    within: bytesMax,
                    by: inbound,
                    outbound,
                    nil,
                    answer
                )
            }
        )
        try await respond(limits: limits, answering) { connection in
            for try await request in connection.messages {
                if let reply = try answer(request) { try await connection.send(reply) }
            }
        }
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
        try await run(limits: limits) { connection in
            for try await request in connection.messages {
                if let reply = try await answer(request) { try await connection.send(reply) }
            }
        }
    }

    /// - Parameter handler: serves connections whose ports cannot be driven.
    @usableFromInline
    func respond(
        limits: ListenerLimits?,
        _ answering: Answering,
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
    ) async throws(ParleyError) {
        let limits = limits ?? self.limits
        limits.check()
        let service = RespondService(limits, answering, visitors) { [self] report in
            switch report {
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
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
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
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
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
                            await serve(visit, service.places, service.budget, handler)
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
