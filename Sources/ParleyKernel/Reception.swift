public import ParleyTypes

/// Which of the UDP sockets at a port receives a datagram.
///
/// What SO_INCOMING_CPU and programs (SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF) change is not looked at.
public enum Reception: Sendable, Hashable {
    /// None; the sender of a unicast datagram learns it as ECONNREFUSED.
    case nobody
    case one(KernelSocket)
    /// One of these, by a hash over both addresses and ports: a peer always meets the same one. (SO_REUSEPORT)
    case spread(over: [KernelSocket])
    /// Each of these gets a copy; so may those of which it is not known whether they joined the group.
    case everyone([KernelSocket], perhaps: [KernelSocket])
    /// One of these, which depends on options that are not known.
    case unknown([KernelSocket])

    /// A datagram that somebody thinks of.
    public struct Datagram: Sendable, Hashable {
        public var source: SocketAddress
        /// With the port in question.
        public var destination: SocketAddress
        /// The interface that it comes in by, 0 for any that no socket is bound to.
        public var interface: UInt32
        /// Whether the destination is a broadcast address.
        public var isBroadcast: Bool

        public init(
            from source: SocketAddress,
            to destination: SocketAddress,
            interface: UInt32 = 0,
            isBroadcast: Bool = false
        ) {
            self.source = source.unmapped
            self.destination = destination.unmapped
            self.interface = interface
            self.isBroadcast = isBroadcast || self.destination.ip == .ipv4(.broadcast)
        }
    }
}
