// The catalogue of options: SOL_PACKET.

extension SocketOption {
    static let packetOptions: [SocketOption] = [
        SocketOption(
            "PACKET_AUXDATA",
            8,
            .packet,
            key: "auxdata",
            property: "reportsAuxiliary",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            "Whether each packet brings what the link’s hardware and driver took off it or left to do."
        ),
        SocketOption(
            "PACKET_ORIGDEV",
            9,
            .packet,
            key: "origdev",
            property: "reportsOriginalInterface",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            """
            Whether the sender’s address names the interface that a packet first came by, beneath \
            bonds and bridges.
            """
        ),
        SocketOption(
            "PACKET_IGNORE_OUTGOING",
            23,
            .packet,
            key: "ignoreoutgoing",
            property: "ignoresOutgoing",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            "Whether the socket leaves out what this host itself sends.",
            since: "4.20"
        ),
        SocketOption(
            "PACKET_QDISC_BYPASS",
            20,
            .packet,
            key: "qdiscbypass",
            property: "bypassesQueues",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            "Whether what is sent goes past the interface’s queueing discipline, straight to the driver.",
            effects: ["A full card then loses packets."]
        ),
        SocketOption(
            "PACKET_LOSS",
            14,
            .packet,
            key: "loss",
            property: "skipsMalformed",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            "Whether a malformed packet in a ring for sending is skipped instead of stopping it.",
            effects: ["Before the ring is made."]
        ),
        SocketOption(
            "PACKET_TX_HAS_OFF",
            19,
            .packet,
            key: "txhasoff",
            property: "choosesOffsets",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            "Whether packets in a ring for sending say where their bytes begin.",
            effects: ["Before the ring is made."]
        ),
        SocketOption(
            "PACKET_VNET_HDR",
            15,
            .packet,
            key: "vnethdr",
            property: "hasOffloadHeaders",
            .flag,
            kinds: [.packet],
            initial: [.value("0")],
            """
            Whether each packet begins with a header of virtio, which tells of checksums and \
            segments left to do.
            """,
            effects: ["Before a ring is made; only SOCK_RAW."]
        ),
        SocketOption(
            "PACKET_VNET_HDR_SZ",
            24,
            .packet,
            key: "vnethdrsz",
            property: "offloadHeaderBytes",
            .number(0...12, .bytes),
            kinds: [.packet],
            initial: [.value("0")],
            "How long that header is: 0, 10 or 12.",
            since: "6.5"
        ),
        SocketOption(
            "PACKET_VERSION",
            10,
            .packet,
            key: "version",
            property: "ringVersion",
            .choice([Choice(0, "v1"), Choice(1, "v2"), Choice(2, "v3")]),
            kinds: [.packet],
            initial: [.value("v1")],
            "How packets in a ring are described.",
            effects: ["Before a ring is made, else EBUSY."]
        ),
        SocketOption(
            "PACKET_RESERVE",
            12,
            .packet,
            key: "reserve",
            property: "ringReservedBytes",
            .number(0...2147483647, .bytes),
            kinds: [.packet],
            initial: [.value("0")],
            "How many bytes before each packet in a ring are left to the program.",
            effects: ["Before a ring is made, else EBUSY."]
        ),
        SocketOption(
            "PACKET_COPY_THRESH",
            7,
            .packet,
            key: "copythresh",
            property: "ringCopyThreshold",
            .number(0...2147483647, .none),
            kinds: [.packet],
            initial: [.value("0")],
            """
            Whether packets too long for their place in a ring are put whole into the queue as well, \
            at most so many.
            """
        ),
        SocketOption(
            "PACKET_TIMESTAMP",
            17,
            .packet,
            key: "packettimestamp",
            property: "ringTimestamping",
            .number(0...2147483647, .none),
            kinds: [.packet],
            initial: [.value("0")],
            "Which times packets in a ring bring: SOF_TIMESTAMPING_ flags."
        ),
        SocketOption(
            "PACKET_FANOUT",
            18,
            .packet,
            key: "fanout",
            property: "fanout",
            .number(0...4294967295, .none),
            kinds: [.packet],
            initial: [.value("0")],
            """
            The group of sockets that divide what comes among themselves: its number in the lower 16 \
            bits, the rule in the upper ones.
            """,
            effects: ["After bind, else EINVAL; cannot be taken back."]
        ),
        SocketOption(
            "PACKET_HDRLEN",
            11,
            .packet,
            key: "hdrlen",
            property: "ringHeaderBytes",
            .number(0...2147483647, .bytes),
            .readOnly,
            kinds: [.packet],
            initial: [.varies("the version asked about")],
            "How long the description of a packet in a ring is; the version to ask about goes in."
        ),
        SocketOption(
            "PACKET_STATISTICS",
            6,
            .packet,
            key: "statistics",
            property: "takePacketStatistics()",
            .structure("struct tpacket_stats"),
            .readOnly,
            kinds: [.packet],
            initial: [.varies("live")],
            "How many packets came, and how many of them a full queue lost.",
            effects: ["Reading sets the counts to 0."]
        ),
        SocketOption(
            "PACKET_ADD_MEMBERSHIP",
            1,
            .packet,
            key: "addmembership",
            property: "join(_:onInterface:)",
            .structure("struct packet_mreq"),
            .writeOnly,
            kinds: [.packet],
            "Lets an interface take more from its link."
        ),
        SocketOption(
            "PACKET_DROP_MEMBERSHIP",
            2,
            .packet,
            key: "dropmembership",
            property: "leave(_:onInterface:)",
            .structure("struct packet_mreq"),
            .writeOnly,
            kinds: [.packet],
            "Takes that back."
        ),
        SocketOption(
            "PACKET_RX_RING",
            5,
            .packet,
            key: "rxring",
            property: "PacketRing",
            .structure("struct tpacket_req3"),
            .writeOnly,
            kinds: [.packet],
            "Makes a ring of memory that packets are put into."
        ),
    ]
}
