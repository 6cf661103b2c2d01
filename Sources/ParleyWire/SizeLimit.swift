/// The largest message that a path or a policy allows, with the name people know it by.
///
/// A datagram is delivered whole or not at all: above the path's limit it is cut into fragments, of which one
/// lost loses all, or refused with EMSGSIZE. Streams have no such limit; framings set their own.
public struct SizeLimit: Sendable, Hashable {
    /// The limit, in bytes of the message (the payload of UDP).
    public var bytes: Int
    /// The name of the limit, for messages.
    public var name: String

    public init(bytes: Int, name: String) {
        precondition(bytes >= 0, "a size limit is not negative")
        self.bytes = bytes
        self.name = name
    }

    /// 508: what every IPv4 host must take, were the IP header as large as it can be (576 - 60 - 8; RFC 791,
    /// RFC 768).
    public static let guaranteedWithOptions = SizeLimit(bytes: 508, name: "IPv4's guarantee with all options")
    /// 512: the classical limit of DNS over UDP (RFC 1035, 4.2.1). A habit, no limit of UDP.
    public static let dns = SizeLimit(bytes: 512, name: "the DNS payload limit")
    /// 548: what every IPv4 host must be able to reassemble (576 - 20 - 8; RFC 791).
    public static let guaranteed = SizeLimit(bytes: 548, name: "IPv4's guarantee")
    /// 1232: fits IPv6's smallest link, so nothing is ever cut (1280 - 40 - 8; RFC 8200, 5).
    public static let ipv6Safe = SizeLimit(bytes: 1232, name: "the IPv6-safe limit")
    /// 1472: one Ethernet frame over IPv4 (1500 - 20 - 8).
    public static let ethernet = SizeLimit(bytes: 1472, name: "one Ethernet frame")
    /// 65507: the largest UDP payload over IPv4 (65535 - 20 - 8), cut into fragments on the way.
    public static let largestIPv4 = SizeLimit(bytes: 65507, name: "UDP over IPv4")
    /// 65527: the largest UDP payload over IPv6 without jumbograms (65535 - 8).
    public static let largestIPv6 = SizeLimit(bytes: 65527, name: "UDP over IPv6")

    /// Every named limit, smallest first.
    public static let all: [SizeLimit] = [
        .guaranteedWithOptions, .dns, .guaranteed, .ipv6Safe, .ethernet, .largestIPv4, .largestIPv6,
    ]

    /// Refuses a message that is larger than the limit.
    ///
    /// - Throws: ``WireError/Reason/exceedsLimit(bytes:limit:)``, which says how large, which limit and what
    ///   to do.
    @inlinable
    public func check(_ byteCount: Int) throws(WireError) {
        guard byteCount <= bytes else { throw WireError(.exceedsLimit(bytes: byteCount, limit: self)) }
    }

    /// What to do about a message that is too large, as the end of a sentence.
    public var remedy: String {
        if bytes >= SizeLimit.largestIPv4.bytes {
            return "send it in parts or over a stream (tcp, unix)"
        }
        return "shorten the tail, send it in parts or over a stream, or raise the limit and accept fragments"
    }
}

extension SizeLimit: CustomStringConvertible {
    public var description: String { "\(name) (\(bytes))" }
}
