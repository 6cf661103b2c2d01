public import ParleySockets

/// One interface of this network namespace, as the kernel lists it (rtnetlink(7)) at one moment.
public struct InterfaceRecord: Sendable, Hashable {
    /// The kernel's number for it: what `fe80::1%2` and `?interface=2` mean.
    public var index: UInt32
    /// At most 15 bytes; whoever made the interface chose them.
    public var name: String
    /// Further names that `ip link` takes (IFLA_ALT_IFNAME).
    public var otherNames: [String] = []
    public var flags: Flags
    /// The ARPHRD_ number of its link: 1 for Ethernet, 772 for loopback.
    public var linkType: UInt16
    /// What it is if it is no device of hardware: `veth`, `bridge`, `vlan`, `tun` (IFLA_INFO_KIND).
    public var kind: String?
    /// The largest packet, without the link's header, in bytes.
    public var packetBytesMax: UInt32 = 0
    /// Whether it carries packets, as its driver says.
    public var state: State = .unknown
    /// ``HardwareAddress/none`` where the link has none, and where it is longer than 8 bytes.
    public var hardwareAddress: HardwareAddress = .none
    /// The address of everyone on the link.
    public var hardwareBroadcast: HardwareAddress = .none
    /// The packets that wait for the driver at most (`qlen`).
    public var queuePacketsMax: UInt32 = 0
    /// The name of what orders them (qdisc): `pfifo_fast`, `noqueue`.
    public var discipline: String?
    /// The interface below it, or the other end of a veth pair; that may be in another namespace.
    public var lowerIndex: UInt32?
    /// Whether ``lowerIndex`` is counted in another network namespace.
    public var isLowerElsewhere = false
    /// The bridge, bond or VRF that it is a part of.
    public var masterIndex: UInt32?
    /// Of a bridge: what it does with groups.
    public var bridge: BridgeGroups?
    public var counters = Counters()
    /// In the kernel's order: IPv4 before IPv6, the first one is the usual source.
    public var addresses: [Address] = []
    /// The groups that it takes in: IPv4, IPv6 and, below them, those of the link.
    public var groups: [Group] = []
    /// The version of IGMP that is spoken here, as the routers of the link speak it; nil without IPv4.
    public var groupProtocolVersion: Int?

    public init(index: UInt32, name: String, flags: Flags = [], linkType: UInt16 = 1) {
        self.index = index
        self.name = name
        self.flags = flags
        self.linkType = linkType
    }

    /// The interface's flags, `IFF_…` of netdevice(7).
    public struct Flags: OptionSet, Sendable, Hashable {
        public var rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Switched on (`ip link set NAME up`).
        public static let up = Flags(rawValue: 0x1)
        public static let broadcast = Flags(rawValue: 0x2)
        public static let loopback = Flags(rawValue: 0x8)
        public static let pointToPoint = Flags(rawValue: 0x10)
        /// Switched on and with a link.
        public static let running = Flags(rawValue: 0x40)
        /// No address resolution.
        public static let noARP = Flags(rawValue: 0x80)
        /// Takes in every packet of the link.
        public static let promiscuous = Flags(rawValue: 0x100)
        /// Takes in the packets of every group.
        public static let allGroups = Flags(rawValue: 0x200)
        public static let multicast = Flags(rawValue: 0x1000)
        /// The cable is plugged in, the other end of the veth is up.
        public static let lowerUp = Flags(rawValue: 0x10000)
        public static let dormant = Flags(rawValue: 0x20000)

        /// The flags that are set, as `ip link` writes them.
        public var names: [String] { Self.known.filter { contains($0.flag) }.map(\.name) }

        private static let known: [(flag: Flags, name: String)] = [
            (loopback, "LOOPBACK"), (broadcast, "BROADCAST"), (pointToPoint, "POINTOPOINT"),
            (multicast, "MULTICAST"), (noARP, "NOARP"), (allGroups, "ALLMULTI"), (promiscuous, "PROMISC"),
            (Flags(rawValue: 0x400), "MASTER"), (Flags(rawValue: 0x800), "SLAVE"),
            (Flags(rawValue: 0x8000), "DYNAMIC"), (dormant, "DORMANT"), (Flags(rawValue: 0x40000), "ECHO"),
            (up, "UP"), (running, "RUNNING"), (lowerUp, "LOWER_UP"),
        ]
    }

    /// The state of RFC 2863, as the driver says it (IFLA_OPERSTATE).
    public enum State: UInt8, Sendable, Hashable, CaseIterable {
        /// The driver says nothing, as that of loopback.
        case unknown
        case notPresent, down, lowerLayerDown, testing, dormant, up
    }

    /// What a bridge does with groups.
    public struct BridgeGroups: Sendable, Hashable {
        /// Forwards a group only to the ports where somebody said that he is a member (IFLA_BR_MCAST_SNOOPING).
        public var isSnooping: Bool
        /// Asks for members by itself (IFLA_BR_MCAST_QUERIER).
        public var isQuerier: Bool

        public init(isSnooping: Bool, isQuerier: Bool) {
            self.isSnooping = isSnooping
            self.isQuerier = isQuerier
        }
    }
}
