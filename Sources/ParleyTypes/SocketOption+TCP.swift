// The catalogue of options: IPPROTO_TCP.

extension SocketOption {
    static let tcpOptions: [SocketOption] = [
        SocketOption(
            "TCP_NODELAY",
            1,
            .tcp,
            key: "nodelay",
            property: "noDelay",
            .flag,
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            """
            Whether small writes leave at once instead of waiting for the last one’s acknowledgement \
            (Nagle).
            """,
            effects: ["Pushes out what waits. TCP_CORK is stronger."]
        ),
        SocketOption(
            "TCP_MAXSEG",
            2,
            .tcp,
            key: "maxseg",
            property: "segmentBytesMax",
            .number(88...32767, .bytes),
            kinds: .tcp + [.mptcp],
            initial: [.value("536")],
            """
            The most bytes of a segment; before the connection as set or 536, then what both ends \
            settled on.
            """,
            effects: ["Before connect or listen."]
        ),
        SocketOption(
            "TCP_CORK",
            3,
            .tcp,
            key: "cork",
            property: "isCorked",
            .flag,
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            "Whether only full segments leave, until it is set to 0 or 200 ms have passed."
        ),
        SocketOption(
            "TCP_KEEPIDLE",
            4,
            .tcp,
            key: "keepidle",
            property: "keepAliveIdleSeconds",
            .number(1...32767, .seconds),
            kinds: .tcp + [.mptcp],
            initial: [.sysctl("net.ipv4.tcp_keepalive_time")],
            "The silence before the first sign of life is asked for, if SO_KEEPALIVE."
        ),
        SocketOption(
            "TCP_KEEPINTVL",
            5,
            .tcp,
            key: "keepintvl",
            property: "keepAliveIntervalSeconds",
            .number(1...32767, .seconds),
            kinds: .tcp + [.mptcp],
            initial: [.sysctl("net.ipv4.tcp_keepalive_intvl")],
            "The time between questions that are not answered."
        ),
        SocketOption(
            "TCP_KEEPCNT",
            6,
            .tcp,
            key: "keepcnt",
            property: "keepAliveProbes",
            .number(1...127, .none),
            kinds: .tcp + [.mptcp],
            initial: [.sysctl("net.ipv4.tcp_keepalive_probes")],
            "After how many unanswered questions the connection ends.",
            effects: ["TCP_USER_TIMEOUT decides in its place where it is set."]
        ),
        SocketOption(
            "TCP_SYNCNT",
            7,
            .tcp,
            key: "syncnt",
            property: "handshakeRetries",
            .number(1...127, .none),
            kinds: .tcp,
            initial: [.sysctl("net.ipv4.tcp_syn_retries")],
            "How many times an unanswered handshake begins again."
        ),
        SocketOption(
            "TCP_LINGER2",
            8,
            .tcp,
            key: "linger2",
            property: "endWaitSeconds",
            .number(-1...2147483647, .seconds),
            kinds: .tcp,
            initial: [.sysctl("net.ipv4.tcp_fin_timeout")],
            """
            How long a closed socket waits for the peer’s end (FIN-WAIT-2); -1 does not wait, 0 is \
            the system’s default.
            """,
            effects: ["More than 120 becomes 120 or the system’s default, if that is more."]
        ),
        SocketOption(
            "TCP_DEFER_ACCEPT",
            9,
            .tcp,
            key: "deferaccept",
            property: "acceptDelaySeconds",
            .number(0...2147483647, .seconds),
            kinds: .tcp + [.mptcp],
            initial: [.value("0")],
            """
            How long a listener waits for a connection’s first bytes before accept tells of it; 0 \
            does not wait.
            """,
            effects: [
                """
                Rounded up to what a number of retransmissions of the handshake takes: 1, 3, 7, 15 \
                seconds.
                """
            ]
        ),
        SocketOption(
            "TCP_WINDOW_CLAMP",
            10,
            .tcp,
            key: "windowclamp",
            property: "windowBytesMax",
            .number(0...2147483647, .bytes),
            kinds: .tcp,
            initial: [.value("0")],
            "The largest window that is offered to the peer; 0 for no bound.",
            effects: ["Less than half of SO_RCVBUF’s least becomes that: 1152."]
        ),
        SocketOption(
            "TCP_QUICKACK",
            12,
            .tcp,
            key: "quickack",
            property: "acknowledgesAtOnce",
            .flag,
            kinds: .tcp,
            initial: [.value("1")],
            "Whether acknowledgements leave at once instead of waiting for company.",
            effects: [
                """
                The kernel changes it by itself as the connection goes on, and listen sets it back; \
                a listener’s URL sets it for each connection.
                """
            ]
        ),
        SocketOption(
            "TCP_CONGESTION",
            13,
            .tcp,
            key: "congestion",
            property: "congestionControl",
            .text(15),
            kinds: .tcp + [.mptcp],
            initial: [.sysctl("net.ipv4.tcp_congestion_control")],
            bounds: [
                "net.ipv4.tcp_available_congestion_control",
                "net.ipv4.tcp_allowed_congestion_control",
            ],
            "The congestion control, such as cubic, bbr, reno.",
            right: Right("CAP_NET_ADMIN", when: "not in net.ipv4.tcp_allowed_congestion_control")
        ),
        SocketOption(
            "TCP_THIN_LINEAR_TIMEOUTS",
            16,
            .tcp,
            key: "thinlineartimeouts",
            property: "retriesSteadily",
            .flag,
            kinds: .tcp,
            initial: [.value("0")],
            """
            Whether retransmissions of a connection with little under way keep their pace instead of \
            doubling it.
            """
        ),
        SocketOption(
            "TCP_THIN_DUPACK",
            17,
            .tcp,
            key: "thindupack",
            property: "retriesThinEarly",
            .flag,
            kinds: .tcp,
            initial: [.value("0")],
            """
            Formerly whether one duplicate acknowledgement was enough for a retransmission of a \
            connection with little under way.
            """,
            idle: [
                Idle(
                    .tcp,
                    "Without effect since 4.12, where RACK took its place: it can be set, and reads back 0."
                )
            ]
        ),
        SocketOption(
            "TCP_USER_TIMEOUT",
            18,
            .tcp,
            key: "usertimeout",
            property: "userTimeoutMilliseconds",
            .number(0...2147483647, .milliseconds),
            kinds: .tcp,
            initial: [.value("0")],
            """
            How long what was sent may stay unacknowledged before the connection ends with \
            ETIMEDOUT; 0 is the system’s default (net.ipv4.tcp_retries2, about 15 minutes).
            """,
            effects: ["With SO_KEEPALIVE it decides in the place of TCP_KEEPCNT."]
        ),
    ]
}
