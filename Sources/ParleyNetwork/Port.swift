public import ParleyTypes

/// One end of a conversation: what a ``MessagePort`` and a ``StreamPort`` have in common.
///
/// Every operation is an attempt that never blocks and says what became of it; when it says that it could not
/// go on, the matching `wait` suspends until trying again makes sense. Spans do not cross a suspension, so this
/// is also what the language asks for.
///
/// Several tasks may transmit at once. At most one receives.
public protocol Port: AnyObject, Sendable {
    /// Where others reach this port.
    var localAddress: SocketAddress { get }
    /// Where a task that reads from this port runs with the fewest steps, or nil when it makes no difference.
    var executor: (any TaskExecutor)? { get }
    /// The one peer, or nil when anyone may write.
    var remoteAddress: SocketAddress? { get }
    /// Who the peer is, where the network vouches for it; by default nil.
    var peerCredentials: PeerCredentials? { get }
    /// This port, where it calls a ``Driver``; by default where it is a ``DrivenPort``. One that stands before
    /// another, and so conforms to all that there is, says nil where that one cannot.
    var driven: (any DrivenPort)? { get }

    /// Suspends until an attempt to receive has something to say.
    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError)

    /// Sends one message to the peer, or takes over bytes of the stream: all or nothing.
    ///
    /// - Returns: false when there is no room; nothing was taken then.
    func transmit(_ bytes: RawSpan) throws(SocketError) -> Bool

    /// Suspends until `transmit` may succeed.
    ///
    /// - Throws: also `.badDescriptor`, once the port is closed.
    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError)

    /// Suspends until everything that was taken over has been passed on.
    func flush(until deadline: MonotonicInstant) async throws(SocketError)

    /// Says to the peer that nothing more will be sent, after what was taken over.
    func finishSending() throws(SocketError)

    /// Ends receiving: what has come can still be received, and then an attempt says ``ReceiveResult/over``.
    /// Whoever waits is woken. Sending goes on.
    func finishReceiving()

    /// Closes the port. What was taken over is still passed on; whoever waits is woken, to receive
    /// ``ReceiveResult/over`` or to send no more (`.badDescriptor`).
    func close()

    /// Closes the port at once: what the peer has not taken is thrown away, and it is told so (TCP: a reset).
    func abort()

    /// Suspends until a port that was closed has passed on what it had taken over, or has given it up.
    func drain(until deadline: MonotonicInstant) async throws(SocketError)

    /// How many bytes of memory hold what was taken over and has not been passed on yet.
    var unsentBytes: Int { get }

    /// How much has come and was not received yet, nil where the network does not tell: bytes of a stream;
    /// for datagrams the bytes of memory that they occupy, the system's records included.
    var queuedBytes: Int? { get }

    /// How many messages at least have come and were lost because the queue was full, as far as the network
    /// tells.
    var lostMessages: Int { get }
}

/// What an attempt to receive found.
public enum ReceiveResult: Sendable, Hashable {
    /// So many, at least one: bytes of a stream, or filled slots of a batch.
    case received(Int)
    /// Nothing has come yet.
    case wouldBlock
    /// The peer sends nothing more.
    case end
    /// Nothing more is received on this side: the port is closed, or what came before
    /// ``Port/finishReceiving()`` has been taken.
    case over
}

/// A port to one peer.
public enum PeerPort: Sendable {
    case messages(any MessagePort)
    case stream(any StreamPort)

    public var port: any Port {
        switch self {
        case .messages(let port): port
        case .stream(let port): port
        }
    }
}
