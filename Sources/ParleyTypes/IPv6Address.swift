/// An IPv6 address (RFC 4291), sixteen bytes, without the zone: that belongs to ``SocketAddress``.
public struct IPv6Address: Sendable, Hashable {
    /// The first eight bytes as a number.
    public var high: UInt64
    /// The last eight bytes as a number.
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The form in which a dual-stack socket shows an IPv4 peer: ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
    @inlinable
    public init(mapping address: IPv4Address) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(address.rawValue))
    }

    /// `::`: every local address.
    public static let any = IPv6Address(high: 0, low: 0)
    /// `::1`
    public static let loopback = IPv6Address(high: 0, low: 1)

    /// Whether the address is a group, ff00::/8.
    public var isMulticast: Bool { high >> 56 == 0xFF }
    /// Whether the address means something only together with an interface: fe80::/10, or a group of that
    /// scope (ff02::) or of the interface's own (ff01::).
    public var isLinkLocal: Bool {
        high >> 54 == 0xFE80 >> 6 || (isMulticast && (1...2).contains(high >> 48 & 0xF))
    }

    /// The IPv4 address inside ::ffff:a.b.c.d, otherwise nil.
    @inlinable public var mapped: IPv4Address? {
        high == 0 && low >> 32 == 0xFFFF ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) : nil
    }

    /// The eight 16-bit groups, first to last.
    public var groups: [UInt16] {
        [high, high, high, high, low, low, low, low].enumerated().map { index, half in
            UInt16(truncatingIfNeeded: half >> UInt64(48 - index % 4 * 16))
        }
    }
}

extension IPv6Address: LosslessStringConvertible {
    /// Reads the forms of RFC 4291, 2.2: eight groups, one `::`, and an IPv4 tail. No brackets, no zone.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45 else { return nil }
        var groups: [UInt16] = []
        var gap: Int?
        var rest = text[...]
        if rest.hasPrefix("::") {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let piece = rest.prefix { $0 != ":" }
            if piece.contains(".") {
                guard piece.endIndex == rest.endIndex, let tail = IPv4Address(piece) else { return nil }
                groups += [
                    UInt16(truncatingIfNeeded: tail.rawValue >> 16),
                    UInt16(truncatingIfNeeded: tail.rawValue),
                ]
                rest = rest[piece.endIndex...]
                break
            }
            guard (1...4).contains(piece.utf8.count), piece.utf8.allSatisfy(Self.isHexDigit),
                let group = UInt16(piece, radix: 16), groups.count < 8
            else { return nil }
            groups.append(group)
            rest = rest[piece.endIndex...]
            if rest.hasPrefix("::") {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix(":") {
                rest = rest.dropFirst()
                guard !rest.isEmpty else { return nil }
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let halves = [groups[0..<4], groups[4..<8]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        self.init(high: halves[0], low: halves[1])
    }

    public init?(_ description: String) {
        self.init(description[...])
    }

    /// The one canonical text of RFC 5952: lower case, the longest run of two or more zero groups as `::`.
    public var description: String {
        if let mapped { return "::ffff:\(mapped)" }
        let groups = groups
        var longest = 0..<0
        var index = 0
        while index < 8 {
            let end = groups[index...].firstIndex { $0 != 0 } ?? 8
            if end - index > max(1, longest.count) { longest = index..<end }
            index = max(end, index + 1)
        }
        let text = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return text.joined(separator: ":") }
        return text[..<longest.lowerBound].joined(separator: ":") + "::"
            + text[longest.upperBound...].joined(separator: ":")
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
