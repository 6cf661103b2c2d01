public import ParleySockets
public import ParleyTypes

extension InterfaceRecord {
    /// A group that an interface takes in.
    public struct Group: Sendable, Hashable {
        public var address: GroupAddress
        /// By how many it is wanted: each socket that joined it here, and the kernel once for its own sake. Of a group
        /// of the link: the IP groups and others behind it.
        public var users: Int
        /// Which senders are wanted or not; empty: all are.
        public var sources: [Source] = []

        /// Whether the kernel itself is one of the ``users``: of 224.0.0.1 and ff02::1, to which every host of a link
        /// belongs, of the groups by which an IPv6 host is asked for its hardware address (RFC 4291, section 2.7.1), of
        /// those of routers where it is one, and of those of bridges that learn members (RFC 4286).
        public var hasKernel: Bool

        /// - Parameter hasKernel: nil: as it is on a host that is neither router nor bridge.
        public init(_ address: GroupAddress, users: Int, sources: [Source] = [], hasKernel: Bool? = nil) {
            self.address = address
            self.users = users
            self.sources = sources
            self.hasKernel = hasKernel ?? address.isOfEveryHost
        }

        /// A group's address.
        public enum GroupAddress: Sendable, Hashable {
            case ip(IPAddress)
            /// As the device filters it: 01:00:5e:… for IPv4, 33:33:… for IPv6.
            case link(HardwareAddress)
        }

        /// A sender that some of the members named.
        public struct Source: Sendable, Hashable {
            public var address: IPAddress
            /// How many want it.
            public var includes: Int
            /// How many do not.
            public var excludes: Int

            public init(_ address: IPAddress, includes: Int, excludes: Int) {
                self.address = address
                self.includes = includes
                self.excludes = excludes
            }
        }

        /// How many sockets joined it here. The groups by which a host is asked for its hardware address count as the
        /// kernel's alone: it is in them once for each of its addresses that share one, anycast addresses included.
        public var sockets: Int {
            if address.isOfSolicitedNodes { return 0 }
            return max(0, users - (hasKernel ? 1 : 0))
        }
    }
}

extension InterfaceRecord.Group.GroupAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ip(let address): address.description
        case .link(let address): address.description
        }
    }
}

extension InterfaceRecord.Group.GroupAddress {
    /// Whether every host of a link belongs to it, or every one with a certain address.
    fileprivate var isOfEveryHost: Bool {
        switch self {
        case .link: false
        case .ip(.ipv4(let address)): address == IPv4Address(224, 0, 0, 1)
        case .ip(.ipv6(let address)):
            (address.low == 1 && (address.high == 0xFF01 << 48 || address.high == 0xFF02 << 48))
                || isOfSolicitedNodes
        }
    }

    /// Whether it is ff02::1:ff00:0/104.
    fileprivate var isOfSolicitedNodes: Bool {
        guard case .ip(.ipv6(let address)) = self else { return false }
        return address.high == 0xFF02 << 48 && address.low >> 24 == 0x1FF
    }

    /// Whether every IPv6 router belongs to it: ff01::2, ff02::2, ff05::2.
    var isOfRouters: Bool {
        guard case .ip(.ipv6(let address)) = self, address.low == 2 else { return false }
        return [0xFF01, 0xFF02, 0xFF05].contains(address.high >> 48) && address.high << 16 == 0
    }

    /// Whether bridges that learn members belong to it: 224.0.0.106 and ff02::6a.
    var isOfSnoopers: Bool {
        switch self {
        case .ip(.ipv4(let address)): address == IPv4Address(224, 0, 0, 106)
        case .ip(.ipv6(let address)): address == IPv6Address(high: 0xFF02 << 48, low: 0x6A)
        case .link: false
        }
    }
}
