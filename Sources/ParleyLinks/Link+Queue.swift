internal import ParleyTypes

extension Link {
    /// Does all serialisation that is due by a time.
    mutating func progress(to now: Int64) {
        while transmitter.nextWork <= now, transmitter.nextWork < .max {
            let time = transmitter.nextWork
            if let packet = transmitter.packet {
                transmitter.packet = nil
                leave(packet, at: time)
                sendNext(at: time, isNext: true)
            } else {
                sendNext(at: time, isNext: false)
            }
        }
        clock = Swift.max(clock, now)
    }

    /// A packet comes to the queue.
    ///
    /// - Parameter isReleased: it was held, so the queue does not refuse it.
    mutating func enter(_ packet: Inside, isReleased: Bool = false) {
        if packet.fate == .rule || packet.fate == .tooLarge {
            return drop(packet, packet.fate!, at: clock)
        }
        let isFree = transmitter.packet == nil && queue.isEmpty && transmitter.clogEnd <= clock
        if isFree, plan.rate == nil { return leave(packet, at: clock) }
        var packet = packet
        guard isReleased || !isDroppedEarly(&packet) else { return drop(packet, .earlyDrop, at: clock) }
        guard
            isReleased || (isFree && plan.rate != 0)
                || plan.queueLimit.hasRoom(
                    for: packet.byteCount,
                    behind: queue.count,
                    of: transmitter.queuedBytes
                )
        else { return drop(packet, .queueFull, at: clock) }
        if case .coDel(var state) = discipline {
            state.entered(packet.byteCount)
            discipline = .coDel(state)
        }
        packet.time = clock
        transmitter.idleSince = nil
        transmitter.queuedBytes &+= Int(packet.byteCount)
        queue.append(packet)
        if transmitter.packet == nil { sendNext(at: clock, isNext: false) }
    }

    /// Sends what waits, as far as it may leave now.
    ///
    /// - Parameter isNext: a packet has been serialised to its end just now.
    mutating func sendNext(at now: Int64, isNext: Bool) {
        transmitter.nextWork = .max
        while !queue.isEmpty {
            guard transmitter.clogEnd <= now else { return transmitter.nextWork = transmitter.clogEnd }
            guard plan.rate != 0 else { return }
            guard let packet = dequeue(at: now) else { continue }
            guard let rate = plan.rate else {
                leave(packet, at: now)
                continue
            }
            return transmitter.begin(packet, at: now, isNext: isNext, rate: rate)
        }
        transmitter.idleSince = now
        if case .coDel(var state) = discipline {
            state.ranEmpty()
            discipline = .coDel(state)
        }
    }

    /// A packet is on the wire now.
    mutating func leave(_ packet: Inside, at now: Int64) {
        if let fate = packet.fate { return drop(packet, fate, at: now) }
        var packet = packet
        packet.time = now.addingSaturated(packet.delay)
        if packet.flags.contains(.isReordered) {
            statistics.reordered &+= 1
            return reordered.insert(packet)
        }
        packet.time = Swift.max(packet.time, lastArrival)
        lastArrival = packet.time
        wire.append(packet)
    }

    mutating func drop(_ packet: Inside, _ cause: LinkDrop, at now: Int64) {
        statistics.count(cause)
        drops.append(Dropped(id: packet.id, cause: cause, time: now))
    }

    /// Takes the first packet out of the queue; nil if CoDel drops it.
    private mutating func dequeue(at now: Int64) -> Inside? {
        var packet = queue.removeFirst()
        transmitter.queuedBytes &-= Int(packet.byteCount)
        guard case .coDel(var state) = discipline else { return packet }
        let verdict = state.verdict(
            at: now,
            sojourn: now.elapsed(since: packet.time),
            bytes: transmitter.queuedBytes,
            canMark: canMark(packet)
        )
        discipline = .coDel(state)
        switch verdict {
        case .pass: break
        case .mark: mark(&packet)
        case .drop:
            drop(packet, .earlyDrop, at: now)
            return nil
        }
        return packet
    }

    /// Asks RED, and marks the packet if that is what it says.
    private mutating func isDroppedEarly(_ packet: inout Inside) -> Bool {
        guard case .red(var state) = discipline else { return false }
        let verdict = state.verdict(behind: queue.count, idle: idlePackets(), draw: packet.earlyDrop)
        discipline = .red(state)
        switch verdict {
        case .pass: return false
        case .drop: return true
        case .signal:
            guard canMark(packet) else { return true }
            mark(&packet)
            return false
        }
    }

    /// How many packets of usual size an idle link could have sent since it was asked last.
    private mutating func idlePackets() -> Int64 {
        guard let since = transmitter.idleSince else { return 0 }
        transmitter.idleSince = clock
        guard let rate = plan.rate else { return .max }
        let product = UInt64(clock.elapsed(since: since)).multipliedFullWidth(by: rate)
        let work = UInt64(RandomEarlyDetection.meanPacketBytes) * 8_000_000_000
        guard product.high < work else { return .max }
        return Int64(clamping: work.dividingFullWidth(product).quotient)
    }

    /// RFC 3168, section 5: only packets whose sender understands marks are marked.
    private func canMark(_ packet: Inside) -> Bool { plan.marks && packet.ecn != .notCapable }

    private mutating func mark(_ packet: inout Inside) {
        packet.ecn = .congestionExperienced
        statistics.marked &+= 1
    }
}
