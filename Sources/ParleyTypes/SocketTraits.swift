/// What a socket was when an operation on it failed: what the error's number does not tell, and who looks for the cause
/// must know.
public struct SocketTraits: Sendable, Hashable {
    /// How it carries bytes; `udplite` for UDP-Lite.
    public var transport: Transport
    /// SO_REUSEADDR
    public var reusesAddress: Bool
    /// SO_REUSEPORT
    public var reusesPort: Bool
    /// Whether an IPv6 socket takes no IPv4 peers. (IPV6_V6ONLY)
    public var isIPv6Only: Bool
    /// The index of the interface that it keeps to, 0 for all. (SO_BINDTOIFINDEX)
    public var interface: UInt32
    /// The send queue in bytes of memory, as it reads: twice what was set. (SO_SNDBUF)
    public var sendBufferBytes: Int32
    /// The index of the interface that it sends by although it keeps to none, 0 for whichever the routes say.
    /// (IP_UNICAST_IF, IPV6_UNICAST_IF, IPV6_MULTICAST_IF)
    public var outgoingInterface: UInt32

    public init(
        transport: Transport,
        reusesAddress: Bool = false,
        reusesPort: Bool = false,
        isIPv6Only: Bool = false,
        interface: UInt32 = 0,
        sendBufferBytes: Int32 = 0,
        outgoingInterface: UInt32 = 0
    ) {
        self.transport = transport
        self.reusesAddress = reusesAddress
        self.reusesPort = reusesPort
        self.isIPv6Only = isIPv6Only
        self.interface = interface
        self.sendBufferBytes = sendBufferBytes
        self.outgoingInterface = outgoingInterface
    }
}
