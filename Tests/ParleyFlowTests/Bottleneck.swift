import ParleyFlow
import ParleyLinks
import ParleyTypes

/// Senders and receivers at the ends of one way there and one way back, on a time of its own.
struct Bottleneck {
    var senders: [ReliableSender] = []
    var receivers: [ReliableReceiver] = []
    fileprivate(set) var now = MonotonicInstant.zero
    fileprivate(set) var data: Link
    fileprivate var reports: Link
    private var dataFlows: [LinkFlow] = []
    private var reportFlows: [LinkFlow] = []
    private var dataInside = Table<(flow: Int, number: SerialNumber<UInt16>, item: Int)>()
    private var reportsInside = Table<(flow: Int, report: Report)>()
    private let packetBytes: Int

    /// What is on the way, by the link's numbers, which are used again.
    struct Table<Value> {
        private var values: [Value] = []
        private var free: [UInt32] = []

        mutating func insert(_ value: Value) -> UInt32 {
            guard let id = free.popLast() else {
                values.append(value)
                return UInt32(values.count - 1)
            }
            values[Int(id)] = value
            return id
        }

        func value(_ id: UInt32) -> Value { values[Int(id)] }
        mutating func remove(_ id: UInt32) { free.append(id) }
    }

    init(_ there: LinkConditions, back: LinkConditions, seed: UInt64, packetBytes: Int = 1250) {
        data = Link(there, seed: seed)
        reports = Link(back, seed: seed &+ 1)
        self.packetBytes = packetBytes
    }

    mutating func add(_ controller: any CongestionController, items: Int) throws(FlowError) {
        // Numbers wrap soon.
        let first: UInt16 = 65_000
        senders.append(
            try ReliableSender(controller, items: items, packetBytes: packetBytes, first: first)
        )
        receivers.append(try ReliableReceiver(first: first))
        dataFlows.append(LinkFlow(key: UInt64(senders.count)))
        reportFlows.append(LinkFlow(key: UInt64(senders.count)))
    }

    var isDone: Bool { senders.allSatisfy(\.isDone) }

    /// Runs to a time, or until all is done.
    mutating func run(until end: MonotonicInstant) throws(FlowError) {
        for flow in senders.indices { try transmit(flow) }
        while !isDone {
            var next = data.nextDeadline ?? .distantFuture
            next = min(next, reports.nextDeadline ?? .distantFuture)
            for flow in senders.indices {
                next = min(next, senders[flow].nextDeadline, receivers[flow].nextDeadline)
            }
            guard next <= end else { break }
            now = max(now, next)
            try step()
        }
        if !isDone { now = end }
    }

    private mutating func step() throws(FlowError) {
        data.advance(to: now)
        while let outcome = data.nextOutcome() {
            let packet = dataInside.value(outcome.id)
            if case .arrived = outcome.kind {
                receivers[packet.flow].receive(packet.item, number: packet.number, at: now)
            }
            if outcome.isLast { dataInside.remove(outcome.id) }
        }
        for flow in receivers.indices {
            guard let report = receivers[flow].report(at: now) else { continue }
            let id = reportsInside.insert((flow, report))
            reports.receive(LinkPacket(id: id, byteCount: 60), of: &reportFlows[flow], at: now)
        }
        reports.advance(to: now)
        while let outcome = reports.nextOutcome() {
            let (flow, report) = reportsInside.value(outcome.id)
            if case .arrived = outcome.kind { senders[flow].receive(report, at: now) }
            if outcome.isLast { reportsInside.remove(outcome.id) }
        }
        for flow in senders.indices {
            senders[flow].advance(to: now)
            try transmit(flow)
        }
    }

    private mutating func transmit(_ flow: Int) throws(FlowError) {
        var packets: [(SerialNumber<UInt16>, Int)] = []
        try senders[flow].transmit(at: now) { packets.append(($0, $1)) }
        for (number, item) in packets {
            let id = dataInside.insert((flow, number, item))
            data.receive(LinkPacket(id: id, byteCount: packetBytes), of: &dataFlows[flow], at: now)
        }
    }
}

extension Bottleneck {
    /// Nothing happens for so long.
    mutating func rest(_ time: Duration) { now = now.advanced(by: time) }

    /// Nothing passes, there and back; or all does again.
    mutating func partition(_ isPartitioned: Bool) {
        data.advance(to: now)
        reports.advance(to: now)
        data.passage = isPartitioned ? .partitioned : .open
        reports.passage = isPartitioned ? .partitioned : .open
    }
}
