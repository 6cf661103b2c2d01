internal import ParleyTypes

/// The addresses that a bind takes, as the kernel compares them (inet_rcv_saddr_equal in net/ipv4).
struct BindPlace {
    private var family: Family
    /// Whether it takes no IPv4; nil where that is not known.
    private var isIPv6Only: Bool?
    private var interface: UInt32

    private enum Family {
        case ipv4(IPv4Address)
        case mapped(IPv4Address)
        case everyAddress
        case ipv6(IPv6Address)
    }

    /// Where a socket would be bound; nil for an address without a port.
    init?(of request: BindRequest) {
        self.init(request.address, isIPv6Only: request.isIPv6Only, interface: request.interface)
        if case .ipv6 = family { isIPv6Only = true }
    }

    /// Where a socket is. What bind(2) bound to one IPv6 address takes no IPv4, whatever it set; what
    /// connect(2) or accept(2) bound there may.
    init?(of socket: KernelSocket) {
        guard let local = socket.local else { return nil }
        self.init(local, isIPv6Only: socket.isIPv6Only, interface: socket.interface)
    }

    private init?(_ address: SocketAddress, isIPv6Only: Bool?, interface: UInt32) {
        self.isIPv6Only = isIPv6Only
        self.interface = interface
        switch address {
        case .ipv4(let host, _): family = .ipv4(host)
        case .ipv6(let host, _, let zone):
            if let inner = host.mapped {
                family = .mapped(inner)
            } else {
                family = host == .any ? .everyAddress : .ipv6(host)
            }
            if interface == 0, host.isLinkLocal { self.interface = zone }
        case .unix: return nil
        }
    }

    /// Whether a socket bound here would take addresses that the other one has.
    func overlaps(_ other: BindPlace) -> Bool? {
        guard interface == 0 || other.interface == 0 || interface == other.interface else { return false }
        return sharesAddress(with: other)
    }

    private func sharesAddress(with other: BindPlace) -> Bool? {
        switch (family, other.family) {
        case (.ipv4(let ours), .ipv4(let theirs)), (.mapped(let ours), .ipv4(let theirs)):
            Self.meet(ours, theirs)
        case (.ipv4(let ours), .mapped(let theirs)), (.mapped(let ours), .mapped(let theirs)):
            Truth.all(Self.meet(ours, theirs), Truth.not(other.isIPv6Only))
        case (.ipv4, .everyAddress), (.mapped, .everyAddress):
            Truth.not(other.isIPv6Only)
        case (.ipv4(let ours), .ipv6):
            // To IPv4 such a socket is at 127.0.0.6, which 0.0.0.0 covers.
            Truth.all(ours == .any || ours == Self.standIn, Truth.not(other.isIPv6Only))
        case (.everyAddress, .ipv4), (.everyAddress, .mapped):
            Truth.not(isIPv6Only)
        case (.everyAddress, _), (.ipv6, .everyAddress):
            true
        case (.ipv6(let ours), .ipv6(let theirs)):
            ours == theirs
        case (.mapped, .ipv6), (.ipv6, .ipv4), (.ipv6, .mapped):
            false
        }
    }

    private static func meet(_ ours: IPv4Address, _ theirs: IPv4Address) -> Bool {
        ours == theirs || ours == .any || theirs == .any
    }

    /// LOOPBACK4_IPV6
    private static let standIn = IPv4Address(127, 0, 0, 6)
}
