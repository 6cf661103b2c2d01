public import ParleyTypes

extension ReuseFlags {
    /// What a policy sets on a socket of this kind (`Socket.apply(_:to:at:)` does it); nil where Parley
    /// refuses the policy:
    /// `.restartable` for datagrams, `.groupMember` for anything else than a group or a broadcast address,
    /// `.loadBalanced` there.
    public init?(_ policy: PortReuse, for kind: KernelSocket.Kind, isForMany: Bool = false) {
        switch policy {
        case .exclusive: self = .none
        case .restartable where kind == .tcp: self.init(address: true, port: false)
        case .loadBalanced where !isForMany: self.init(address: false, port: true)
        case .groupMember where kind != .tcp && isForMany: self.init(address: true, port: false)
        case .restartable, .loadBalanced, .groupMember: return nil
        }
    }
}

extension BindRequest {
    /// The bind that Parley makes under a policy: an IPv6 socket at one address, or at `::` of `[::]`, takes no IPv4
    /// peers; the one at every local address (`tcp://:8086`) takes both and has `isDual`.
    ///
    /// - Returns: nil where Parley refuses the policy.
    public init?(
        _ policy: PortReuse,
        _ kind: KernelSocket.Kind,
        at address: SocketAddress,
        user: UInt32,
        isDual: Bool = false,
        isBroadcast: Bool = false,
        interface: UInt32 = 0
    ) {
        self.init(
            kind: kind,
            address: address,
            reuse: .none,
            user: user,
            isIPv6Only: !isDual,
            interface: interface,
            listens: kind == .tcp,
            isBroadcast: isBroadcast
        )
        guard let reuse = ReuseFlags(policy, for: kind, isForMany: isForMany) else { return nil }
        self.reuse = reuse
    }
}
