public import ParleyTypes

/// What one call received, with the descriptors that came along: ``Socket/receive(into:descriptorsMax:)``.
/// Frozen, so that the descriptors can be taken out by themselves.
@frozen public struct Delivery: ~Copyable, Sendable {
    /// How many bytes of the buffer it filled. 0 is the end on a stream, a message like any other elsewhere.
    public let byteCount: Int
    /// How many bytes the message had: more than `byteCount` if the buffer was too short, and then the rest is
    /// lost.
    public let sentByteCount: Int
    /// Who sent it, on a socket without a peer; otherwise `.unix(.unnamed)`.
    public let sender: SocketAddress
    /// What came along. Close-on-exec is set on each.
    public var descriptors: PassedDescriptors

    /// Whether bytes were lost because the buffer was too short.
    public var isTruncated: Bool { sentByteCount > byteCount }
}

/// What a socket of sequenced packets had: ``Socket/receiveSequenced(into:descriptorsMax:)``.
@frozen public enum PacketOutcome: ~Copyable, Sendable {
    /// A message, perhaps without a byte.
    case message(Delivery)
    /// The peer sends nothing more.
    case end
    /// Nothing has come: wait until the socket is readable.
    case wouldBlock
}
