public import ParleyTypes

/// What a host allows a process to bind to, other sockets aside.
public struct BindHost: Sendable, Hashable {
    /// The addresses of its interfaces; nil takes every address for one of them.
    public var addresses: Set<IPAddress>?
    /// Ports below it need CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start, usually 1024).
    public var unprivilegedPortStart: UInt16
    /// Whether the process has CAP_NET_BIND_SERVICE.
    public var mayBindEveryPort: Bool
    /// Whether addresses of other hosts may be bound to: IP_FREEBIND, IP_TRANSPARENT or
    /// net.ipv4.ip_nonlocal_bind.
    public var mayBindForeignAddresses: Bool

    public init(
        addresses: Set<IPAddress>? = nil,
        unprivilegedPortStart: UInt16 = 1024,
        mayBindEveryPort: Bool = true,
        mayBindForeignAddresses: Bool = false
    ) {
        self.addresses = addresses
        self.unprivilegedPortStart = unprivilegedPortStart
        self.mayBindEveryPort = mayBindEveryPort
        self.mayBindForeignAddresses = mayBindForeignAddresses
    }

    /// Why the host refuses an address, whoever is there.
    func refusal(of address: SocketAddress) -> (code: ErrorCode, cause: BindVerdict.Cause)? {
        if let port = address.port, port > 0, port < unprivilegedPortStart, !mayBindEveryPort {
            return (.permissionDenied, .privilegedPort(below: unprivilegedPortStart))
        }
        if case .ipv6(_, _, 0) = address, address.isLinkLocal { return (.invalidArgument, .needsInterface) }
        return isLocal(address) ? nil : (.addressNotAvailable, .foreignAddress)
    }

    private func isLocal(_ address: SocketAddress) -> Bool {
        guard let addresses, !mayBindForeignAddresses, !address.isWildcard, !address.isMulticast,
            let host = address.unmapped.ip
        else { return true }
        if addresses.contains(host) { return true }
        guard case .ipv4(let host) = host else { return false }
        // All of 127.0.0.0/8 belongs to a host that has 127.0.0.1.
        return host == .broadcast || host == .any
            || host.rawValue >> 24 == 127 && addresses.contains(.ipv4(.loopback))
    }
}
