internal import ParleyLinks
internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

// Streams: who is at the other end, what comes, what is sent again.

extension World {
    mutating func enter(_ port: SimulatedStreamPort) {
        hosts[Int(port.host.index)].streams[port.key] = port
        connections[port.connection] = port
    }

    mutating func leave(_ port: SimulatedStreamPort) {
        let index = Int(port.host.index)
        if hosts[index].streams[port.key] === port { hosts[index].streams[port.key] = nil }
        connections[port.connection] = nil
    }

    mutating func leave(_ port: SimulatedListeningPort) {
        let index = Int(port.host.index)
        hosts[index].listeners[port.place.port]?.removeAll { $0 === port }
        if hosts[index].listeners[port.place.port]?.isEmpty == true {
            hosts[index].listeners[port.place.port] = nil
        }
    }

    /// The other end of a stream, where it still is.
    func partner(of port: SimulatedStreamPort) -> SimulatedStreamPort? {
        guard let host = host(at: port.remote, for: port.host.index) else { return nil }
        return hosts[Int(host)].streams[StreamKey(local: port.remote, remote: port.place)]
    }

    /// The link that a flow's packets meet first.
    func firstLink(of flow: Int32) -> Int32? {
        let flow = flows[flow]
        if flow.from != flow.to, hosts[Int(flow.from)].uplink >= 0 { return hosts[Int(flow.from)].uplink }
        return flow.pair
    }

    mutating func wakePipes(of link: Int32) {
        guard links[Int(link)].engine.queuedPackets < 8 else { return }
        let waiters = links[Int(link)].waiters
        links[Int(link)].waiters = []
        for port in waiters { port.linkHasRoom(&self) }
    }

    /// A packet of a stream has come to a host.
    mutating func arriveAtStream(_ id: UInt32, _ host: Int32) {
        defer { release(id) }
        let packet = packets[id]
        let port = hosts[Int(host)].streams[StreamKey(local: packet.destination, remote: packet.source)]
        switch packet.kind {
        case .synchronize:
            if let port { return port.send(.accepted, &self) }
            return synchronize(packet, at: host)
        case .accepted:
            guard let port else { return sendReset(for: packet, at: host) }
            port.establish(&self)
            connections[packet.connection]?.establish(&self)
        case .segment:
            guard let port else { return sendReset(for: packet, at: host) }
            if port.take(id, &self) { connections[packet.connection]?.acknowledge(packet, &self) }
        case .reset:
            guard let port else { return }
            port.die(port.isConnecting ? .connectionRefused : .connectionReset, &self)
        case .datagram, .refusal: break
        }
    }

    private mutating func synchronize(_ packet: Packet, at host: Int32) {
        let listeners = hosts[Int(host)].listeners[packet.destination.port] ?? []
        guard let listener = listeners.first(where: { $0.suits(packet.destination) }) else {
            return sendReset(for: packet, at: host)
        }
        guard !listener.isFull else { return repeatLost(packet) }
        let flow = flow(from: host, packet.destination, to: flows[packet.flow].from, packet.source)
        let port = SimulatedStreamPort(
            listener.host,
            packet.destination,
            to: packet.source,
            flow,
            .accepting(listener),
            listener.options,
            segmentBytesMax: segmentBytes(of: flow),
            &self
        )
        port.send(.accepted, &self)
    }

    private mutating func sendReset(for packet: Packet, at host: Int32) {
        // Its sender may be at its end already, or die of it.
        let flow = refusalFlow(from: host, to: flows[packet.flow].from)
        send(make(.control(.reset, flow, from: packet.destination, to: packet.source), RawSpan()))
    }

    /// How many bytes of a stream a packet of the flow holds.
    mutating func segmentBytes(of flow: Int32) -> Int {
        let (from, to, pair) = (Int(flows[flow].from), Int(flows[flow].to), flows[flow].pair)
        var mtu = 16_384
        for link in [pair, from == to ? -1 : hosts[from].uplink, from == to ? -1 : hosts[to].downlink]
        where link >= 0 {
            mtu = min(mtu, links[Int(link)].engine.conditions.mtu ?? .max)
        }
        return max(64, mtu - 60)
    }

    // MARK: Repetition

    /// The first packet of a connection found no room: as if it had been lost.
    private mutating func repeatLost(_ packet: Packet) {
        repeatLater(make(packet, RawSpan()))
    }

    /// Has a packet sent again after a while, if its stream is still there.
    mutating func repeatLater(_ id: UInt32) {
        guard let port = connections[packets[id].connection] else { return release(id) }
        packets[id].repetitions += 1
        let pause = port.pause(before: packets[id].repetitions)
        let loop = port.host.loop
        let deadline = time(at: port.host.index).advanced(by: pause)
        _ = schedule(deadline, .call { loop.world.withLock { $0.repeatNow(id) } }, at: port.host.index)
    }

    private mutating func repeatNow(_ id: UInt32) {
        let packet = packets[id]
        guard let port = connections[packet.connection] else { return release(id) }
        let sentAt = MonotonicInstant(nanoseconds: packet.sentAt)
        guard !port.givesUp(before: packet.repetitions, sentAt: sentAt, now: now) else {
            port.die(.timedOut, &self)
            return release(id)
        }
        send(id)
    }
}
