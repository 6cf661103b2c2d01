public import ParleyTypes

/// What a host allows a process to bind to, other sockets aside.
public struct BindHost: Sendable, Hashable {
    /// The addresses that the host takes for its own or for those of its networks; nil takes every address for one.
    public var addresses: Set<IPAddress>?
    /// Ports below it need CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start, usually 1024).
    public var unprivilegedPortStart: UInt16
    /// Whether the process has CAP_NET_BIND_SERVICE.
    public var mayBindEveryPort: Bool
    /// Whether IPv4 addresses of other hosts may be bound to: IP_FREEBIND, IP_TRANSPARENT or
    /// net.ipv4.ip_nonlocal_bind.
    public var mayBindForeignIPv4: Bool
    /// The same of IPv6: net.ipv6.ip_nonlocal_bind.
    public var mayBindForeignIPv6: Bool

    public init(
        addresses: Set<IPAddress>? = nil,
        unprivilegedPortStart: UInt16 = 1024,
        mayBindEveryPort: Bool = true,
        mayBindForeignIPv4: Bool = false,
        mayBindForeignIPv6: Bool = false
    ) {
        self.addresses = addresses
        self.unprivilegedPortStart = unprivilegedPortStart
        self.mayBindEveryPort = mayBindEveryPort
        self.mayBindForeignIPv4 = mayBindForeignIPv4
        self.mayBindForeignIPv6 = mayBindForeignIPv6
    }

    /// Why the host refuses an address, whoever is there.
    func refusal(of address: SocketAddress) -> (code: ErrorCode, cause: BindVerdict.Cause)? {
        if case .ipv4 = address {
            // inet_bind looks at the address first, inet6_bind at the port.
            return isLocal(address) ? refusalOfPort(address) : (.addressNotAvailable, .foreignAddress)
        }
        if let refusal = refusalOfPort(address) { return refusal }
        if case .ipv6(_, _, 0) = address, address.isLinkLocal { return (.invalidArgument, .needsInterface) }
        return isLocal(address) ? nil : (.addressNotAvailable, .foreignAddress)
    }

    private func refusalOfPort(_ address: SocketAddress) -> (code: ErrorCode, cause: BindVerdict.Cause)? {
        guard let port = address.port, port > 0, port < unprivilegedPortStart, !mayBindEveryPort else {
            return nil
        }
        return (.permissionDenied, .privilegedPort(below: unprivilegedPortStart))
    }

    private func isLocal(_ address: SocketAddress) -> Bool {
        guard let addresses, !address.isWildcard, !address.isMulticast, let host = address.unmapped.ip else {
            return true
        }
        let mayBindForeign = if case .ipv4 = host { mayBindForeignIPv4 } else { mayBindForeignIPv6 }
        if mayBindForeign { return true }
        if addresses.contains(host) { return true }
        guard case .ipv4(let host) = host else { return false }
        // All of 127.0.0.0/8 belongs to a host that has 127.0.0.1.
        return host == .broadcast || host == .any
            || host.rawValue >> 24 == 127 && addresses.contains(.ipv4(.loopback))
    }
}
