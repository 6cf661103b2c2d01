internal import ParleyTypes

extension Cause {
    /// Somebody of this host has the port, at an address that would do, but keeps to an interface (SO_BINDTODEVICE) by
    /// which the question does not come.
    static let otherDevice = Cause(name: "other-device") { error, host in
        guard error.code == .connectionRefused, let remote = error.remote?.unmapped, let port = remote.port,
            let ip = remote.ip, let comes = host.interface(having: ip)
        else { return nil }
        let isTCP = error.isAboutStreams
        guard let holders = host.holders([error.kindOfPort], port: port) else { return nil }
        let servers = holders.filter { holder in
            holder.socket.state == (isTCP ? .listen : .closed) && holder.socket.covers(remote)
        }
        // Who keeps to none, or to the right one, would have answered: the refusal has another cause.
        guard let first = servers.first,
            servers.allSatisfy({ !$0.socket.hears(comes) })
        else { return nil }
        let device = host.interface(first.socket.interface)
        let name = device?.name ?? "interface \(first.socket.interface)"
        let scheme = isTCP ? "tcp" : "udp"
        let instead = device?.bindable.first { ip in
            ip.isIPv4 == remote.ip?.isIPv4 && !ip.isLinkLocal
                && first.socket.covers(SocketAddress(ip, port: port))
        }
        let ask = instead.map { "Ask at \(scheme)://\(SocketAddress($0, port: port))" } ?? "Ask by \(name)"
        return Diagnosis(
            cause: "\(first.sentenceFirst), and the question came by \(comes.name), because \(ip) is an "
                + "address of that interface: who is bound to one interface does not hear the others.",
            remedy: "\(ask), or let the server open without an interface (?interface=, SO_BINDTODEVICE).",
            holders: servers
        )
    }
}

extension SocketError {
    /// Whether it is about TCP: what was refused at connecting, unless the socket was one for datagrams.
    var isAboutStreams: Bool {
        guard let transport = traits?.transport else { return operation == .connect }
        return transport == .tcp
    }

    /// Whose port it is about: TCP, UDP and UDP-Lite have ports of their own.
    var kindOfPort: KernelSocket.Kind {
        if isAboutStreams { return .tcp }
        return traits?.transport.rawValue == KernelSocket.Kind.udpLite.rawValue ? .udpLite : .udp
    }
}

extension KernelSocket {
    /// Whether it is bound to an address, or to all of a family that has it.
    func covers(_ destination: SocketAddress) -> Bool {
        guard let local = local?.unmapped else { return false }
        switch (local, destination.unmapped) {
        case (.ipv4, .ipv4), (.ipv6, .ipv6): return local.isWildcard || local.ip == destination.unmapped.ip
        case (.ipv6, .ipv4): return local.isWildcard && isIPv6Only != true
        default: return false
        }
    }

    /// Whether it hears what comes by an interface; one that keeps to a VRF hears all its parts.
    func hears(_ device: HostInterface) -> Bool {
        interface == 0 || interface == device.index || interface == device.master
    }
}
