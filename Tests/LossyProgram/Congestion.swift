// swift-format-ignore-file
// docs/lossy-networks.md, congestion control. Tests/TidyTests finds each block of the page here.

import Parley
import ParleyFlow
import ParleySimulation

@WireMessage
struct Segment {
    var number: UInt64
    var filling: [UInt8] = []
}

/// Sends until a time, as much as the controller allows.
func transfer(by controller: any CongestionController, until end: MonotonicInstant) async throws {
    var sender = try Sender(controller, packetBytes: 1250)
    let filling = Array(packet.dropFirst(8))
    let outbox = try await Connection(Segment.self, to: .udp("receiver", 8089))
    while NetworkEnvironment.now < end {
        let now = NetworkEnvironment.now
        while let number = try sender.next(at: now) {
            try await outbox.send(Segment(number: number, filling: filling))
        }
        do {
            let deadline = min(sender.deadline, end)
            guard let report = try await outbox.next(timeout: now.duration(to: deadline)) else { return }
            sender.acknowledged(report.number, at: NetworkEnvironment.now)
        } catch ParleyError.timedOut {
            sender.advance(to: NetworkEnvironment.now)
        }
    }
}

/// Acknowledges each packet by its number.
func acknowledgeAll(_ segments: Counters) async throws {
    let inbox = try await Mailbox(Segment.self, at: .udp(port: 8089))
    try await inbox.respond { letter in
        segments.count(letter.sender, letter.message.number)
        return Segment(number: letter.message.number)
    }
}

/// Ten seconds on a way of 10 Mbit/s with its own queue.
func throughput(_ controller: any CongestionController, roundTrip: Duration, loss: Double) async throws -> Double {
    let segments = Counters()
    try await SimulatedNetwork(seed: 1) { network in
        let (sender, receiver) = (network.host("sender"), network.host("receiver"))
        network.link(sender, receiver).conditions = LinkConditions(delay: .constant(roundTrip / 2))
        network.link(from: sender, to: receiver).change {
            $0.rate = 10_000_000
            if loss > 0 { $0.loss = .random(loss) }
        }
        receiver.start { try await acknowledgeAll(segments) }
        try await sender.run {
            try await transfer(by: controller, until: NetworkEnvironment.now.advanced(by: .seconds(10)))
        }
    }
    return Double(segments.counts.first ?? 0) / 10_000
}

func congestion() async throws {
    var table = Table("used %", "round trip ms", "no loss", "0.1 % lost", "1 %", "5 %")
    for name in ["stop-and-wait", "window of 32", "NewReno", "CUBIC"] {
        for roundTrip in [20, 100] {
            var cells: [String] = []
            for loss in [0, 0.001, 0.01, 0.05] {
                cells.append(try await throughput(controller(name), roundTrip: .milliseconds(roundTrip), loss: loss).percent)
            }
            table.add(name, "\(roundTrip)", cells[0], cells[1], cells[2], cells[3])
        }
    }
    table.show()
}

func controller(_ name: String) throws -> any CongestionController {
    switch name {
    case "stop-and-wait": try StopAndWait(packetBytes: 1250)
    case "window of 32": try FixedWindow(packets: 32, packetBytes: 1250)
    case "window of 100": try FixedWindow(packets: 100, packetBytes: 1250)
    case "NewReno": try NewReno(packetBytes: 1250)
    default: try Cubic(packetBytes: 1250)
    }
}

/// Two senders whose packets meet before the receiver: 10 Mbit/s, 40 ms, and a queue of 40 packets.
func share(_ names: [String]) async throws -> (shares: [Double], lost: [Double]) {
    let segments = Counters()
    let statistics = try await SimulatedNetwork(seed: 1) { network in
        let receiver = network.host("receiver")
        network.conditions = LinkConditions(delay: .constant(.milliseconds(20)))
        receiver.downlink.conditions = LinkConditions(rate: 10_000_000, queue: LinkQueue(limit: .packets(40)))
        receiver.start { try await acknowledgeAll(segments) }
        try await withThrowingTaskGroup { group in
            for (index, name) in names.enumerated() {
                group.addTask {
                    try await network.host("sender \(index)").run {
                        try await NetworkEnvironment.sleep(for: .seconds(index))
                        let end = MonotonicInstant(nanoseconds: 20_000_000_000)
                        try await transfer(by: controller(name), until: end)
                    }
                }
            }
            try await group.waitForAll()
        }
        return receiver.downlink.statistics
    }
    let shares = segments.counts.map(Double.init)
    return (shares, [Double(statistics.dropped) / Double(statistics.received)])
}

func fairness() async throws {
    var table = Table("first", "second", "Mbit/s", "Mbit/s", "Jain's index", "lost %")
    for names in [["CUBIC", "CUBIC"], ["NewReno", "NewReno"], ["CUBIC", "NewReno"], ["CUBIC", "window of 100"]] {
        let (shares, lost) = try await share(names)
        let (sum, squares) = (shares.reduce(0, +), shares.reduce(0) { $0 + $1 * $1 })
        table.add(
            names[0], names[1], (shares[0] / 2000).digits(2), (shares[1] / 2000).digits(2),
            (sum * sum / (2 * squares)).digits(2), lost[0].percent
        )
    }
    table.show()
}
