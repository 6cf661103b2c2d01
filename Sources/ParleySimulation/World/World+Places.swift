internal import ParleyLinks
internal import ParleyNetwork
internal import ParleyTypes

// Which hosts there are, and the links between them.

extension World {
    // MARK: Hosts

    static let hostsMax = 65_000

    /// - Parameter gateway: the NAT before it, -1 for none.
    mutating func addHost(_ name: String, behind gateway: Int32 = -1) -> Int32 {
        precondition(hosts.count < Self.hostsMax, "a simulated network has at most 65,000 hosts")
        let index = Int32(hosts.count)
        sources.append(.host(index))
        let number = UInt32(index) + 1
        // 192.168.0.0/16 behind NATs, which know IPv4 alone.
        let network: UInt32 = gateway < 0 ? 10 << 24 : 192 << 24 | 168 << 16
        var host = HostState(
            name: name,
            ipv4: Place(IPv4Address(rawValue: network | number), port: 0),
            ipv6: gateway < 0 ? Place(high: 0xFD00 << 48, low: UInt64(number)) : nil,
            source: agenda.addSource()
        )
        host.gateway = gateway
        hosts.append(host)
        hostsByName[name] = index
        hostsByAddress[host.ipv4] = index
        if let ipv6 = host.ipv6 { hostsByAddress[ipv6] = index }
        return index
    }

    func host(named name: String) -> Int32? { hostsByName[name] }

    func address(of place: Place) -> SocketAddress {
        place.isLocal ? .unix(names.address(of: place)) : place.address
    }

    /// Whose address it is, as `asker` sees it.
    func host(at place: Place, for asker: Int32) -> Int32? {
        if place.isLoopback || place.isWildcard { return asker }
        guard let host = hostsByAddress[place.with(port: 0)] else { return nil }
        // Who is behind a NAT has an address there alone.
        let gateway = hosts[Int(host)].gateway
        return gateway < 0 || gateway == hosts[Int(asker)].gateway ? host : nil
    }

    // MARK: Links

    /// Its seed follows from the names of the hosts at its ends, so that no other link changes its fates.
    mutating func addLink(
        _ conditions: LinkConditions,
        slot: LinkState.Slot,
        _ from: Int32,
        _ to: Int32
    ) -> Int32 {
        let index = Int32(links.count)
        sources.append(.link(index))
        var seed = SeededGenerator.mixed(seed &+ UInt64(slot.rawValue))
        seed = SeededGenerator.mixed(seed ^ hosts[Int(from)].nameHash)
        seed = SeededGenerator.mixed(seed ^ hosts[Int(to)].nameHash)
        links.append(LinkState(Link(conditions, seed: seed), slot, agenda.addSource()))
        return index
    }

    /// The link from one host to another, made when first asked for.
    mutating func pair(from: Int32, to: Int32) -> Int32 {
        let key = UInt64(UInt32(from)) << 32 | UInt64(UInt32(to))
        if let link = pairs[key] { return link }
        let link = addLink(from == to ? .loopback : conditions, slot: .pair, from, to)
        // Within a host the network's conditions say nothing.
        links[Int(link)].isOwn = from == to
        pairs[key] = link
        return link
    }

    /// The link that a user means: towards and from behind a NAT it is the NAT's.
    mutating func way(from: Int32, to: Int32) -> Int32 {
        let (out, back) = (gateway(from: from, to: to), gateway(from: to, to: from))
        return pair(from: out < 0 ? from : out, to: back < 0 ? to : back)
    }

    /// The link that all packets of a host leave or come by, made when first asked for.
    mutating func accessLink(of host: Int32, isUp: Bool) -> Int32 {
        let link = isUp ? hosts[Int(host)].uplink : hosts[Int(host)].downlink
        if link >= 0 { return link }
        let new = addLink(.ideal, slot: isUp ? .uplink : .downlink, host, host)
        if isUp { hosts[Int(host)].uplink = new } else { hosts[Int(host)].downlink = new }
        return new
    }

    /// Has all links between hosts that are there or come later have these conditions, but those within one host.
    mutating func setConditions(_ conditions: LinkConditions) {
        self.conditions = conditions
        for index in links.indices where links[index].slot == .pair && !links[index].isOwn {
            change(Int32(index)) { $0.conditions = conditions }
        }
    }

    /// Changes a link, and sees what becomes of it.
    mutating func change(_ link: Int32, _ body: (inout Link) -> Void) {
        links[Int(link)].engine.advance(to: now)
        body(&links[Int(link)].engine)
        drain(link)
    }
}
