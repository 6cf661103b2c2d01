internal import Logging
public import ParleyCore
public import ParleyWire
public import ServiceLifecycle

/// A listener as a service of a `ServiceGroup`.
///
///     let group = ServiceGroup(
///         services: [ListenerService(listener) { connection in try await serve(connection) }],
///         gracefulShutdownSignals: [.sigterm],
///         logger: logger
///     )
///     try await group.run()
///
/// At a graceful shutdown it accepts no more and lets its handlers come to their ends
/// (``Listener/drain()``): what has come is answered, idle peers are let go, what was sent is passed on. What
/// has not ended within `drain` is cancelled. The listener is closed when the service has ended.
public struct ListenerService<Inbound: Message, Outbound: Message>: Service {
    private let listener: Listener<Inbound, Outbound>
    private let limits: ListenerLimits
    private let drain: Duration
    private let handler: @Sendable (Connection<Inbound, Outbound>) async throws -> Void

    /// - Parameters:
    ///   - limits: as for ``Listener/run(limits:_:)``; nil takes those that the listener was opened with, and
    ///     ``ListenerLimits/forStrangers`` where it was opened without.
    ///   - drain: how long handlers may go on once the shutdown has begun.
    ///   - handler: serves one peer.
    public init(
        _ listener: Listener<Inbound, Outbound>,
        limits: ListenerLimits? = nil,
        drain: Duration = .seconds(30),
        _ handler: @escaping @Sendable (Connection<Inbound, Outbound>) async throws -> Void
    ) {
        self.listener = listener
        self.limits = limits ?? listener.givenLimits ?? .forStrangers
        self.drain = drain
        self.handler = handler
    }

    /// Serves until the graceful shutdown is over.
    ///
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``.
    public func run() async throws {
        defer { listener.close() }
        var logger = Logger(label: "parley.listener")
        logger[metadataKey: "address"] = "\(listener.localAddress)"
        try await withDraining(within: drain, logger) {
            listener.drain()
        } _: {
            try await listener.run(limits: limits, handler)
        }
    }
}
