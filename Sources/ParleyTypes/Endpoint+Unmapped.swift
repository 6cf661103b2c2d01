extension Endpoint {
    /// The endpoint with every IPv4-mapped address as the IPv4 address that it stands for.
    ///
    /// A socket at or to such an address speaks IPv4 whatever its family is called, and an IPv6 socket that takes
    /// IPv6 alone refuses it. So networks open sockets by this form, and both spellings are one place.
    public var unmapped: Endpoint {
        var endpoint = self
        endpoint.host = host?.unmapped
        endpoint.options.localAddress = options.localAddress?.unmapped
        endpoint.options.groupSources = options.groupSources.map(\.unmapped)
        return endpoint
    }
}

extension IPAddress {
    /// An IPv4-mapped IPv6 address as the IPv4 address that it stands for, every other one as it is.
    public var unmapped: IPAddress {
        guard case .ipv6(let address) = self, let mapped = address.mapped else { return self }
        return .ipv4(mapped)
    }
}
