// The catalogue of options: SOL_SOCKET: filters, links and what a socket is.

extension SocketOption {
    static let socketFacts: [SocketOption] = [
        SocketOption(
            "SO_NO_CHECK",
            11,
            .socket,
            key: "nocheck",
            property: "omitsChecksum",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether datagrams over IPv4 leave without a checksum.",
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0."),
                Idle(
                    .every.without(.udp),
                    "Only UDP over IPv4 may omit its checksum; UDP over IPv6 has UDP_NO_CHECK6_TX."
                ),
            ]
        ),
        SocketOption(
            "SO_NOFCS",
            43,
            .socket,
            key: "nofcs",
            property: "writesFrameCheck",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether a packet socket’s frames end with a check sequence that the program wrote.",
            effects: ["EPROTONOSUPPORT when sending on an interface that cannot do it."],
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0."),
                Idle(.every.without(.packet), "Only frames of packet sockets have one."),
            ]
        ),
        SocketOption(
            "SO_WIFI_STATUS",
            41,
            .socket,
            key: "wifistatus",
            property: "reportsAcknowledgement",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether the error queue tells if a frame was acknowledged on a wireless link.",
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0."),
                Idle(.local + [.netlink], "There is no wireless link here."),
            ]
        ),
        SocketOption(
            "SO_SELECT_ERR_QUEUE",
            45,
            .socket,
            key: "selecterrqueue",
            property: "flagsErrorsAsUrgent",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether poll tells of a filled error queue with POLLPRI beside POLLERR.",
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0.")
            ]
        ),
        SocketOption(
            "SO_DEBUG",
            1,
            .socket,
            key: "debug",
            property: "recordsDebug",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether the kernel’s protocols record what they do, where they were built for it.",
            effects: ["Refused with EACCES, not EPERM."],
            right: Right("CAP_NET_ADMIN", when: "set to 1")
        ),
        SocketOption(
            "SO_LOCK_FILTER",
            44,
            .socket,
            key: "lockfilter",
            property: "isFilterLocked",
            .flag,
            kinds: .every.without(.mptcp),
            initial: [.value("0")],
            "Whether the filter is fixed for good: nobody takes it away or changes it.",
            effects: ["Cannot be set back: EPERM."]
        ),
        SocketOption(
            "SO_ATTACH_FILTER",
            26,
            .socket,
            key: "attachfilter",
            property: "attach(_:)",
            .structure("struct sock_fprog"),
            .writeOnly,
            kinds: .every.without(.mptcp),
            "A program that decides which packets enter the queue, and how much of each."
        ),
        SocketOption(
            "SO_DETACH_FILTER",
            27,
            .socket,
            key: "detachfilter",
            property: "detachFilter()",
            .structure("int"),
            .writeOnly,
            kinds: .every.without(.mptcp),
            "Takes the filter away; without one ENOENT."
        ),
        SocketOption(
            "SO_CNX_ADVICE",
            53,
            .socket,
            key: "cnxadvice",
            property: "adviseNeighbour(_:)",
            .flag,
            .writeOnly,
            kinds: .every.without(.mptcp),
            """
            Tells the kernel that the connection makes progress, or, with 1, that it looks for \
            another path.
            """,
            idle: [
                Idle(.every.without(.tcp, .tcp6, .udp, .udp6), "There is no route to give advice about.")
            ]
        ),
        SocketOption(
            "SO_TYPE",
            3,
            .socket,
            key: "type",
            property: "kind",
            .choice([
                Choice(1, "stream"), Choice(2, "dgram"), Choice(3, "raw"), Choice(4, "rdm"),
                Choice(5, "seqpacket"),
            ]),
            .readOnly,
            kinds: .every,
            initial: [.varies("the type")],
            "What kind of socket it is."
        ),
        SocketOption(
            "SO_PROTOCOL",
            38,
            .socket,
            key: "protocol",
            property: "protocolNumber",
            .number(0...2147483647, .none),
            .readOnly,
            kinds: .every,
            initial: [.varies("the protocol")],
            "The protocol’s number: 6 is TCP, 17 UDP."
        ),
        SocketOption(
            "SO_DOMAIN",
            39,
            .socket,
            key: "domain",
            property: "family",
            .number(0...2147483647, .none),
            .readOnly,
            kinds: .every,
            initial: [.varies("the family")],
            "The family’s number: 1 is AF_UNIX, 2 AF_INET, 10 AF_INET6."
        ),
        SocketOption(
            "SO_ACCEPTCONN",
            30,
            .socket,
            key: "acceptconn",
            property: "isListening",
            .flag,
            .readOnly,
            kinds: .every,
            initial: [.value("0")],
            "Whether it takes connections."
        ),
        SocketOption(
            "SO_ERROR",
            4,
            .socket,
            key: "error",
            property: "pendingError",
            .number(0...2147483647, .none),
            .readOnly,
            kinds: .every,
            initial: [.value("0")],
            "The error that waits to be reported, 0 for none.",
            effects: ["Reading takes it away."]
        ),
        SocketOption(
            "SO_COOKIE",
            57,
            .socket,
            key: "cookie",
            property: "cookie",
            .wide(.none),
            .readOnly,
            kinds: .every,
            initial: [.varies("each its own")],
            "A number that no other socket has had since the host started; `ss -e` shows it as well."
        ),
        SocketOption(
            "SO_NETNS_COOKIE",
            71,
            .socket,
            key: "netnscookie",
            property: "namespaceCookie",
            .wide(.none),
            .readOnly,
            kinds: .every,
            initial: [.varies("the namespace")],
            """
            The number of the network namespace, of which no other has had the same since the host \
            started.
            """,
            since: "5.14"
        ),
        SocketOption(
            "SO_INCOMING_NAPI_ID",
            56,
            .socket,
            key: "incomingnapiid",
            property: "incomingQueue",
            .number(0...4294967295, .none),
            .readOnly,
            kinds: .every.without(.mptcp),
            initial: [.value("0")],
            "The receive queue of the network card that the last packet came by, 0 for none."
        ),
        SocketOption(
            "SO_MEMINFO",
            55,
            .socket,
            key: "meminfo",
            property: "memory",
            .structure("nine numbers"),
            .readOnly,
            kinds: .every,
            initial: [.varies("live")],
            "How full the socket’s queues are, and what it has lost."
        ),
        SocketOption(
            "SO_BPF_EXTENSIONS",
            48,
            .socket,
            key: "bpfextensions",
            property: "filterExtensions",
            .number(0...2147483647, .none),
            .readOnly,
            kinds: .every,
            initial: [.varies("the kernel")],
            "How many words about a packet a filter may ask for beside its bytes."
        ),
        SocketOption(
            "SO_PEERCRED",
            17,
            .socket,
            key: "peercred",
            property: "peerCredentials",
            .structure("struct ucred"),
            .readOnly,
            kinds: .every,
            initial: [.varies("the peer")],
            "The process, user and group of who connected or listened.",
            idle: [
                Idle(.every.without(.unix, .unixgram, .seqpacket), "Always nobody.")
            ]
        ),
        SocketOption(
            "SO_PEERGROUPS",
            59,
            .socket,
            key: "peergroups",
            property: "peerGroups",
            .structure("a list of groups"),
            .readOnly,
            kinds: .local,
            initial: [.varies("the peer")],
            "The supplementary groups of who connected or listened."
        ),
        SocketOption(
            "SO_PEERSEC",
            31,
            .socket,
            key: "peersec",
            property: "peerSecurityLabel",
            .text(255),
            .readOnly,
            kinds: .local,
            initial: [.varies("the peer")],
            "The security label of who connected or listened; ENOPROTOOPT without a security module."
        ),
    ]
}
