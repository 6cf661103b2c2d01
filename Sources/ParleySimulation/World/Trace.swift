internal import ParleyLinks
internal import ParleyTypes

/// All events of a simulation folded into one number, in the order in which they happened: equal for equal seeds.
struct Trace {
    private(set) var hash: UInt64
    /// The events themselves, where they are wanted.
    var events: [SimulationEvent]?

    init(seed: UInt64) {
        hash = SeededGenerator.mixed(seed)
    }

    @inline(__always)
    mutating func fold(_ value: UInt64) { hash = SeededGenerator.mixed(hash ^ value) }

    mutating func fold(_ bytes: RawSpan) {
        var hash = hash
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            hash = (hash ^ word.littleEndian) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.byteCount {
            rest =
                rest << 8 | UInt64(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        self.hash = hash
        fold(rest ^ UInt64(bytes.byteCount) << 56)
    }
}

extension World {
    enum Happening {
        case sent, arrived, corrupted
        /// Nil: at a host that is down.
        case dropped(LinkDrop?)
        /// The receiver's queue was full.
        case lost
    }

    /// Takes down what became of a packet.
    mutating func note(_ happening: Happening, _ id: UInt32) {
        let packet = packets[id]
        let code: UInt64
        switch happening {
        case .sent: code = 1
        case .arrived: code = 2
        case .corrupted: code = 3
        case .lost: code = 4
        case .dropped(let reason): code = 5 + UInt64(reason?.rawValue ?? 0xFF)
        }
        trace.fold(UInt64(bitPattern: now.nanoseconds))
        trace.fold(code << 48 ^ UInt64(packet.kind.rawValue) << 40 ^ UInt64(packet.byteCount))
        // Which flow: where from and to.
        trace.fold(flows[packet.flow].states[0].key)
        if code == 1 {
            let memory = unsafe packets.memory(id)
            let content = unsafe RawSpan(_unsafeBytes: memory)
            trace.fold(content)
            capture.keep(packet, content, at: now)
        }
        guard trace.events != nil else { return }
        let event = event(happening, packet)
        trace.events?.append(event)
    }

    private func event(_ happening: Happening, _ packet: Packet) -> SimulationEvent {
        let kind: SimulationEvent.Kind
        switch happening {
        case .sent: kind = .sent
        case .arrived: kind = .arrived
        case .corrupted: kind = .corrupted
        case .lost: kind = .lost
        case .dropped(let reason): kind = .dropped(reason)
        }
        return SimulationEvent(
            time: now,
            kind: kind,
            source: address(of: packet.source),
            destination: address(of: packet.destination),
            byteCount: Int(packet.byteCount),
            hash: trace.hash
        )
    }
}
