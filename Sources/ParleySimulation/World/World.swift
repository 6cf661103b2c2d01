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
    /// What hosts draw.
    var chance: SeededGenerator
    /// The conditions of links between hosts that were not given their own.
    var conditions = LinkConditions.lan
    var counts = SimulationCounts()

    var sources: [Source] = []
    /// The link from one host to another, both in one number.
    var pairs: [UInt64: Int32] = [:]
    /// Flows of packets that no socket sends: refusals.
    private var refusals: [UInt64: Int32] = [:]
    var hostsByName: [String: Int32] = [:]
    var hostsByAddress: [Place: Int32] = [:]
    /// Streams by the number in their packets.
    var connections: [UInt32: SimulatedPipe] = [:]
    /// Timers that have expired and are to be told.
    private var expired: [TimerHeap.Target] = []
    private var lastConnection: UInt32 = 0

    enum Source {
        case link(Int32)
        case host(Int32)
    }

    init(seed: UInt64) {
        self.seed = seed
        chance = SeededGenerator(seed: SeededGenerator.mixed(seed &+ 0x6861_6E63))
        trace = Trace(seed: seed)
    }

    // MARK: Flows

    /// - Parameter serial: which of its host's sockets sends by it, so that one that is opened anew at the same place
    ///   meets other fates.
    mutating func flow(
        from: Int32,
        _ source: Place,
        to: Int32,
        _ destination: Place,
        of serial: UInt64 = 0
    ) -> Int32 {
        let router = gateway(from: from, to: to)
        let pair = source.isLocal ? localLink(of: from) : pair(from: router < 0 ? from : router, to: to)
        // By names and ports: addresses depend on who was there before.
        var key = SeededGenerator.mixed(hosts[Int(from)].nameHash ^ UInt64(source.port))
        key = SeededGenerator.mixed(key ^ hosts[Int(to)].nameHash ^ UInt64(destination.port))
        key = SeededGenerator.mixed(key &+ serial)
        return flows.add(Flow(from: from, to: to, pair: pair, key: key))
    }

    /// Within a host Unix sockets have a way of their own, which never fails.
    private mutating func localLink(of host: Int32) -> Int32 {
        if hosts[Int(host)].localLink < 0 {
            hosts[Int(host)].localLink = addLink(.loopback, slot: .pair, host, host)
        }
        return hosts[Int(host)].localLink
    }

    /// The number of a host's next socket.
    mutating func nextSerial(of host: Int32) -> UInt64 {
        hosts[Int(host)].lastSerial += 1
        return hosts[Int(host)].lastSerial
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
                let mtu = max(1, links[Int(link)].engine.conditions.mtu ?? .max)
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
            time: now,
            source: address(of: packet.source),
            destination: address(of: packet.destination),
            bytes: unsafe packets.content(id).withUnsafeBytes { unsafe [UInt8]($0) },
            number: Int(clamping: flows[packet.flow].states[slot.rawValue].index),
            ecn: packet.ecn,
            isStream: packet.kind != .datagram && packet.kind != .refusal
        )
    }

    /// The link at a place of a flow's way, -1 where there is none.
    func link(of flow: Int32, _ slot: LinkState.Slot) -> Int32 {
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

    /// Passes on what a link has let go. What arrives may be answered over the same link, at once: then the call that
    /// is under way goes on with it.
    mutating func drain(_ link: Int32) {
        let index = Int(link)
        guard !links[index].isDraining else { return }
        links[index].isDraining = true
        while let outcome = links[index].engine.nextOutcome() {
            let id = outcome.id
            switch outcome.kind {
            case .arrived(let ecn, let corruption, _):
                if !outcome.isLast {
                    packets.retain(id)
                    counts.copies += 1
                }
                packets[id].ecn = ecn
                if let corruption {
                    corrupt(id, corruption, in: index)
                } else {
                    enter(id, from: slot(after: link, of: id))
                }
            case .dropped(let reason):
                note(.dropped(reason), id)
                counts.dropped += 1
                lose(id)
            }
        }
        links[index].isDraining = false
        agenda.set(links[index].source, to: links[index].engine.nextDeadline)
        if links[index].hasWaiters { wakePipes(of: link) }
    }

    /// Where a packet goes on that a link has let go.
    private func slot(after link: Int32, of id: UInt32) -> LinkState.Slot {
        let slot = links[Int(link)].slot
        // The uplink of a NAT comes behind the host's own.
        guard slot == .uplink, hosts[Int(flows[packets[id].flow].from)].uplink != link else {
            return slot.next
        }
        return .pair
    }

    /// A bit of a packet has changed on the way: its checksum tells, unless it does not cover it.
    private mutating func corrupt(_ id: UInt32, _ corruption: Corruption, in link: Int) {
        let packet = packets[id]
        let bit = corruption.bit(of: Int(packet.byteCount) + packet.headerBytes) ?? 0
        let payloadBit = bit - packet.headerBytes * 8
        if packet.coverage > 0, payloadBit >= (Int(packet.coverage) - 8) * 8 {
            let memory = unsafe packets.memory(id)
            let copy = unsafe make(packet, RawSpan(_unsafeBytes: memory))
            packets.flip(bit: payloadBit, of: copy)
            release(id)
            return enter(copy, from: slot(after: Int32(link), of: copy))
        }
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
            for socket in sockets where socket.hears(packet) {
                packets.retain(id)
                socket.enqueue(id, &self)
            }
            return
        }
        var best: (socket: SimulatedDatagramPort, rank: Int)?
        for socket in sockets {
            let rank = socket.rank(for: packet)
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

    /// The run is over: what is still open is closed, or it would stand with its host in a circle for ever.
    ///
    /// - Returns: what goes with it, to be dropped without the lock: it may come back here.
    mutating func end() -> [Any] {
        var remains: [Any] = []
        for host in hosts.indices {
            crash(Int32(host))
            remains.append(hosts[host].timers)
            hosts[host].timers = TimerHeap()
            agenda.set(hosts[host].source, to: nil)
        }
        for link in links.indices {
            remains.append((links[link].waiters, links[link].rule))
            links[link].waiters = []
            links[link].rule = nil
        }
        return remains
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

    mutating func cancel(_ timer: UInt64, at host: Int32) {
        hosts[Int(host)].timers.cancel(timer)
        setTimer(of: host)
    }

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
