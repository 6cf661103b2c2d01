public import ParleyTypes

/// Who asks: one connection of a listener that answers (``Listener/respond(limits:onConnected:onEnded:_:)``).
public struct Peer: Sendable, Hashable, Identifiable {
    /// Its number, which no other connection of the listener ever has. Addresses come again, and clients at Unix
    /// sockets rarely have one.
    public let id: UInt64
    /// The other end.
    public let address: SocketAddress
    /// Who the process at the other end is, as the kernel vouches for it: over `unix` and `seqpacket`.
    public let credentials: PeerCredentials?

    public init(id: UInt64, address: SocketAddress, credentials: PeerCredentials? = nil) {
        self.id = id
        self.address = address
        self.credentials = credentials
    }
}

extension Peer: CustomStringConvertible {
    public var description: String { "\(address)" }
}

/// Who is told of connections that come and end.
@usableFromInline
struct Witnesses: Sendable {
    let connected: (@Sendable (Peer) -> Void)?
    let ended: (@Sendable (Peer, (any Error)?) -> Void)?

    @usableFromInline
    init(
        _ connected: (@Sendable (Peer) -> Void)? = nil,
        _ ended: (@Sendable (Peer, (any Error)?) -> Void)? = nil
    ) {
        self.connected = connected
        self.ended = ended
    }
}
