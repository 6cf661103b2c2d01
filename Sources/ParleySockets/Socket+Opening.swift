internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// From an endpoint to a socket that is configured and bound. Names are resolved before:
// ``Resolver/addresses(of:)``.

extension Socket {
    /// A bound datagram socket: UDP or Unix.
    ///
    /// - A group's address joins the group and is bound to it, so that unicast on the same port stays with
    ///   its owner.
    /// - A broadcast address is bound to as it is, and only broadcasts arrive.
    /// - `.unixgram` without a name gets one from the system, so that answers find the way back.
    ///
    /// - Parameter address: The endpoint's address, resolved; nil for every local address.
    public static func datagram(
        at endpoint: Endpoint,
        bound address: SocketAddress?
    ) throws(SocketError) -> Socket {
        switch address {
        case .unix(let unix)?:
            let socket = try Socket(.unix, .datagram)
            try socket.setQueues(endpoint.options)
            try socket.set(endpoint.options.settings)
            try socket.bind(toUnix: unix)
            return socket
        case nil where endpoint.transport.isLocal:
            return try datagram(at: endpoint, bound: .unix(endpoint.unixAddress ?? .unnamed))
        default:
            return try onEveryAddress(.datagram, endpoint, address) { (socket, address) throws(SocketError) in
                try socket.setUpDatagrams(endpoint, at: address)
                try socket.set(endpoint.options.settings)
                try socket.bind(to: address)
                try socket.joinGroup(of: address, endpoint)
            }
        }
    }

    /// A listening socket: TCP, Unix streams or sequenced packets. Without another ``PortReuse`` a TCP listener is
    /// `.restartable`.
    ///
    /// - Parameter address: The endpoint's address, resolved; nil for every local address.
    public static func listener(
        at endpoint: Endpoint,
        bound address: SocketAddress?
    ) throws(SocketError) -> Socket {
        let backlog = endpoint.options.backlog ?? Endpoint.backlogDefault
        switch address {
        case .unix(let unix)?:
            let socket = try Socket(.unix, endpoint.unixKind)
            try socket.setQueues(endpoint.options)
            try socket.set(endpoint.options.settings)
            try socket.bind(toUnix: unix)
            try socket.listen(backlog: backlog)
            return socket
        case nil where endpoint.transport.isLocal:
            return try listener(at: endpoint, bound: .unix(endpoint.unixAddress ?? .unnamed))
        default:
            return try onEveryAddress(.stream, endpoint, address) { (socket, address) throws(SocketError) in
                try socket.setUpStreams(endpoint)
                try socket.apply(
                    endpoint.options.reuse ?? (endpoint.options.loops == nil ? .restartable : .loadBalanced),
                    to: .stream,
                    at: address
                )
                try socket.set(endpoint.options.settings)
                try socket.bind(to: address)
                try socket.listen(backlog: backlog)
            }
        }
    }

    /// A socket ready to ``connect(to:)`` to an address: TCP, Unix streams or sequenced packets, bound where
    /// the endpoint says `local`.
    public static func stream(
        for endpoint: Endpoint,
        to address: SocketAddress
    ) throws(SocketError) -> Socket {
        guard let family = SocketFamily(of: address) else {
            let socket = try Socket(.unix, endpoint.unixKind)
            try socket.setQueues(endpoint.options)
            try socket.set(endpoint.options.settings)
            return socket
        }
        let socket = try Socket(family, .stream, endpoint.ipProtocol)
        try socket.setUpStreams(endpoint)
        try socket.set(endpoint.options.settings)
        if let local = endpoint.options.localAddress {
            if local.port == 0 {
                try socket.setChoosesPortAtConnect(true)
            } else if let reuse = endpoint.options.reuse {
                try socket.apply(reuse, to: .stream, at: local)
            }
            try socket.bind(to: local)
        }
        return socket
    }

    /// Sets what a policy means for a socket of this kind at this address. Before bind.
    ///
    /// `.restartable` datagrams and `.groupMember` at an address that is neither a group nor a broadcast
    /// address are refused (`.operationNotSupported`): on a unicast port SO_REUSEADDR lets any process take
    /// the datagrams.
    public func apply(
        _ policy: PortReuse,
        to kind: SocketKind,
        at address: SocketAddress
    ) throws(SocketError) {
        switch policy {
        case .exclusive: break
        case .restartable where kind == .stream: try setReusesAddress(true)
        case .loadBalanced where !address.isMulticast && !Self.isBroadcast(address):
            try setReusesPort(true)
        case .groupMember where kind == .datagram && (address.isMulticast || Self.isBroadcast(address)):
            try setReusesAddress(true)
            try setHearsOthersGroups(false)
        case .restartable, .loadBalanced, .groupMember:
            throw SocketError(.bind, .operationNotSupported, local: address, subject: policy.rawValue)
        }
    }

