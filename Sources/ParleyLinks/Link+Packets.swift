public import ParleyTypes

extension Link {
    /// Takes a packet in, and goes on to `now`.
    ///
    /// - Parameters:
    ///   - flow: whose packet it is; its number goes up by one, whatever becomes of the packet.
    ///   - now: the time, not before that of earlier calls.
    public mutating func receive(_ packet: LinkPacket, of flow: inout LinkFlow, at now: MonotonicInstant) {
        progress(to: now.nanoseconds)
        defer { settle() }
        let byteCount = Swift.min(Swift.max(0, packet.byteCount), Self.packetBytesMax)
        statistics.received &+= 1
        statistics.receivedBytes &+= byteCount
        var inside = Inside(id: packet.id, byteCount: UInt32(byteCount), ecn: packet.ecn)
        drawFates(of: &inside, fragments: packet.fragments, &flow)
        // After the draws: chance does not depend on the rules.
        if packet.isCondemned {
            inside.fate = .rule
        } else if byteCount > plan.mtu, packet.fragments <= 1 {
            inside.fate = .tooLarge
        }
        guard packetsInside < insideMax else { return drop(inside, .linkFull, at: clock) }
        switch passage {
        case .open: enter(inside)
        case .partitioned: drop(inside, .partitioned, at: clock)
        case .held:
            guard held.count < Self.heldPacketsMax else { return drop(inside, .heldFull, at: clock) }
            held.append(inside)
        }
    }

    /// Lets everything happen that is due by `now`. Too early it does nothing, too late it catches up: all
    /// happens at the times at which it was due.
    public mutating func advance(to now: MonotonicInstant) {
        progress(to: now.nanoseconds)
        noteDeadline()
    }

    /// Nothing leaves the queue until then; what is being serialised or on the wire goes on. The last call
    /// counts: a time that is past ends a clog.
    public mutating func clog(until end: MonotonicInstant) {
        transmitter.clogEnd = end.nanoseconds
        if transmitter.packet == nil { sendNext(at: clock, isNext: false) }
        settle()
    }

    /// What has become of a packet, in the order in which it came about; nil when there is no more to tell
    /// until ``nextDeadline`` or another packet.
    public mutating func nextOutcome() -> LinkOutcome? {
        if let packet = copy {
            copy = nil
            return arrival(of: packet, isCopy: true)
        }
        let onWire = wire.isEmpty ? Int64.max : wire.first.time
        let astray = reordered.isEmpty ? Int64.max : reordered.first.time
        let arrival = Swift.min(onWire, astray)
        if !drops.isEmpty, drops.first.time <= arrival {
            let drop = drops.removeFirst()
            let time = MonotonicInstant(nanoseconds: drop.time)
            return LinkOutcome(id: drop.id, kind: .dropped(drop.cause), isLast: true, time: time)
        }
        guard arrival <= clock, !(wire.isEmpty && reordered.isEmpty) else { return nil }
        let packet = onWire <= astray && !wire.isEmpty ? wire.removeFirst() : reordered.removeFirst()
        noteDeadline()
        return self.arrival(of: packet, isCopy: false)
    }

    /// Does what is due by now after a change: a packet without bytes has left as soon as it begins.
    mutating func settle() {
        if transmitter.nextWork <= clock { progress(to: clock) }
        noteDeadline()
    }

    /// Keeps ``nextDeadline`` right.
    private mutating func noteDeadline() {
        var earliest = transmitter.nextWork
        if !wire.isEmpty { earliest = Swift.min(earliest, wire.first.time) }
        if !reordered.isEmpty { earliest = Swift.min(earliest, reordered.first.time) }
        deadline = earliest
    }

    private mutating func arrival(of packet: Inside, isCopy: Bool) -> LinkOutcome {
        let hasCopy = packet.flags.contains(.hasCopy) && !isCopy
        if isCopy {
            statistics.copies &+= 1
        } else {
            statistics.arrived &+= 1
            statistics.arrivedBytes &+= Int(packet.byteCount)
            if hasCopy { copy = packet }
        }
        var corruption: Corruption?
        if packet.flags.contains(isCopy ? .isCopyCorrupted : .isCorrupted) {
            corruption = Corruption(draw: isCopy ? packet.copyCorruptedBit : packet.corruptedBit)
            statistics.corrupted &+= 1
        }
        return LinkOutcome(
            id: packet.id,
            kind: .arrived(ecn: packet.ecn, corruption: corruption, isCopy: isCopy),
            isLast: !hasCopy,
            time: MonotonicInstant(nanoseconds: packet.time)
        )
    }
}
