internal import ParleyLinks
internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

// Streams: who is at the other end, what comes, what is sent again.

extension World {
    mutating func enter(_ port: SimulatedPipe) {
        hosts[Int(port.host.index)].streams[port.key] = port
        connections[port.connection] = port
    }

    mutating func leave(_ port: SimulatedPipe) {
        let index = Int(port.host.index)
        if hosts[index].streams[port.key] === port { hosts[index].streams[port.key] = nil }
        connections[port.connection] = nil
    }

    mutating func leave(_ port: SimulatedListeningPort) {
        let index = Int(port.host.index)
        if port.place.isLocal {
            hosts[index].locals[port.place] = nil
            return names.remove(port.place)
        }
        hosts[index].listeners[port.place.port]?.removeAll { $0 === port }
        if hosts[index].listeners[port.place.port]?.isEmpty == true {
            hosts[index].listeners[port.place.port] = nil
        }
    }

    /// The other end of a stream, where it still is.
    func partner(of port: SimulatedPipe) -> SimulatedPipe? { connections[port.partner] }

    /// The link that a flow's packets meet first, where it has no room for another piece of a stream: so many wait in
    /// its queue, or all that it takes.
    func fullLink(of flow: Int32) -> Int32? {
        for slot in LinkState.Slot.way {
            let link = link(of: flow, slot)
            guard link >= 0 else { continue }
            return links[Int(link)].engine.queuedPackets >= links[Int(link)].piecesMax ? link : nil
        }
        return nil
    }

    /// Each stream that waits gets its turn: who fills the queue again waits behind the others.
    mutating func wakePipes(of link: Int32) {
        let index = Int(link)
        var count = links[index].waiters.count
        while count > 0, links[index].engine.queuedPackets < links[index].piecesMax {
            let port = links[index].waiters.removeFirst()
            count -= 1
            port.linkHasRoom(&self)
        }
    }

    /// A packet of a stream has come to a host.
    mutating func arriveAtStream(_ id: UInt32, _ host: Int32) {
        defer { release(id) }
        let packet = packets[id]
        var port = hosts[Int(host)].streams[StreamKey(local: packet.destination, remote: packet.source)]
        if packet.kind == .synchronize {
            // A peer that begins anew at the same place knows nothing of the old connection.
            if let old = port, old.partner != packet.connection {
                old.die(.connectionReset, &self)
                port = nil
            }
            if let port { return port.send(.accepted, &self) }
            return synchronize(packet, at: host)
        }
        // What is about an earlier connection at this place is not about this one.
        if let found = port, packet.about != found.connection, packet.about != 0 || !found.isAccepting {
            port = nil
        }
        switch packet.kind {
        case .accepted:
            guard let port else { return sendReset(for: packet, at: host) }
            port.partner = packet.connection
            port.establish(&self)
            connections[packet.connection]?.establish(&self)
        case .segment:
            guard let port else {
                // A copy of what has arrived in its time says nothing new.
                if !packet.isAcknowledged { sendReset(for: packet, at: host) }
                return
            }
            guard port.take(id, &self) else { return }
            packets[id].isAcknowledged = true
            connections[packet.connection]?.acknowledge(packet, &self)
        case .reset:
            port?.die(port?.isConnecting == true ? .connectionRefused : .connectionReset, &self)
        case .synchronize, .datagram, .refusal: break
        }
    }

    private mutating func synchronize(_ packet: Packet, at host: Int32) {
        guard let listener = listener(at: packet.destination, on: host) else {
            return sendReset(for: packet, at: host)
        }
        // As if it had been lost.
        guard !listener.isFull else { return repeatLater(make(packet, RawSpan())) }
        let serial = nextSerial(of: host)
        let flow = flow(
            from: host,
            packet.destination,
            to: origin(of: packet, at: host),
            packet.source,
            of: serial
        )
        let port = makePipe(
            listener.host,
            packet.destination,
            to: packet.source,
            flow,
            .accepting(listener),
            listener.options,
            over: listener.transport
        )
        port.partner = packet.connection
        port.send(.accepted, &self)
        let target = TimerHeap.Target.call { [weak port] in port?.giveUpAccepting() }
        let deadline = time(at: host).advanced(by: .seconds(60))
        _ = schedule(deadline, target, at: host)
    }

    func listener(at place: Place, on host: Int32) -> SimulatedListeningPort? {
        if place.isLocal { return hosts[Int(host)].locals[place] as? SimulatedListeningPort }
        return hosts[Int(host)].listeners[place.port]?.first { $0.suits(place) }
    }

    /// One end of a connection over a transport.
    mutating func makePipe(
        _ host: SimulatedHost,
        _ place: Place,
        to remote: Place,
        _ flow: Int32,
        _ phase: SimulatedPipe.Phase,
        _ options: Endpoint.Options,
        over transport: Transport
    ) -> SimulatedPipe {
        let type = transport.isStream ? SimulatedStreamPort.self : SimulatedPacketPort.self
        return type.init(
            host,
            place,
            to: remote,
            flow,
            phase,
            options,
            segmentBytesMax: segmentBytes(of: flow),
            hasBorders: !transport.isStream,
            &self
        )
    }

    /// Begins a connection: its near end, which has asked the other for it.
    mutating func connect(
        _ host: SimulatedHost,
        _ place: Place,
        to peer: Place,
        at target: Int32,
        _ endpoint: Endpoint
    ) -> SimulatedPipe {
        let flow = flow(from: host.index, place, to: target, peer, of: nextSerial(of: host.index))
        let port = makePipe(
            host,
            place,
            to: peer,
            flow,
            .connecting,
            endpoint.options,
            over: endpoint.transport
        )
        port.send(.synchronize, &self)
        return port
    }

    private mutating func sendReset(for packet: Packet, at host: Int32) {
        // Its sender may be at its end already, or die of it.
        let flow = refusalFlow(from: host, to: origin(of: packet, at: host))
        var reset = Packet.control(.reset, flow, from: packet.destination, to: packet.source)
        reset.about = packet.connection
        send(make(reset, RawSpan()))
    }

    /// How many bytes of a stream a packet of the flow holds.
    func segmentBytes(of flow: Int32) -> Int {
        var mtu = 16_384
        for slot in LinkState.Slot.way {
            let link = link(of: flow, slot)
            if link >= 0 { mtu = min(mtu, max(1, links[Int(link)].engine.conditions.mtu ?? .max)) }
        }
        return max(64, mtu - 60)
    }

    // MARK: Repetition

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
        restore(id, of: port)
        send(id)
    }
}
