// The catalogue of options: SOL_NETLINK, AF_VSOCK and SOL_MPTCP.

extension SocketOption {
    static let otherOptions: [SocketOption] = [
        SocketOption(
            "NETLINK_PKTINFO",
            3,
            .netlink,
            key: "pktinfo",
            property: "reportsNetlinkGroup",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether each message tells the group that it was sent to."
        ),
        SocketOption(
            "NETLINK_BROADCAST_ERROR",
            4,
            .netlink,
            key: "broadcasterror",
            property: "reportsBroadcastErrors",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether the sender of a broadcast learns that this socket’s queue was full."
        ),
        SocketOption(
            "NETLINK_NO_ENOBUFS",
            5,
            .netlink,
            key: "noenobufs",
            property: "losesSilently",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether messages lost to a full queue go without ENOBUFS."
        ),
        SocketOption(
            "NETLINK_LISTEN_ALL_NSID",
            8,
            .netlink,
            key: "listenallnsid",
            property: "hearsAllNamespaces",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether messages of every network namespace that has a number here are heard.",
            right: Right("CAP_NET_BROADCAST")
        ),
        SocketOption(
            "NETLINK_CAP_ACK",
            10,
            .netlink,
            key: "capack",
            property: "shortensAcknowledgements",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether an error’s message leaves out the request that it answers."
        ),
        SocketOption(
            "NETLINK_EXT_ACK",
            11,
            .netlink,
            key: "extack",
            property: "explainsErrors",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether an error’s message brings a sentence and the attribute that was wrong.",
            since: "4.12"
        ),
        SocketOption(
            "NETLINK_GET_STRICT_CHK",
            12,
            .netlink,
            key: "getstrictchk",
            property: "checksRequestsStrictly",
            .flag,
            kinds: [.netlink],
            initial: [.value("0")],
            "Whether requests for lists are checked strictly, and filter by what they name.",
            since: "4.20"
        ),
        SocketOption(
            "NETLINK_ADD_MEMBERSHIP",
            1,
            .netlink,
            key: "addmembership",
            property: "joinNetlinkGroup(_:)",
            .number(1...4294967295, .none),
            .writeOnly,
            kinds: [.netlink],
            "Joins a group of messages, by its number.",
            right: Right("CAP_NET_ADMIN", when: "the part of the kernel asks for it")
        ),
        SocketOption(
            "NETLINK_DROP_MEMBERSHIP",
            2,
            .netlink,
            key: "dropmembership",
            property: "leaveNetlinkGroup(_:)",
            .number(1...4294967295, .none),
            .writeOnly,
            kinds: [.netlink],
            "Leaves a group of messages."
        ),
        SocketOption(
            "NETLINK_LIST_MEMBERSHIPS",
            9,
            .netlink,
            key: "listmemberships",
            property: "netlinkGroups",
            .structure("a bit for each group"),
            .readOnly,
            kinds: [.netlink],
            initial: [.varies("none")],
            "The groups that the socket is a member of."
        ),
        SocketOption(
            "SO_VM_SOCKETS_BUFFER_SIZE",
            0,
            .vsock,
            key: "vmbuffersize",
            property: "virtualBufferBytes",
            .wide(.bytes),
            kinds: [.vsock],
            initial: [.value("262144")],
            "The queue of a connection between virtual machines, in bytes."
        ),
        SocketOption(
            "SO_VM_SOCKETS_BUFFER_MIN_SIZE",
            1,
            .vsock,
            key: "vmbufferminsize",
            property: "virtualBufferBytesMin",
            .wide(.bytes),
            kinds: [.vsock],
            initial: [.value("128")],
            "The least that the queue may be set to."
        ),
        SocketOption(
            "SO_VM_SOCKETS_BUFFER_MAX_SIZE",
            2,
            .vsock,
            key: "vmbuffermaxsize",
            property: "virtualBufferBytesMax",
            .wide(.bytes),
            kinds: [.vsock],
            initial: [.value("262144")],
            "The most that the queue may be set to."
        ),
        SocketOption(
            "SO_VM_SOCKETS_CONNECT_TIMEOUT",
            6,
            .vsock,
            key: "vmconnecttimeout",
            property: "virtualConnectMicroseconds",
            .time,
            kinds: [.vsock],
            initial: [.value("2000000")],
            "How long connect waits for the other machine."
        ),
        SocketOption(
            "MPTCP_INFO",
            1,
            .multipath,
            key: "mptcpinfo",
            property: "multipathSubflows",
            .structure("struct mptcp_info"),
            .readOnly,
            kinds: [.mptcp],
            initial: [.varies("live")],
            "What Multipath TCP knows about the connection, its number of paths for example."
        ),
    ]
}
