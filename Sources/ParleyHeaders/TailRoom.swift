public import ParleyWire

/// How much fits into the open end of a message under each limit of a datagram.
public struct TailRoom: Sendable, Hashable {
    /// The name of the tail.
    public var field: String
    /// The bytes of one of its items.
    public var itemSize: Int
    /// The bytes in front of it.
    public var offset: Int
    /// The plans that agree on this offset: their machines' names.
    public var machines: [String]

    public init(field: String, itemSize: Int, offset: Int, machines: [String] = []) {
        precondition(itemSize > 0 && offset >= 0, "an item has bytes, an offset is not negative")
        self.field = field
        self.itemSize = itemSize
        self.offset = offset
        self.machines = machines
    }

    /// The room in a layout's tail; nil without one.
    public init?(_ layout: MessageLayout) {
        guard let field = layout.tail, case .tail(let type) = field.type else { return nil }
        var size = 1
        if case .items(let item) = type.element { size = max(1, item.sizeMinimum) }
        self.init(field: field.name, itemSize: size, offset: field.offset)
    }

    /// The bytes that are left under a limit.
    public func bytes(under limit: SizeLimit) -> Int { max(0, limit.bytes - offset) }

    /// The whole items that fit under a limit.
    public func items(under limit: SizeLimit) -> Int { bytes(under: limit) / itemSize }

    /// The rule of thumb of many textbooks, `512 - 8 - the other fields`: it keeps the header of UDP inside
    /// of DNS's 512 bytes, which limit the message alone.
    public var classicalBytes: Int { max(0, SizeLimit.dns.bytes - Self.headerOfUDP - offset) }

    private static let headerOfUDP = 8

    /// The limits of datagrams, the smallest first, each with the arithmetic behind it.
    public static let limits: [(limit: SizeLimit, sum: String)] = [
        (.guaranteedWithOptions, "576-60-8"),
        (.dns, "RFC 1035"),
        (.guaranteed, "576-20-8"),
        (.ipv6Safe, "1280-40-8"),
        (.ethernetIPv6, "1500-40-8"),
        (.ethernet, "1500-20-8"),
        (.largestIPv4, "65535-20-8"),
        (.largestIPv6, "65535-8"),
        (.unixDatagram, "212992-32"),
    ]
}

extension SizeLimit {
    /// 1452: one Ethernet frame over IPv6 (1500 - 40 - 8).
    public static let ethernetIPv6 = SizeLimit(bytes: 1452, name: "one Ethernet frame over IPv6")
    /// 212960: a Unix datagram with Linux's default send buffer (212992 - 32); `SO_SNDBUF` raises it.
    public static let unixDatagram = SizeLimit(bytes: 212_960, name: "a Unix datagram, default buffer")
}
