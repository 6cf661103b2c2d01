import Foundation
import ParleySockets
import ParleyTypes
import Testing

/// The catalogue against the system's headers and against the properties of `Socket`.
@Suite struct CatalogueNameTests {
    /// Constants of the headers that are no options, or none of ours.
    private static let excluded: [String: String] = [
        "SO_GET_FILTER": "another name of SO_ATTACH_FILTER, which reads the program back",
        "SO_DETACH_BPF": "another name of SO_DETACH_FILTER",
        "SO_BSDCOMPAT": "taken without any effect since Linux 2.6",
        "SO_SECURITY_AUTHENTICATION": "never made", "SO_SECURITY_ENCRYPTION_TRANSPORT": "never made",
        "SO_SECURITY_ENCRYPTION_NETWORK": "never made",
        "SO_PEERNAME": "getpeername(2) says it", "SO_ATTACH_BPF": "takes a program loaded by bpf(2)",
        "SO_ATTACH_REUSEPORT_CBPF": "a program that divides peers; loadBalanced leaves it to the kernel",
        "SO_ATTACH_REUSEPORT_EBPF": "takes a program loaded by bpf(2)",
        "SO_DETACH_REUSEPORT_BPF": "takes such a program away",
        "SO_RCVTIMEO_OLD": "SO_RCVTIMEO", "SO_SNDTIMEO_OLD": "SO_SNDTIMEO",
        "SO_RCVTIMEO_NEW": "SO_RCVTIMEO on 32-bit machines", "SO_SNDTIMEO_NEW": "the same",
        "SO_TIMESTAMP_OLD": "SO_TIMESTAMP", "SO_TIMESTAMPNS_OLD": "SO_TIMESTAMPNS",
        "SO_TIMESTAMPING_OLD": "SO_TIMESTAMPING", "SO_TIMESTAMP_NEW": "SO_TIMESTAMP on 32-bit machines",
        "SO_TIMESTAMPNS_NEW": "the same", "SO_TIMESTAMPING_NEW": "the same",
        "SO_VM_SOCKETS_PEER_HOST_VM_ID": "VMware's own", "SO_VM_SOCKETS_TRUSTED": "VMware's own",
        "SO_VM_SOCKETS_NONBLOCK_TXRX": "VMware's own",
        "SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD": "SO_VM_SOCKETS_CONNECT_TIMEOUT",
        "SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW": "the same on 32-bit machines",
        "IP_RECVRETOPTS": "another name of IP_RETOPTS", "IP_ORIGDSTADDR": "the message of IP_RECVORIGDSTADDR",
        "IP_PKTOPTIONS": "obsolete", "IP_IPSEC_POLICY": "a policy of IPsec, by its own tools",
        "IP_XFRM_POLICY": "a policy of IPsec, by its own tools", "IP_PROTOCOL": "SO_PROTOCOL says it",
        "IP_UNBLOCK_SOURCE": "MCAST_… does it for both families", "IP_BLOCK_SOURCE": "the same",
        "IP_ADD_SOURCE_MEMBERSHIP": "the same", "IP_DROP_SOURCE_MEMBERSHIP": "the same",
        "IP_MSFILTER": "a whole list of senders; join one by one", "MCAST_MSFILTER": "the same",
        "IP_MSFILTER_SIZE": "a macro", "MCAST_JOIN_GROUP": "IP_ADD_MEMBERSHIP and IPV6_ADD_MEMBERSHIP do it",
        "MCAST_LEAVE_GROUP": "the same", "MCAST_BLOCK_SOURCE": "join with the senders that are wanted",
        "MCAST_UNBLOCK_SOURCE": "the same", "MCAST_EXCLUDE": "a value", "MCAST_INCLUDE": "a value",
        "IPV6_ADDRFORM": "turns an IPv6 socket into an IPv4 one for good: Socket's family would be wrong",
        "IPV6_2292PKTINFO": "before RFC 3542", "IPV6_2292HOPOPTS": "before RFC 3542",
        "IPV6_2292DSTOPTS": "before RFC 3542", "IPV6_2292RTHDR": "before RFC 3542",
        "IPV6_2292PKTOPTIONS": "before RFC 3542", "IPV6_2292HOPLIMIT": "before RFC 3542",
        "IPV6_NEXTHOP": "Linux refuses it", "IPV6_AUTHHDR": "Linux refuses it",
        "IPV6_ROUTER_ALERT": "raw sockets of IPPROTO_RAW alone", "IPV6_JOIN_ANYCAST": "not for programs",
        "IPV6_LEAVE_ANYCAST": "not for programs", "IPV6_FLOWLABEL_MGR": "leases of flow labels",
        "IPV6_IPSEC_POLICY": "a policy of IPsec", "IPV6_XFRM_POLICY": "a policy of IPsec",
        "IPV6_PKTINFO": "sticky addresses: bind does it", "IPV6_HOPLIMIT": "a message",
        "IPV6_PATHMTU": "IPV6_MTU says it", "IPV6_USE_MIN_MTU": "Linux refuses it",
        "IPV6_ORIGDSTADDR": "the message of IPV6_RECVORIGDSTADDR",
        "TCP_MD5SIG": "a key for each peer, of BGP", "TCP_MD5SIG_EXT": "the same",
        "TCP_REPAIR_OPTIONS": "for moving connections between hosts", "TCP_REPAIR_WINDOW": "the same",
        "TCP_ZEROCOPY_RECEIVE": "maps pages of the program", "TCP_CM_INQ": "the message of TCP_INQ",
        "TCP_MSS_DEFAULT": "a value", "TCP_MSS_DESIRED": "a value",
        "TCP_REPAIR_ON": "a value", "TCP_REPAIR_OFF": "a value", "TCP_REPAIR_OFF_NO_WP": "a value",
        "TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT": "a value", "TCP_ENCAP_ESPINTCP": "a value",
        "PACKET_RECV_OUTPUT": "Linux refuses it", "PACKET_TX_RING": "sending through a ring is not Parley's",
        "PACKET_TX_TIMESTAMP": "a message", "PACKET_ROLLOVER_STATS": "of a fanout that rolls over",
        "PACKET_FANOUT_DATA": "a program for a fanout",
        "NETLINK_RX_RING": "left Linux in 4.6", "NETLINK_TX_RING": "left Linux in 4.6",
        "MPTCP_TCPINFO": "TCP_INFO of each path", "MPTCP_SUBFLOW_ADDRS": "the addresses of each path",
    ]
    /// Values of options, whose names begin as theirs do.
    private static let valuePrefixes = [
        "IP_PMTUDISC_", "IP_DEFAULT_MULTICAST_", "IPV6_FL_", "IPV6_FLOWINFO_FLOWLABEL",
        "IPV6_FLOWINFO_PRIORITY",
        "IPV6_PRIORITY_", "IPV6_TLV_", "IPV6_PMTUDISC_", "IPV6_PREFER_SRC_", "TCP_MD5SIG_", "UDP_ENCAP_",
        "PACKET_FANOUT_", "PACKET_MR_",
    ]

