public import ParleyTypes

/// A port that peers connect to.
public protocol ListeningPort: AnyObject, Sendable {
    /// Where peers reach it.
    var localAddress: SocketAddress { get }
    /// The ports that make up this one; see ``MessagePort/shards``.
    var shards: [any ListeningPort] { get }
    /// Where the connections of this port are served with the fewest steps; see ``Port/executor``.
    var executor: (any TaskExecutor)? { get }

    /// The next peer. Survives every transient failure; when descriptors run out it waits and goes on
    /// serving.
    ///
    /// - Throws: `.cancelled`, `.badDescriptor` after ``close()``, and errors that end the port for good.
    func accept() async throws(SocketError) -> PeerPort

    /// Accepts no more.
    func close()

    /// How often accepting has paused so far because descriptors or memory had run out.
    var acceptPauses: Int { get }

    /// How many peers wait to be accepted, nil where the network does not tell.
    var waitingPeers: Int? { get }
}
