package import ParleyTypes

extension Endpoint {
    /// The endpoint with addresses as sockets take them, and with one interface: IPv4-mapped addresses are IPv4, a
    /// local zone is an index, and a zone at an address that needs none, which the system would ignore, is the
    /// interface.
    ///
    /// - Throws: `.noSuchDevice` for an interface that there is not, `.invalidArgument` where zones and interface
    ///   name different ones; the subject says which.
    package func grounded() throws(SocketError) -> Endpoint {
        var endpoint = unmapped
        var chosen: (index: UInt32, text: String)?
        if let name = options.interface {
            let interface = try Interface(name)
            if interface.index != 0 { chosen = (interface.index, "interface \(name)") }
        }
        if case .ipv6(let host, let zone?) = endpoint.host {
            try Self.choose(try Interfaces.index(of: zone), &chosen)
            if options.interface == nil, !host.isLinkLocal { endpoint.options.interface = zone }
        }
        guard case .ipv6(let host, let port, var zone)? = endpoint.options.localAddress else {
            return endpoint
        }
        if let name = options.localZone { zone = try Interfaces.index(of: name) }
        guard zone != 0 else {
            if host.isLinkLocal, let chosen { zone = chosen.index }
            endpoint.options.localAddress = .ipv6(host, port: port, zone: zone)
            return endpoint
        }
        try Self.choose(try Interfaces.index(of: "\(zone)"), &chosen)
        endpoint.options.localAddress = .ipv6(host, port: port, zone: zone)
        if endpoint.options.interface == nil, !host.isLinkLocal { endpoint.options.interface = "\(zone)" }
        return endpoint
    }

    private static func choose(_ zone: UInt32, _ chosen: inout (index: UInt32, text: String)?)
        throws(SocketError)
    {
        let name = Interfaces.name(of: zone) ?? "\(zone)"
        guard let earlier = chosen, earlier.index != zone else {
            chosen = chosen ?? (zone, "zone \(name)")
            return
        }
        throw SocketError(.inspect, .invalidArgument, subject: "\(earlier.text), but zone \(name)")
    }

    /// A link-local address or group with the interface that the endpoint names, if it has none itself: bind
    /// and connect want to know it.
    func zoned(_ address: SocketAddress) throws(SocketError) -> SocketAddress {
        guard case .ipv6(let host, let port, 0) = address, address.isLinkLocal, let name = options.interface
        else { return address }
        return .ipv6(host, port: port, zone: try Interface(name).index)
    }
}
