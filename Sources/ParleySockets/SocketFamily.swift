internal import CParleyLinux
internal import Glibc

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
}
