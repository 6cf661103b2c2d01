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

        public init(_ address: GroupAddress, users: Int, sources: [Source] = []) {
            self.address = address
            self.users = users
            self.sources = sources
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

        /// Whether the kernel itself is one of the ``users``: 224.0.0.1 and ff02::1, to which every host of a link
        /// belongs, and the groups by which an IPv6 host is asked for its hardware address (RFC 4291, section 2.7.1).
        public var hasKernel: Bool {
            switch address {
            case .link: false
            case .ip(.ipv4(let address)): address == IPv4Address(224, 0, 0, 1)
            case .ip(.ipv6(let address)):
                (address.low == 1 && (address.high == 0xFF01 << 48 || address.high == 0xFF02 << 48))
                    || (address.high == 0xFF02 << 48 && address.low >> 24 == 0x1FF)
            }
        }

        /// How many sockets joined it here. It may be one less where the kernel has two addresses that are asked for
        /// in one group.
        public var sockets: Int { max(0, users - (hasKernel ? 1 : 0)) }
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
