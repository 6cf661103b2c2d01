internal import Glibc
public import ParleyTypes

/// What there is to know about a port of this host: who holds it, whether a bind would succeed, who receives,
/// and how full
/// the queues are. Read from the kernel's tables; nothing is tried.
public struct PortReport: Sendable, Hashable {
    public var port: UInt16
    /// TCP, UDP and UDP-Lite each have ports of their own.
    public var parts: [Part]
    /// What this network namespace has counted, for all its sockets.
    public var counters: NetworkCounters

    /// What to look for.
    public struct Question: Sendable, Hashable {
        public var kinds: [KernelSocket.Kind] = [.tcp, .udp]
        /// The addresses to try in thought; empty: every local address, 0.0.0.0, 127.0.0.1, ::1 and those that
        /// holders have.
        public var addresses: [IPAddress] = []
        public var policies: [PortReuse] = PortReuse.allCases
        /// The index of the interface that the socket would be kept to, which link-local addresses need; 0 for all.
        public var interface: UInt32 = 0

        public init() {}
    }

    /// One kind of sockets.
    public struct Part: Sendable, Hashable {
        public var occupancy: PortOccupancy
        public var trials: [Trial]
        /// Of UDP: who receives what is sent to these addresses by a stranger.
        public var receptions: [Arrival]
        /// Of TCP: the queues of each listener.
        public var listeners: [ListenerQueue]
    }

    /// A bind that nobody makes.
    public struct Trial: Sendable, Hashable {
        public var policy: PortReuse
        public var address: SocketAddress
        /// Whether it stands for every local address, over IPv6 and IPv4 (`tcp://:8086`).
        public var isDual: Bool
        public var verdict: BindVerdict
    }

    /// A datagram that nobody sends.
    public struct Arrival: Sendable, Hashable {
        public var destination: SocketAddress
        public var reception: Reception
    }

    /// The queues of a listening socket.
    public struct ListenerQueue: Sendable, Hashable {
        public var socket: KernelSocket
        /// Connections that wait to be accepted.
        public var waiting: Int
        /// How many may wait: listen(b) admits b + 1.
        public var waitingMax: Int
        /// Connections that have begun (SYN) and are not complete.
        public var halfOpen: Int

        public var isFull: Bool { waiting >= waitingMax }
    }

    /// Looks at a port. Blocks while /proc is read.
    public static func read(_ port: UInt16, _ question: Question = Question()) -> PortReport {
        let interfaces = HostInterface.all
        let host = BindHost.current(interfaces, asking: question.addresses)
        let parts = question.kinds.compactMap { kind in
            PortOccupancy(kind: kind, port: port).map { part($0, question, host, interfaces) }
        }
        return PortReport(port: port, parts: parts, counters: .current())
    }

    private static func part(
        _ occupancy: PortOccupancy,
        _ question: Question,
        _ host: BindHost,
        _ interfaces: [HostInterface]
    ) -> Part {
        var trials: [Trial] = []
        for place in places(occupancy, question, host) {
            for policy in question.policies {
                guard
                    let request = BindRequest(
                        policy,
                        occupancy.kind,
                        at: place.address,
                        user: geteuid(),
                        isDual: place.isDual,
                        interface: question.interface
                    )
                else { continue }
                let verdict = occupancy.verdict(for: request, on: host.asSeen(by: place.address, interfaces))
                trials.append(
                    Trial(policy: policy, address: place.address, isDual: place.isDual, verdict: verdict)
                )
            }
        }
        return Part(
            occupancy: occupancy,
            trials: trials,
            receptions: receptions(occupancy, interfaces),
            listeners: listeners(occupancy)
        )
    }

    /// How many addresses of a host with many are tried.
    private static let placesMax = 12

