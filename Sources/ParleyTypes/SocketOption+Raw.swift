// The catalogue of options: raw sockets of ICMP.

extension SocketOption {
    static let rawOptions: [SocketOption] = [
        SocketOption(
            "ICMP_FILTER",
            1,
            .raw,
            key: "icmpfilter",
            property: "refusedMessages",
            .number(0...4294967295, .none),
            kinds: [.raw],
            initial: [.value("0")],
            "Which ICMP messages a raw socket of IPPROTO_ICMP does not hear: a bit for each type.",
            effects: ["EOPNOTSUPP on a raw socket of another protocol."]
        ),
        SocketOption(
            "ICMPV6_FILTER",
            1,
            .icmp6,
            key: "icmpv6filter",
            property: "refusedIPv6Messages",
            .bytes(32...32),
            kinds: [.raw6],
            initial: [.value("0000000000000000000000000000000000000000000000000000000000000000")],
            """
            Which ICMPv6 messages a raw socket of IPPROTO_ICMPV6 does not hear: a bit for each of \
            256 types, in hexadecimal digits.
            """,
            effects: ["EOPNOTSUPP on a raw socket of another protocol."]
        ),
    ]
}
