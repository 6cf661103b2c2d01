/// What a packet of a capture begins with: a number of tcpdump's list of link-layer header types.
///
/// Any number can be held; ``PacketDissector`` reads those that have a name here.
public struct LinkType: Sendable, Hashable, RawRepresentable {
    public var rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The loopback of BSD and macOS: four bytes of address family in the capturing host's order.
    public static let null = LinkType(rawValue: 0)
    /// Ethernet (IEEE 802.3), with or without VLAN tags.
    public static let ethernet = LinkType(rawValue: 1)
    /// IPv4 or IPv6 without anything in front.
    public static let raw = LinkType(rawValue: 101)
    /// OpenBSD's loopback: four bytes of address family in network order.
    public static let loop = LinkType(rawValue: 108)
    /// What Linux gives for `-i any`, first version: 16 bytes in front.
    public static let linuxCooked = LinkType(rawValue: 113)
    /// IPv4 without anything in front.
    public static let ipv4 = LinkType(rawValue: 228)
    /// IPv6 without anything in front.
    public static let ipv6 = LinkType(rawValue: 229)
    /// What Linux gives for `-i any`, second version: 20 bytes in front.
    public static let linuxCooked2 = LinkType(rawValue: 276)
}

extension LinkType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .null: "loopback (BSD)"
        case .ethernet: "Ethernet"
        case .raw: "raw IP"
        case .loop: "loopback (OpenBSD)"
        case .linuxCooked: "Linux cooked"
        case .ipv4: "raw IPv4"
        case .ipv6: "raw IPv6"
        case .linuxCooked2: "Linux cooked 2"
        default: "link type \(rawValue)"
        }
    }
}
