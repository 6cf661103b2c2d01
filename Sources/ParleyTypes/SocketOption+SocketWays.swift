// The catalogue of options: SOL_SOCKET: sharing, ends and ways.

extension SocketOption {
    static let socketSharing: [SocketOption] = [
        SocketOption(
            "SO_REUSEADDR",
            2,
            .socket,
            key: "reuseaddr",
            property: "reusesAddress",
            .flag,
            kinds: .every,
            initial: [.of([.raw, .raw6], .value("1")), .value("0")],
            "Whether a port may be shared under rules that differ by kind.",
            effects: [
                """
                On a TCP listener: may be bound while old connections of the port are in TIME_WAIT, \
                if the old socket had it too.
                """,
                """
                On a unicast UDP port: any process of the host may take the datagrams, so it is an \
                invitation to hijack.
                """,
                "On a group’s or a broadcast address: every socket of the port gets a copy.",
                "Before bind.",
            ],
            idle: [
                Idle(
                    .local,
                    "A socket’s file stands in the way all the same: remove it, or use an abstract name."
                ),
                Idle([.packet, .netlink], "There is no port to share."),
            ]
        ),
        SocketOption(
            "SO_REUSEPORT",
            15,
            .socket,
            key: "reuseport",
            property: "reusesPort",
            .flag,
            kinds: .internet + [.mptcp],
            initial: [.value("0")],
            """
            Whether sockets of one user share a port, among which the kernel divides the peers by a \
            hash of their addresses.
            """,
            effects: [
                "All sockets of the port must set it, before bind.",
                """
                Closing one TCP listener loses the connections in its queue, unless \
                net.ipv4.tcp_migrate_req is 1.
                """,
            ],
            idle: [
                Idle([.raw, .raw6, .icmp, .icmp6], "There is no port to share, or none that is divided.")
            ]
        ),
        SocketOption(
            "SO_BROADCAST",
            6,
            .socket,
            key: "broadcast",
            property: "allowsBroadcast",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether sending to broadcast addresses is allowed; receiving needs nothing.",
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0."),
                Idle(.streams, "Can be set, reads back 1, does nothing."),
                Idle(
                    [.unixgram, .packet, .netlink],
                    "Nothing is broadcast over IPv4 here: it can be set, reads back 1, and does nothing."
                ),
                Idle(
                    [.udp6, .raw6, .icmp6],
                    "IPv6 has no broadcast; it counts for the IPv4 side of a socket that speaks both."
                ),
            ]
        ),
        SocketOption(
            "SO_KEEPALIVE",
            9,
            .socket,
            key: "keepalive",
            property: "keepsAlive",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            """
            Whether a silent peer is asked for signs of life: after TCP_KEEPIDLE, every \
            TCP_KEEPINTVL, TCP_KEEPCNT times.
            """,
            idle: [
                Idle(
                    .every.without(.tcp, .tcp6, .mptcp),
                    "Only TCP asks: it can be set, reads back 1, and does nothing."
                )
            ]
        ),
        SocketOption(
            "SO_LINGER",
            13,
            .socket,
            key: "linger",
            property: "lingerSeconds",
            .linger,
            kinds: .every,
            initial: [.value("off")],
            "How many seconds close goes on passing on what was sent; `off` goes on in the background.",
            effects: [
                "0 throws away what is left and sends a reset.",
                "A close that waits blocks, even on a non-blocking socket.",
            ],
            idle: [
                Idle(.every.without(.tcp, .tcp6, .mptcp, .vsock), "Close never waits here.")
            ]
        ),
        SocketOption(
            "SO_OOBINLINE",
            10,
            .socket,
            key: "oobinline",
            property: "keepsUrgentInline",
            .flag,
            kinds: .every.without(.mptcp),
            initial: [.value("0")],
            "Whether TCP’s urgent byte stays in the stream, as RFC 6093 asks for.",
            idle: [
                Idle(.every.without(.tcp, .tcp6, .mptcp, .unix), "There is no urgent byte here.")
            ]
        ),
        SocketOption(
            "SO_DONTROUTE",
            5,
            .socket,
            key: "dontroute",
            property: "bypassesRouting",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether only hosts of our own links are reached, past the routing table.",
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0."),
                Idle(.local + [.packet, .netlink, .vsock], "Nothing is routed here."),
            ]
        ),
        SocketOption(
            "SO_BINDTODEVICE",
            25,
            .socket,
            key: "bindtodevice",
            property: "boundInterface",
            .interface(.name),
            kinds: .every,
            initial: [.value("")],
            "The interface that the socket keeps to: it sends and receives nowhere else; empty for all.",
            effects: [
                """
                What this host sends to one of its own addresses counts as arriving by that \
                address’s interface, although it travels over lo.
                """,
                "Reads as well by SO_BINDTOIFINDEX.",
            ],
            idle: [
                Idle([.packet], "Bind to the interface instead."),
                Idle(.local + [.netlink], "There is no interface here."),
            ],
            right: Right("CAP_NET_RAW", when: "the socket keeps to an interface already")
        ),
        SocketOption(
            "SO_BINDTOIFINDEX",
            62,
            .socket,
            key: "bindtoifindex",
            property: "boundInterfaceIndex",
            .interface(.index),
            kinds: .every,
            initial: [.value("0")],
            "SO_BINDTODEVICE by the interface’s index; 0 for all.",
            idle: [
                Idle([.packet], "Bind to the interface instead."),
                Idle(.local + [.netlink], "There is no interface here."),
            ],
            right: Right("CAP_NET_RAW", when: "the socket keeps to an interface already"),
            since: "5.1"
        ),
        SocketOption(
            "SO_MARK",
            36,
            .socket,
            key: "mark",
            property: "mark",
            .number(0...4294967295, .none),
            kinds: .every,
            initial: [.value("0")],
            "The mark on packets that leave, for routing rules and firewalls.",
            idle: [
                Idle(.local + [.netlink], "No packet leaves.")
            ],
            right: Right("CAP_NET_ADMIN or CAP_NET_RAW")
        ),
        SocketOption(
            "SO_RCVMARK",
            75,
            .socket,
            key: "rcvmark",
            property: "reportsMark",
            .flag,
            kinds: .every.without(.mptcp),
            initial: [.value("0")],
            "Whether each datagram brings the mark that a firewall gave it.",
            effects: ["Linux 5.19 asked for CAP_NET_ADMIN or CAP_NET_RAW, 6.18 does not."],
            idle: [
                Idle(.local + [.netlink], "What stays within the host’s sockets has no mark.")
            ],
            since: "5.19"
        ),
        SocketOption(
            "SO_PRIORITY",
            12,
            .socket,
            key: "priority",
            property: "priority",
            .number(0...15, .none),
            kinds: .every,
            initial: [.value("0")],
            "The priority of what leaves in the queues of this host.",
            effects: [
                "IP_TOS overwrites it with the priority that its class stands for.",
                "Accepted connections begin with 0; a listener’s URL sets it for each.",
            ],
            idle: [
                Idle(.local + [.netlink], "Nothing passes an interface’s queue.")
            ],
            right: Right("CAP_NET_ADMIN", when: "above 6")
        ),
        SocketOption(
            "SO_RCVPRIORITY",
            82,
            .socket,
            key: "rcvpriority",
            property: "reportsPriority",
            .flag,
            kinds: .every.without(.mptcp),
            initial: [.value("0")],
            "Whether each datagram brings the priority that its packet had.",
            idle: [
                Idle(.local + [.netlink], "What stays within the host’s sockets has none.")
            ],
            since: "6.14"
        ),
        SocketOption(
            "SO_MAX_PACING_RATE",
            47,
            .socket,
            key: "maxpacingrate",
            property: "pacingBytesPerSecondMax",
            .wide(.bytesPerSecond),
            kinds: .every.without(.mptcp),
            initial: [.value("18446744073709551615")],
            "The most bytes a second that leave, evenly spread; the largest number is no bound.",
            effects: ["TCP paces by itself then; UDP needs the queueing discipline fq."],
            idle: [
                Idle(.local + [.netlink], "Nothing passes an interface’s queue.")
            ]
        ),
        SocketOption(
            "SO_TXTIME",
            61,
            .socket,
            key: "txtime",
            property: "departure",
            .numbers(2),
            kinds: .every.without(.mptcp),
            initial: [.value("0/0")],
            """
            By which clock each datagram may be given the time to leave (SCM_TXTIME), and flags: \
            clock/flags; 1 is CLOCK_MONOTONIC, 11 CLOCK_TAI.
            """,
            effects: ["Needs the queueing discipline etf or fq."],
            idle: [
                Idle(.local + [.netlink, .tcp, .tcp6], "No datagram leaves that could wait for its time.")
            ],
            right: Right("CAP_NET_ADMIN", when: "the clock is not CLOCK_MONOTONIC"),
            since: "4.19"
        ),
    ]
}
