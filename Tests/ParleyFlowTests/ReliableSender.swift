import ParleyFlow
import ParleyTypes

/// What a receiver tells: all before `next`, and runs beyond it.
struct Report {
    var next: SerialNumber<UInt16>
    var runs: [SerialRun<UInt16>]
    var isDuplicate: Bool
}

/// A reliable sender of ParleyFlow's parts, as docs/architecture.md draws it: numbered items of one size.
struct ReliableSender {
    private(set) var window: SendWindow<UInt16, Int>
    private(set) var controller: any CongestionController
    private(set) var roundTrip: RoundTripEstimator
    private var timer = RetransmissionTimer()
    private var recent = RecentLosses()
    private var probe: TailLossProbe
    private var rate = DeliveryRateEstimator()
    private var pacer: Pacer
    private let packetBytes: Int
    /// Items that were not sent yet.
    private var items: Range<Int>
    private var pacedUntil: MonotonicInstant?
    private var isPaced = false
    /// Packets that may leave whatever the window says: the oldest after a time-out, or a probe.
    private var urgent = 0
    /// A probe that must leave: the last packet again, or a new one.
    private var probing: Probing?
    private var lastSent: MonotonicInstant?
    /// Time-outs without sending that the controller was told of.
    private var idleTimeouts = 0
    private var news: [SentPacket] = []

    /// Whether tail-loss probes are sent; a probe may be a new packet, beyond the window.
    var probes = true

    private(set) var repeated = 0
    private(set) var timeouts = 0
    private(set) var lastRate: DeliveryRateSample?
    private(set) var longestSample = Duration.zero

    private enum Probing {
        case new, repeated
    }

    init(_ controller: any CongestionController, items: Int, packetBytes: Int, first: UInt16)
        throws(FlowError)
    {
        window = try SendWindow(first: SerialNumber(first), countMax: 16_384)
        self.controller = controller
        roundTrip = RoundTripEstimator(
            try TimeoutSettings(minimum: .milliseconds(200), acknowledgementDelay: .milliseconds(50))
        )
        probe = try TailLossProbe(acknowledgementDelay: .milliseconds(40))
        pacer = try Pacer(packetBytes: packetBytes)
        self.packetBytes = packetBytes
        self.items = 0..<items
    }

    var isDone: Bool { items.isEmpty && window.flight.isEmpty }

    var nextDeadline: MonotonicInstant {
        [timer.deadline, recent.deadline, probes ? probe.deadline : nil, pacedUntil].compactMap(\.self).min()
            ?? .distantFuture
    }

    /// More to send.
    mutating func append(_ count: Int) { items = items.lowerBound..<items.upperBound + count }

    /// Sends what may leave.
    mutating func transmit(at now: MonotonicInstant, _ send: (SerialNumber<UInt16>, Int) -> Void)
        throws(FlowError)
    {
        pacedUntil = nil
        if let lastSent, window.flight.isEmpty, !items.isEmpty {
            let idle = Int(lastSent.duration(to: now) / roundTrip.timeout)
            controller.idled(timeouts: idle - idleTimeouts)
            idleTimeouts = idle
        }
        while window.flight.lostCount > 0 || (!items.isEmpty && window.room > 0) {
            if urgent > 0 {
                urgent -= 1
            } else {
                guard window.flight.bytes + packetBytes <= controller.window else { return }
                let due = pacer.wait(for: packetBytes, at: now)
                guard due <= now else {
                    pacedUntil = due
                    isPaced = true
                    return
                }
            }
            let stamp = rate.stamp(for: window.flight, at: now)
            if let index = window.flight.nextLost {
                window.sendAgain(index, at: now, stamp: stamp)
                repeated += 1
                send(window.number(of: index), window.item(at: index)!)
            } else {
                let item = items.removeFirst()
                send(try window.send(item, bytes: packetBytes, at: now, stamp: stamp), item)
                probe.schedule(for: window.flight, roundTrip: roundTrip, timeout: timer.deadline, at: now)
            }
            sent(at: now)
        }
        if window.flight.bytes + packetBytes <= controller.window { rate.applicationLimited(window.flight) }
    }

    private mutating func sent(at now: MonotonicInstant) {
        lastSent = now
        idleTimeouts = 0
        pacer.sent(packetBytes, at: now)
        timer.arm(by: roundTrip, at: now)
        if let probing {
            probe.sent(in: window.flight, isRepeated: probing == .repeated, roundTrip: roundTrip)
            timer.restart(by: roundTrip, at: now)
            self.probing = nil
        }
        controller.sent(bytes: packetBytes, flight: window.flight.bytes, at: now)
    }

