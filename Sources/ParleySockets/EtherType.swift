/// What an Ethernet frame carries, and which packets a packet socket gets. In host order.
public struct EtherType: RawRepresentable, Sendable, Hashable {
    /// The `ETH_P_…` number.
    public var rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// No packets: the socket only sends, until it is bound to something else.
    public static let none = EtherType(rawValue: 0)
    /// Every packet, those that leave included.
    public static let all = EtherType(rawValue: 0x0003)
    public static let ipv4 = EtherType(rawValue: 0x0800)
    public static let arp = EtherType(rawValue: 0x0806)
    public static let vlan = EtherType(rawValue: 0x8100)
    public static let ipv6 = EtherType(rawValue: 0x86DD)

    /// As the third argument of socket(2): in network order.
    var socketProtocol: Int32 { Int32(rawValue.bigEndian) }

    init(socketProtocol: Int32) {
        self.init(rawValue: UInt16(truncatingIfNeeded: socketProtocol).bigEndian)
    }
}

extension EtherType: CustomStringConvertible {
    /// As C writes it: `ETH_P_IP`. A number without a name: `0x88cc`.
    public var description: String {
        switch self {
        case .all: return "ETH_P_ALL"
        case .ipv4: return "ETH_P_IP"
        case .arp: return "ETH_P_ARP"
        case .vlan: return "ETH_P_8021Q"
        case .ipv6: return "ETH_P_IPV6"
        default:
            let digits = String(rawValue, radix: 16)
            return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
