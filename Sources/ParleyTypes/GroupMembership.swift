/// Which group a socket is a member of, by which interface, and whom it hears there.
public struct GroupMembership: Sendable, Hashable {
    /// 224.0.0.0 to 239.255.255.255, or an IPv6 address that begins with ff.
    public var group: IPAddress
    /// The interface's name or index, or one of its addresses; nil lets the routing table choose.
    public var interface: String?
    /// The senders that are heard; none: everyone. (RFC 4607 calls it source-specific.)
    public var sources: [IPAddress]

    public init(_ group: IPAddress, on interface: String? = nil, from sources: [IPAddress] = []) {
        self.group = group
        self.interface = interface
        self.sources = sources
    }
}

extension GroupMembership: CustomStringConvertible {
    /// `239.1.2.3 on eth0 from 10.0.0.5, 10.0.0.6`
    public var description: String {
        var text = "\(group)"
        if let interface { text += " on \(interface)" }
        if !sources.isEmpty { text += " from " + sources.map(\.description).joined(separator: ", ") }
        return text
    }
}