    mutating func receive(_ report: Report, at now: MonotonicInstant) {
        let flightBefore = window.flight.bytes
        let start = window.flight.startIndex
        var news = self.news
        self.news = []
        window.acknowledge(before: report.next) { news.append($0) }
        for run in report.runs { window.acknowledge(run) { news.append($0) } }
        var bytes = 0
        var newest: SentPacket?
        for packet in news {
            bytes += packet.byteCount
            recent.delivered(packet, by: roundTrip, at: now)
            rate.delivered(packet, at: now)
            if packet.sentAt >= newest?.sentAt ?? packet.sentAt { newest = packet }
        }
        // Of those sent once before a repeated one the report may have been lost, a time-out ago.
        let hasSample =
            newest.map {
                roundTrip.acknowledged(sentAt: $0.sentAt, transmissions: $0.transmissions, at: now)
            } ?? false
        if hasSample { longestSample = max(longestSample, roundTrip.latest ?? .zero) }
        if report.isDuplicate { recent.duplicateReported(in: window.flight) }
        findLosses(at: now, flightBefore: flightBefore)
        if probe.acknowledged(window.flight, isDuplicate: report.isDuplicate) {
            controller.lost(event(bytes: packetBytes, index: window.flight.endIndex, flightBefore, at: now))
        }
        if !news.isEmpty {
            let sample = rate.sample(by: roundTrip)
            if let sample { lastRate = sample }
            controller.acknowledged(
                AcknowledgementEvent(
                    time: now,
                    bytes: bytes,
                    flightBefore: flightBefore,
                    startIndex: window.flight.startIndex,
                    endIndex: window.flight.endIndex,
                    hasSample: hasSample,
                    isPaced: isPaced,
                    rate: sample
                ),
                by: roundTrip
            )
            isPaced = false
            pacer.setRate(controller.pacingRate, at: now)
        }
        if window.flight.isEmpty {
            timer.stop()
        } else if window.flight.startIndex > start {
            timer.restart(by: roundTrip, at: now)
        }
        probe.schedule(for: window.flight, roundTrip: roundTrip, timeout: timer.deadline, at: now)
        news.removeAll(keepingCapacity: true)
        self.news = news
    }

    mutating func advance(to now: MonotonicInstant) {
        if let due = recent.deadline, due <= now { findLosses(at: now, flightBefore: window.flight.bytes) }
        if probes, probe.expire(by: roundTrip, at: now), !window.flight.isEmpty {
            let hasNew = !items.isEmpty && window.room > 0
            if !hasNew { window.lose(window.flight.endIndex - 1) }
            urgent = 1
            probing = hasNew ? .new : .repeated
        }
        guard timer.expire(by: roundTrip, at: now) else { return }
        timeouts += 1
        let flightBefore = window.flight.bytes
        if window.flight.isReneged { window.forgetDeliveries() }
        window.timedOut(by: &recent, roundTrip: roundTrip, at: now)
        probe.reset()
        probing = nil
        controller.timedOut(event(bytes: packetBytes, index: window.flight.startIndex, flightBefore, at: now))
        pacer.setRate(controller.pacingRate, at: now)
        urgent = 1
    }

    private mutating func findLosses(at now: MonotonicInstant, flightBefore: Int) {
        var bytes = 0
        var index: UInt64 = 0
        window.findLosses(by: &recent, roundTrip: roundTrip, at: now) { packet in
            bytes += packet.byteCount
            index = max(index, packet.index)
        }
        guard bytes > 0 else { return }
        probe.reset()
        controller.lost(event(bytes: bytes, index: index, flightBefore, at: now))
    }

    private func event(
        bytes: Int,
        index: UInt64,
        _ flightBefore: Int,
        at now: MonotonicInstant
    ) -> CongestionEvent {
        CongestionEvent(
            time: now,
            bytes: bytes,
            index: index,
            startIndex: window.flight.startIndex,
            endIndex: window.flight.endIndex,
            flightBefore: flightBefore
        )
    }
}

/// A reliable receiver of ParleyFlow's parts.
struct ReliableReceiver {
    private(set) var window: ReceiveWindow<UInt16, Int>
    private var acknowledgement: DelayedAcknowledgement
    private var isDuplicate = false
    /// What was read, in order.
    private(set) var count = 0
    private(set) var isInOrder = true

    init(first: UInt16) throws(FlowError) {
        window = try ReceiveWindow(next: SerialNumber(first), countMax: 16_384)
        acknowledgement = try DelayedAcknowledgement()
    }

    var nextDeadline: MonotonicInstant { acknowledgement.deadline ?? .distantFuture }

    mutating func receive(_ item: Int, number: SerialNumber<UInt16>, at now: MonotonicInstant) {
        let verdict = window.receive(item, number: number)
        if verdict == .duplicate { isDuplicate = true }
        acknowledgement.received(verdict.arrival, at: now)
        while let item = window.popFirst() {
            if item != count { isInOrder = false }
            count += 1
        }
    }

    /// The report that must leave now.
    mutating func report(at now: MonotonicInstant) -> Report? {
        guard acknowledgement.isDue(at: now) else { return nil }
        acknowledgement.acknowledged()
        // As TCP has room for: the latest run, then the lowest.
        var runs = window.latestRun.map { [$0] } ?? []
        window.runs { run in
            if run != runs.first { runs.append(run) }
            return runs.count < 4
        }
        defer { isDuplicate = false }
        return Report(next: window.next, runs: runs, isDuplicate: isDuplicate)
    }
}
