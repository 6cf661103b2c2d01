public import ParleyTypes

// What a network may leave out.

extension Network {
    public var executor: (any TaskExecutor)? { nil }

    public func settled(_ endpoint: Endpoint) throws(SocketError) -> Endpoint { endpoint }
}

extension Port {
    public var shards: [any Port] { [self] }

    public var executor: (any TaskExecutor)? { nil }

    /// Does nothing: a reader then ends with its port.
    public func finishReceiving() {}

    public func abort() { close() }

    public var hasUnsentBytes: Bool { false }

    public var unsentBytes: Int { 0 }

    public var queuedBytes: Int? { nil }
}

extension ListeningPort {
    public var shards: [any ListeningPort] { [self] }

    public var executor: (any TaskExecutor)? { nil }

    public var acceptPauses: Int { 0 }

    public var waitingPeers: Int? { nil }
}