    private static func places(_ occupancy: PortOccupancy, _ question: Question, _ host: BindHost)
        -> [(address: SocketAddress, isDual: Bool)]
    {
        let port = occupancy.port
        if !question.addresses.isEmpty {
            return question.addresses.map { address in
                let isLinkLocal = if case .ipv6(let address) = address { address.isLinkLocal } else { false }
                return (SocketAddress(address, port: port, zone: isLinkLocal ? question.interface : 0), false)
            }
        }
        let hasIPv6 = host.addresses?.contains { if case .ipv6 = $0 { true } else { false } } ?? false
        var places: [(address: SocketAddress, isDual: Bool)] = []
        if hasIPv6 { places.append((.ipv6(.any, port: port, zone: 0), true)) }
        places.append((.ipv4(.any, port: port), false))
        places.append((.ipv4(.loopback, port: port), false))
        if hasIPv6 { places.append((.ipv6(.loopback, port: port, zone: 0), false)) }
        for holder in occupancy.holders where holder.rank <= 1 {
            guard let local = holder.socket.local?.unmapped, places.count < placesMax else { continue }
            if !local.isWildcard, !places.contains(where: { $0.address == local }) {
                places.append((local, false))
            }
        }
        return places
    }

    private static func receptions(_ occupancy: PortOccupancy, _ interfaces: [HostInterface]) -> [Arrival] {
        guard occupancy.kind != .tcp, !occupancy.isFree else { return [] }
        var destinations: [IPAddress] = [.ipv4(.loopback), .ipv6(.loopback)]
        for address in interfaces.flatMap(\.addresses) where !address.isLinkLocalText {
            if !destinations.contains(address) { destinations.append(address) }
        }
        for holder in occupancy.holders {
            guard let ip = holder.socket.local?.unmapped.ip, holder.socket.local?.isMulticast == true else {
                continue
            }
            if !destinations.contains(ip) { destinations.append(ip) }
        }
        return destinations.prefix(placesMax).map { ip in
            let destination = SocketAddress(ip, port: occupancy.port)
            let source: SocketAddress =
                if case .ipv4 = ip { .ipv4(.loopback, port: 1) } else {
                    .ipv6(.loopback, port: 1, zone: 0)
                }
            // What this host sends to itself counts as coming by the address's interface.
            let interface = interfaces.first { $0.addresses.contains(ip) }?.index ?? 0
            let datagram = Reception.Datagram(from: source, to: destination, interface: interface)
            return Arrival(destination: destination, reception: occupancy.reception(of: datagram))
        }
    }

    private static func listeners(_ occupancy: PortOccupancy) -> [ListenerQueue] {
        guard occupancy.kind == .tcp else { return [] }
        let halfOpen = occupancy.sockets.filter { $0.state == .newSynReceived || $0.state == .synReceived }
        let listening = occupancy.sockets.filter { $0.state == .listen }
        return listening.map { socket in
            let own = halfOpen.filter { half in
                guard listening.count > 1, let local = socket.local, !local.isWildcard else { return true }
                return half.local?.unmapped.ip == local.unmapped.ip
            }.filter { half in
                // A wildcard of one family alone has no connections of the other.
                switch (socket.local, half.local?.unmapped) {
                case (.ipv4?, .ipv6?): false
                case (.ipv6?, .ipv4?): socket.isIPv6Only != true
                default: true
                }
            }
            return ListenerQueue(
                socket: socket,
                waiting: Int(socket.receiveQueue),
                waitingMax: Int(socket.sendQueue) + 1,
                halfOpen: own.count
            )
        }
    }
}

extension IPAddress {
    /// Link-local IPv6 addresses mean nothing without their interface.
    fileprivate var isLinkLocalText: Bool {
        if case .ipv6(let address) = self { address.isLinkLocal } else { false }
    }
}

