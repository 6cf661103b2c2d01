/// What a listener spends on its peers, together and each.
///
///     try await listener.run(limits: .forStrangers) { connection in try await serve(connection) }
///
/// Every table behind it is bounded by ``connectionsMax``.
public struct ListenerLimits: Sendable, Hashable {
    /// How many connections are served at once; further peers wait in the system's backlog.
    public var connectionsMax: Int
    /// How many of them one peer may have, nil for as many as there are places. A peer is an IPv4 address or
    /// an IPv6 network (``peerPrefixLength``). Connections beyond it are accepted and reset at once, so that
    /// they neither wait in front of others nor leave a TIME_WAIT here, and counted as refused. Unix sockets
    /// are exempt: their peers have no address of their own.
    public var connectionsPerPeerMax: Int?
    /// How many leading bits of an IPv6 address make a peer, 0 to 128. A host usually has a /64 to itself and
    /// takes as many addresses of it as it likes.
    public var peerPrefixLength: Int
    /// How many bytes of memory all connections together may hold for messages that have not come whole, and
    /// for those that their peers do not take. When they hold more, the connections that hold most are reset
    /// (``ParleyError/evicted(holding:together:)``) and counted, so that nobody's unfinished message is paid for
    /// by others. Real memory counts: a buffer with all its room, and while it grows the old one too.
    ///
    /// Not counted is one read a connection, 64 KiB at most, while it is being served, and what handlers keep.
    /// Choose at least three times the largest message: a budget that one message exceeds lets none of that
    /// size through.
    public var unfinishedBytesMax: Int
    /// How long each connection puts up with its peer.
    public var connection: ConnectionLimits

    public init(
        connectionsMax: Int = 1024,
        connectionsPerPeerMax: Int? = nil,
        peerPrefixLength: Int = 64,
        unfinishedBytesMax: Int = 64 << 20,
        connection: ConnectionLimits = .none
    ) {
        self.connectionsMax = connectionsMax
        self.connectionsPerPeerMax = connectionsPerPeerMax
        self.peerPrefixLength = peerPrefixLength
        self.unfinishedBytesMax = unfinishedBytesMax
        self.connection = connection
    }

    /// For a place that anyone can reach: 1,024 connections, 64 a peer (a household or an office behind one
    /// address), 10 seconds to the first message, a minute between messages, half a minute for one of ours,
    /// 64 MiB for unfinished messages.
    public static let forStrangers = ListenerLimits(
        connectionsPerPeerMax: 64,
        connection: ConnectionLimits(
            handshake: .seconds(10),
            idle: .seconds(60),
            slowReader: .seconds(30)
        )
    )

    func check() {
        precondition(connectionsMax > 0, "a listener serves at least one connection at once")
        precondition(connectionsPerPeerMax ?? 1 > 0, "a peer may have at least one connection")
        precondition(unfinishedBytesMax > 0, "unfinished messages need at least one byte")
        precondition((0...128).contains(peerPrefixLength), "an IPv6 prefix has 0 to 128 bits")
    }
}
