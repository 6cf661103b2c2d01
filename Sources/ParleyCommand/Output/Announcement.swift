import ParleyCore
import ParleyKernel
import ParleySockets
import ParleyText
import ParleyTypes

extension Console {
    /// Says where we are to be found, as the URL that others write, and what the URL alone leaves open: which
    /// families every local address means, and the interface.
    func announce(_ words: String, _ endpoint: Endpoint, _ address: SocketAddress) {
        let details = [Self.families(of: endpoint, at: address), Self.interface(of: endpoint, at: address)]
            .compactMap { $0 }
        let end = details.isEmpty ? "" : " (\(details.joined(separator: ", ")))"
        note("\(words) \(Self.place(of: endpoint, at: address))\(end)")
    }

    /// An address as a URL.
    static func url(_ transport: Transport, _ address: SocketAddress) -> String {
        switch address {
        case .unix(.path(let path)):
            "\(transport):\(path.hasPrefix("/") ? "//" : "")\(SafeText.line(path))"
        case .unix: "\(transport)://\(SafeText.line("\(address)"))"
        default: "\(transport)://\(address)"
        }
    }

    /// Every local address of both families as no host, otherwise the address as it is.
    private static func place(of endpoint: Endpoint, at address: SocketAddress) -> String {
        guard address.isWildcard, endpoint.inherited != nil || isDual(endpoint, address) else {
            return url(endpoint.transport, address)
        }
        return "\(endpoint.transport)://:\(address.port ?? 0)"
    }

    /// Whether a socket at `::` speaks IPv4 too. Of one that was passed to this process it is not known.
    private static func isDual(_ endpoint: Endpoint, _ address: SocketAddress) -> Bool {
        guard case .ipv6 = address else { return false }
        return endpoint.host == .any && endpoint.options.localAddress == nil
    }

    private static func families(of endpoint: Endpoint, at address: SocketAddress) -> String? {
        guard address.isWildcard, endpoint.inherited == nil else { return nil }
        if isDual(endpoint, address) { return "IPv4 and IPv6" }
        guard case .ipv4 = address else { return "IPv6 only" }
        let isChosen = endpoint.host != .any || endpoint.options.localAddress != nil
        return isChosen ? "IPv4 only" : "IPv4 only: this host has no IPv6"
    }

    /// The interface that it is kept to, or that the routing table chose for a group.
    private static func interface(of endpoint: Endpoint, at address: SocketAddress) -> String? {
        // A zone at an address that needs none is an interface; where one is needed the URL shows it.
        let zone: String? =
            if case .ipv6(_, let name)? = endpoint.host, !address.isLinkLocal { name } else { nil }
        if let name = endpoint.options.interface ?? zone, let interface = try? Interface(name) {
            return interface.name.map { "on \(SafeText.line($0))" }
        }
        guard let ip = address.ip, ip.isMulticast, endpoint.inherited == nil else { return nil }
        if case .ipv6(_, _, let zone) = address, zone != 0 {
            return Interfaces.name(of: zone).map { "on \(SafeText.line($0))" }
        }
        guard let route = try? Route.lookup(to: ip), let name = Interfaces.name(of: route.interface) else {
            return nil
        }
        return "on \(SafeText.line(name)), by the routing table"
    }
}

extension Connection {
    /// Who the peer is, to stand behind its address: Unix clients rarely have one. Empty where nobody vouches
    /// for it.
    var introduction: String { Console.introduction(peerCredentials) }
}

extension Peer {
    /// As ``Connection/introduction``.
    var introduction: String { Console.introduction(credentials) }
}

extension Console {
    fileprivate static func introduction(_ credentials: PeerCredentials?) -> String {
        credentials.map { " (\($0))" } ?? ""
    }
}
