// The catalogue of options: IPPROTO_UDP and IPPROTO_UDPLITE.

extension SocketOption {
    static let udpOptions: [SocketOption] = [
        SocketOption(
            "UDP_CORK",
            1,
            .udp,
            key: "cork",
            property: "gathersDatagram",
            .flag,
            kinds: .udp,
            initial: [.value("0")],
            "Whether what is sent is put into one datagram until this is set to 0."
        ),
        SocketOption(
            "UDP_SEGMENT",
            103,
            .udp,
            key: "segment",
            property: "segmentBytes",
            .number(0...65535, .bytes),
            kinds: .udp,
            initial: [.value("0")],
            "Into datagrams of how many bytes the kernel cuts what is sent in one call; 0 does not.",
            effects: ["The interface’s limit bounds it: EMSGSIZE or EINVAL when sending."],
            since: "4.18"
        ),
        SocketOption(
            "UDP_GRO",
            104,
            .udp,
            key: "gro",
            property: "joinsDatagrams",
            .flag,
            kinds: .udp,
            initial: [.value("0")],
            "Whether the kernel may hand over datagrams of one sender joined into one long piece.",
            effects: [
                "Every buffer to receive into must then hold 65,535 bytes, or datagrams are cut off."
            ],
            since: "5.0"
        ),
        SocketOption(
            "UDP_NO_CHECK6_TX",
            101,
            .udp,
            key: "nocheck6tx",
            property: "omitsIPv6Checksum",
            .flag,
            kinds: .udp,
            initial: [.value("0")],
            "Whether datagrams over IPv6 leave without a checksum (RFC 6935).",
            idle: [
                Idle([.udp, .udplite], "Over IPv4 SO_NO_CHECK does it.")
            ]
        ),
        SocketOption(
            "UDP_NO_CHECK6_RX",
            102,
            .udp,
            key: "nocheck6rx",
            property: "takesIPv6WithoutChecksum",
            .flag,
            kinds: .udp,
            initial: [.value("0")],
            "Whether datagrams over IPv6 are taken that have no checksum (RFC 6935).",
            idle: [
                Idle([.udp, .udplite], "Over IPv4 they are always taken.")
            ]
        ),
        SocketOption(
            "UDP_ENCAP",
            100,
            .udp,
            key: "encap",
            property: "encapsulation",
            .choice([
                Choice(0, "none"), Choice(1, "espinudp-non-ike"), Choice(2, "espinudp"),
                Choice(3, "l2tpinudp"),
            ]),
            kinds: .udp,
            initial: [.value("none")],
            "Which packets within datagrams the kernel takes out by itself: those of IPsec or L2TP.",
            effects: [
                "ENOPROTOOPT where the kernel lacks the protocol; it cannot be taken back."
            ]
        ),
        SocketOption(
            "UDPLITE_SEND_CSCOV",
            10,
            .udpLite,
            key: "sendcscov",
            property: "checksumCoverage",
            .number(0...65535, .bytes),
            kinds: [.udplite],
            initial: [.value("0")],
            """
            How many bytes, from the header on, the checksum covers in what is sent; 0 all of the \
            datagram.
            """,
            effects: ["1 to 7 count as 8. Linux has UDP-Lite up to 7.0."]
        ),
        SocketOption(
            "UDPLITE_RECV_CSCOV",
            11,
            .udpLite,
            key: "recvcscov",
            property: "checksumCoverageMin",
            .number(0...65535, .bytes),
            kinds: [.udplite],
            initial: [.value("0")],
            """
            How many bytes the checksum must cover at least in what arrives: less is dropped without \
            a word; 0 all.
            """,
            effects: ["1 to 7 count as 8."]
        ),
    ]
}
