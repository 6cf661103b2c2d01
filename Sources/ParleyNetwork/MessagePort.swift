public import ParleyTypes

/// A port whose messages have borders: datagrams, or the packets of a connection.
public protocol MessagePort: Port {
    /// The ports that make up this one, when it is spread over several threads of its network
    /// (``Endpoint/loadBalanced(over:)``): each may have a reader of its own. Otherwise the port itself.
    var shards: [any MessagePort] { get }
    /// Whether messages come in order and each once, and the peer can say that it sends nothing more: packets
    /// of a connection.
    var isConnection: Bool { get }
    /// The largest message that can come, in bytes.
    var messageBytesMax: Int { get }
    /// Whether what has no room has none at its recipient, and others may be sent to all the same. By default false:
    /// the port's own queue is full, for everybody.
    var hasRoomPerRecipient: Bool { get }
    /// This port, where it can join groups; as ``Port/driven``.
    var groups: (any GroupPort)? { get }
    /// This port, where its messages bring descriptors; as ``Port/driven``.
    var descriptors: (any DescriptorPort)? { get }

    /// Room for a burst of messages, shaped as this port fills it best.
    ///
    /// - Parameters:
    ///   - messageBytes: how many bytes of a message must be kept.
    ///   - slots: how many slots are wanted, at least one; the port gives fewer where more are of no use.
    func makeBatch(messageBytes: Int, slots: Int) -> ReceiveBatch

    /// Fills `batch` with the messages that have come.
    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult

    /// Sends one message.
    ///
    /// - Parameters:
    ///   - recipient: nil means the port's peer.
    ///   - source: the local address to send from, nil for the system's choice. Its port does not count: a port
    ///     sends from its own.
    /// - Returns: false when there is no room; nothing was taken then.
    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool

    /// Sends datagrams, to whomever, in order and in as few system calls as possible.
    ///
    /// - Parameters:
    ///   - bytes: the memory that the list's ranges mean.
    ///   - list: what is to leave; at least one train that has not.
    ///   - position: where to begin; goes past what was taken.
    /// - Returns: how many datagrams were taken, 0 when there is no room.
    /// - Throws: what became of the datagram at `position`: go past it
    ///   (``TransmitPosition/advance(by:in:)``) to go on with the next. A later one's failure is thrown when it is
    ///   first.
    func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition
    ) throws(SocketError) -> Int

    /// Asks for what costs something with each message, or needs a right.
    ///
    /// - Returns: what of it the port does from now on.
    func enable(_ services: MessageServices) -> MessageServices
}

/// What a ``MessagePort`` may do for who asks for it.
public struct MessageServices: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// To say of each datagram what its packet said of congestion (``ReceiveBatch/Entry/ecn``; RFC 3168).
    public static let ecn = MessageServices(rawValue: 1)
    /// To hold datagrams back until ``Transmit/departure``, as far as the way out can: on Linux where the
    /// queueing discipline is fq (tc-fq(8)), which drops what is to leave later than its horizon, 10 s unless
    /// changed. Other disciplines send at once, but etf, whose clock is another, loses such datagrams. Without it
    /// departures are ignored.
    public static let departures = MessageServices(rawValue: 2)
}
