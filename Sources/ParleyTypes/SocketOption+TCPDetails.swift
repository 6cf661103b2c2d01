// The catalogue of options: IPPROTO_TCP: fast open, repair and measures.

extension SocketOption {
    static let tcpDetails: [SocketOption] = [
        SocketOption(
            "TCP_FASTOPEN",
            23,
            .tcp,
            key: "fastopen",
            property: "fastOpenBacklog",
            .number(0...2147483647, .none),
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            bounds: ["net.ipv4.tcp_fastopen", "net.core.somaxconn"],
            """
            How many connections of a listener may wait with data in their first packet (RFC 7413); \
            0 allows none.
            """,
            effects: ["Needs bit 2 of net.ipv4.tcp_fastopen on a listener."]
        ),
        SocketOption(
            "TCP_FASTOPEN_CONNECT",
            30,
            .tcp,
            key: "fastopenconnect",
            property: "connectsWithData",
            .flag,
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            bounds: ["net.ipv4.tcp_fastopen"],
            """
            Whether connect waits for the first send, whose bytes then travel in the first packet: \
            they may be delivered twice.
            """,
            effects: ["Before connect."]
        ),
        SocketOption(
            "TCP_FASTOPEN_NO_COOKIE",
            34,
            .tcp,
            key: "fastopennocookie",
            property: "opensFastWithoutCookie",
            .flag,
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            "Whether data in a first packet is sent and taken without the cookie of RFC 7413."
        ),
        SocketOption(
            "TCP_FASTOPEN_KEY",
            33,
            .tcp,
            key: "fastopenkey",
            property: "fastOpenKey",
            .bytes(16...32),
            kinds: .tcp + [.mptcp],
            initial: [.value("")],
            bounds: ["net.ipv4.tcp_fastopen_key"],
            """
            The key that a listener makes its cookies with, 16 bytes, or 32 for a second one that is \
            still taken; in hexadecimal digits.
            """
        ),
        SocketOption(
            "TCP_NOTSENT_LOWAT",
            25,
            .tcp,
            key: "notsentlowat",
            property: "unsentBytesMax",
            .number(0...4294967295, .bytes),
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            bounds: ["net.ipv4.tcp_notsent_lowat"],
            """
            The socket is writable only while fewer bytes than this wait to leave; 0 is the system’s \
            default.
            """
        ),
        SocketOption(
            "TCP_SAVE_SYN",
            27,
            .tcp,
            key: "savesyn",
            property: "savesHandshake",
            .number(0...2, .none),
            kinds: .tcp,
            initial: [.value("0")],
            """
            Whether a listener keeps the first packet of each connection for TCP_SAVED_SYN: 1 with \
            the IP header, 2 with the link’s too.
            """
        ),
        SocketOption(
            "TCP_SAVED_SYN",
            28,
            .tcp,
            key: "savedsyn",
            property: "savedHandshake",
            .bytes(0...2048),
            .readOnly,
            kinds: .tcp,
            initial: [.value("")],
            "The first packet of this connection, in hexadecimal digits; empty unless the listener kept it.",
            effects: ["Reading takes it away."]
        ),
        SocketOption(
            "TCP_INQ",
            36,
            .tcp,
            key: "inq",
            property: "reportsUnreadBytes",
            .flag,
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            "Whether each receive brings the count of bytes that are left in the queue.",
            since: "4.18"
        ),
        SocketOption(
            "TCP_TX_DELAY",
            37,
            .tcp,
            key: "txdelay",
            property: "transmitDelayMicroseconds",
            .number(0...2147483647, .microseconds),
            kinds: .tcp,
            initial: [.value("0")],
            "By how much everything that leaves is delayed, to try out long ways.",
            effects: [
                "Needs the queueing discipline fq. Later acknowledgements count as a longer round trip."
            ],
            since: "5.3"
        ),
        SocketOption(
            "TCP_TIMESTAMP",
            24,
            .tcp,
            key: "tcptimestamp",
            property: "timestampClock",
            .number(0...4294967295, .none),
            .readOnly,
            kinds: .tcp,
            initial: [.varies("live")],
            "The clock of the time stamps in segments (RFC 7323), in milliseconds."
        ),
        SocketOption(
            "TCP_REPAIR",
            19,
            .tcp,
            key: "repair",
            property: "isUnderRepair",
            .number(-1...1, .none),
            kinds: .tcp,
            initial: [.value("0")],
            """
            Whether the connection is taken apart or put together without its peer’s knowledge, to \
            move it to another host; -1 ends it without a window probe.
            """,
            effects: ["Close then sends nothing."],
            right: Right("CAP_NET_ADMIN")
        ),
        SocketOption(
            "TCP_REPAIR_QUEUE",
            20,
            .tcp,
            key: "repairqueue",
            property: "repairedQueue",
            .choice([Choice(0, "none"), Choice(1, "receive"), Choice(2, "send")]),
            kinds: .tcp,
            initial: [.varies("only under TCP_REPAIR")],
            "Which queue TCP_QUEUE_SEQ speaks of; EPERM unless TCP_REPAIR.",
            right: Right("CAP_NET_ADMIN")
        ),
        SocketOption(
            "TCP_QUEUE_SEQ",
            21,
            .tcp,
            key: "queueseq",
            property: "queueSequence",
            .number(0...4294967295, .none),
            kinds: .tcp,
            initial: [.varies("only under TCP_REPAIR")],
            "The sequence number of the queue under repair; EPERM or EINVAL unless TCP_REPAIR.",
            right: Right("CAP_NET_ADMIN")
        ),
        SocketOption(
            "TCP_ULP",
            31,
            .tcp,
            key: "ulp",
            property: "upperProtocol",
            .text(15),
            kinds: .tcp + [.mptcp],
            initial: [.of([.mptcp], .value("mptcp")), .value("")],
            bounds: ["net.ipv4.tcp_available_ulp"],
            "The protocol that takes over the connection’s bytes, such as tls.",
            effects: [
                """
                Only on an established connection (ENOTCONN); cannot be taken away. ENOENT where the \
                kernel lacks it.
                """
            ]
        ),
        SocketOption(
            "TCP_RTO_MAX_MS",
            44,
            .tcp,
            key: "rtomaxms",
            property: "retryWaitMillisecondsMax",
            .number(1000...120000, .milliseconds),
            kinds: .tcp,
            initial: [.sysctl("net.ipv4.tcp_rto_max_ms")],
            "The longest wait between retransmissions.",
            since: "6.15"
        ),
        SocketOption(
            "TCP_RTO_MIN_US",
            45,
            .tcp,
            key: "rtominus",
            property: "retryWaitMicrosecondsMin",
            .number(1...200000, .microseconds),
            kinds: .tcp,
            initial: [.sysctl("net.ipv4.tcp_rto_min_us")],
            "The shortest wait before a retransmission.",
            effects: ["Rounded to the kernel’s tick."],
            since: "6.17"
        ),
        SocketOption(
            "TCP_DELACK_MAX_US",
            46,
            .tcp,
            key: "delackmaxus",
            property: "acknowledgementDelayMicrosecondsMax",
            .number(1...200000, .microseconds),
            kinds: .tcp,
            initial: [.value("200000")],
            "The longest time that an acknowledgement waits for company.",
            effects: ["Rounded to the kernel’s tick."],
            since: "6.17"
        ),
        SocketOption(
            "TCP_IS_MPTCP",
            43,
            .tcp,
            key: "ismptcp",
            property: "isMultipathSocket",
            .flag,
            .readOnly,
            kinds: .tcp + [.mptcp],
            initial: [.of([.mptcp], .value("1")), .value("0")],
            "Whether the socket speaks Multipath TCP and has not fallen back to plain TCP.",
            since: "5.16"
        ),
        SocketOption(
            "TCP_INFO",
            11,
            .tcp,
            key: "info",
            property: "waitingConnections",
            .structure("struct tcp_info"),
            .readOnly,
            kinds: .tcp + [.mptcp],
            initial: [.varies("live")],
            "What TCP knows about the connection; of a listener, how many wait."
        ),
        SocketOption(
            "TCP_CC_INFO",
            26,
            .tcp,
            key: "ccinfo",
            property: "congestionDetails",
            .bytes(0...64),
            .readOnly,
            kinds: .tcp + [.mptcp],
            initial: [.varies("live")],
            "What the congestion control knows, in its own structure, in hexadecimal digits."
        ),
    ]
}
