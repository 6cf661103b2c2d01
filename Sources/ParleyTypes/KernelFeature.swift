/// A family or a protocol of sockets, as C writes it, and what brings it into a Linux kernel.
///
/// It says what to look for when socket(2) has said no. It never says what this kernel has: only asking does.
public struct KernelFeature: Sendable, Hashable {
    /// As C writes it: `AF_X25`, `IPPROTO_SCTP`.
    public let name: String
    /// The number that socket(2) takes.
    public let number: Int32
    /// The option of the kernel's configuration: `CONFIG_X25`.
    public let option: String
    /// The release that no longer has it, nil as long as Linux has it.
    public let goneSince: String?

    init(_ name: String, _ number: Int32, _ option: String, goneSince: String? = nil) {
        self.name = name
        self.number = number
        self.option = option
        self.goneSince = goneSince
    }

    /// The family of this number: the first argument of socket(2).
    public static func family(_ number: Int32) -> KernelFeature? { families.first { $0.number == number } }

    /// The protocol of this number over IP: the third argument of socket(2).
    public static func ipProtocol(_ number: Int32) -> KernelFeature? {
        ipProtocols.first { $0.number == number }
    }

    /// The feature that an error's subject names: of a protocol rather than of its family.
    static func named(in subject: String) -> KernelFeature? {
        let words = subject.split(separator: " ")
        let isNamed: (KernelFeature) -> Bool = { feature in words.contains { $0 == feature.name } }
        return ipProtocols.first(where: isNamed) ?? families.first(where: isNamed)
    }

    /// `This kernel lacks it: it needs CONFIG_X25.`
    var remedy: String {
        guard let goneSince else { return "This kernel lacks it: it needs \(option)." }
        return "This kernel lacks it: it needs \(option), which Linux has no longer since \(goneSince)."
    }
}

extension KernelFeature {
    /// The families that Linux has or had.
    public static let families: [KernelFeature] = [
        KernelFeature("AF_UNIX", 1, "CONFIG_UNIX"),
        KernelFeature("AF_INET", 2, "CONFIG_INET"),
        KernelFeature("AF_AX25", 3, "CONFIG_AX25", goneSince: "7.1"),
        KernelFeature("AF_IPX", 4, "CONFIG_IPX", goneSince: "4.18"),
        KernelFeature("AF_APPLETALK", 5, "CONFIG_ATALK"),
        KernelFeature("AF_NETROM", 6, "CONFIG_NETROM", goneSince: "7.1"),
        KernelFeature("AF_ATMPVC", 8, "CONFIG_ATM", goneSince: "7.1"),
        KernelFeature("AF_X25", 9, "CONFIG_X25"),
        KernelFeature("AF_INET6", 10, "CONFIG_IPV6"),
        KernelFeature("AF_ROSE", 11, "CONFIG_ROSE", goneSince: "7.1"),
        KernelFeature("AF_DECnet", 12, "CONFIG_DECNET", goneSince: "6.1"),
        KernelFeature("AF_KEY", 15, "CONFIG_NET_KEY"),
        KernelFeature("AF_NETLINK", 16, "CONFIG_NET"),
        KernelFeature("AF_PACKET", 17, "CONFIG_PACKET"),
        KernelFeature("AF_ATMSVC", 20, "CONFIG_ATM", goneSince: "7.1"),
        KernelFeature("AF_RDS", 21, "CONFIG_RDS"),
        KernelFeature("AF_IRDA", 23, "CONFIG_IRDA", goneSince: "4.17"),
        KernelFeature("AF_PPPOX", 24, "CONFIG_PPPOE"),
        KernelFeature("AF_LLC", 26, "CONFIG_LLC2"),
        KernelFeature("AF_CAN", 29, "CONFIG_CAN"),
        KernelFeature("AF_TIPC", 30, "CONFIG_TIPC"),
        KernelFeature("AF_BLUETOOTH", 31, "CONFIG_BT"),
        KernelFeature("AF_IUCV", 32, "CONFIG_AFIUCV"),
        KernelFeature("AF_RXRPC", 33, "CONFIG_AF_RXRPC"),
        KernelFeature("AF_ISDN", 34, "CONFIG_MISDN", goneSince: "7.1"),
        KernelFeature("AF_PHONET", 35, "CONFIG_PHONET"),
        KernelFeature("AF_IEEE802154", 36, "CONFIG_IEEE802154_SOCKET"),
        KernelFeature("AF_CAIF", 37, "CONFIG_CAIF", goneSince: "7.1"),
        KernelFeature("AF_ALG", 38, "CONFIG_CRYPTO_USER_API"),
        KernelFeature("AF_NFC", 39, "CONFIG_NFC"),
        KernelFeature("AF_VSOCK", 40, "CONFIG_VSOCKETS"),
        KernelFeature("AF_KCM", 41, "CONFIG_AF_KCM"),
        KernelFeature("AF_QIPCRTR", 42, "CONFIG_QRTR"),
        KernelFeature("AF_SMC", 43, "CONFIG_SMC"),
        KernelFeature("AF_XDP", 44, "CONFIG_XDP_SOCKETS"),
        KernelFeature("AF_MCTP", 45, "CONFIG_MCTP"),
    ]

    /// The protocols over IP that not every kernel has.
    public static let ipProtocols: [KernelFeature] = [
        KernelFeature("IPPROTO_DCCP", 33, "CONFIG_IP_DCCP", goneSince: "6.16"),
        KernelFeature("IPPROTO_L2TP", 115, "CONFIG_L2TP_IP"),
        KernelFeature("IPPROTO_SCTP", 132, "CONFIG_IP_SCTP"),
        KernelFeature("IPPROTO_UDPLITE", 136, "CONFIG_INET", goneSince: "7.1"),
        KernelFeature("IPPROTO_SMC", 256, "CONFIG_SMC"),
        KernelFeature("IPPROTO_MPTCP", 262, "CONFIG_MPTCP"),
    ]
}
