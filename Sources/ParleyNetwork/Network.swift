public import ParleyTypes

/// What messages travel over: the kernel's sockets, or a simulation of them. One half of the seam; ``Port``
/// and ``ListeningPort`` are the other.
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

    /// Waits until the network's clock has reached `deadline`.
    func sleep(until deadline: MonotonicInstant) async throws(SocketError)

    /// The addresses behind an endpoint, in the order in which they should be tried.
    func resolve(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> [SocketAddress]

    /// Opens a port that anyone may write to, bound where `endpoint` says: datagrams.
    func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError) -> any Port

    /// Opens a port to one peer: a stream, or datagrams that only this peer may answer.
    func connect(to endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any Port

    /// Opens a port that peers connect to.
    func listen(at endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any ListeningPort

    /// The endpoint, with the transport of the socket that it stands for where that socket exists already
    /// (``Endpoint/inherited``). Opens and takes nothing.
    func settled(_ endpoint: Endpoint) throws(SocketError) -> Endpoint
}

/// One end of a conversation.
///
/// Every operation is an attempt that never blocks; when it says that it could not go on, the matching `wait`
/// suspends until trying again makes sense. Spans do not cross a suspension, so this is also what the
/// language asks for.
///
/// Several tasks may transmit at once. At most one receives.
public protocol Port: AnyObject, Sendable {
    /// Where others reach this port.
    var localAddress: SocketAddress { get }
    /// The ports that make up this one, when it is spread over several threads of its network
    /// (``Endpoint/loadBalanced(over:)``): each may have a reader of its own. Otherwise the port itself.
    var shards: [any Port] { get }
    /// Where a task that reads from this port runs with the fewest steps, or nil when it makes no difference.
    var executor: (any TaskExecutor)? { get }
    /// The one peer, or nil when anyone may write.
    var remoteAddress: SocketAddress? { get }
    /// Whether bytes have borders: datagrams. A stream has none.
    var hasBorders: Bool { get }
    /// Whether the peer can say that it sends nothing more: a connection. By default what has no borders.
    var hasEnd: Bool { get }
    /// Who the peer is, where the network vouches for it; by default nil.
    var peerCredentials: PeerCredentials? { get }

    /// Room for a burst of datagrams, shaped as this port fills it best.
    ///
    /// - Parameters:
    ///   - datagramBytes: how many bytes of a datagram must be kept.
    ///   - slots: how many slots are wanted, at least one; the port gives fewer where more are of no use.
    func makeBatch(datagramBytes: Int, slots: Int) -> ReceiveBatch

    /// How many datagrams at least have come and were lost because the queue was full, as far as the network tells.
    var lostDatagrams: Int { get }

    /// Fills `batch` with the datagrams that have come.
    ///
    /// At the end of a port that ``hasEnd`` it succeeds with ``ReceiveBatch/isAtEnd``; what came before is in
    /// this batch or was in earlier ones.
    ///
    /// - Returns: false when there are none.
    func receive(into batch: ReceiveBatch) throws(SocketError) -> Bool

    /// Appends bytes of the stream that have come to `buffer`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult

    /// Suspends until `receive` or `read` may succeed.
    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError)

    /// Sends one datagram, or takes over bytes of the stream.
    ///
    /// All or nothing: a stream port that could pass on only a part keeps the rest and passes it on by
    /// itself, so the borders of messages survive cancellation.
    ///
    /// - Parameters:
    ///   - recipient: the datagram's recipient; nil means the port's peer.
    ///   - source: the local address to send from, nil for the system's choice. Its port does not count: a port
    ///     sends from its own.
    /// - Returns: false when there is no room; nothing was taken then.
    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool

    /// Sends datagrams to one recipient in as few system calls as possible.
    ///
    /// - Parameters:
    ///   - bytes: the datagrams one after another.
    ///   - ends: where each ends in `bytes`.
    ///   - first: the first one to send; those before it are passed over.
    /// - Returns: how many were taken, 0 when there is no room.
    /// - Throws: what became of datagram `first`; a later one's failure is thrown when it is first.
    func transmit(
        _ bytes: RawSpan,
        endingAt ends: [Int],
        from first: Int,
        to recipient: SocketAddress?
    ) throws(SocketError) -> Int

    /// Suspends until `transmit` may succeed.
    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError)

    /// Suspends until everything that was taken over has been passed on.
    func flush(until deadline: MonotonicInstant) async throws(SocketError)

    /// Says to the peer that nothing more will be sent, after what was taken over.
    func finishSending() throws(SocketError)

    /// Ends waiting to receive: what has come can still be received, and whoever waits for more is told
    /// `.badDescriptor` at once, as after ``close()``. Sending goes on.
    func finishReceiving()

    /// Closes the port. What was taken over is still passed on; whoever waits is woken with `.badDescriptor`.
    func close()

    /// Closes the port at once: what the peer has not taken is thrown away, and it is told so (TCP: a reset).
    func abort()

    /// Whether something that was taken over has not been passed on yet; true also of a closed port that still
    /// passes it on.
    var hasUnsentBytes: Bool { get }

    /// How many bytes of memory hold what was taken over and has not been passed on yet.
    var unsentBytes: Int { get }

    /// How much has come and was not received yet, nil where the network does not tell: bytes of a stream;
    /// for datagrams the bytes of memory that they occupy, the system's records included.
    var queuedBytes: Int? { get }
}

