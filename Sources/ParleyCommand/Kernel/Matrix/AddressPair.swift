import ParleyTypes

/// Where the old socket is and where the new one wants to be.
struct AddressPair: Sendable, Hashable {
    /// As case names spell it.
    var name: String
    var old: SocketAddress
    var new: SocketAddress
    var isOldIPv6Only = false
    var isNewIPv6Only = false
    /// Where a client of a listener at every address connects to.
    var reached: SocketAddress

    private init(
        _ name: String,
        _ old: SocketAddress,
        _ new: SocketAddress,
        only: (old: Bool, new: Bool) = (false, false),
        reached: SocketAddress? = nil
    ) {
        self.name = name
        self.old = old
        self.new = new
        isOldIPv6Only = only.old
        isNewIPv6Only = only.new
        self.reached = reached ?? (old.isWildcard ? (old == Self.dual ? Self.home6 : Self.home) : old)
    }

    var usesIPv6: Bool {
        [old, new].contains { if case .ipv6 = $0 { true } else { false } }
    }

    /// `127.0.0.1 -> 0.0.0.0`
    var inWords: String {
        let way = name == Self.byIPv6 ? ", reached by IPv6" : ""
        return "\(Self.text(old, isOldIPv6Only))\(way) -> \(Self.text(new, isNewIPv6Only))"
    }

    static func text(_ address: SocketAddress, _ isIPv6Only: Bool) -> String {
        let host = address.ip.map { "\($0)" } ?? ""
        guard address == dual else { return host }
        return isIPv6Only ? ":: (IPv6 only)" : ":: (dual)"
    }

    /// A listener at `::` whose client came by IPv6. What it accepted is at ::1, and in the way of 0.0.0.0.
    static let byIPv6 = "dual-by-ipv6-then-wildcard"

    static let home = SocketAddress.ipv4(.loopback, port: 0)
    static let neighbor = SocketAddress.ipv4(IPv4Address(127, 0, 0, 2), port: 0)
    static let all = SocketAddress.ipv4(.any, port: 0)
    static let home6 = SocketAddress.ipv6(.loopback, port: 0, zone: 0)
    static let dual = SocketAddress.ipv6(.any, port: 0, zone: 0)
    static let mapped = SocketAddress.ipv6(IPv6Address(mapping: .loopback), port: 0, zone: 0)

    static let every = [
        AddressPair("same", home, home),
        AddressPair("other-address", home, neighbor),
        AddressPair("old-wildcard", all, home),
        AddressPair("new-wildcard", home, all),
        AddressPair("both-wildcards", all, all),
        AddressPair("mapped", home, mapped),
        AddressPair("ipv6", home6, home6),
        AddressPair("ipv6-old-wildcard", dual, home6),
        AddressPair("ipv6-new-wildcard", home6, dual),
        AddressPair("dual-then-ipv4", dual, home, reached: home),
        AddressPair("ipv4-then-dual", home, dual),
        AddressPair("dual-then-wildcard", dual, all, reached: home),
        AddressPair(byIPv6, dual, all),
        AddressPair("wildcard-then-dual", all, dual),
        AddressPair("v6only-then-wildcard", dual, all, only: (true, false)),
        AddressPair("wildcard-then-v6only", all, dual, only: (false, true)),
        AddressPair("v6only-then-dual", dual, dual, only: (true, false)),
        AddressPair("ipv6-then-wildcard", home6, all),
        AddressPair("wildcard-then-ipv6", all, home6),
    ]
}
