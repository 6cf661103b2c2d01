// The catalogue of options: IPPROTO_IPV6.

extension SocketOption {
    static let ipv6Options: [SocketOption] = [
        SocketOption(
            "IPV6_V6ONLY",
            26,
            .ipv6,
            key: "v6only",
            property: "isIPv6Only",
            .flag,
            kinds: [.tcp6, .udp6, .raw6, .icmp6],
            initial: [.of([.raw6], .value("0")), .sysctl("net.ipv6.bindv6only")],
            "Whether an IPv6 socket leaves IPv4 to others.",
            effects: ["Before bind. A raw socket refuses it with EINVAL."]
        ),
        SocketOption(
            "IPV6_UNICAST_HOPS",
            16,
            .ipv6,
            key: "unicasthops",
            property: "timeToLive",
            .number(-1...255, .hops),
            kinds: .ipv6,
            initial: [.sysctl("net.ipv6.conf.all.hop_limit")],
            "How many routers a unicast packet may pass, 0 to 255; -1 is the system’s default."
        ),
        SocketOption(
            "IPV6_TCLASS",
            67,
            .ipv6,
            key: "tclass",
            property: "typeOfService",
            .number(-1...255, .none),
            kinds: .ipv6,
            initial: [.value("0")],
            """
            The traffic class: the Differentiated Services field and the 2 bits of congestion \
            notification; -1 is 0.
            """
        ),
        SocketOption(
            "IPV6_MINHOPCOUNT",
            73,
            .ipv6,
            key: "minhopcount",
            property: "timeToLiveMin",
            .number(0...255, .hops),
            kinds: .ipv6,
            initial: [.value("0")],
            """
            The fewest hops that a packet must still have when it arrives; 255 admits only \
            neighbours (RFC 5082).
            """,
            idle: [
                Idle([.udp6, .raw6, .icmp6], "Only TCP looks.")
            ]
        ),
        SocketOption(
            "IPV6_FREEBIND",
            78,
            .ipv6,
            key: "freebind6",
            property: "bindsFreely",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether the socket may be bound to an address that no interface has, or not yet.",
            effects: ["Sets IP_FREEBIND too: it is one flag."]
        ),
        SocketOption(
            "IPV6_TRANSPARENT",
            75,
            .ipv6,
            key: "transparent6",
            property: "isTransparent",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether the socket speaks for addresses that are not ours, for proxies.",
            effects: ["Sets IP_TRANSPARENT too: it is one flag."],
            right: Right("CAP_NET_ADMIN or CAP_NET_RAW", when: "set to 1")
        ),
        SocketOption(
            "IPV6_MTU_DISCOVER",
            23,
            .ipv6,
            key: "mtudiscover6",
            property: "pathDiscovery",
            .choice([
                Choice(0, "dont"), Choice(1, "want"), Choice(2, "do"), Choice(3, "probe"),
                Choice(4, "interface"), Choice(5, "omit"),
            ]),
            kinds: .ipv6,
            initial: [.value("want")],
            "What becomes of a datagram that is larger than the path allows: see IP_MTU_DISCOVER."
        ),
        SocketOption(
            "IPV6_DONTFRAG",
            62,
            .ipv6,
            key: "dontfrag",
            property: "refusesFragments",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether a datagram larger than the path allows is refused with EMSGSIZE instead of being cut.",
            idle: [
                Idle([.tcp6], "A stream is cut into segments that fit.")
            ]
        ),
        SocketOption(
            "IPV6_MTU",
            24,
            .ipv6,
            key: "mtu6",
            property: "pathPacketBytesMax",
            .number(1280...2147483647, .bytes),
            .readOnly,
            kinds: .ipv6,
            initial: [.varies("the path")],
            """
            The largest packet on the way to the peer; set: the largest that is sent in one piece. \
            ENOTCONN before connect.
            """
        ),
        SocketOption(
            "IPV6_RECVERR",
            25,
            .ipv6,
            key: "recverr6",
            property: "reportsErrors",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            """
            Whether ICMP errors are kept in a queue (MSG_ERRQUEUE) and reported to sends that have \
            no connection.
            """
        ),
        SocketOption(
            "IPV6_RECVERR_RFC4884",
            31,
            .ipv6,
            key: "recverrrfc48846",
            property: "reportsErrorExtensions",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether IPV6_RECVERR also brings what routers add to their errors (RFC 4884).",
            since: "5.9"
        ),
        SocketOption(
            "IPV6_FLOWINFO_SEND",
            33,
            .ipv6,
            key: "flowinfosend",
            property: "sendsFlow",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether sends and connects take the flow label of the address that is given."
        ),
        SocketOption(
            "IPV6_AUTOFLOWLABEL",
            70,
            .ipv6,
            key: "autoflowlabel",
            property: "labelsFlows",
            .flag,
            kinds: .ipv6,
            initial: [.sysctlBased("1", "net.ipv6.auto_flowlabels")],
            """
            Whether the kernel labels each flow by a hash of its addresses, for routers that divide \
            traffic.
            """
        ),
        SocketOption(
            "IPV6_ADDR_PREFERENCES",
            72,
            .ipv6,
            key: "addrpreferences",
            property: "sourcePreferences",
            .number(0...65535, .none),
            kinds: .ipv6,
            initial: [.value("1280")],
            """
            Which of several source addresses is preferred: 1 a temporary one, 2 a public one, 256 \
            the system’s choice of both (RFC 5014).
            """,
            effects: ["Reads with the bits of what was left to the system."]
        ),
        SocketOption(
            "IPV6_MULTICAST_HOPS",
            18,
            .ipv6,
            key: "multicasthops",
            property: "groupTimeToLive",
            .number(-1...255, .hops),
            kinds: .ipv6.without(.tcp6),
            initial: [.value("1")],
            """
            How many routers a packet to a group may pass; 0 stays on this host, 1 on the link; -1 \
            is the default.
            """
        ),
        SocketOption(
            "IPV6_MULTICAST_LOOP",
            19,
            .ipv6,
            key: "multicastloop6",
            property: "hearsOwnHost",
            .flag,
            kinds: .ipv6,
            initial: [.value("1")],
            "Whether members on this host hear what this socket sends to a group.",
            idle: [
                Idle([.tcp6], "A stream has no groups.")
            ]
        ),
        SocketOption(
            "IPV6_MULTICAST_ALL",
            29,
            .ipv6,
            key: "multicastall6",
            property: "hearsOthersGroups",
            .flag,
            kinds: .ipv6,
            initial: [.value("1")],
            """
            Whether the socket hears groups that other sockets of this host joined, if it is bound \
            to their port.
            """,
            idle: [
                Idle([.tcp6], "A stream has no groups.")
            ]
        ),
        SocketOption(
            "IPV6_MULTICAST_IF",
            17,
            .ipv6,
            key: "multicastif6",
            property: "setGroupInterface(_:)",
            .interface(.index),
            kinds: .ipv6.without(.tcp6),
            initial: [.value("0")],
            "The interface by which packets to groups leave; joins nothing."
        ),
        SocketOption(
            "IPV6_UNICAST_IF",
            76,
            .ipv6,
            key: "unicastif6",
            property: "unicastInterfaceIndex",
            .interface(.networkOrder),
            kinds: .ipv6,
            initial: [.value("0")],
            "The interface by which other packets leave, weaker than SO_BINDTODEVICE."
        ),
        SocketOption(
            "IPV6_ROUTER_ALERT_ISOLATE",
            30,
            .ipv6,
            key: "routeralertisolate",
            property: "isolatesRouterAlerts",
            .flag,
            kinds: .ipv6,
            initial: [.value("0")],
            "Whether IPV6_ROUTER_ALERT concerns only packets of this network namespace.",
            idle: [
                Idle([.tcp6, .udp6], "Only raw sockets take router alerts.")
            ],
            since: "5.1"
        ),
        SocketOption(
            "IPV6_CHECKSUM",
            7,
            .ipv6,
            key: "checksum6",
            property: "checksumOffset",
            .number(-1...65535, .bytes),
            kinds: [.raw6],
            initial: [.value("2")],
            """
            Where a raw socket’s packets have the checksum that the kernel fills in and checks; -1 \
            nowhere. ICMPv6 has it at 2 and cannot be changed.
            """,
            effects: ["An odd number is EINVAL; so is every number on ICMPv6."]
        ),
        SocketOption(
            "IPV6_HDRINCL",
            36,
            .ipv6,
            key: "hdrincl6",
            property: "writesIPv6Headers",
            .flag,
            kinds: [.raw6],
            initial: [.value("0")],
            "Whether what a raw socket sends begins with an IPv6 header that the program wrote."
        ),
        SocketOption(
            "IPV6_ADD_MEMBERSHIP",
            20,
            .ipv6,
            key: "addmembership6",
            property: "join(_:on:)",
            .structure("struct ipv6_mreq"),
            .writeOnly,
            kinds: .ipv6,
            "Joins a group."
        ),
        SocketOption(
            "IPV6_DROP_MEMBERSHIP",
            21,
            .ipv6,
            key: "dropmembership6",
            property: "leave(_:on:)",
            .structure("struct ipv6_mreq"),
            .writeOnly,
            kinds: .ipv6,
            "Leaves a group; closing leaves all."
        ),
    ]
}
