internal import ParleyLinks
internal import ParleyNetwork
internal import ParleyTypes

/// All that a simulation's hosts share, under one lock: the time, the links and what travels, who hears where.
///
/// Nothing here waits, and nothing is called that could come back: tasks and drivers that something was told to run
/// later, by the loop. Hosts, links and flows are known by their places in the tables.
struct World: ~Copyable, @unchecked Sendable {
    // Sendable by hand: it is behind a lock.
    /// Since the beginning of the simulation.
    var now = MonotonicInstant(nanoseconds: 0)
    var agenda = Agenda()
    var packets = PacketPool()
    var hosts: [HostState] = []
    var links: ContiguousArray<LinkState> = []
    var flows = FlowTable()
    /// What happened, in one number.
    var trace: Trace
    var capture = PacketMemory()
    var names = LocalNames()
    let seed: UInt64
    /// The conditions of links between hosts that were not given their own.
    var conditions = LinkConditions(delay: .constant(.microseconds(100)), mtu: 1500)
    var counts = SimulationCounts()

    private var sources: [Source] = []
    /// The link from one host to another, both in one number.
    private var pairs: [UInt64: Int32] = [:]
    /// Flows of packets that no socket sends: refusals.
    private var refusals: [UInt64: Int32] = [:]
    private var hostsByName: [String: Int32] = [:]
    private var hostsByAddress: [Place: Int32] = [:]
    /// Streams by the number in their packets.
    var connections: [UInt32: SimulatedPipe] = [:]
    /// Timers that have expired and are to be told.
    private var expired: [TimerHeap.Target] = []
    private var lastConnection: UInt32 = 0

    private enum Source {
        case link(Int32)
        case host(Int32)
    }

    init(seed: UInt64) {
        self.seed = seed
        trace = Trace(seed: seed)
    }

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

    mutating func addLink(_ conditions: LinkConditions, slot: LinkState.Slot) -> Int32 {
        let index = Int32(links.count)
        sources.append(.link(index))
        let seed = Trace.mixed(seed &+ 0xA076_1D64_78BD_642F &* (UInt64(index) + 1))
        links.append(LinkState(Link(conditions, seed: seed), slot, agenda.addSource()))
        return index
    }

    /// The link from one host to another, made when first asked for.
    mutating func pair(from: Int32, to: Int32) -> Int32 {
        let key = UInt64(UInt32(from)) << 32 | UInt64(UInt32(to))
        if let link = pairs[key] { return link }
        let link = addLink(from == to ? .loopback : conditions, slot: .pair)
        pairs[key] = link
        return link
    }

    /// Has all links between hosts that are there or come later have these conditions, but those within one host.
    mutating func setConditions(_ conditions: LinkConditions) {
        self.conditions = conditions
        for index in links.indices where links[index].slot == .pair && !links[index].isOwn {
            if links[index].engine.conditions == .loopback { continue }
            change(Int32(index)) { $0.conditions = conditions }
        }
    }

    /// Changes a link, and sees what becomes of it.
    mutating func change(_ link: Int32, _ body: (inout Link) -> Void) {
        links[Int(link)].engine.advance(to: now)
        body(&links[Int(link)].engine)
        drain(link)
    }

    // MARK: Flows

    mutating func flow(from: Int32, _ source: Place, to: Int32, _ destination: Place) -> Int32 {
        let router = gateway(from: from, to: to)
        let pair = pair(from: router < 0 ? from : router, to: to)
        return flows.add(Flow(from: from, to: to, pair: pair, key: Trace.key(source, destination)))
    }

    mutating func refusalFlow(from: Int32, to: Int32) -> Int32 {
        let key = UInt64(UInt32(from)) << 32 | UInt64(UInt32(to))
        if let flow = refusals[key] { return flow }
        let flow = flow(from: from, Place(), to: to, Place())
        refusals[key] = flow
        return flow
    }

    mutating func nextConnection() -> UInt32 {
        lastConnection &+= 1
        return lastConnection
    }

    /// Who waits, as failures tell it.
    func waits() -> [String] {
        var waits: [String] = []
        for host in hosts {
            for (_, ports) in host.datagrams.sorted(by: { $0.key < $1.key }) {
                waits += ports.flatMap(\.waits)
            }
            for (_, ports) in host.listeners.sorted(by: { $0.key < $1.key }) {
                waits += ports.flatMap(\.waits)
            }
            waits += host.locals.sorted { $0.key.low < $1.key.low }.flatMap(\.value.waits)
            waits += host.streams.values.sorted { $0.connection < $1.connection }.flatMap(\.waits)
        }
        return waits
    }

    // MARK: Packets

    mutating func make(_ packet: Packet, _ content: RawSpan) -> UInt32 {
        flows[packet.flow].packetsInside += 1
        var packet = packet
        packet.sentAt = now.nanoseconds
        return packets.make(packet, content)
    }

    mutating func release(_ id: UInt32) {
        guard let packet = packets.release(id) else { return }
        flows[packet.flow].packetsInside -= 1
        flows.removeIfUnused(packet.flow)
    }

