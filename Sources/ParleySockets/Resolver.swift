internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// Names to addresses.
public enum Resolver {
    /// The addresses of a host, in the order in which to try them, without duplicates.
    ///
    /// Numbers and zones (`fe80::1%eth0`) are read without asking anyone; a name blocks the calling thread
    /// for as long as the system's resolver takes, which may be many seconds.
    ///
    /// - Parameter family: nil for both, IPv6 and IPv4 in turn (RFC 8305, section 4).
    ///
    /// The corresponding C function is `getaddrinfo`.
    public static func addresses(
        of host: String,
        port: UInt16,
        family: SocketFamily? = nil
    ) throws(SocketError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = family?.rawValue ?? AF_UNSPEC
        // One kind of socket, or each address comes once for each kind.
        unsafe hints.ai_socktype = SocketKind.datagram.rawValue
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0 else {
            throw SocketError(.resolve, ErrorCode(code == EAI_SYSTEM ? errno : code), subject: host)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var item = unsafe list
        while let current = unsafe item {
            let length = unsafe Int(current.pointee.ai_addrlen)
            let bytes = unsafe UnsafeRawBufferPointer(start: current.pointee.ai_addr, count: length)
            if let address = unsafe SocketAddress(system: bytes, length: length) {
                addresses.append(address)
            }
            unsafe item = current.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw SocketError(.resolve, .nameWithoutAddress, subject: host) }
        return interleaved(addresses)
    }

    /// The addresses of an endpoint, in the order in which to try them. Empty for every local address.
    ///
    /// A link-local address without a zone has that of the endpoint's interface; IPv4-mapped ones are IPv4.
    ///
    /// Blocks only if ``Endpoint/needsLookup``.
    public static func addresses(of endpoint: Endpoint) throws(SocketError) -> [SocketAddress] {
        let endpoint = endpoint.unmapped
        if let unix = endpoint.unixAddress { return [.unix(unix)] }
        switch endpoint.host {
        case .any, nil: return []
        case .ipv4(let address): return [.ipv4(address, port: endpoint.port)]
        case .ipv6(let address, nil):
            return [try endpoint.zoned(.ipv6(address, port: endpoint.port, zone: 0))]
        case .ipv6(let address, let zone?):
            return [.ipv6(address, port: endpoint.port, zone: try Interfaces.index(of: zone))]
        case .name(let name):
            // Names of link-local addresses (mDNS) come without a zone.
            var zoned: [SocketAddress] = []
            for address in try addresses(of: name, port: endpoint.port) {
                zoned.append(try endpoint.zoned(address))
            }
            return zoned
        }
    }

    /// The order of RFC 8305, section 4: the family of the first address and the other one in turn, each in
    /// the order that the resolver gave (RFC 6724). Duplicates go.
    public static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        var seen: Set<SocketAddress> = []
        let unique = addresses.filter { seen.insert($0).inserted }
        guard let first = unique.first else { return [] }
        let leading = unique.filter { $0.isIPv4 == first.isIPv4 }
        let following = unique.filter { $0.isIPv4 != first.isIPv4 }
        return (0..<max(leading.count, following.count)).flatMap { index in
            [leading, following].compactMap { index < $0.count ? $0[index] : nil }
        }
    }
}

extension SocketAddress {
    fileprivate var isIPv4: Bool {
        guard case .ipv4 = self else { return false }
        return true
    }
}
