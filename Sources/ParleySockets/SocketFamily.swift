internal import CParleyLinux
internal import Glibc
internal import ParleyTypes

/// A family of addresses, the first argument of socket(2).
public struct SocketFamily: RawRepresentable, Sendable, Hashable {
    /// The `AF_…` number.
    public var rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    public static let ipv4 = SocketFamily(rawValue: AF_INET)
    /// Also speaks to IPv4 hosts unless ``Socket/isIPv6Only`` is set.
    public static let ipv6 = SocketFamily(rawValue: AF_INET6)
    public static let unix = SocketFamily(rawValue: AF_UNIX)
    /// Packets as they are on a link (packet(7)): ``PacketAddress``.
    public static let packet = SocketFamily(rawValue: AF_PACKET)
    /// Conversations with the kernel (netlink(7)): ``NetlinkAddress``.
    public static let netlink = SocketFamily(rawValue: AF_NETLINK)
    /// Virtual machines and their host (vsock(7)): ``VirtualSocketAddress``.
    public static let virtual = SocketFamily(rawValue: AF_VSOCK)
}

/// A kind of conversation, the second argument of socket(2).
public struct SocketKind: RawRepresentable, Sendable, Hashable {
    /// The `SOCK_…` number.
    public var rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Bytes in order, without borders.
    public static let stream = SocketKind(rawValue: Int32(SOCK_STREAM.rawValue))
    /// Messages, each for itself.
    public static let datagram = SocketKind(rawValue: Int32(SOCK_DGRAM.rawValue))
    /// Messages in order on a connection.
    public static let sequencedPacket = SocketKind(rawValue: Int32(SOCK_SEQPACKET.rawValue))
    /// Packets with the header that the other kinds hide. Needs CAP_NET_RAW for IP and links.
    public static let raw = SocketKind(rawValue: Int32(SOCK_RAW.rawValue))
    /// Messages that arrive, in any order. Of Linux's families only TIPC has it. (SOCK_RDM)
    public static let reliableDatagram = SocketKind(rawValue: Int32(SOCK_RDM.rawValue))
}

extension SocketFamily: CustomStringConvertible {
    /// As C writes it: `AF_INET`. A number without a name: `AF_200`.
    public var description: String { KernelFeature.family(rawValue)?.name ?? "AF_\(rawValue)" }
}

extension SocketKind: CustomStringConvertible {
    /// As C writes it: `SOCK_STREAM`. A number without a name: `SOCK_9`.
    public var description: String {
        switch self {
        case .stream: "SOCK_STREAM"
        case .datagram: "SOCK_DGRAM"
        case .sequencedPacket: "SOCK_SEQPACKET"
        case .raw: "SOCK_RAW"
        case .reliableDatagram: "SOCK_RDM"
        case SocketKind(rawValue: 6): "SOCK_DCCP"
        default: "SOCK_\(rawValue)"
        }
    }
}