    private static let headers: [(path: String, prefixes: [String])] = [
        ("asm-generic/socket.h", ["SO_"]), ("linux/in.h", ["IP_", "MCAST_"]), ("linux/in6.h", ["IPV6_"]),
        ("linux/tcp.h", ["TCP_"]), ("linux/udp.h", ["UDP_", "TCP_"]), ("linux/if_packet.h", ["PACKET_"]),
        ("linux/netlink.h", ["NETLINK_"]), ("linux/vm_sockets.h", ["SO_VM_"]),
        ("linux/icmp.h", ["ICMP_FILTER"]), ("linux/icmpv6.h", ["ICMPV6_FILTER"]),
        ("linux/mptcp.h", ["MPTCP_"]),
    ]

    @Test
    func `every constant of the headers is in the catalogue, with its number, or excluded for a reason`()
        throws
    {
        var seen = 0
        for (path, prefixes) in Self.headers {
            guard let text = try? String(contentsOfFile: "/usr/include/" + path, encoding: .utf8) else {
                print("skipped: this host lacks \(path)")
                continue
            }
            for line in text.split(separator: "\n") {
                let words = line.replacing("#define", with: "# define").split { " \t(".contains($0) }
                guard words.count >= 4, words[0] == "#", words[1] == "define" else { continue }
                let name = String(words[2])
                guard prefixes.contains(where: name.hasPrefix), isOption(name, words[3]) else { continue }
                seen += 1
                guard let option = SocketOption.find(name) else {
                    #expect(Self.excluded[name] != nil, "\(name) of \(path)")
                    continue
                }
                #expect(Self.excluded[name] == nil, "\(name) is excluded and in the catalogue")
                if let number = Int32(words[3]) { #expect(option.number == number, "\(name)") }
            }
        }
        #expect(seen > 150 || !FileManager.default.fileExists(atPath: "/usr/include/linux/tcp.h"))
    }

    private func isOption(_ name: String, _ value: Substring) -> Bool {
        if Self.valuePrefixes.contains(where: name.hasPrefix), SocketOption.find(name) == nil { return false }
        switch name.prefix(6) {
        case "PACKET":
            // The kinds of packets in their addresses.
            let kinds = [
                "HOST", "BROADCAST", "MULTICAST", "OTHERHOST", "OUTGOING", "LOOPBACK", "USER", "KERNEL",
                "FASTROUTE",
            ]
            return !kinds.contains(String(name.dropFirst(7)))
        case "NETLIN":
            // The parts of the kernel, which stand before the options.
            return SocketOption.find(name) != nil || Self.excluded[name] != nil
        case "MPTCP_": return ["MPTCP_INFO", "MPTCP_TCPINFO", "MPTCP_SUBFLOW_ADDRS"].contains(name)
        case "ICMPV6": return name == "ICMPV6_FILTER"
        default: return true
        }
    }

    /// What stands in the sources of ParleySockets.
    private static let sources: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/ParleySockets")
        let files =
            (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        return files.compactMap { try? String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
    }()

    @Test(arguments: SocketOption.all)
    func `every option has its property, whose doc names it`(option: SocketOption) throws {
        let base = option.property.prefix { $0.isLetter || $0.isNumber }
        let isThere = ["var", "func", "struct", "let"].contains { keyword in
            ["(", ":", " "].contains { Self.sources.contains("\(keyword) \(base)\($0)") }
        }
        #expect(isThere, "\(option.name): \(option.property)")
        // What concerns both families is one property, whose doc may name IPv4's option alone.
        let isTwin = SocketOption.all.contains { $0.twin == option.name }
        let spelled = [
            "IPV6_ADD_MEMBERSHIP": "IPV6_JOIN_GROUP", "IPV6_DROP_MEMBERSHIP": "IPV6_LEAVE_GROUP",
        ]
        #expect(isTwin || Self.sources.contains(spelled[option.name] ?? option.name), "\(option.name)")
        guard option.access == .readWrite, !option.property.contains("("), base != "timestamping" else {
            return
        }
        let setter =
            base.hasPrefix("is")
            ? base.dropFirst(2) : Substring(base.prefix(1).uppercased() + base.dropFirst())
        let names = ["set\(setter)(", "bind(toInterface", "setBoundInterface(", "lockFilter("]
        #expect(names.contains(where: Self.sources.contains), "\(option.name): set\(setter)")
    }

    @Test func `every option that a doc of ParleySockets names is in the catalogue`() {
        let known = ["IPV6_JOIN_GROUP", "IPV6_LEAVE_GROUP"]
        let prefixes = ["SO_", "IP_", "IPV6_", "TCP_", "UDP_", "UDPLITE_", "PACKET_", "NETLINK_", "MCAST_"]
        for match in Self.sources.matches(of: /\(([A-Z0-9_]+(?:, [A-Z0-9_]+)*)\)\n/) {
            for name in match.output.1.split(separator: ", ").map(String.init) {
                guard prefixes.contains(where: name.hasPrefix), !known.contains(name) else { continue }
                let isValue = Self.valuePrefixes.contains(where: name.hasPrefix)
                #expect(isValue || SocketOption.find(name) != nil || Self.excluded[name] != nil, "\(name)")
            }
        }
    }
}
