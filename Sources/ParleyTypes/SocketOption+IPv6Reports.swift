// The catalogue of options: IPPROTO_IPV6: what comes with datagrams, and extension headers.

extension SocketOption {
    static let ipv6Reports: [SocketOption] = [
        SocketOption(
            "IPV6_RECVPKTINFO",
            49,
            .ipv6,
            key: "recvpktinfo",
            property: "reportsArrival",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram tells which address was asked and by which interface it came.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVHOPLIMIT",
            51,
            .ipv6,
            key: "recvhoplimit",
            property: "reportsTimeToLive",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram tells how many hops it had left.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVTCLASS",
            66,
            .ipv6,
            key: "recvtclass",
            property: "reportsTrafficClass",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram tells its traffic class.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_FLOWINFO",
            11,
            .ipv6,
            key: "flowinfo",
            property: "reportsFlow",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram tells its flow label and traffic class.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVHOPOPTS",
            53,
            .ipv6,
            key: "recvhopopts",
            property: "reportsHopOptions",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram brings its hop-by-hop options.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVDSTOPTS",
            58,
            .ipv6,
            key: "recvdstopts",
            property: "reportsDestinationOptions",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram brings its destination options.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVRTHDR",
            56,
            .ipv6,
            key: "recvrthdr",
            property: "reportsRoutingHeader",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether each datagram brings its routing header.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVPATHMTU",
            60,
            .ipv6,
            key: "recvpathmtu",
            property: "reportsPathLimit",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether the path’s limit is reported when it gets smaller than what was sent.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVORIGDSTADDR",
            74,
            .ipv6,
            key: "recvorigdstaddr6",
            property: "reportsOriginalDestination",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            """
            Whether each datagram tells the address and port it was sent to before a firewall \
            redirected it.
            """,
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_RECVFRAGSIZE",
            77,
            .ipv6,
            key: "recvfragsize6",
            property: "reportsFragmentBytes",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether a datagram that came in fragments tells how long the largest one was.",
            idle: [
                Idle([.tcp6], "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IPV6_HOPOPTS",
            54,
            .ipv6,
            key: "hopopts",
            property: "hopOptions",
            .bytes(0...2048),
            kinds: .ipv6,
            initial: [.value("")],
            "The hop-by-hop options of what leaves, in hexadecimal digits.",
            right: Right("CAP_NET_RAW")
        ),
        SocketOption(
            "IPV6_RTHDRDSTOPTS",
            55,
            .ipv6,
            key: "rthdrdstopts",
            property: "wayDestinationOptions",
            .bytes(0...2048),
            kinds: .ipv6,
            initial: [.value("")],
            "The destination options before a routing header, in hexadecimal digits.",
            right: Right("CAP_NET_RAW")
        ),
        SocketOption(
            "IPV6_RTHDR",
            57,
            .ipv6,
            key: "rthdr",
            property: "routingHeader",
            .bytes(0...2048),
            kinds: .ipv6,
            initial: [.value("")],
            "The routing header of what leaves, in hexadecimal digits."
        ),
        SocketOption(
            "IPV6_DSTOPTS",
            59,
            .ipv6,
            key: "dstopts",
            property: "destinationOptions",
            .bytes(0...2048),
            kinds: .ipv6,
            initial: [.value("")],
            "The destination options of what leaves, in hexadecimal digits.",
            right: Right("CAP_NET_RAW")
        ),
    ]
}
