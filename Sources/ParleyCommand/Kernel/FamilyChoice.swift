import ParleyHeaders
import ParleySockets
import ParleyText
import ParleyTypes

/// Which shapes of sockets somebody names: families and protocols choose, types narrow the choice.
struct FamilyChoice {
    private var families: Set<Int32> = []
    private var protocols: Set<String> = []
    private var kinds: Set<Int32> = []

    /// - Throws: A name that is none of the three: the error lists the known ones.
    init(_ names: [String]) throws(Ending) {
        for name in names {
            let word = name.lowercased()
            if let family = Self.family(word) {
                families.insert(family)
            } else if let kind = Self.kind(word) {
                kinds.insert(kind)
            } else if let name = Self.ipProtocol(word) {
                protocols.insert(name)
            } else {
                throw Ending(
                    .usage,
                    "\(SafeText.line(name)) is no family, type or protocol of sockets",
                    remedy: Nearest.hint(
                        for: word,
                        among: Self.familyNames + Self.kindNames + Self.protocolNames,
                        listedBy: "parley families"
                    )
                )
            }
        }
    }

    func contains(_ shape: SocketShape) -> Bool {
        if !kinds.isEmpty, !kinds.contains(shape.kind.rawValue) { return false }
        if families.isEmpty, protocols.isEmpty { return true }
        return families.contains(shape.family.rawValue)
            || shape.protocolName.map { protocols.contains($0) } ?? false
    }

    static let familyNames = KernelFeature.families.map { String($0.name.dropFirst(3)).lowercased() }
    static let kindNames = kindColumns.map(\.name)
    static let protocolNames: [String] = {
        var names: [String] = []
        for case let name? in SocketSupport.known.map(\.protocolName) {
            let short = String(name.drop { $0 != "_" }.dropFirst()).lowercased()
            if !names.contains(short) { names.append(short) }
        }
        return names
    }()

    /// The types as C writes them, without `SOCK_`.
    static let kindColumns: [(name: String, kind: SocketKind)] = [
        ("stream", .stream), ("dgram", .datagram), ("seqpacket", .sequencedPacket), ("raw", .raw),
        ("rdm", .reliableDatagram),
    ]

    private static func family(_ word: String) -> Int32? {
        let others = [
            "ipv4": "inet", "ip": "inet", "ip4": "inet", "ipv6": "inet6", "ip6": "inet6", "local": "unix",
        ]
        let short = word.hasPrefix("af_") || word.hasPrefix("pf_") ? String(word.dropFirst(3)) : word
        let name = others[short] ?? short
        return KernelFeature.families.first { $0.name.dropFirst(3).lowercased() == name }?.number
    }

    private static func kind(_ word: String) -> Int32? {
        let others = ["datagram": "dgram", "sequencedpacket": "seqpacket"]
        let short = word.hasPrefix("sock_") ? String(word.dropFirst(5)) : word
        if word == "sock_dccp" { return 6 }
        return kindColumns.first { $0.name == others[short] ?? short }?.kind.rawValue
    }

    private static func ipProtocol(_ word: String) -> String? {
        let short = word.hasPrefix("ipproto_") ? String(word.dropFirst(8)) : word
        guard protocolNames.contains(short) else { return nil }
        return "IPPROTO_" + short.uppercased()
    }
}

extension SocketShape {
    /// The protocol over IP, also where the family and the type mean it by themselves; nil of other families.
    var protocolName: String? {
        guard family == .ipv4 || family == .ipv6 else { return nil }
        switch (kind, protocolNumber) {
        case (.stream, 0): return "\(IPProtocol.tcp)"
        case (.datagram, 0): return "\(IPProtocol.udp)"
        case (_, 0): return nil
        default: return "\(IPProtocol(rawValue: protocolNumber))"
        }
    }

    /// `AF_INET SOCK_STREAM IPPROTO_TCP`
    var fullName: String {
        guard let protocolName else { return "\(self)" }
        return "\(family) \(kind) \(protocolName)"
    }
}
