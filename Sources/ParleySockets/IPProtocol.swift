internal import ParleyTypes

/// A protocol over IP: what a packet's header carries, and the third argument of socket(2).
public struct IPProtocol: RawRepresentable, Sendable, Hashable {
    /// The `IPPROTO_…` number.
    public var rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// What the family and the kind mean by themselves: TCP for a stream, UDP for datagrams.
    public static let standard = IPProtocol(rawValue: 0)
    public static let icmp = IPProtocol(rawValue: 1)
    public static let igmp = IPProtocol(rawValue: 2)
    public static let tcp = IPProtocol(rawValue: 6)
    public static let udp = IPProtocol(rawValue: 17)
    public static let gre = IPProtocol(rawValue: 47)
    public static let icmpv6 = IPProtocol(rawValue: 58)
    public static let sctp = IPProtocol(rawValue: 132)
    /// UDP whose checksum may leave the end of a datagram out (RFC 3828).
    public static let udpLite = IPProtocol(rawValue: 136)
    /// Sends packets of any protocol with their IP headers, receives none.
    public static let raw = IPProtocol(rawValue: 255)
    /// TCP over several paths at once (RFC 8684); a number of Linux's, in no packet.
    public static let multipathTCP = IPProtocol(rawValue: 262)
}

extension IPProtocol: CustomStringConvertible {
    /// As C writes it: `IPPROTO_ICMP`. A number without a name: `IPPROTO_200`.
    public var description: String {
        switch self {
        case .standard: "IPPROTO_IP"
        case .icmp: "IPPROTO_ICMP"
        case .igmp: "IPPROTO_IGMP"
        case .tcp: "IPPROTO_TCP"
        case .udp: "IPPROTO_UDP"
        case .gre: "IPPROTO_GRE"
        case .icmpv6: "IPPROTO_ICMPV6"
        case .raw: "IPPROTO_RAW"
        default: KernelFeature.ipProtocol(rawValue)?.name ?? "IPPROTO_\(rawValue)"
        }
    }
}

extension Endpoint {
    /// The protocol that the endpoint's options make of its transport.
    var ipProtocol: IPProtocol {
        if transport == .udp, options.checksumCoverage != nil { return .udpLite }
        if transport == .tcp, options.multipath == true { return .multipathTCP }
        return .standard
    }
}
