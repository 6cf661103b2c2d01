/// How bytes travel: the scheme of an endpoint's URL. Open, so that later transports break nobody.
public struct Transport: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The URL's scheme, in lower case.
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Datagrams over IP (RFC 768).
    public static let udp = Transport(rawValue: "udp")
    /// A stream over IP (RFC 9293).
    public static let tcp = Transport(rawValue: "tcp")
    /// A stream between processes of one host (unix(7)).
    public static let unix = Transport(rawValue: "unix")
    /// Datagrams between processes of one host: reliable and in order (unix(7)).
    public static let unixgram = Transport(rawValue: "unixgram")

    /// Messages with their borders on a connection between processes of one host (unix(7)).
    public static let seqpacket = Transport(rawValue: "seqpacket")

    /// A socket that a service manager passed, by its name: how it carries bytes shows when it is opened.
    public static let activated = Transport(rawValue: "activated")
    /// A socket that this process was started with, by its number.
    public static let descriptor = Transport(rawValue: "fd")

    /// The transports that a URL may name today.
    public static let known: [Transport] = [
        .udp, .tcp, .unix, .unixgram, .seqpacket, .activated, .descriptor,
    ]

    /// Whether the socket exists already, and with it the transport that it really has.
    public var isInherited: Bool { self == .activated || self == .descriptor }

    /// Whether the address is a path or a name of this host instead of an IP address and a port.
    public var isLocal: Bool { self == .unix || self == .unixgram || self == .seqpacket }
    /// Whether bytes keep no borders: what is sent in one piece may arrive in several.
    public var isStream: Bool { self == .tcp || self == .unix }
    /// Whether one end listens and the other connects before anything is sent, and each learns when the other
    /// has ended.
    public var isConnectionOriented: Bool { isStream || self == .seqpacket }

    public var description: String { rawValue }
}
