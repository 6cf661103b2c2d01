// The catalogue of options: SOL_SOCKET: queues.

extension SocketOption {
    static let socketQueues: [SocketOption] = [
        SocketOption(
            "SO_RCVBUF",
            8,
            .socket,
            key: "rcvbuf",
            property: "receiveBufferBytes",
            .number(1...2147483647, .bytes),
            kinds: .every,
            initial: [
                .of([.tcp, .tcp6, .mptcp], .sysctl("net.ipv4.tcp_rmem", field: 1)),
                .sysctl("net.core.rmem_default"),
            ],
            bounds: ["net.core.rmem_max"],
            "The receive queue in bytes of memory, the kernel’s own records included.",
            effects: [
                """
                Reads as twice what was set: the kernel keeps room for its records. Less than 2304 \
                becomes 2304.
                """,
                """
                Ends the automatic growth of a TCP socket’s queue (net.ipv4.tcp_rmem). There it must \
                come before connect or listen: the window scale is settled in the handshake.
                """,
            ],
            idle: [
                Idle(.local, "Within a host only the sender’s send queue counts.")
            ]
        ),
        SocketOption(
            "SO_SNDBUF",
            7,
            .socket,
            key: "sndbuf",
            property: "sendBufferBytes",
            .number(1...2147483647, .bytes),
            kinds: .every,
            initial: [
                .of([.tcp, .tcp6, .mptcp], .sysctl("net.ipv4.tcp_wmem", field: 1)),
                .sysctl("net.core.wmem_default"),
            ],
            bounds: ["net.core.wmem_max"],
            "The send queue in bytes of memory, the kernel’s own records included.",
            effects: [
                "Reads as twice what was set. Less than 4608 becomes 4608.",
                "Ends the automatic growth of a TCP socket’s queue (net.ipv4.tcp_wmem).",
                "Within a host it bounds a message: at most the queue less 32 bytes.",
            ]
        ),
        SocketOption(
            "SO_RCVBUFFORCE",
            33,
            .socket,
            key: "rcvbufforce",
            property: "forceReceiveBufferBytes(_:)",
            .number(1...2147483647, .bytes),
            .writeOnly,
            kinds: .every,
            "Sets SO_RCVBUF beyond net.core.rmem_max.",
            effects: ["As SO_RCVBUF: doubles, and ends the automatic growth."],
            idle: [
                Idle(.local, "Within a host only the sender’s send queue counts.")
            ],
            right: Right("CAP_NET_ADMIN")
        ),
        SocketOption(
            "SO_SNDBUFFORCE",
            32,
            .socket,
            key: "sndbufforce",
            property: "forceSendBufferBytes(_:)",
            .number(1...2147483647, .bytes),
            .writeOnly,
            kinds: .every,
            "Sets SO_SNDBUF beyond net.core.wmem_max.",
            effects: ["As SO_SNDBUF: doubles, and ends the automatic growth."],
            right: Right("CAP_NET_ADMIN")
        ),
        SocketOption(
            "SO_BUF_LOCK",
            72,
            .socket,
            key: "buflock",
            property: "lockedBuffers",
            .number(0...3, .none),
            kinds: .every.without(.mptcp),
            initial: [.value("0")],
            """
            Which queues the kernel no longer sizes by itself: 1 the send queue, 2 the receive \
            queue, 3 both.
            """,
            effects: [
                "SO_SNDBUF sets bit 1 and SO_RCVBUF bit 2; 0 lets TCP’s automatic growth begin again."
            ],
            since: "5.15"
        ),
        SocketOption(
            "SO_RCVLOWAT",
            18,
            .socket,
            key: "rcvlowat",
            property: "readableBytesMin",
            .number(1...2147483647, .bytes),
            kinds: .every,
            initial: [.value("1")],
            "How many bytes make a TCP socket readable.",
            effects: [
                "Enlarges TCP’s receive queue where it would not hold so many, unless SO_RCVBUF was set.",
                "0 counts as 1.",
            ],
            idle: [
                Idle(
                    .udp + [.unixgram, .icmp, .icmp6, .raw, .raw6, .packet, .netlink],
                    "A message makes the socket readable, however long it is."
                )
            ]
        ),
        SocketOption(
            "SO_SNDLOWAT",
            19,
            .socket,
            key: "sndlowat",
            property: "writableBytesMin",
            .number(0...2147483647, .bytes),
            .readOnly,
            kinds: .every,
            initial: [.value("1")],
            """
            How much room a socket must have to count as writable, by the letter of POSIX; Linux \
            always says 1.
            """
        ),
        SocketOption(
            "SO_RCVTIMEO",
            20,
            .socket,
            key: "rcvtimeo",
            property: "receiveTimeoutMicroseconds",
            .time,
            kinds: .every,
            initial: [.value("0")],
            "How long a blocking receive waits before it ends with EAGAIN; 0 for ever.",
            effects: ["Rounded up to the kernel’s tick, 1 to 10 ms."],
            idle: [
                Idle(.every, "Parley’s sockets never block: the event loop keeps the time.")
            ]
        ),
        SocketOption(
            "SO_SNDTIMEO",
            21,
            .socket,
            key: "sndtimeo",
            property: "sendTimeoutMicroseconds",
            .time,
            kinds: .every,
            initial: [.value("0")],
            """
            How long a blocking send or connect waits before it ends with EAGAIN or EINPROGRESS; 0 \
            for ever.
            """,
            effects: ["Rounded up to the kernel’s tick, 1 to 10 ms."],
            idle: [
                Idle(.every, "Parley’s sockets never block: the event loop keeps the time.")
            ]
        ),
        SocketOption(
            "SO_RESERVE_MEM",
            73,
            .socket,
            key: "reservemem",
            property: "reservedBytes",
            .number(0...2147483647, .bytes),
            kinds: .every,
            initial: [.value("0")],
            """
            How many bytes of the memory cgroup are kept for this socket, so that it need not ask \
            for each packet.
            """,
            effects: ["EOPNOTSUPP without a memory cgroup that accounts for sockets."],
            since: "5.16"
        ),
    ]
}
