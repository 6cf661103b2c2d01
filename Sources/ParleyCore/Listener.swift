internal import Logging
internal import ParleyEventLoop
internal import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// Takes connections of peers at one place.
///
///     try await Listener(Score.self, at: .tcp(port: 8086)).run { connection in
///         for try await score in connection { try await connection.send(score) }
///     }
///
/// A TCP listener binds at once after a restart, also while connections of the last run sit in TIME_WAIT
/// (``PortReuse/restartable``), and never shares its port with another listener unless both ask for it.
public final class Listener<Inbound: Message, Outbound: Message>: Sendable {
    /// Where the listener was asked to be.
    public let endpoint: Endpoint
    /// The limits that the listener was opened with; nil: none were named.
    package let givenLimits: ListenerLimits?
    let port: any ListeningPort
    let network: any Network
    @usableFromInline let inboundCoder: Inbound.Coder
    @usableFromInline let outboundCoder: Outbound.Coder
    @usableFromInline let framing: Framing?
    private let logger: Logger
    let visitors = Visitors()
    /// Kinds of mishaps that a flood of peers can bring about, each with its own line a second.
    private let failures = LogGate()
    private let refusals = LogGate()
    private let evictions = LogGate()
    private let fullWaits = LogGate()

    /// Opens a listener with coders of one's own.
    ///
    /// - Parameters:
    ///   - framing: how borders are found on the streams, both ways; nil takes each coder's own.
    ///   - limits: see ``limits``.
    /// - Throws: ``ParleyError/socket(_:)`` with the remedy when the place is taken or not ours,
    ///   ``ParleyError/unusable(_:_:)`` for a datagram endpoint.
    public init(
        receiving inboundCoder: Inbound.Coder,
        sending outboundCoder: Outbound.Coder,
        at endpoint: Endpoint,
        framing: Framing? = nil,
        limits: ListenerLimits? = nil
    ) async throws(ParleyError) {
        limits?.check()
        givenLimits = limits
        let network = NetworkEnvironment.current
        let endpoint = try network.settle(endpoint)
        guard endpoint.transport.isConnectionOriented else {
            throw .unusable(endpoint, .datagramsForListener)
        }
        if endpoint.isStreamForMany { throw .unusable(endpoint, .streamForMany) }
        try endpoint.mustObey(.listener)
        do throws(SocketError) {
            port = try await network.listen(at: endpoint, until: .distantFuture)
        } catch {
            throw ParleyError(error)
        }
        self.network = network
        self.endpoint = endpoint
        self.inboundCoder = inboundCoder
        self.outboundCoder = outboundCoder
        self.framing = framing
        var logger = Logger(label: "parley.listener")
        logger[metadataKey: "transport"] = "\(endpoint.transport)"
        logger[metadataKey: "address"] = "\(port.localAddress)"
        self.logger = logger
    }

    deinit {
        port.close()
    }

    /// Where peers reach the listener, with the port that the system chose.
    public var localAddress: SocketAddress { port.localAddress }

    /// What the listener spends on its peers where a call does not say otherwise: ``run(limits:_:)`` takes them
    /// all, ``accept()`` those of a connection, because how many there are is then the caller's affair.
    /// Limits that a call names stand in their place, whole. A listener that was opened without has the default
    /// ones, `ListenerLimits()`.
    public var limits: ListenerLimits { givenLimits ?? ListenerLimits() }

    /// What the listener has done so far.
    public var statistics: ListenerStatistics { Self.statistics(visitors, port) }

    /// How many peers wait in the system's queue to be accepted, nil where it does not tell: it does for TCP.
    public var waitingPeers: Int? { port.waitingPeers }

    /// Accepts no more. A running ``run(limits:_:)`` waits for its handlers and returns.
    public func close() {
        port.close()
    }

    /// Accepts no more and lets the handlers of ``run(limits:_:)`` come to their ends: each reads the messages
    /// that have come, then its loop ends as if the peer had finished. Answers are still sent.
    public func drain() {
        port.close()
        visitors.finishReceiving()
    }

    /// The next peer's connection; the caller owns it.
    ///
    /// Transient failures of a single peer, and a lack of descriptors, are waited out.
    ///
    /// The connection puts up with its peer as long as the listener's ``limits`` say.
    ///
    /// - Throws: ``ParleyError/closed``, ``ParleyError/cancelled``, ``ParleyError/socket(_:)`` when the
    ///   listener itself is broken.
    public func accept() async throws(ParleyError) -> Connection<Inbound, Outbound> {
        try await accept(limits: limits.connection)
    }

    /// As ``accept()``, with limits of its own for this connection.
    public func accept(
        limits: ConnectionLimits
    ) async throws(ParleyError) -> Connection<Inbound, Outbound> {
        let port: PeerPort
        do throws(SocketError) { port = try await self.port.accept() } catch { throw ParleyError(error) }
        visitors.countAccepted()
        return connection(over: port, limits)
    }

