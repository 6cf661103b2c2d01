internal import Logging
internal import ParleyEventLoop
internal import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// Takes connections of peers at one place.
///
///     try await Listener(Score.self, at: .tcp(port: 8086)).run { connection in
///         for try await score in connection.messages { try await connection.send(score) }
///     }
///
/// A TCP listener binds at once after a restart, also while connections of the last run sit in TIME_WAIT
/// (``PortReuse/restartable``), and never shares its port with another listener unless both ask for it.
public final class Listener<Inbound: Message, Outbound: Message>: Sendable {
    /// Where the listener was asked to be.
    public let endpoint: Endpoint
    private let port: any ListeningPort
    private let network: any Network
    private let inboundCoder: Inbound.Coder
    private let outboundCoder: Outbound.Coder
    private let framing: Framing?
    private let logger = Logger(label: "parley.listener")

    /// Opens a listener with coders of one's own.
    ///
    /// - Parameter framing: how borders are found on the streams, both ways; nil takes each coder's own.
    /// - Throws: ``ParleyError/socket(_:)`` with the remedy when the place is taken or not ours,
    ///   ``ParleyError/unusable(_:_:)`` for a datagram endpoint.
    public init(
        receiving inboundCoder: Inbound.Coder,
        sending outboundCoder: Outbound.Coder,
        at endpoint: Endpoint,
        framing: Framing? = nil
    ) async throws(ParleyError) {
        guard endpoint.transport.isConnectionOriented else {
            throw .unusable(endpoint, .datagramsForListener)
        }
        let network = NetworkEnvironment.network ?? KernelNetwork.shared
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
    }

    deinit {
        port.close()
    }

    /// Where peers reach the listener, with the port that the system chose.
    public var localAddress: SocketAddress { port.localAddress }

    /// Accepts no more. A running ``run(connectionsMax:_:)`` waits for its handlers and returns.
    public func close() {
        port.close()
    }

    /// The next peer's connection; the caller owns it.
    ///
    /// Transient failures of a single peer, and a lack of descriptors, are waited out.
    ///
    /// - Throws: ``ParleyError/closed``, ``ParleyError/cancelled``, ``ParleyError/socket(_:)`` when the
    ///   listener itself is broken.
    public func accept() async throws(ParleyError) -> Connection<Inbound, Outbound> {
        do throws(SocketError) {
            return Connection(
                port: try await port.accept(),
                network: network,
                inboundCoder: inboundCoder,
                outboundCoder: outboundCoder,
                framing: framing
            )
        } catch {
            throw ParleyError(error)
        }
    }

    /// Serves every peer in a child task until the listener is closed or the task cancelled.
    ///
    /// A handler that waits without a deadline (`next()` instead of `next(timeout:)`) holds its place as long
    /// as its peer pleases. A connection is closed when its handler returns. A handler that throws ends its
    /// own connection, is logged, and disturbs nobody else.
    ///
    /// - Parameters:
    ///   - connectionsMax: how many are served at once; further peers wait in the system's backlog.
    ///   - handler: serves one peer.
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``; all handlers have ended by then.
    public func run(
        connectionsMax: Int = 1024,
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
    ) async throws(ParleyError) {
        precondition(connectionsMax > 0, "a listener serves at least one connection at once")
        let places = Places(connectionsMax)
        let result: Result<Void, ParleyError> = await withDiscardingTaskGroup { group in
            do throws(ParleyError) {
                while true {
                    try await places.take()
                    let connection = try await accept()
                    group.addTask { [logger] in
                        do {
                            try await handler(connection)
                        } catch {
                            Self.log(error, of: connection.peer, to: logger)
                        }
                        connection.close()
                        places.giveBack()
                    }
                }
            } catch {
                if error == .closed { return .success(()) }
                group.cancelAll()
                return .failure(error)
            }
        }
        try result.get()
    }

    private static func log(_ error: any Error, of peer: SocketAddress, to logger: Logger) {
        if error is CancellationError || error as? ParleyError == .cancelled { return }
        logger.warning("a connection's handler failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
    }
}

extension Listener {
    /// Listens for peers that send one type of message and receive another.
    public convenience init(
        receiving inbound: Inbound.Type,
        sending outbound: Outbound.Type,
        at endpoint: Endpoint,
        framing: Framing? = nil
    ) async throws(ParleyError) where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
        try await self.init(
            receiving: Inbound.Coder(),
            sending: Outbound.Coder(),
            at: endpoint,
            framing: framing
        )
    }

    /// Listens for peers that exchange one type of message, both ways.
    public convenience init(
        _ message: Inbound.Type,
        at endpoint: Endpoint,
        framing: Framing? = nil
    ) async throws(ParleyError) where Inbound == Outbound, Inbound.Coder: PlainMessageCoder {
        try await self.init(receiving: message, sending: message, at: endpoint, framing: framing)
    }
}