    /// Sends a packet that the caller holds; it is the way's from now on.
    mutating func send(_ id: UInt32) {
        counts.sent += 1
        note(.sent, id)
        translateSource(of: id)
        enter(id, from: .uplink)
    }

    /// Has a packet enter the first link of its way that is there, from a place on it on.
    mutating func enter(_ id: UInt32, from slot: LinkState.Slot) {
        let flow = packets[id].flow
        var slot = slot
        while slot != .end {
            let link = link(of: flow, slot)
            if link >= 0 {
                let packet = packets[id]
                let size = Int(packet.byteCount) + packet.headerBytes
                let mtu = links[Int(link)].engine.conditions.mtu ?? .max
                var carried = LinkPacket(id: id, byteCount: size, ecn: packet.ecn)
                if size > mtu { carried.fragments = (size + mtu - 1) / mtu }
                if let rule = links[Int(link)].rule { carried.isCondemned = rule(view(of: id, slot)) }
                links[Int(link)].engine.receive(carried, of: &flows[flow].states[slot.rawValue], at: now)
                return drain(link)
            }
            slot = slot.next
        }
        arrive(id)
    }

    /// A packet as rules see it.
    private func view(of id: UInt32, _ slot: LinkState.Slot) -> SimulatedPacket {
        let packet = packets[id]
        return SimulatedPacket(
            source: address(of: packet.source),
            destination: address(of: packet.destination),
            bytes: unsafe packets.content(id).withUnsafeBytes { unsafe [UInt8]($0) },
            number: Int(clamping: flows[packet.flow].states[slot.rawValue].index),
            ecn: packet.ecn,
            isStream: packet.kind != .datagram && packet.kind != .refusal
        )
    }

    /// The link at a place of a flow's way, -1 where there is none.
    private func link(of flow: Int32, _ slot: LinkState.Slot) -> Int32 {
        let (from, to) = (flows[flow].from, flows[flow].to)
        switch slot {
        case .uplink: return from == to ? -1 : hosts[Int(from)].uplink
        case .gatewayUplink:
            let router = gateway(from: from, to: to)
            return router < 0 ? -1 : hosts[Int(router)].uplink
        case .pair: return flows[flow].pair
        case .downlink: return from == to ? -1 : hosts[Int(to)].downlink
        case .end: return -1
        }
    }

    /// The NAT that packets from one host to another pass, -1 for none.
    func gateway(from: Int32, to: Int32) -> Int32 {
        let gateway = hosts[Int(from)].gateway
        return gateway >= 0 && hosts[Int(to)].gateway != gateway ? gateway : -1
    }

    /// Passes on what a link has let go.
    mutating func drain(_ link: Int32) {
        let index = Int(link)
        while let outcome = links[index].engine.nextOutcome() {
            let id = outcome.id
            switch outcome.kind {
            case .arrived(let ecn, let corruption, _):
                if !outcome.isLast {
                    packets.retain(id)
                    counts.copies += 1
                }
                packets[id].ecn = ecn
                if corruption != nil {
                    corrupt(id)
                } else {
                    enter(id, from: links[index].slot.next)
                }
            case .dropped(let reason):
                note(.dropped(reason), id)
                counts.dropped += 1
                lose(id)
            }
        }
        agenda.set(links[index].source, to: links[index].engine.nextDeadline)
        if links[index].hasWaiters { wakePipes(of: link) }
    }

    /// A bit of a packet has changed on the way: its checksum tells, at the end.
    private mutating func corrupt(_ id: UInt32) {
        note(.corrupted, id)
        counts.corrupted += 1
        lose(id)
    }

    /// A packet that its sender's protocol repeats is its sender's again; any other is gone.
    mutating func lose(_ id: UInt32) {
        let packet = packets[id]
        // A copy of a piece that is kept elsewhere has the other to come.
        guard packet.connection != 0, packets.isHeldOnce(id), !hosts[Int(flows[packet.flow].from)].isDown
        else { return release(id) }
        repeatLater(id)
    }

    // MARK: Arrival

    private mutating func arrive(_ id: UInt32) {
        let packet = packets[id]
        let host = flows[packet.flow].to
        guard !hosts[Int(host)].isDown else {
            note(.dropped(nil), id)
            counts.dropped += 1
            return lose(id)
        }
        if hosts[Int(host)].isGateway { return passInside(id) }
        counts.delivered += 1
        note(.arrived, id)
        switch packet.kind {
        case .datagram: deliver(id, to: host)
        case .refusal: refuse(id, at: host)
        case .synchronize, .accepted, .segment, .reset: arriveAtStream(id, host)
        }
    }

