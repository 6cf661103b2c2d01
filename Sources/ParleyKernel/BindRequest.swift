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
    /// Whether listen(2) follows, as after a bind of a TCP server. What stands in its way stood in bind's already.
    public var listens: Bool
    /// Whether the address is a group's or a broadcast address, at which every socket gets a copy.
    public var isForMany: Bool

    public init(
        kind: KernelSocket.Kind,
        address: SocketAddress,
        reuse: ReuseFlags,
        user: UInt32,
        isIPv6Only: Bool = false,
        interface: UInt32 = 0,
        listens: Bool = true,
        isBroadcast: Bool = false
    ) {
        self.kind = kind
        self.address = address
        self.reuse = reuse
        self.user = user
        self.isIPv6Only = isIPv6Only
        self.interface = interface
        self.listens = listens
        isForMany = isBroadcast || address.isMulticast || address.ip == .ipv4(.broadcast)
    }
}

/// A socket that is there, as far as a bind is concerned with it.
public struct Occupant: Sendable, Hashable {
    public var socket: KernelSocket
    /// Its options, or unknown.
    public var reuse: ReuseFlags
    /// Whether it has joined the group that a datagram goes to; nil: unknown.
    public var isMember: Bool?
    /// Whether it hears groups that only others have joined (IP_MULTICAST_ALL, IPV6_MULTICAST_ALL), as it does unless
    /// told otherwise; nil: unknown.
    public var hearsOthersGroups: Bool?

    public init(
        _ socket: KernelSocket,
        reuse: ReuseFlags = .unknown,
        isMember: Bool? = nil,
        hearsOthersGroups: Bool? = nil
    ) {
        self.socket = socket
        self.reuse = reuse
        self.isMember = isMember
        self.hearsOthersGroups = hearsOthersGroups
    }
}
