internal import ParleyTypes

extension Cause {
    /// The routes lead to the peer, but not by the interface that was named; or not at all.
    static let noWayByDevice = Cause(name: "no-way-by-device") { error, host in
        guard [.networkUnreachable, .hostUnreachable].contains(error.code),
            [.connect, .send].contains(error.operation), let theirs = error.theirIP, !theirs.isWildcard,
            let named = host.interface(error.device), named.isUp,
            host.way(to: theirs, from: error.ourIP, by: named.index).route == nil
        else { return nil }
        let instead = host.way(to: theirs, from: error.ourIP, by: 0).route
            .flatMap { host.interface($0.interface)?.name }
            .flatMap { $0 == named.name ? nil : $0 }
        let command = theirs.isIPv4 ? "ip" : "ip -6"
        let route =
            "add a route: `\(command) route add \(theirs) dev \(named.name)`, with `via GATEWAY` where one is needed."
        return Diagnosis(
            cause: "No route leads to \(theirs) by \(named.name), which the socket keeps to"
                + (instead.map { "; one leads there by \($0)." } ?? ", nor by another interface."),
            remedy: instead == nil
                ? route.prefix(1).uppercased() + route.dropFirst()
                : "Leave the interface out (interface=, --interface), or " + route
        )
    }
}
