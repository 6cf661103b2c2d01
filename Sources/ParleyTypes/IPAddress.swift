/// An address of either family, without a port.
public enum IPAddress: Sendable, Hashable {
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)

    /// Whether the address is that of a group.
    public var isMulticast: Bool {
        switch self {
        case .ipv4(let address): address.isMulticast
        case .ipv6(let address): address.isMulticast
        }
    }
}

extension IPAddress: LosslessStringConvertible {
    /// Reads either family's text, without brackets and without a zone.
    public init?(_ description: String) {
        if let address = IPv4Address(description) {
            self = .ipv4(address)
        } else if let address = IPv6Address(description) {
            self = .ipv6(address)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .ipv4(let address): address.description
        case .ipv6(let address): address.description
        }
    }
}
