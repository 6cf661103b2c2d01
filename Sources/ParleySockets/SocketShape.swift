internal import Glibc

/// What socket(2) is asked for: a family, a kind and a protocol.
public struct SocketShape: Sendable, Hashable {
    public var family: SocketFamily
    public var kind: SocketKind
    /// The third argument of socket(2), 0 for the usual one. Its meaning is the family's.
    public var protocolNumber: Int32

    public init(_ family: SocketFamily, _ kind: SocketKind, protocolNumber: Int32 = 0) {
        self.family = family
        self.kind = kind
        self.protocolNumber = protocolNumber
    }

    public init(_ family: SocketFamily, _ kind: SocketKind, _ ip: IPProtocol) {
        self.init(family, kind, protocolNumber: ip.rawValue)
    }
}

extension SocketShape: CustomStringConvertible {
    /// As people and C write it: `AF_INET SOCK_STREAM IPPROTO_SCTP`, `AF_X25 SOCK_SEQPACKET`.
    public var description: String {
        guard protocolNumber != 0 else { return "\(family) \(kind)" }
        return switch family {
        case .ipv4, .ipv6: "\(family) \(kind) \(IPProtocol(rawValue: protocolNumber))"
        case .netlink: "\(family) \(kind) \(NetlinkProtocol(rawValue: protocolNumber))"
        case .packet: "\(family) \(kind) \(EtherType(socketProtocol: protocolNumber))"
        default: "\(family) \(kind) protocol \(protocolNumber)"
        }
    }
}
