// The catalogue of options: IPPROTO_IP.

extension SocketOption {
    static let ipOptions: [SocketOption] = [
        SocketOption(
            "IP_TTL",
            2,
            .ip,
            key: "ttl",
            property: "timeToLive",
            .number(-1...255, .hops),
            kinds: .ipv4,
            initial: [.sysctl("net.ipv4.ip_default_ttl")],
            "How many routers a unicast packet may pass, 1 to 255; -1 is the system’s default.",
            effects: ["0 is refused with EINVAL."],
            twin: "IPV6_UNICAST_HOPS"
        ),
        SocketOption(
            "IP_TOS",
            1,
            .ip,
            key: "tos",
            property: "typeOfService",
            .number(0...255, .none),
            kinds: .ipv4 + [.mptcp],
            initial: [.value("0")],
            """
            The Differentiated Services field, 6 bits, and the 2 bits of congestion notification, \
            which TCP keeps for itself.
            """,
            effects: ["Also sets SO_PRIORITY to what the class stands for."],
            twin: "IPV6_TCLASS"
        ),
        SocketOption(
            "IP_MINTTL",
            21,
            .ip,
            key: "minttl",
            property: "timeToLiveMin",
            .number(0...255, .hops),
            kinds: .ipv4,
            initial: [.value("0")],
            """
            The fewest hops that a packet must still have when it arrives; 255 admits only \
            neighbours (RFC 5082).
            """,
            effects: [
                "What has fewer is dropped without a word, and counted for TCP as TCPMinTTLDrop."
            ],
            idle: [
                Idle(.ipv4.without(.tcp, .tcp6), "Only TCP looks.")
            ],
            twin: "IPV6_MINHOPCOUNT"
        ),
        SocketOption(
            "IP_FREEBIND",
            15,
            .ip,
            key: "freebind",
            property: "bindsFreely",
            .flag,
            kinds: .ipv4 + [.mptcp],
            initial: [.value("0")],
            "Whether the socket may be bound to an address that no interface has, or not yet.",
            effects: ["Before bind. net.ipv4.ip_nonlocal_bind allows it to all."],
            twin: "IPV6_FREEBIND"
        ),
        SocketOption(
            "IP_TRANSPARENT",
            19,
            .ip,
            key: "transparent",
            property: "isTransparent",
            .flag,
            kinds: .ipv4 + [.mptcp],
            initial: [.value("0")],
            "Whether the socket speaks for addresses that are not ours, for proxies.",
            effects: ["Before bind."],
            right: Right("CAP_NET_ADMIN or CAP_NET_RAW", when: "set to 1"),
            twin: "IPV6_TRANSPARENT"
        ),
        SocketOption(
            "IP_BIND_ADDRESS_NO_PORT",
            24,
            .ip,
            key: "bindaddressnoport",
            property: "choosesPortAtConnect",
            .flag,
            kinds: .ipv4 + [.mptcp],
            initial: [.value("0")],
            """
            Whether the local port is chosen at connect instead of at bind to port 0: one port then \
            serves connections to many peers.
            """,
            effects: ["Before bind."]
        ),
        SocketOption(
            "IP_LOCAL_PORT_RANGE",
            51,
            .ip,
            key: "localportrange",
            property: "localPorts",
            .ports,
            kinds: .ipv4 + [.mptcp],
            initial: [.value("0-0")],
            bounds: ["net.ipv4.ip_local_port_range"],
            """
            The ports among which the system chooses for this socket, as in 40000-40999; 0-0 for \
            net.ipv4.ip_local_port_range.
            """,
            effects: [
                "Before bind and connect. 0 on one side leaves that bound to the system."
            ],
            since: "6.3"
        ),
        SocketOption(
            "IP_MTU_DISCOVER",
            10,
            .ip,
            key: "mtudiscover",
            property: "pathDiscovery",
            .choice([
                Choice(0, "dont"), Choice(1, "want"), Choice(2, "do"), Choice(3, "probe"),
                Choice(4, "interface"), Choice(5, "omit"),
            ]),
            kinds: .ipv4,
            initial: [.sysctlBased("want", "net.ipv4.ip_no_pmtu_disc")],
            bounds: ["net.ipv4.ip_no_pmtu_disc"],
            """
            What becomes of a datagram that is larger than the path allows: `dont` and `want` cut it \
            into fragments, `do` refuses it with EMSGSIZE, `probe` looks at the interface alone.
            """,
            twin: "IPV6_MTU_DISCOVER"
        ),
        SocketOption(
            "IP_MTU",
            14,
            .ip,
            key: "mtu",
            property: "pathPacketBytesMax",
            .number(0...2147483647, .bytes),
            .readOnly,
            kinds: .ipv4,
            initial: [.varies("the path")],
            "The largest packet on the way to the peer, in bytes with all headers; ENOTCONN before connect."
        ),
        SocketOption(
            "IP_RECVERR",
            11,
            .ip,
            key: "recverr",
            property: "reportsErrors",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            """
            Whether ICMP errors are kept in a queue (MSG_ERRQUEUE) and reported to sends that have \
            no connection.
            """,
            twin: "IPV6_RECVERR"
        ),
        SocketOption(
            "IP_RECVERR_RFC4884",
            26,
            .ip,
            key: "recverrrfc4884",
            property: "reportsErrorExtensions",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether IP_RECVERR also brings what routers add to their errors (RFC 4884).",
            since: "5.9",
            twin: "IPV6_RECVERR_RFC4884"
        ),
        SocketOption(
            "IP_PKTINFO",
            8,
            .ip,
            key: "pktinfo",
            property: "reportsArrival",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram tells which address was asked and by which interface it came.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ],
            twin: "IPV6_RECVPKTINFO"
        ),
        SocketOption(
            "IP_RECVTTL",
            12,
            .ip,
            key: "recvttl",
            property: "reportsTimeToLive",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram tells how many hops it had left.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ],
            twin: "IPV6_RECVHOPLIMIT"
        ),
        SocketOption(
            "IP_RECVTOS",
            13,
            .ip,
            key: "recvtos",
            property: "reportsTrafficClass",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram tells its Differentiated Services field.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ],
            twin: "IPV6_RECVTCLASS"
        ),
        SocketOption(
            "IP_RECVOPTS",
            6,
            .ip,
            key: "recvopts",
            property: "reportsOptions",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram brings the options of its IP header.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IP_RETOPTS",
            7,
            .ip,
            key: "retopts",
            property: "reportsReturnOptions",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram brings the options that an answer needs to take the same way.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IP_RECVORIGDSTADDR",
            20,
            .ip,
            key: "recvorigdstaddr",
            property: "reportsOriginalDestination",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            """
            Whether each datagram tells the address and port it was sent to before a firewall \
            redirected it.
            """,
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ],
            twin: "IPV6_RECVORIGDSTADDR"
        ),
        SocketOption(
            "IP_RECVFRAGSIZE",
            25,
            .ip,
            key: "recvfragsize",
            property: "reportsFragmentBytes",
            .flag,
            kinds: .ipv4.without(.tcp, .tcp6),
            initial: [.value("0")],
            "Whether a datagram that came in fragments tells how long the largest one was.",
            twin: "IPV6_RECVFRAGSIZE"
        ),
        SocketOption(
            "IP_CHECKSUM",
            23,
            .ip,
            key: "checksum",
            property: "reportsChecksum",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram brings the sum over its bytes.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IP_PASSSEC",
            18,
            .ip,
            key: "passsec",
            property: "reportsPacketLabel",
            .flag,
            kinds: .ipv4,
            initial: [.value("0")],
            "Whether each datagram brings the security label of its connection, with a security module.",
            idle: [
                Idle(.tcp, "A stream has no datagrams to tell it with.")
            ]
        ),
        SocketOption(
            "IP_OPTIONS",
            4,
            .ip,
            key: "options",
            property: "headerOptions",
            .bytes(0...40),
            kinds: .ipv4,
            initial: [.value("")],
            "The options in the IP headers of what leaves, in hexadecimal digits.",
            effects: ["Lessens the room for data. Many routers drop packets that have any."]
        ),
        SocketOption(
            "IP_ROUTER_ALERT",
            5,
            .ip,
            key: "routeralert",
            property: "takesRouterAlerts",
            .flag,
            kinds: [.raw],
            initial: [.value("0")],
            "Whether a raw socket takes forwarded packets with the router alert option out of their way."
        ),
        SocketOption(
            "IP_NODEFRAG",
            22,
            .ip,
            key: "nodefrag",
            property: "leavesFragments",
            .flag,
            kinds: [.raw],
            initial: [.value("0")],
            "Whether fragments that a raw socket sends are left as they are by connection tracking."
        ),
        SocketOption(
            "IP_HDRINCL",
            3,
            .ip,
            key: "hdrincl",
            property: "writesHeaders",
            .flag,
            kinds: [.raw],
            initial: [.value("0")],
            "Whether what a raw socket sends begins with an IP header that the program wrote.",
            effects: [
                "Always so for IPPROTO_RAW. The kernel fills in the checksum and the total length."
            ]
        ),
        SocketOption(
            "IP_MULTICAST_TTL",
            33,
            .ip,
            key: "multicastttl",
            property: "groupTimeToLive",
            .number(-1...255, .hops),
            kinds: .ipv4.without(.tcp, .tcp6),
            initial: [.value("1")],
            """
            How many routers a packet to a group may pass; 0 stays on this host, 1 on the link; -1 \
            is the default.
            """,
            twin: "IPV6_MULTICAST_HOPS"
        ),
        SocketOption(
            "IP_MULTICAST_LOOP",
            34,
            .ip,
            key: "multicastloop",
            property: "hearsOwnHost",
            .flag,
            kinds: .ipv4,
            initial: [.value("1")],
            "Whether members on this host hear what this socket sends to a group.",
            effects: [
                """
                A matter of the sender. Without effect on the loopback interface, where what leaves \
                comes back in.
                """
            ],
            idle: [
                Idle(.tcp, "A stream has no groups.")
            ],
            twin: "IPV6_MULTICAST_LOOP"
        ),
        SocketOption(
            "IP_MULTICAST_ALL",
            49,
            .ip,
            key: "multicastall",
            property: "hearsOthersGroups",
            .flag,
            kinds: .ipv4,
            initial: [.of([.tcp6, .udp6], .value("0")), .value("1")],
            """
            Whether the socket hears groups that other sockets of this host joined, if it is bound \
            to their port.
            """,
            effects: [
                "On in Linux until it is set to 0, which Parley’s datagram endpoints do."
            ],
            idle: [
                Idle(.tcp, "A stream has no groups.")
            ],
            twin: "IPV6_MULTICAST_ALL"
        ),
        SocketOption(
            "IP_MULTICAST_IF",
            32,
            .ip,
            key: "multicastif",
            property: "setGroupInterface(_:)",
            .interface(.group),
            kinds: .ipv4.without(.tcp, .tcp6),
            initial: [.value("0.0.0.0")],
            """
            The interface by which packets to groups leave; joins nothing. Reads as the address that \
            was given, 0.0.0.0 for none.
            """,
            twin: "IPV6_MULTICAST_IF"
        ),
        SocketOption(
            "IP_UNICAST_IF",
            50,
            .ip,
            key: "unicastif",
            property: "unicastInterfaceIndex",
            .interface(.networkOrder),
            kinds: .ipv4,
            initial: [.value("0")],
            """
            The interface by which other packets leave, weaker than SO_BINDTODEVICE: what comes is \
            not concerned.
            """,
            twin: "IPV6_UNICAST_IF"
        ),
        SocketOption(
            "IP_ADD_MEMBERSHIP",
            35,
            .ip,
            key: "addmembership",
            property: "join(_:on:)",
            .structure("struct ip_mreqn"),
            .writeOnly,
            kinds: .ipv4.without(.tcp, .tcp6),
            bounds: ["net.ipv4.igmp_max_memberships"],
            "Joins a group."
        ),
        SocketOption(
            "IP_DROP_MEMBERSHIP",
            36,
            .ip,
            key: "dropmembership",
            property: "leave(_:on:)",
            .structure("struct ip_mreqn"),
            .writeOnly,
            kinds: .ipv4.without(.tcp, .tcp6),
            "Leaves a group; closing leaves all."
        ),
        SocketOption(
            "MCAST_JOIN_SOURCE_GROUP",
            46,
            .ip,
            key: "joinsourcegroup",
            property: "join(_:)",
            .structure("struct group_source_req"),
            .writeOnly,
            kinds: .ipv4.without(.tcp, .tcp6),
            bounds: ["net.ipv4.igmp_max_msf"],
            "Joins a group to hear one sender."
        ),
        SocketOption(
            "MCAST_LEAVE_SOURCE_GROUP",
            47,
            .ip,
            key: "leavesourcegroup",
            property: "leave(_:)",
            .structure("struct group_source_req"),
            .writeOnly,
            kinds: .ipv4.without(.tcp, .tcp6),
            "Stops hearing one sender of a group."
        ),
    ]
}
