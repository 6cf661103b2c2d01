internal import ParleyTypes

extension Cause {
    /// Nobody on the link answers for the peer, or for the router that leads to it: the neighbour table says so.
    static let silentNeighbour = Cause(name: "silent-neighbour") { error, host in
        guard error.code == .hostUnreachable || error.code == .timedOut, let theirs = error.theirIP,
            !theirs.isMulticast, !theirs.isWildcard, host.interface(having: theirs) == nil,
            let route = host.way(to: theirs, from: error.ourIP, by: error.device).route
        else { return nil }
        let next = route.gateway ?? theirs
        let entries = host.neighbours(ofIPv4: next.isIPv4).filter {
            $0.address == next && $0.interface == route.interface
        }
        guard entries.contains(where: \.isUnanswered) else {
            // An entry may have been forgotten since: only one that is there speaks for the neighbour.
            guard error.code == .hostUnreachable, !entries.isEmpty else { return nil }
            return Diagnosis(
                cause: "The routes and neighbours of this host are in order for \(theirs): a router on the "
                    + "way, or a rule of a firewall, answered that it cannot be reached (ICMP).",
                remedy: "`traceroute \(theirs)` shows how far packets come; `nft list ruleset` the rules "
                    + "here."
            )
        }
        let name = host.interface(route.interface)?.name ?? "interface \(route.interface)"
        let way = next.isIPv4 ? "ARP" : "neighbour discovery"
        if route.gateway != nil {
            return Diagnosis(
                cause: "The way to \(theirs) leads over the router \(next), and nobody on the link of "
                    + "\(name) answers for that (\(way)).",
                remedy: "Check that the router is up, that its address is right (`ip route get \(theirs)`) "
                    + "and that it is on this link."
            )
        }
        return Diagnosis(
            cause: "\(theirs) is on the link of \(name), and nobody there answers for it (\(way)).",
            remedy: "Check that the host is up, that the address is right and that it is on this link."
        )
    }
}
