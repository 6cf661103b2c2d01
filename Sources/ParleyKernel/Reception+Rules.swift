internal import ParleyTypes

extension Reception {
    /// Finds the receiver by the rules of Linux (udp4_lib_lookup2, udp6_lib_lookup2, the multicast delivery): a socket
    /// connected to the sender before others, one bound to the address before one bound to all, for IPv4 an
    /// IPv4 socket before an IPv6 one; among equals the newest; and a copy to each for groups and broadcasts.
    ///
    /// - Parameter occupants: the sockets in the order in which sock_diag(7) lists those of a port, the newest
    ///   first of each family. Other kinds and ports are passed over.
    public init(
        of datagram: Datagram,
        by kind: KernelSocket.Kind = .udp,
        among occupants: [Occupant]
    ) {
        let sockets = occupants.filter {
            $0.socket.kind == kind && $0.socket.local?.port == datagram.destination.port
        }
        if datagram.isBroadcast || datagram.destination.isMulticast {
            self = Self.copies(of: datagram, among: sockets)
            return
        }
        // Unknown flags are taken for set and for not set: what does not agree is not known.
        let separate = Self.choice(datagram, sockets, unknown: false)
        let together = Self.choice(datagram, sockets, unknown: true)
        self = separate == together ? separate : .unknown(Self.union(separate.sockets, together.sockets))
    }

    private var sockets: [KernelSocket] {
        switch self {
        case .nobody: []
        case .one(let socket): [socket]
        case .spread(let sockets), .unknown(let sockets): sockets
        case .everyone(let certain, let perhaps): certain + perhaps
        }
    }

    private static func union(_ first: [KernelSocket], _ second: [KernelSocket]) -> [KernelSocket] {
        first + second.filter { !first.contains($0) }
    }

    // MARK: One receives

    private static func choice(_ datagram: Datagram, _ occupants: [Occupant], unknown: Bool) -> Reception {
        let chain = inHashOrder(occupants, unknown: unknown)
        for isWildcard in [false, true] {
            var best = 0
            var result = Reception.nobody
            for occupant in chain {
                guard let score = score(of: occupant.socket, for: datagram, isWildcard: isWildcard),
                    score > best
                else { continue }
                best = score
                if occupant.socket.remote == nil, occupant.reuse.port ?? unknown {
                    let group = chain.filter { isGroup($0, occupant, unknown: unknown) }
                    let idle = group.filter { $0.socket.remote == nil }.map(\.socket)
                    result = idle.count == 1 ? .one(idle[0]) : .spread(over: idle)
                    if idle.count == group.count { return result }
                } else {
                    result = .one(occupant.socket)
                }
            }
            if result != .nobody { return result }
        }
        return .nobody
    }

    /// The newest first, but IPv6 sockets with SO_REUSEPORT stand at the end, the oldest of them first.
    private static func inHashOrder(_ occupants: [Occupant], unknown: Bool) -> [Occupant] {
        let isLast = { (occupant: Occupant) in
            occupant.socket.isIPv6 && occupant.reuse.port ?? unknown
        }
        return occupants.filter { !isLast($0) } + occupants.filter(isLast).reversed()
    }

    /// compute_score: nil for a socket that is not meant, more than 0 otherwise.
    private static func score(of socket: KernelSocket, for datagram: Datagram, isWildcard: Bool) -> Int? {
        guard covers(socket, datagram.destination, isWildcard: isWildcard),
            socket.interface == 0 || socket.interface == datagram.interface
        else { return nil }
        var score = 1
        if !socket.isIPv6 { score += 1 }
        if let remote = socket.remote {
            guard remote.unmapped == datagram.source else { return nil }
            score += 8
        }
        return socket.interface == 0 ? score : score + 4
    }

    /// Whether a socket is bound to the address, or to all.
    private static func covers(
        _ socket: KernelSocket,
        _ destination: SocketAddress,
        isWildcard: Bool
    ) -> Bool {
        guard let local = socket.local else { return false }
        guard isWildcard else { return local.unmapped == destination }
        switch (local, destination) {
        case (.ipv4, .ipv4): return local.isWildcard
        case (.ipv6, .ipv4): return local.isWildcard && socket.isIPv6Only != true
        case (.ipv6, .ipv6): return local.isWildcard
        default: return false
        }
    }

    /// Whether two sockets with SO_REUSEPORT are of one group.
    private static func isGroup(_ first: Occupant, _ second: Occupant, unknown: Bool) -> Bool {
        let (one, other) = (first.socket, second.socket)
        return first.reuse.port ?? unknown && one.user == other.user && one.interface == other.interface
            && one.isIPv6 == other.isIPv6
            && one.isIPv6Only == other.isIPv6Only && one.local == other.local
    }

    // MARK: Everyone receives

    private static func copies(of datagram: Datagram, among occupants: [Occupant]) -> Reception {
        var certain: [KernelSocket] = []
        var perhaps: [KernelSocket] = []
        for occupant in occupants {
            let socket = occupant.socket
            guard
                covers(socket, datagram.destination, isWildcard: false)
                    || covers(socket, datagram.destination, isWildcard: true),
                socket.interface == 0 || socket.interface == datagram.interface,
                socket.remote.map({ $0.unmapped == datagram.source }) ?? true
            else { continue }
            let hears: Bool? =
                datagram.isBroadcast ? true : Truth.any(occupant.isMember, occupant.hearsOthersGroups)
            if hears == true { certain.append(socket) }
            if hears == nil { perhaps.append(socket) }
        }
        return certain.isEmpty && perhaps.isEmpty ? .nobody : .everyone(certain, perhaps: perhaps)
    }
}
