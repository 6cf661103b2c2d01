public import ParleyTypes

/// A bind that somebody thinks of: what `BindVerdict` judges.
public struct BindRequest: Sendable, Hashable {
    /// `.tcp`, `.udp` or `.udpLite`.
    public var kind: KernelSocket.Kind
    /// The address, with a port other than 0.
    public var address: SocketAddress
    /// What the socket sets before bind. Never unknown.
    public var reuse: ReuseFlags
    /// The effective user.
    public var user: UInt32
    /// Whether an IPv6 socket takes no IPv4 peers.
    public var isIPv6Only: Bool
    /// The interface it is bound to, 0 for all.
    public var interface: UInt32
    /// Whether listen(2) follows, as after a bind of a TCP server.
    public var listens: Bool

    public init(
        kind: KernelSocket.Kind,
        address: SocketAddress,
        reuse: ReuseFlags,
        user: UInt32,
        isIPv6Only: Bool = false,
        interface: UInt32 = 0,
        listens: Bool = true
    ) {
        self.kind = kind
        self.address = address
        self.reuse = reuse
        self.user = user
        self.isIPv6Only = isIPv6Only
        self.interface = interface
        self.listens = listens
    }
}

/// A socket that is there, as far as a bind is concerned with it.
public struct Occupant: Sendable, Hashable {
    public var socket: KernelSocket
    /// Its options, or unknown.
    public var reuse: ReuseFlags

    public init(_ socket: KernelSocket, reuse: ReuseFlags = .unknown) {
        self.socket = socket
        self.reuse = reuse
    }
}