    private func connection(
        over port: PeerPort,
        _ limits: ConnectionLimits,
        _ budget: MemoryBudget? = nil
    ) -> Connection<Inbound, Outbound> {
        Connection(
            port: port,
            network: network,
            inboundCoder: inboundCoder,
            outboundCoder: outboundCoder,
            framing: framing,
            limits: limits,
            share: budget.map { MemoryShare($0, port: port.port) }
        )
    }

    /// Serves every peer in a child task until the listener is closed or the task cancelled.
    ///
    /// Without limits for connections a handler that waits without a deadline of its own (`next()` instead of
    /// `next(timeout:)`) holds its place as long as its peer pleases: give ``ListenerLimits/forStrangers``, or
    /// limits of your own, where peers are not trusted.
    ///
    /// When its handler returns, a connection is closed as soon as the system has taken over what was sent;
    /// until then it holds its place, for ``ConnectionLimits/slowReader`` or a minute at most. A handler that
    /// throws ends its own connection, is logged (one line a second, with a count of the others), and disturbs
    /// nobody else.
    ///
    /// - Parameters:
    ///   - limits: how many connections are served at once, how many of them a peer may have, how much memory
    ///     unfinished messages take together, and how long each puts up with a peer that does nothing; nil takes
    ///     ``limits``.
    ///   - handler: serves one peer.
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``; all handlers have ended by then.
    public func run(
        limits: ListenerLimits? = nil,
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
    ) async throws(ParleyError) {
        try await run(limits: limits, Witnesses()) { visit in try await handler(visit.connection) }
    }

