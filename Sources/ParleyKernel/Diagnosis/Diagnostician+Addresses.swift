internal import Glibc
internal import ParleyTypes

// EADDRNOTAVAIL and ENETUNREACH: addresses that this host has not, and ways that it knows not.

extension Diagnostician {
    func examineAddress() -> Diagnosis? {
        switch error.operation {
        case .bind: error.local.flatMap(examineForeignAddress)
        case .connect: error.remote.flatMap(examineLocalPorts)
        default: nil
        }
    }

    // MARK: bind

    private func examineForeignAddress(_ local: SocketAddress) -> Diagnosis? {
        guard let ip = local.ip else { return nil }
        let isIPv4 = if case .ipv4 = ip { true } else { false }
        let family = isIPv4 ? "IPv4" : "IPv6"
        var named: [String] = []
        for interface in HostInterface.all {
            for address in interface.addresses {
                let isSame = if case .ipv4 = address { isIPv4 } else { !isIPv4 }
                guard isSame, named.count < 64 else { continue }
                named.append("\(address) (\(interface.name)\(interface.isUp ? "" : ", down"))")
            }
        }
        let scheme = error.traits?.transport.rawValue ?? "tcp"
        let everywhere = "\(scheme)://:\(local.port ?? 0)"
        guard !named.isEmpty else {
            return Diagnosis(
                cause: "This host has no \(family) address at all.",
                remedy: isIPv4
                    ? "Give an interface one: `ip address add ADDRESS/24 dev NAME`, `ip link set NAME up`."
                    : "Use an IPv4 address, or switch IPv6 on (net.ipv6.conf.all.disable_ipv6=0)."
            )
        }
        let shown = named.prefix(6)
        let rest = named.count - shown.count
        let list = rest > 0 ? shown.joined(separator: ", ") + " and \(rest) more" : Phrase.list(Array(shown))
        let limit = isIPv4 ? KernelLimit.bindsForeign : .bindsForeign6
        return Diagnosis(
            cause: "\(ip) is no address of this host, whose \(family) "
                + (named.count == 1 ? "address is \(list)." : "addresses are \(list)."),
            remedy:
                "Bind one of its own, or every local address (\(everywhere)); \(limit.rawValue)=1 would "
                + "allow others, for addresses that move between hosts.",
            limits: [Diagnosis.Limit(limit)].compactMap { $0 }
        )
    }

    // MARK: connect

    private func examineLocalPorts(_ remote: SocketAddress) -> Diagnosis? {
        guard let port = remote.port else { return nil }
        if let local = error.local, let ours = local.port, ours != 0, let twin = examinePair(local, remote) {
            return twin
        }
        let bounds = KernelLimit.localPorts.numbers
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
        guard let sockets = try? KernelSockets.list([.tcp], port: port) else { return nil }
        let used = sockets.filter { socket in
            socket.remote?.unmapped == remote.unmapped
                && (bounds[0]...bounds[1]).contains(Int64(socket.local?.port ?? 0))
        }
        let total = bounds[1] - bounds[0] + 1
        let limits = [Diagnosis.Limit(KernelLimit.localPorts)].compactMap { $0 }
        // One port in a hundred may be reserved, or bound by others without a peer.
        guard Int64(used.count) * 100 >= total * 90 else {
            guard Way(to: remote) == nil else { return nil }
            let place = remote.ip.map { "\($0)" } ?? "\(remote)"
            return Diagnosis(
                cause: "This host has no address from which it could reach \(place).",
                remedy: "See `ip address` and `ip route`; with a name, another of its addresses may do."
            )
        }
        let waiting = used.count { $0.state == .timeWait }
        let rest = waiting > 0 ? ", \(waiting) of them in TIME_WAIT for up to 60 s" : ""
        return Diagnosis(
            cause:
                "All \(total) local ports that the system may choose (net.ipv4.ip_local_port_range = \(bounds[0]) "
                + "\(bounds[1])) are in use towards \(remote)\(rest).",
            remedy:
                "Keep connections open instead of making new ones, let the other side close first, or widen "
                + "the range (`sysctl -w net.ipv4.ip_local_port_range='1024 65535'`).",
            limits: limits
        )
    }

    /// The same protocol, both addresses and both ports: there is one connection of that name.
    private func examinePair(_ local: SocketAddress, _ remote: SocketAddress) -> Diagnosis? {
        guard let sockets = try? KernelSockets.list(kinds, port: remote.port) else { return nil }
        let twins = sockets.filter { socket in
            socket.local?.port == local.port && socket.remote?.unmapped == remote.unmapped
                && (local.isWildcard || socket.local?.unmapped.ip == local.unmapped.ip)
        }
        let holders = SocketHolder.find(twins)
        guard let first = holders.first else { return nil }
        let wait = first.socket.state == .timeWait ? "wait until it is forgotten, " : "close that one, "
        return Diagnosis(
            cause: "\(first.sentenceFirst): two connections cannot have the same protocol, addresses "
                + "and ports.",
            remedy: Phrase.capitalized(wait) + "or let the system choose the local port.",
            holders: holders
        )
    }

    // MARK: Routes

    func examineRoute() -> Diagnosis? {
        guard let remote = error.remote ?? (error.operation == .join ? error.local : nil),
            let ip = remote.unmapped.ip
        else { return nil }
        let interfaces = HostInterface.all
        if error.code == .hostUnreachable { return nil }
        let family: RoutingTable.IPFamily = if case .ipv4 = ip { .ipv4 } else { .ipv6 }
        let routes = RoutingTable(family)
        let down = interfaces.filter { !$0.isUp }.map(\.name)
        guard Way(to: remote) == nil else { return nil }
        let names = interfaces.prefix(6).map { "\($0.name) (\($0.isUp ? "up" : "down"))" }
        let list = names.isEmpty ? "no interface" : Phrase.list(Array(names))
        let what =
            switch routes {
            case nil: "what its routing tables hold cannot be seen"
            case let routes? where routes.hasDefault: "the default route does not serve it"
            case let routes? where routes.networks == 0: "its \(family.rawValue) routing table is empty"
            case let routes?:
                "it has no default route for \(family.rawValue), and none of its "
                    + "\(Phrase.count(routes.networks, "network")) contains the address"
            }
        let cause = "This host knows no way to \(ip): \(what); its interfaces are \(list)."
        let remedy: String
        if let first = down.first, interfaces.allSatisfy({ !$0.isUp || $0.isLoopback }) {
            remedy =
                "`ip link set \(first) up` brings the interface up; then give it an address (`ip address add`) "
                + "and a route (`ip route add default via GATEWAY`)."
        } else if family == .ipv6 {
            remedy = "Use the peer's IPv4 address, or add a route: `ip -6 route add default via GATEWAY`."
        } else {
            remedy =
                "Add a route, as in `ip route add default via GATEWAY`, or name an interface (?interface=)."
        }
        return Diagnosis(cause: cause, remedy: remedy)
    }
}
