internal import ParleyTypes

/// What the routing tables know (/proc/net/route, /proc/net/ipv6_route), as far as diagnosis says it.
struct RoutingTable {
    /// Whether there is a route for whatever has none of its own.
    var hasDefault = false
    /// How many networks are reached otherwise.
    var networks = 0

    /// Nil where they cannot be read.
    init?(_ family: IPFamily) {
        let name = family == .ipv4 ? "route" : "ipv6_route"
        guard let text = KernelFile.text("/proc/thread-self/net/\(name)", limit: 1 << 20) else { return nil }
        switch family {
        case .ipv4: read4(text)
        case .ipv6: read6(text)
        }
    }

    enum IPFamily: String {
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"
    }

    private mutating func read4(_ text: String) {
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 7, let flags = UInt32(words[3], radix: 16), flags & 1 != 0 else { continue }
            // RTF_REJECT: "unreachable"
            if flags & 0x200 != 0 { continue }
            if words[1] == "00000000", words[7] == "00000000" { hasDefault = true } else { networks += 1 }
        }
    }

    private mutating func read6(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 9, let flags = UInt32(words[8], radix: 16) else { continue }
            // Neither RTF_REJECT nor the host's own addresses (RTF_LOCAL) nor groups.
            if flags & 0x200 != 0 || flags & 0x8000_0000 != 0 || words[0].hasPrefix("ff") { continue }
            if words[1] == "00", words[0].allSatisfy({ $0 == "0" }) {
                hasDefault = true
            } else {
                networks += 1
            }
        }
    }
}