    func run(
        limits: ListenerLimits?,
        _ witnesses: Witnesses,
        _ handler: @escaping @Sendable (Visit) async throws -> Void
    ) async throws(ParleyError) {
        let limits = limits ?? self.limits
        limits.check()
        let places = Places(limits.connectionsMax)
        let budget = MemoryBudget(bytesMax: limits.unfinishedBytesMax)
        let shards = port.shards
        guard shards.count > 1 else {
            return try await run(at: port, limits, places, budget, witnesses, handler).get()
        }
        // Whoever runs on the network's thread is spread over its threads: each peer is served where it came in.
        let isOnNetwork = network.isCurrentExecutor
        let result = await withTaskGroup(of: Result<Void, ParleyError>.self) { group in
            for shard in shards {
                group.addTask(executorPreference: isOnNetwork ? shard.executor : nil) { [self] in
                    await run(at: shard, limits, places, budget, witnesses, handler)
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
        try result.get()
    }

    /// Serves the peers of one shard.
    private func run(
        at shard: any ListeningPort,
        _ limits: ListenerLimits,
        _ places: Places,
        _ budget: MemoryBudget,
        _ witnesses: Witnesses,
        _ handler: @escaping @Sendable (Visit) async throws -> Void
    ) async -> Result<Void, ParleyError> {
        await withDiscardingTaskGroup { group in
            do throws(ParleyError) {
                while true {
                    let visit = try await nextVisit(limits, places, budget, at: shard)
                    group.addTask { [self] in await serve(visit, places, budget, witnesses, handler) }
                }
            } catch {
                if error == .closed { return .success(()) }
                group.cancelAll()
                return .failure(error)
            }
        }
    }

    /// As ``run(limits:_:)`` with another limit for the number of connections; the others are those of
    /// ``limits``.
    public func run(
        connectionsMax: Int,
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
    ) async throws(ParleyError) {
        var limits = limits
        limits.connectionsMax = connectionsMax
        try await run(limits: limits, handler)
    }

    /// A connection that was let in.
    struct Visit: Sendable {
        let connection: Connection<Inbound, Outbound>
        let ticket: Visitors.Ticket

        var peer: Peer {
            Peer(id: ticket, address: connection.peer, credentials: connection.peerCredentials)
        }
    }

    /// Waits for a place and then for a peer that may have it.
    private func nextVisit(
        _ limits: ListenerLimits,
        _ places: Places,
        _ budget: MemoryBudget,
        at shard: any ListeningPort
    ) async throws(ParleyError) -> Visit {
        try await nextGuest(limits, places, at: shard) { letIn($0, limits, budget) }
    }

    /// Makes a connection of a port, unless its peer has too many.
    func letIn(_ port: PeerPort, _ limits: ListenerLimits, _ budget: MemoryBudget) -> Visit? {
        let connection = connection(over: port, limits.connection, budget)
        let share = connection.share
        guard let ticket = visitors.admit(port.port, connection.counters, share, limits: limits) else {
            // Before the last reference to the connection closes it with more courtesy.
            connection.abort()
            return nil
        }
        if let share { budget.join(share) }
        return Visit(connection: connection, ticket: ticket)
    }

    /// Waits for a place and then for a peer that is let in.
    ///
    /// - Parameter letIn: nil for a peer that is to be refused.
    func nextGuest<Guest>(
        _ limits: ListenerLimits,
        _ places: Places,
        at shard: any ListeningPort,
        _ letIn: (PeerPort) -> Guest?
    ) async throws(ParleyError) -> Guest {
        // One of several shards would keep a place from the others while it waits for a peer.
        let waitsWithPeer = port.shards.count > 1
        if !waitsWithPeer { try await takePlace(places, of: limits) }
        var refusedInARow = 0
        while true {
            let port: PeerPort
            do throws(SocketError) { port = try await shard.accept() } catch { throw ParleyError(error) }
            if waitsWithPeer {
                do throws(ParleyError) { try await takePlace(places, of: limits) } catch {
                    port.port.close()
                    throw error
                }
            }
            if let guest = letIn(port) { return guest }
            if waitsWithPeer { places.giveBack() }
            port.port.abort()
            logRefusal(of: port.port.remoteAddress ?? .unix(.unnamed))
            refusedInARow += 1
            // A flood never lets this loop wait: the others get their turn, and a cancellation its due.
            guard refusedInARow % Self.refusalsInARowMax == 0 else { continue }
            await Task.yield()
            if Task.isCancelled { throw .cancelled }
        }
    }

    private func takePlace(_ places: Places, of limits: ListenerLimits) async throws(ParleyError) {
        if places.isFullForTheFirstTime { logFull(limits) }
        if try await places.take() { visitors.countFullWait() }
    }

    func serve(
        _ visit: Visit,
        _ places: Places,
        _ budget: MemoryBudget,
        _ witnesses: Witnesses,
        _ handler: @Sendable (Visit) async throws -> Void
    ) async {
        defer {
            if let share = visit.connection.share { budget.leave(share) }
            places.giveBack()
        }
        let connection = visit.connection
        witnesses.connected?(visit.peer)
        var failure: (any Error)?
        do {
            try await Spans.serving(connection, at: endpoint.transport) { try await handler(visit) }
        } catch {
            failure = error
        }
        let reason = connection.share?.reason ?? failure
        if let cause = failure, cause.isCancellation { failure = nil }
        if let reason = connection.share?.reason {
            logEviction(reason, of: connection.peer)
        } else if let failure, witnesses.ended == nil {
            logFailure(failure, of: connection.peer)
        }
        await connection.finish()
        visitors.leave(visit.ticket, failed: failure != nil, isCutOff: connection.isCutOff)
        witnesses.ended?(visit.peer, reason)
    }

    /// About a tenth of a millisecond of system calls.
    private static var refusalsInARowMax: Int { 16 }

    private func logRefusal(of peer: SocketAddress) {
        guard let suppressed = refusals.pass(at: network.now) else { return }
        var metadata = Logger.Metadata.suppressed(suppressed)
        metadata["peer"] = "\(peer)"
        logger.warning("a peer has too many connections, another one was refused", metadata: metadata)
    }

    func logEviction(_ reason: ParleyError, of peer: SocketAddress) {
        guard let suppressed = evictions.pass(at: network.now) else { return }
        var metadata = Logger.Metadata.suppressed(suppressed)
        metadata["peer"] = "\(peer)"
        metadata["error"] = "\(reason)"
        logger.warning("a connection was cut off for memory", metadata: metadata)
    }

    private func logFull(_ limits: ListenerLimits) {
        guard let suppressed = fullWaits.pass(at: network.now) else { return }
        logger.warning(
            "all \(limits.connectionsMax) connections are taken, further ones wait",
            metadata: .suppressed(suppressed)
        )
    }

    func logFailure(_ error: any Error, of peer: SocketAddress) {
        guard let suppressed = failures.pass(at: network.now) else { return }
        var metadata = Logger.Metadata.suppressed(suppressed)
        metadata["peer"] = "\(peer)"
        metadata["error"] = "\(error)"
        logger.warning("a connection's handler failed", metadata: metadata)
    }
}

extension Listener {
    /// Listens for peers that send one type of message and receive another.
    public convenience init(
        receiving inbound: Inbound.Type,
        sending outbound: Outbound.Type,
        at endpoint: Endpoint,
        framing: Framing? = nil,
        limits: ListenerLimits? = nil
    ) async throws(ParleyError) where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
        try await self.init(
            receiving: Inbound.Coder(),
            sending: Outbound.Coder(),
            at: endpoint,
            framing: framing,
            limits: limits
        )
    }

    /// Listens for peers that exchange one type of message, both ways.
    public convenience init(
        _ message: Inbound.Type,
        at endpoint: Endpoint,
        framing: Framing? = nil,
        limits: ListenerLimits? = nil
    ) async throws(ParleyError) where Inbound == Outbound, Inbound.Coder: PlainMessageCoder {
        try await self.init(
            receiving: message,
            sending: message,
            at: endpoint,
            framing: framing,
            limits: limits
        )
    }
}
