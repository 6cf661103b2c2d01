internal import Glibc
internal import ParleySockets
internal import ParleyTypes

// EACCES and EPERM: rights that are missing.

extension Diagnostician {
    func examineRight() -> Diagnosis? {
        switch (error.operation, error.local, error.remote) {
        case (.bind, .unix(.path(let path))?, _): examineDirectory(of: path)
        case (.bind, let local?, _) where local.port != nil: examineLowPort(local)
        case (.connect, _, .unix(.path(let path))?), (.send, _, .unix(.path(let path))?): examineFile(path)
        case (.connect, _, let remote?) where remote.port != nil,
            (.send, _, let remote?) where remote.port != nil:
            error.code == .notPermitted ? examineFirewall(remote) : examineBroadcast(remote)
        default: nil
        }
    }

    private func examineLowPort(_ local: SocketAddress) -> Diagnosis? {
        let limit = KernelLimit.unprivilegedPorts
        guard let port = local.port, let border = limit.value, Int64(port) < border else { return nil }
        return Diagnosis(
            cause:
                "Ports below \(border) (\(limit.rawValue)) need CAP_NET_BIND_SERVICE, which this process of user "
                + "\(UserName.own) has not.",
            remedy:
                "Choose a port from \(border) up, give the program the right (`setcap cap_net_bind_service=+ep "
                + "PROGRAM`), or let root lower the border (`sysctl -w \(limit.rawValue)=\(port)`).",
            limits: [Diagnosis.Limit(limit)].compactMap { $0 }
        )
    }

    // MARK: Files

    private func examineDirectory(of path: String) -> Diagnosis? {
        let directories = FileFacts.directories(of: path)
        if let closed = closedDirectory(directories) { return closed }
        guard let last = directories.last, !FileFacts.allows(last, W_OK), let facts = FileFacts(last) else {
            return nil
        }
        return Diagnosis(
            cause:
                "The directory \(Phrase.printable(last, limit: 120)) (\(facts.description)) does not let user "
                + "\(UserName.own) create files.",
            remedy:
                "Choose a directory where this user may, such as $XDG_RUNTIME_DIR or /tmp, or let its owner allow "
                + "it: `chmod` or `setfacl -m u:\(UserName.own):rwx \(Phrase.shellWord(last))`."
        )
    }

    private func examineFile(_ path: String) -> Diagnosis? {
        if let closed = closedDirectory(FileFacts.directories(of: path)) { return closed }
        guard let facts = FileFacts(path), !FileFacts.allows(path, W_OK) else { return nil }
        return Diagnosis(
            cause:
                "The socket \(Phrase.printable(path, limit: 120)) (\(facts.description)) does not let user "
                + "\(UserName.own) write, which connecting needs.",
            remedy: "Run as \(UserName.of(facts.owner)), or let it allow this user: `setfacl -m "
                + "u:\(UserName.own):rw \(Phrase.shellWord(path))`, or `chmod o+w "
                + "\(Phrase.shellWord(path))` for everybody."
        )
    }

    /// The first directory on the way that does not let this user pass.
    private func closedDirectory(_ directories: [String]) -> Diagnosis? {
        for directory in directories where !FileFacts.allows(directory, X_OK) {
            guard let facts = FileFacts(directory) else { return nil }
            return Diagnosis(
                cause:
                    "The directory \(Phrase.printable(directory, limit: 120)) (\(facts.description)) does not let user "
                    + "\(UserName.own) pass.",
                remedy: "Choose another path, or let its owner allow it: `setfacl -m u:\(UserName.own):x "
                    + "\(Phrase.shellWord(directory))`."
            )
        }
        return nil
    }

    // MARK: Networks

    private func examineBroadcast(_ remote: SocketAddress) -> Diagnosis? {
        if Socket.isBroadcast(remote.unmapped) {
            return Diagnosis(
                cause:
                    "\(remote.ip.map { "\($0)" } ?? "It") is a broadcast address, and the socket has not said that "
                    + "it means to send to everybody (SO_BROADCAST).",
                remedy: "Add ?broadcast=true to the endpoint."
            )
        }
        guard error.traits?.transport != nil else { return nil }
        let ip = remote.ip.map { "\($0)" } ?? ""
        return Diagnosis(
            cause:
                "\(ip) is no broadcast address of this host: a route of the type prohibit, or a security module, "
                + "forbids to send there.",
            remedy: "`ip route get \(ip)` shows the route."
        )
    }

    private func examineFirewall(_ remote: SocketAddress) -> Diagnosis? {
        let firewall = Firewall.current()
        guard let chains = firewall.outgoing else {
            return Diagnosis(
                cause:
                    "The firewall of this host drops what goes to \(remote); which rule does, only root may see.",
                remedy:
                    "Let root look at the chains on the hook output: `nft list ruleset`, or `iptables -S OUTPUT`."
            )
        }
        guard let first = chains.first else {
            return Diagnosis(
                cause:
                    "Something of this host drops what goes to \(remote): nftables has no chain on the hook "
                    + "output, so old iptables or a program in a control group (BPF) does.",
                remedy: "See `iptables-legacy -S OUTPUT` and `bpftool cgroup tree`."
            )
        }
        let names = Phrase.list(chains.prefix(3).map { "“\($0)”" }, "or")
        return Diagnosis(
            cause:
                "The firewall of this host drops what goes to \(remote): a rule of its chain \(names), which sees "
                + "what leaves.",
            remedy: "Look at it with `nft list chain \(first)`, and let it accept \(remote)."
        )
    }
}