    private mutating func deliver(_ id: UInt32, to host: Int32) {
        defer { release(id) }
        let packet = packets[id]
        if packet.destination.isLocal {
            guard let socket = hosts[Int(host)].locals[packet.destination] as? SimulatedDatagramPort else {
                return
            }
            packets.retain(id)
            return socket.enqueue(id, &self)
        }
        let sockets = hosts[Int(host)].datagrams[packet.destination.port] ?? []
        if packet.destination.isMulticast || packet.destination.ip == Self.broadcast {
            for socket in sockets where socket.hears(packet.source, packet.destination) {
                packets.retain(id)
                socket.enqueue(id, &self)
            }
            return
        }
        var best: (socket: SimulatedDatagramPort, rank: Int)?
        for socket in sockets {
            let rank = socket.rank(for: packet.source, packet.destination)
            if rank > best?.rank ?? 0 { best = (socket, rank) }
        }
        guard let best else { return sendRefusal(of: packet, at: host) }
        packets.retain(id)
        best.socket.enqueue(id, &self)
    }

    static let broadcast = IPv6Address(mapping: .broadcast)

    /// Where an answer to a packet goes: to the NAT that its sender is behind, if there is one.
    func origin(of packet: Packet, at host: Int32) -> Int32 {
        self.host(at: packet.source, for: host) ?? flows[packet.flow].from
    }

    /// Says that nobody listens there: as ICMP's port unreachable.
    private mutating func sendRefusal(of packet: Packet, at host: Int32) {
        let flow = refusalFlow(from: host, to: origin(of: packet, at: host))
        let refusal = Packet.control(.refusal, flow, from: packet.destination, to: packet.source)
        send(make(refusal, RawSpan()))
    }

    private mutating func refuse(_ id: UInt32, at host: Int32) {
        let packet = packets[id]
        for socket in hosts[Int(host)].datagrams[packet.destination.port] ?? [] {
            socket.refused(by: packet.source, &self)
        }
        release(id)
    }

    /// A host fails: its ports are gone, and nobody is told.
    mutating func crash(_ host: Int32) {
        let index = Int(host)
        hosts[index].isDown = true
        let datagrams = hosts[index].datagrams.sorted { $0.key < $1.key }.flatMap(\.value)
        let listeners = hosts[index].listeners.sorted { $0.key < $1.key }.flatMap(\.value)
        let streams = hosts[index].streams.values.sorted { $0.connection < $1.connection }
        let locals = hosts[index].locals.sorted { $0.key.low < $1.key.low }.map(\.value)
        for port in locals { port.vanish(&self) }
        for port in datagrams as [SimulatedPort] + listeners + streams { port.vanish(&self) }
    }

    /// Nothing happens any more: what is still open is closed.
    mutating func end() {
        for host in hosts.indices {
            crash(Int32(host))
            hosts[host].timers = TimerHeap()
            agenda.set(hosts[host].source, to: nil)
        }
        for link in links.indices { links[link].rule = nil }
    }

    // MARK: Time

    /// Goes on to the next event and lets happen what happens then.
    ///
    /// - Returns: false when nothing will.
    mutating func advance(until limit: MonotonicInstant) -> Bool {
        guard let next = agenda.next, next.time <= limit else { return false }
        now = max(now, next.time)
        while let next = agenda.next, next.time <= now {
            switch sources[Int(next.source)] {
            case .link(let link):
                links[Int(link)].engine.advance(to: now)
                drain(link)
            case .host(let host):
                hosts[Int(host)].timers.expire(at: time(at: host), into: &expired)
                setTimer(of: host)
            }
        }
        return true
    }

    /// The timers that have expired; the memory is to be given back.
    mutating func takeExpired() -> [TimerHeap.Target] {
        var taken: [TimerHeap.Target] = []
        swap(&taken, &expired)
        return taken
    }

    mutating func giveBack(_ memory: consuming [TimerHeap.Target]) {
        memory.removeAll(keepingCapacity: true)
        if expired.isEmpty { expired = memory }
    }

    /// A host's own time.
    func time(at host: Int32) -> MonotonicInstant { hosts[Int(host)].clock.time(at: now) }

    mutating func schedule(_ deadline: MonotonicInstant, _ target: TimerHeap.Target, at host: Int32) -> UInt64
    {
        let timer = hosts[Int(host)].timers.insert(deadline, target)
        setTimer(of: host)
        return timer
    }

    mutating func cancel(_ timer: UInt64, at host: Int32) { hosts[Int(host)].timers.cancel(timer) }

    mutating func setTimer(of host: Int32) {
        let index = Int(host)
        let next = hosts[index].timers.next().map { hosts[index].clock.instant(of: $0) }
        agenda.set(hosts[index].source, to: next)
    }
}

extension Packet {
    static func control(_ kind: Kind, _ flow: Int32, from source: Place, to destination: Place) -> Packet {
        var packet = Packet()
        packet.kind = kind
        packet.flow = flow
        packet.source = source
        packet.destination = destination
        return packet
    }

    /// What IP and UDP, or TCP, put before the bytes.
    var headerBytes: Int {
        let ip = destination.isIPv4 ? 20 : 40
        return switch kind {
        case .datagram: ip + 8
        case .refusal: ip + 36
        case .synchronize, .accepted, .segment, .reset: ip + 20
        }
    }
}
