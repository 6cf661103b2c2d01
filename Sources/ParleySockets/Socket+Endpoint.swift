internal import ParleyTypes

// What an endpoint's options say about groups and about a connection's conduct.

extension Socket {
    /// Joins the group that an address names, by the interface and from the senders that the endpoint says.
    func joinGroup(of address: SocketAddress, _ endpoint: Endpoint) throws(SocketError) {
        let sources = endpoint.options.groupSources
        guard let group = address.ip, group.isMulticast else {
            guard sources.isEmpty else {
                throw SocketError(.join, .destinationRequired, local: address, subject: "\(endpoint)")
            }
            return
        }
        var membership = GroupMembership(group, on: endpoint.options.interface)
        if membership.interface == nil, case .ipv6(_, _, let zone) = address, zone != 0 {
            membership.interface = Interfaces.name(of: zone) ?? "\(zone)"
        }
        for source in sources {
            switch source {
            case .ipv4(let source): membership.sources.append(.ipv4(source))
            case .ipv6(let source, _): membership.sources.append(.ipv6(source))
            case .name, .any:
                let subject = "\(group) from \(source)"
                throw SocketError(.join, .invalidArgument, local: address, subject: subject)
            }
        }
        try join(membership)
    }

    /// Delay, signs of life and patience of a stream. Connections that a listener accepts have them from it.
    func setConversation(of endpoint: Endpoint) throws(SocketError) {
        let options = endpoint.options
        try setTrafficClass(of: endpoint)
        if let noDelay = options.noDelay { try setNoDelay(noDelay) }
        if let linger = options.linger { try setLingerSeconds(linger.wholeSeconds) }
        if let timeout = options.userTimeout { try setUserTimeoutMilliseconds(timeout.wholeMilliseconds) }
        guard let keepAlive = options.keepAlive else { return }
        try setKeepsAlive(keepAlive.isOn)
        if let idle = keepAlive.idle { try setKeepAliveIdleSeconds(idle.wholeSeconds) }
        if let interval = keepAlive.interval { try setKeepAliveIntervalSeconds(interval.wholeSeconds) }
        if let count = keepAlive.count { try setKeepAliveProbes(Int32(clamping: count)) }
    }

    func setTrafficClass(of endpoint: Endpoint) throws(SocketError) {
        if let value = endpoint.options.trafficClass { try setTrafficClass(value) }
    }
}
