internal import ParleySockets
internal import ParleyTypes

/// The firewall of this network namespace, as far as it may have refused what leaves the host.
struct Firewall {
    /// Chains of nftables that see what leaves: `inet filter output`. nil: who lacks CAP_NET_ADMIN may not list them.
    var outgoing: [String]?

    /// Asks for the chains on the hooks `output` and `postrouting`.
    static func current() -> Firewall {
        guard let socket = try? Socket(netlink: .netfilter) else { return Firewall() }
        // NFT_MSG_GETCHAIN and NFT_MSG_NEWCHAIN of NFNL_SUBSYS_NFTABLES
        let (ask, chain) = (UInt16(0x0A04), UInt16(0x0A03))
        var request = NetlinkRequest(NetlinkMessageType(rawValue: ask), .dump, sequence: 1)
        // struct nfgenmsg: every family
        unsafe request.append([UInt8](repeating: 0, count: 4).span.bytes)
        var chains: [String] = []
        do throws(SocketError) {
            _ = try socket.ask(request) { message in
                guard message.type.rawValue == chain, chains.count < 64, message.payload.byteCount >= 4 else {
                    return
                }
                let family = unsafe message.payload.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
                if let name = name(message, family) { chains.append(name) }
            }
        } catch {
            return Firewall(outgoing: error.code == .notPermitted ? nil : [])
        }
        return Firewall(outgoing: chains)
    }

    /// A chain's name where it sees what leaves.
    private static func name(_ message: NetlinkMessage, _ family: UInt8) -> String? {
        var (table, name, hook) = ("", "", nil as UInt32?)
        var attributes = message.attributes(after: 4)
        while let attribute = try? attributes.next() {
            switch attribute.type {
            case 1: table = attribute.text  // NFTA_CHAIN_TABLE
            case 3: name = attribute.text  // NFTA_CHAIN_NAME
            case 4:  // NFTA_CHAIN_HOOK
                var inner = attribute.attributes
                while let item = try? inner.next() {
                    // NFTA_HOOK_HOOKNUM
                    if item.type == 1 { hook = item.number(as: UInt32.self).map { UInt32(bigEndian: $0) } }
                }
            default: break
            }
        }
        // NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING
        guard hook == 3 || hook == 4, let family = families[family] else { return nil }
        return "\(family) \(table) \(name)"
    }

    private static let families: [UInt8: String] = [1: "inet", 2: "ip", 10: "ip6"]
}
