// The catalogue of options: SOL_SOCKET: what comes with messages, and how the kernel looks for them.

extension SocketOption {
    static let socketReports: [SocketOption] = [
        SocketOption(
            "SO_TXREHASH",
            74,
            .socket,
            key: "txrehash",
            property: "choosesPathAnew",
            .flag,
            kinds: .tcp,
            initial: [.sysctl("net.core.txrehash")],
            "Whether a connection that is not answered takes another path through links that are several.",
            since: "5.18"
        ),
        SocketOption(
            "SO_ZEROCOPY",
            60,
            .socket,
            key: "zerocopy",
            property: "allowsZeroCopy",
            .flag,
            kinds: [.tcp, .tcp6, .udp, .udp6, .vsock],
            initial: [.value("0")],
            bounds: ["net.core.optmem_max"],
            """
            Whether sends may leave bytes in the program’s memory until the kernel has told that it \
            is done (MSG_ZEROCOPY).
            """,
            effects: ["UDP since 5.0. Over lo the kernel copies all the same."]
        ),
        SocketOption(
            "SO_TIMESTAMP",
            29,
            .socket,
            key: "timestamp",
            property: "reportsMicroseconds",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether each datagram brings the time at which it came in, in microseconds.",
            effects: [
                "Takes the place of SO_TIMESTAMPNS.",
                "The kernel reads the clock for every packet of the host while any socket asks.",
            ]
        ),
        SocketOption(
            "SO_TIMESTAMPNS",
            35,
            .socket,
            key: "timestampns",
            property: "reportsTime",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether each datagram brings the time at which it came in, in nanoseconds.",
            effects: [
                "Takes the place of SO_TIMESTAMP.",
                "The kernel reads the clock for every packet of the host while any socket asks.",
            ]
        ),
        SocketOption(
            "SO_TIMESTAMPING",
            37,
            .socket,
            key: "timestamping",
            property: "timestamping",
            .numbers(2),
            kinds: .every,
            initial: [.value("0/0")],
            """
            Which times hardware and software take of what comes and goes: SOF_TIMESTAMPING_ flags, \
            and the index of a clock: flags/clock.
            """,
            effects: ["Times of what was sent come through the error queue."],
            idle: [
                Idle([.netlink], "Nothing passes an interface.")
            ]
        ),
        SocketOption(
            "SO_RXQ_OVFL",
            40,
            .socket,
            key: "rxqovfl",
            property: "reportsDrops",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether each datagram brings the count of those lost to a full queue.",
            idle: [
                Idle([.mptcp], "Multipath TCP takes it and forgets it: it reads back 0."),
                Idle([.tcp, .tcp6, .mptcp, .unix], "A stream loses nothing to a full queue."),
            ]
        ),
        SocketOption(
            "SO_PEEK_OFF",
            42,
            .socket,
            key: "peekoff",
            property: "peekOffset",
            .number(-1...2147483647, .bytes),
            kinds: .tcp + .udp + .local,
            initial: [.value("-1")],
            """
            Where the next look (MSG_PEEK) begins in the queue; each one moves it on. -1 is always \
            the front.
            """,
            effects: ["TCP since 6.9."]
        ),
        SocketOption(
            "SO_INQ",
            84,
            .socket,
            key: "inq",
            property: "setReportsQueuedBytes(_:)",
            .flag,
            .writeOnly,
            kinds: [.unix],
            initial: [.value("0")],
            "Whether each receive brings the count of bytes that are left in the queue.",
            since: "6.18"
        ),
        SocketOption(
            "SO_PASSCRED",
            16,
            .socket,
            key: "passcred",
            property: "receivesCredentials",
            .flag,
            kinds: .local + [.netlink],
            initial: [.value("0")],
            "Whether each message brings its sender’s process, user and group (SCM_CREDENTIALS).",
            effects: [
                "A Unix socket without a name gets an abstract one when it sends or connects."
            ]
        ),
        SocketOption(
            "SO_PASSPIDFD",
            76,
            .socket,
            key: "passpidfd",
            property: "receivesProcessDescriptors",
            .flag,
            kinds: .local,
            initial: [.value("0")],
            "Whether each message brings a descriptor of its sender’s process (SCM_PIDFD).",
            since: "6.5"
        ),
        SocketOption(
            "SO_PASSRIGHTS",
            83,
            .socket,
            key: "passrights",
            property: "acceptsDescriptors",
            .flag,
            kinds: .local,
            initial: [.value("1")],
            """
            Whether descriptors may be passed to this socket (SCM_RIGHTS); otherwise the sender gets \
            EPERM.
            """,
            since: "6.16"
        ),
        SocketOption(
            "SO_PASSSEC",
            34,
            .socket,
            key: "passsec",
            property: "receivesSecurityLabel",
            .flag,
            kinds: .local + [.netlink],
            initial: [.value("0")],
            "Whether each message brings its sender’s security label (SCM_SECURITY).",
            effects: ["Only with a security module such as SELinux."]
        ),
        SocketOption(
            "SO_BUSY_POLL",
            46,
            .socket,
            key: "busypoll",
            property: "busyPollMicroseconds",
            .number(0...2147483647, .microseconds),
            kinds: .every,
            initial: [.sysctl("net.core.busy_read")],
            "How long a receive that would wait looks at the network card’s queue by itself; 0 not at all.",
            idle: [
                Idle(.local + [.netlink], "No network card is involved.")
            ],
            right: Right("CAP_NET_ADMIN", when: "more than net.core.busy_read")
        ),
        SocketOption(
            "SO_PREFER_BUSY_POLL",
            69,
            .socket,
            key: "preferbusypoll",
            property: "prefersBusyPoll",
            .flag,
            kinds: .every,
            initial: [.value("0")],
            "Whether looking by itself comes before interrupts.",
            idle: [
                Idle(.local + [.netlink], "No network card is involved.")
            ],
            right: Right("CAP_NET_ADMIN"),
            since: "5.11"
        ),
        SocketOption(
            "SO_BUSY_POLL_BUDGET",
            70,
            .socket,
            key: "busypollbudget",
            property: "setBusyPollPacketsMax(_:)",
            .number(0...65535, .none),
            .writeOnly,
            kinds: .every,
            "How many packets one look at the network card’s queue takes.",
            idle: [
                Idle(.local + [.netlink], "No network card is involved.")
            ],
            right: Right("CAP_NET_ADMIN", when: "more than 8"),
            since: "5.11"
        ),
        SocketOption(
            "SO_INCOMING_CPU",
            49,
            .socket,
            key: "incomingcpu",
            property: "incomingProcessor",
            .number(-1...2147483647, .none),
            kinds: .every,
            initial: [.value("-1")],
            """
            The processor that handled the last packet, -1 before any; set: packets handled by this \
            processor come to this socket rather than to another one of its port.
            """,
            effects: ["What is set counts among sockets with SO_REUSEPORT."]
        ),
    ]
}
