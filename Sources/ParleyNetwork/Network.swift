public import ParleyTypes

/// What messages travel over: the kernel's sockets, or a simulation of them. One half of the seam; its
/// ports are the other.
///
/// Everything above the seam (mailboxes, connections, listeners) knows networks only by this protocol and
/// reads no clock but `now`, so that it runs unchanged, and repeatably, on simulated networks.
///
/// Cancelling the task that waits in one of these ends the wait with `.cancelled`, a passed deadline with
/// `.timedOut`.
public protocol Network: AnyObject, Sendable {
    /// The network's own time.
    var now: MonotonicInstant { get }

    /// Where tasks run with the fewest steps between a message and the code that takes it, or nil when it
    /// makes no difference.
    var executor: (any TaskExecutor)? { get }

    /// Chance, where a program must not be foreseen: the first number of a conversation. Simulations draw it from their
    /// seed.
    func random() -> UInt64

    /// Waits until the network's clock has reached `deadline`.
    func sleep(until deadline: MonotonicInstant) async throws(SocketError)

    /// The addresses behind an endpoint, in the order in which they should be tried.
    func resolve(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> [SocketAddress]

    /// Opens a port that anyone may write to, bound where `endpoint` says: datagrams.
    func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any MessagePort

    /// Opens a port to one peer: a stream, or datagrams that only this peer may answer.
    func connect(to endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> PeerPort

    /// Opens a port that peers connect to.
    func listen(at endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any ListeningPort

    /// The endpoint, with the transport of the socket that it stands for where that socket exists already
    /// (``Endpoint/inherited``). Opens and takes nothing.
    func settled(_ endpoint: Endpoint) throws(SocketError) -> Endpoint
}
