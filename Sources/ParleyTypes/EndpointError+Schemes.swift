extension EndpointError {
    /// What to say of a scheme that people try, where there is more to say than that it is none.
    static func reason(forScheme scheme: String) -> String? {
        switch scheme {
        case "udplite": "UDP-Lite is an option of UDP: write udp://host:8089?lite=8."
        case "mptcp": "Multipath TCP is an option of TCP: write tcp://host:8089?multipath=true."
        case "sctp", "dccp", "ipx", "x25", "appletalk", "tipc", "rds", "smc":
            feature(scheme).map { feature in
                let gone = feature.goneSince.map { ", which left Linux in \($0)" } ?? ""
                return
                    "Kernels have it only with \(feature.option)\(gone), and no endpoint speaks it: use one "
                    + "of \(transports)."
            }
        case "vsock", "netlink", "packet", "raw", "icmp":
            "Such sockets are descriptors without endpoints (`Socket` of ParleySockets): begin with one of "
                + "\(transports)."
        default: nil
        }
    }

    private static var transports: String { Transport.known.map { "\($0):" }.joined(separator: ", ") }

    private static func feature(_ scheme: String) -> KernelFeature? {
        let name = scheme.uppercased()
        return (KernelFeature.ipProtocols + KernelFeature.families).first {
            $0.name == "AF_\(name)" || $0.name == "IPPROTO_\(name)"
        }
    }
}
