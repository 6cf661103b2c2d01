internal import Glibc
internal import ParleySockets
internal import ParleyTypes

// EADDRINUSE: who holds the port, the path or the name.

extension Diagnostician {
    func examineUse() -> Diagnosis? {
        guard error.operation != .join, error.operation != .adopt, let local = error.local else { return nil }
        switch local {
        case .unix(let address): return examineUnixUse(address)
        default:
            guard let port = local.port, port != 0 else { return nil }
            return examinePortUse(local)
        }
    }

    private func examinePortUse(_ local: SocketAddress) -> Diagnosis? {
        var found: [(holder: SocketHolder, reason: BindVerdict.Reason)] = []
        var isListed = false
        for kind in KernelSocket.Kind.allCases where kinds.contains(kind) && !kind.isUnix {
            guard let study = PortOccupancy(kind: kind, port: local.port ?? 0) else { continue }
            isListed = true
            for obstacle in study.obstacles(for: request(kind, local)) {
                found.append((study.holder(of: obstacle.socket), obstacle.reason))
            }
        }
        guard isListed else { return nil }
        guard !found.isEmpty else {
            return Diagnosis(
                cause: "Nobody is in the way any more: whoever held \(local) has gone meanwhile.",
                remedy: "Try again."
            )
        }
        found.sort { $0.holder.rank < $1.holder.rank }
        let explanation = ObstacleExplanation(found)
        return Diagnosis(
            cause: explanation.cause,
            remedy: explanation.remedy,
            holders: found.map(\.holder)
        )
    }

    /// What was asked of bind, as far as the error tells.
    private func request(_ kind: KernelSocket.Kind, _ local: SocketAddress) -> BindRequest {
        let traits = error.traits
        return BindRequest(
            kind: kind,
            address: local,
            reuse: traits.map { ReuseFlags(address: $0.reusesAddress, port: $0.reusesPort) }
                ?? ReuseFlags(address: kind == .tcp, port: false),
            user: geteuid(),
            isIPv6Only: traits?.isIPv6Only ?? false,
            interface: traits?.interface ?? 0,
            listens: kind == .tcp,
            isBroadcast: Socket.isBroadcast(local.unmapped)
        )
    }

    private func examineUnixUse(_ address: UnixAddress) -> Diagnosis? {
        let kinds: Set<KernelSocket.Kind> = [.unixStream, .unixDatagram, .sequencedPacket]
        guard let sockets = try? KernelSockets.list(kinds) else { return nil }
        let bound = SocketHolder.find(
            sockets.filter { $0.local == .unix(address) }
                .sorted { ($0.state == .listen ? 0 : 1) < ($1.state == .listen ? 0 : 1) }
        )
        if let first = bound.first {
            let verb = first.socket.state == .listen ? "listens there" : "holds it"
            return Diagnosis(
                cause: "\(first.nameFirst) \(verb).",
                remedy: first.owners.first.map {
                    "Stop it (`kill \($0.process.id)`), or choose another \(noun(address))."
                } ?? "Stop it, or choose another \(noun(address)).",
                holders: bound
            )
        }
        guard case .path(let path) = address, let facts = FileFacts(path) else { return nil }
        let shown = Phrase.printable(path, limit: 120)
        guard facts.isSocket else {
            return Diagnosis(
                cause: "\(shown) is \(facts.kind) (\(facts.description)), which no socket replaces.",
                remedy: "Choose another path."
            )
        }
        return Diagnosis(
            cause: "No process here has \(shown) bound, but its file is left over and not ours to replace "
                + "(\(facts.description)).",
            remedy:
                "Remove it (`rm \(Phrase.shellWord(path))`) if nothing in another namespace uses it, or choose "
                + "another path."
        )
    }

    private func noun(_ address: UnixAddress) -> String {
        if case .path = address { "path" } else { "name" }
    }
}

extension SocketHolder {
    /// Who matters most comes first: who listens or receives, who is connected, who only waits to be forgotten.
    var rank: Int {
        switch socket.state {
        case .listen: 0
        case .closed, .boundInactive: 1
        case .timeWait: 3
        default: 2
        }
    }
}
