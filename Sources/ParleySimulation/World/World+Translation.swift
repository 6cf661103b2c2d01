internal import ParleyNetwork
internal import ParleyTypes

// Network address translation: what leaves a private host has its NAT's address, what comes back finds the host.

extension World {
    /// The addresses of a name, as a host may use them.
    func places(named name: String, for asker: Int32) -> [Place]? {
        guard let host = host(named: name) else { return nil }
        let (target, own) = (hosts[Int(host)], hosts[Int(asker)])
        guard target.ipv6 != nil, own.ipv6 != nil, let ipv6 = target.ipv6 else { return [target.ipv4] }
        return [target.ipv4, ipv6]
    }

    mutating func addTranslator(_ name: String, timeout: Duration) -> Int32 {
        let index = addHost(name)
        hosts[Int(index)].translation = Translation(timeout: timeout)
        hosts[Int(index)].isGateway = true
        return index
    }

    /// A packet that is about to leave gets the address that its NAT shows.
    mutating func translateSource(of id: UInt32) {
        let (from, to) = (flows[packets[id].flow].from, flows[packets[id].flow].to)
        let router = Int(gateway(from: from, to: to))
        guard router >= 0 else { return }
        let packet = packets[id]
        var over: [Int32] = []
        let port = hosts[router].translation?.port(
            for: packet.source,
            of: from,
            to: packet.destination,
            at: now
        ) { over.append($0.flow) }
        for flow in over where flow >= 0 { flows.release(flow) }
        // Where all ports are in use the packet keeps its own address, which nobody outside can answer.
        if let port { packets[id].source = hosts[router].ipv4.with(port: port) }
    }

    /// A packet has come to a NAT: it goes on to whom it is for, or nowhere.
    mutating func passInside(_ id: UInt32) {
        let packet = packets[id]
        let gateway = Int(flows[packet.flow].to)
        let port = packet.destination.port
        guard let mapping = hosts[gateway].translation?.mapping(at: port, from: packet.source, now: now)
        else {
            hosts[gateway].translation?.refused += 1
            counts.dropped += 1
            note(.dropped(nil), id)
            return lose(id)
        }
        var flow = mapping.flow
        if flow < 0 {
            flow = self.flow(from: Int32(gateway), packet.source, to: mapping.host, mapping.inside)
            hosts[gateway].translation?.set(flow: flow, at: port)
        }
        packets[id].destination = mapping.inside
        move(id, to: flow)
        enter(id, from: .downlink)
    }

    /// A packet that is sent again begins as it began.
    mutating func restore(_ id: UInt32, of port: SimulatedPipe) {
        packets[id].source = port.place
        packets[id].destination = port.remote
        move(id, to: port.flow)
    }

    private mutating func move(_ id: UInt32, to flow: Int32) {
        let before = packets[id].flow
        guard before != flow else { return }
        packets[id].flow = flow
        flows[flow].packetsInside += 1
        flows[before].packetsInside -= 1
        flows.removeIfUnused(before)
    }

    /// A NAT forgets all that it has translated.
    mutating func rebind(_ gateway: Int32) {
        var over: [Int32] = []
        hosts[Int(gateway)].translation?.removeAll { over.append($0.flow) }
        for flow in over where flow >= 0 { flows.release(flow) }
    }
}