extension PortOccupancy {
    /// What a verdict means: who is in the way and what to do; nil where the bind would succeed.
    public func explain(_ verdict: BindVerdict, isShort: Bool = false) -> Diagnosis? {
        switch verdict {
        case .succeeds: return nil
        case .refused(_, let cause): return Diagnosis(cause: "\(cause)", remedy: cause.remedy)
        case .fails(_, let obstacles):
            guard let found = found(obstacles) else { return nil }
            let text = ObstacleExplanation(found, isShort: isShort)
            return Diagnosis(cause: text.cause, remedy: text.remedy, holders: found.map(\.holder))
        case .depends(let obstacles):
            guard let found = found(obstacles) else { return nil }
            let text = ObstacleExplanation(found, isShort: isShort)
            let condition = Phrase.capitalized(
                ObstacleExplanation.condition(found[0].holder, found[0].reason)
            )
            return Diagnosis(
                cause: "\(condition). \(text.cause)",
                remedy: text.remedy,
                holders: found.map(\.holder)
            )
        }
    }

    private func found(_ obstacles: [BindVerdict.Obstacle]) -> [(
        holder: SocketHolder, reason: BindVerdict.Reason
    )]? {
        guard !obstacles.isEmpty else { return nil }
        return obstacles.map { (holder(of: $0.socket), $0.reason) }.sorted { $0.holder.rank < $1.holder.rank }
    }
}

extension BindHost {
    /// This host, as this process meets it.
    ///
    /// - Parameter asking: Addresses that may be the host's without standing at an interface: those of local routes
    ///   and of broadcasts.
    static func current(_ interfaces: [HostInterface], asking: [IPAddress]) -> BindHost {
        var addresses = Set(interfaces.flatMap(\.bindable))
        for case .ipv4(let address) in asking {
            let kind = try? Route.lookup(to: .ipv4(address)).kind
            if kind == .local || kind == .broadcast { addresses.insert(.ipv4(address)) }
        }
        let border = KernelLimit.unprivilegedPorts.value.flatMap { UInt16(exactly: $0) } ?? 1024
        return BindHost(
            addresses: addresses,
            unprivilegedPortStart: border,
            mayBindEveryPort: hasBindService,
            mayBindForeignIPv4: KernelLimit.bindsForeign.value == 1,
            mayBindForeignIPv6: KernelLimit.bindsForeign6.value == 1
        )
    }

    /// The host for a link-local address with a zone, which is the host's on that interface alone.
    fileprivate func asSeen(by address: SocketAddress, _ interfaces: [HostInterface]) -> BindHost {
        guard case .ipv6(let ip, _, let zone) = address, zone != 0, address.isLinkLocal, !ip.isMulticast,
            interfaces.first(where: { $0.index == zone })?.bindable.contains(.ipv6(ip)) != true
        else { return self }
        var host = self
        host.addresses?.remove(.ipv6(ip))
        return host
    }

    /// CAP_NET_BIND_SERVICE among the effective capabilities, in the user namespace that the network belongs
    /// to: root of
    /// a namespace of its own has it there alone.
    private static var hasBindService: Bool { ownsNetwork && hasBindServiceHere }

    /// Whether the network namespace belongs to this process's user namespace (ioctl_ns(2), NS_GET_USERNS).
    private static var ownsNetwork: Bool {
        let network = unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        guard network >= 0 else { return true }
        defer { close(network) }
        let owner = ioctl(network, 0xB701, 0)
        // EPERM: it is none of ours, nor of those below.
        guard owner >= 0 else { return errno != EPERM }
        defer { close(owner) }
        var theirs = stat()
        var ours = stat()
        guard unsafe fstat(owner, &theirs) == 0, unsafe stat("/proc/self/ns/user", &ours) == 0 else {
            return true
        }
        return theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev
    }

    private static var hasBindServiceHere: Bool {
        for line in (KernelFile.text("/proc/thread-self/status", limit: 65536) ?? "").split(separator: "\n")
        where line.hasPrefix("CapEff:") {
            let digits = line.dropFirst(7).filter { !$0.isWhitespace }
            return (UInt64(digits, radix: 16) ?? 0) & (1 << 10) != 0
        }
        return geteuid() == 0
    }
}
