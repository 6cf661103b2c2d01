import ParleyTypes

/// A value to try an option with, and what the kernel makes of it.
struct OptionSample {
    var text: String
    var reads: String

    /// What is set to show that setting works: something else than what a fresh socket has.
    init(_ option: SocketOption, on kind: SocketOption.Kind, insteadOf fresh: String) {
        if option.idleReason(of: kind)?.contains("reads back 0") == true {
            self.init("1", "0")
            return
        }
        if let (text, reads) = Self.special[option.name] {
            self.init(text, reads)
            return
        }
        switch option.form {
        case .flag: self.init(fresh == "0" ? "1" : "0")
        case .number(let range, _):
            self.init("\(max(range.lowerBound, min(range.upperBound, 5)))")
        case .wide: self.init("100000")
        case .choice(let choices): self.init(choices.first { $0.name != fresh }?.name ?? fresh)
        case .text: self.init("reno")
        case .linger: self.init("5")
        case .time: self.init("3000000")
        case .ports: self.init("40000-40999")
        case .interface(.name): self.init("lo")
        case .interface(.group): self.init("lo", "0.0.0.0")
        case .interface: self.init("lo", "1")
        case .numbers: self.init("1/0")
        case .bytes(let counts): self.init(String(repeating: "01", count: max(4, counts.lowerBound)))
        case .structure(let name): self.init(name)
        }
    }

    private init(_ text: String, _ reads: String? = nil) {
        self.text = text
        self.reads = reads ?? text
    }

    private static let special: [String: (String, String)] = [
        "SO_RCVBUF": ("65536", "131072"),
        "SO_SNDBUF": ("65536", "131072"),
        "SO_RCVLOWAT": ("7", "7"),
        "SO_TIMESTAMPING": ("16/0", "16/0"),
        "TCP_DEFER_ACCEPT": ("5", "7"),
        "TCP_MAXSEG": ("1000", "1000"),
        "TCP_WINDOW_CLAMP": ("40000", "40000"),
        "TCP_SAVE_SYN": ("1", "1"),
        "TCP_RTO_MAX_MS": ("60000", "60000"),
        "TCP_RTO_MIN_US": ("100000", "100000"),
        "TCP_DELACK_MAX_US": ("100000", "100000"),
        "TCP_TX_DELAY": ("1000", "1000"),
        "TCP_REPAIR": ("1", "1"),
        // TCP keeps the two bits of congestion notification for itself.
        "IP_TOS": ("8", "8"),
        "IPV6_TCLASS": ("8", "8"),
        "UDPLITE_SEND_CSCOV": ("12", "12"),
        "UDPLITE_RECV_CSCOV": ("5", "8"),
        "PACKET_VNET_HDR_SZ": ("10", "10"),
        "IP_OPTIONS": ("01010101", "01010101"),
        "IPV6_HOPOPTS": ("0000010400000000", "0000010400000000"),
        "IPV6_DSTOPTS": ("0000010400000000", "0000010400000000"),
        "IPV6_RTHDRDSTOPTS": ("0000010400000000", "0000010400000000"),
        "IPV6_ADDR_PREFERENCES": ("1", "1025"),
        "TCP_FASTOPEN_KEY": (
            "000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f"
        ),
        "SO_VM_SOCKETS_BUFFER_SIZE": ("65536", "65536"),
        "SO_VM_SOCKETS_BUFFER_MIN_SIZE": ("256", "256"),
        "SO_VM_SOCKETS_BUFFER_MAX_SIZE": ("524288", "524288"),
    ]
}

/// What a fresh socket cannot be asked for, and why.
enum OptionException {
    /// What keeps an option from being set on a fresh socket of a kind; nil: nothing.
    static func toSetting(_ option: SocketOption, on kind: SocketOption.Kind) -> String? {
        switch (option.name, kind) {
        case ("TCP_ULP", _): "only on an established connection"
        case ("TCP_REPAIR_QUEUE", _), ("TCP_QUEUE_SEQ", _): "only under TCP_REPAIR"
        case ("UDP_ENCAP", _): "only where the kernel has IPsec or L2TP"
        case ("SO_RESERVE_MEM", _): "only in a memory cgroup"
        case ("IPV6_CHECKSUM", _): "ICMPv6 has it at 2"
        case ("IPV6_V6ONLY", .raw6), ("IPV6_V6ONLY", .icmp6): "raw sockets refuse it"
        case ("PACKET_FANOUT", _): "only after bind"
        case ("IPV6_RTHDR", _): "only where the kernel has segment routing or Mobile IPv6"
        case ("NETLINK_DROP_MEMBERSHIP", _): "leaves what was joined"
        default: nil
        }
    }

    /// Why an option cannot be set back, or not to what a fresh socket has.
    static let toResetting: [String: String] = [
        "SO_LOCK_FILTER": "fixed for good",
        "SO_BUF_LOCK": "is a fresh one again with 0",
        "TCP_FASTOPEN_KEY": "a key is not taken away",
        "TCP_CONGESTION": "by its name",
    ]
}