    /// Whether an address is a broadcast address: 255.255.255.255, or that of a network of this host's
    /// interfaces.
    public static func isBroadcast(_ address: SocketAddress) -> Bool {
        guard case .ipv4(let host, _) = address else { return false }
        return host == .broadcast || Interfaces.broadcastAddresses.contains(host)
    }
}

extension Socket {
    /// Opens one socket at an address; for every local address an IPv6 one that speaks IPv4 too, or, where
    /// the host lacks IPv6, an IPv4 one.
    private static func onEveryAddress(
        _ kind: SocketKind,
        _ endpoint: Endpoint,
        _ address: SocketAddress?,
        _ setUp: (borrowing Socket, SocketAddress) throws(SocketError) -> Void
    ) throws(SocketError) -> Socket {
        if let local = address
            ?? endpoint.options.localAddress.map({ $0.port == 0 ? $0.with(port: endpoint.port) : $0 })
        {
            guard let family = SocketFamily(of: local) else {
                throw SocketError(.bind, .addressFamilyNotSupported, local: local)
            }
            let socket = try Socket(family, kind, endpoint.ipProtocol)
            if family == .ipv6 { try socket.setIPv6Only(true) }
            try setUp(socket, try endpoint.zoned(local))
            return socket
        }
        do throws(SocketError) {
            let socket = try Socket(.ipv6, kind, endpoint.ipProtocol)
            try socket.setIPv6Only(false)
            try setUp(socket, .ipv6(.any, port: endpoint.port, zone: 0))
            return socket
        } catch {
            guard error.code == .addressFamilyNotSupported || error.code == .addressNotAvailable else {
                throw error
            }
        }
        let socket = try Socket(.ipv4, kind, endpoint.ipProtocol)
        try setUp(socket, .ipv4(.any, port: endpoint.port))
        return socket
    }

    private func bind(toUnix address: UnixAddress) throws(SocketError) {
        if case .path(let path) = address {
            try bind(takingOver: path)
        } else {
            try bind(to: .unix(address))
        }
    }

    private func setUpDatagrams(_ endpoint: Endpoint, at address: SocketAddress) throws(SocketError) {
        let options = endpoint.options
        try setQueues(options)
        try setReportsArrival(true)
        try setReportsDrops(true)
        if options.reportsArrivalTime == true { try setReportsTime(true) }
        try setHearsOthersGroups(false)
        if endpoint.isBroadcast { try setAllowsBroadcast(true) }
        try setTrafficClass(of: endpoint)
        if let coverage = options.checksumCoverage { try setChecksumCoverage(coverage) }
        if let hops = options.timeToLive {
            if hops > 0 { try setTimeToLive(Int32(hops)) }
            try setGroupTimeToLive(Int32(hops))
        }
        if let hears = options.hearsOwnHost { try setHearsOwnHost(hears) }
        if let name = options.interface {
            let interface = try Interface(name)
            try keep(to: interface)
            // The kernel does not choose an address of lo for what goes to groups, but another interface's, and
            // answers to that one do not count as coming by lo.
            try setGroupInterface(interface, from: interface.isLoopback ? .loopback : .any)
        }
        let isShared = address.isMulticast || Self.isBroadcast(address)
        let usual: PortReuse =
            options.loops != nil ? .loadBalanced : isShared ? .groupMember : .exclusive
        try apply(options.reuse ?? usual, to: .datagram, at: address)
    }

    private func setUpStreams(_ endpoint: Endpoint) throws(SocketError) {
        let options = endpoint.options
        try setQueues(options)
        if let hops = options.timeToLive { try setTimeToLive(Int32(hops)) }
        try setConversation(of: endpoint)
        if let name = options.interface { try keep(to: Interface(name)) }
    }

    /// Keeps the socket to one interface, both ways and whatever its address: the others are no substitute.
    /// IP_UNICAST_IF would be a preference only (an IPv6 socket with an address of its own leaves by the route all
    /// the same), and leaves receiving open; an IPv6 member of a group hears it on every interface where anyone on
    /// this host has joined it.
    private func keep(to interface: Interface) throws(SocketError) {
        guard interface.index != 0 else { return }
        guard let name = interface.name else {
            throw Interfaces.failure(.option, .noSuchDevice, named: "\(interface)")
        }
        try bind(toInterface: name)
    }

    private func setQueues(_ options: Endpoint.Options) throws(SocketError) {
        if let size = options.receiveBufferBytes { try setReceiveBufferBytes(size) }
        if let size = options.sendBufferBytes { try setSendBufferBytes(size) }
    }
}

extension SocketFamily {
    /// The family of an IP address; nil for a Unix one.
    init?(of address: SocketAddress) {
        switch address {
        case .ipv4: self = .ipv4
        case .ipv6: self = .ipv6
        case .unix: return nil
        }
    }
}

extension Endpoint {
    /// The kind of a Unix socket that listens or connects.
    fileprivate var unixKind: SocketKind { transport == .seqpacket ? .sequencedPacket : .stream }
}
