internal import Glibc
internal import ParleyTypes

// ECONNREFUSED and failed joins.

extension Diagnostician {
    func examineRefusal() -> Diagnosis? {
        switch error.remote {
        case .unix(let address)?: examineDeadFile(address)
        case let remote?: examineNearMiss(remote)
        case nil: nil
        }
    }

    private func examineDeadFile(_ address: UnixAddress) -> Diagnosis? {
        guard case .path(let path) = address else { return nil }
        if let facts = FileFacts(path), !facts.isSocket {
            return Diagnosis(
                cause:
                    "\(Phrase.printable(path, limit: 120)) is \(facts.kind) (\(facts.description)), no socket.",
                remedy: "Correct the path."
            )
        }
        guard let sockets = try? KernelSockets.list([.unixStream, .unixDatagram, .sequencedPacket]) else {
            return nil
        }
        let bound = SocketHolder.find(sockets.filter { $0.local == .unix(address) && $0.remote == nil })
        guard let first = bound.first else {
            return Diagnosis(
                cause:
                    "No process of this network namespace has \(Phrase.printable(path, limit: 120)) bound: the file "
                    + "is left over from one that ended.",
                remedy: "Start the server; a Parley server takes such a file over if it is its own user's."
            )
        }
        return Diagnosis(
            cause: "\(first.nameFirst) has bound it and takes no connections"
                + (first.socket.kind == .unixDatagram
                    ? ", because its socket is for datagrams (unixgram:)." : "."),
            remedy: first.socket.kind == .unixDatagram
                ? "Use unixgram:." : "Wait until it listens, then try again.",
            holders: bound
        )
    }

    /// Who holds the port otherwise, where the host that refused is this one.
    private func examineNearMiss(_ remote: SocketAddress) -> Diagnosis? {
        guard let port = remote.port, let ip = remote.unmapped.ip, isOurs(ip) else { return nil }
        guard let listed = Self.listed(port: port) else { return nil }
        let isTCP = error.isAboutStreams
        let own = error.kindOfPort
        let servers = listed.filter { $0.local?.port == port && ($0.state == .listen || $0.state == .closed) }
        // What would have answered: then it came in the meantime, or the refusal has another cause.
        let other = SocketHolder.find(servers.sorted { ($0.kind == own ? 0 : 1) < ($1.kind == own ? 0 : 1) })
        guard let first = other.first else {
            let what = isTCP ? "listens on TCP" : "receives on \(Self.name(own))"
            return Diagnosis(
                cause: "Nobody \(what) port \(port) of this host, at no address and by no other transport.",
                remedy: "Start the server, or correct the port."
            )
        }
        let (cause, remedy) = nearMiss(first, own, remote)
        return Diagnosis(cause: cause, remedy: remedy, holders: other)
    }

    /// Who has the port; kernels without UDP-Lite list the others.
    private static func listed(port: UInt16) -> [KernelSocket]? {
        (try? KernelSockets.list([.tcp, .udp, .udpLite], port: port))
            ?? (try? KernelSockets.list([.tcp, .udp], port: port))
    }

    private static func name(_ kind: KernelSocket.Kind) -> String {
        kind == .udpLite ? "UDP-Lite" : kind.rawValue.uppercased()
    }

    private func nearMiss(_ holder: SocketHolder, _ own: KernelSocket.Kind, _ remote: SocketAddress)
        -> (String, String)
    {
        let sentence = holder.sentenceFirst
        let there = holder.socket.kind.rawValue
        if holder.socket.kind != own {
            let instead =
                switch (holder.socket.kind, own) {
                case (.udpLite, _): "udp:// with ?lite=0"
                case (.udp, .udpLite): "udp:// without ?lite"
                default: "\(there)://"
                }
            return (
                "\(sentence) by \(Self.name(holder.socket.kind)), and nobody by \(Self.name(own)).",
                "Use \(instead), or let the server open a \(own.rawValue) socket as well."
            )
        }
        if holder.socket.state == .closed, own == .tcp {
            return ("\(sentence).", "Wait until it listens, then try again.")
        }
        guard let local = holder.socket.local, !holder.socket.covers(remote) else {
            return (
                "\(sentence) now, and would take it.",
                "Try again: it was not there yet, or a firewall rule refuses for it."
            )
        }
        let url = "\(there)://\(local.unmapped)"
        let ip = remote.unmapped.ip.map { "\($0)" } ?? "\(remote)"
        if local.isWildcard {
            let (family, other) = local.isIPv4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
            let way =
                local.isIPv4
                ? "open it at every address of both families (\(there)://:\(local.port ?? 0))"
                : "take IPv4 too (IPV6_V6ONLY off, \(there)://:\(local.port ?? 0))"
            return (
                "\(sentence), which is \(family) alone, and \(ip) is \(other).",
                "Use an \(family) address, or let the server \(way)."
            )
        }
        return (
            "\(sentence), and not at \(ip).",
            "Use \(url), or let the server take every local address (\(there)://:\(local.port ?? 0))."
        )
    }

    private func isOurs(_ ip: IPAddress) -> Bool {
        if case .ipv4(let address) = ip, address.rawValue >> 24 == 127 { return true }
        return HostInterface.all.contains { $0.addresses.contains(ip) }
    }

    // MARK: join

    func examineJoin() -> Diagnosis? {
        let interfaces = HostInterface.all
        let able = interfaces.filter { $0.hasMulticast && $0.isUp }.map(\.name)
        let subject = error.subject ?? ""
        let named = interfaces.first {
            subject.hasSuffix(" on \($0.name)") || subject.contains(" on \($0.name) ")
        }
        if let named, !named.hasMulticast || !named.isUp {
            return Diagnosis(
                cause:
                    "The interface \(named.name) \(named.isUp ? "takes no part in multicast" : "is down").",
                remedy: named.isUp
                    ? "`ip link set \(named.name) multicast on`, or choose another interface."
                    : "`ip link set \(named.name) up`, or choose another interface."
            )
        }
        guard error.code == .noSuchDevice, named == nil, !subject.contains("this host has") else {
            return nil
        }
        let loopback = interfaces.first(where: \.isLoopback)?.name ?? "lo"
        let choice =
            able.isEmpty ? "no interface that is up takes part in multicast" : Phrase.list(able) + " could"
        return Diagnosis(
            cause: "No interface was named, and no route says by which one groups are reached; \(choice).",
            remedy:
                "Name one, as in ?interface=\(able.first ?? loopback), or add a route: `ip route add 224.0.0.0/4 "
                + "dev \(able.first ?? loopback)`."
        )
    }
}