extension Port {
    public var hasEnd: Bool { !hasBorders }
    public var peerCredentials: PeerCredentials? { nil }

    public func makeBatch(datagramBytes: Int, slots: Int) -> ReceiveBatch {
        ReceiveBatch(
            slots: min(slots, datagramBytes <= 2048 ? 64 : 16),
            slotBytes: (datagramBytes + 15) & ~15
        )
    }

    public var lostDatagrams: Int { 0 }
}

/// A port with borders whose messages can bring open descriptors from process to process.
///
/// While ``allowDescriptors(upTo:)`` allows some, `receive` brings one message at a time, so that no
/// descriptor is open here before its message is looked at.
public protocol DescriptorPort: Port {
    /// How many descriptors a message may bring from now on, 0 to ``PassedDescriptors/countMax``. At first
    /// none: what a peer passes is then closed by the system, and never open in this process.
    func allowDescriptors(upTo countMax: Int)

    /// The descriptors of the message that was received last. What is not taken before the next one is
    /// received is closed.
    func takeDescriptors() -> PassedDescriptors

    /// Sends one message with descriptors, all or nothing.
    ///
    /// - Returns: false when there is no room; nothing was taken then.
    func transmit(_ bytes: RawSpan, passing descriptors: [Int32]) throws(SocketError) -> Bool
}

/// What an attempt to read from a stream found.
public enum ReadResult: Sendable, Hashable {
    /// So many bytes, at least one.
    case bytes(Int)
    /// The peer sends nothing more.
    case end
    /// Nothing has come yet.
    case wouldBlock
}

/// A port that peers connect to.
public protocol ListeningPort: AnyObject, Sendable {
    /// Where peers reach it.
    var localAddress: SocketAddress { get }
    /// The ports that make up this one; see ``Port/shards``.
    var shards: [any ListeningPort] { get }
    /// Where the connections of this port are served with the fewest steps; see ``Port/executor``.
    var executor: (any TaskExecutor)? { get }

    /// The next peer. Survives every transient failure; when descriptors run out it waits and goes on
    /// serving.
    ///
    /// - Throws: `.cancelled`, `.badDescriptor` after ``close()``, and errors that end the port for good.
    func accept() async throws(SocketError) -> any Port

    /// Accepts no more.
    func close()

    /// How often accepting has paused so far because descriptors or memory had run out.
    var acceptPauses: Int { get }

    /// How many peers wait to be accepted, nil where the network does not tell.
    var waitingPeers: Int? { get }
}
