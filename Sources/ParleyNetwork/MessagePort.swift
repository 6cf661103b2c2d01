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
}
