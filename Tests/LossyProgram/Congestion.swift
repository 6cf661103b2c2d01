// swift-format-ignore-file
// docs/lossy-networks.md, congestion control. Tests/TidyTests finds each block of the page here.

import Parley
import ParleyFlow
import ParleySimulation

@WireMessage
struct Segment {
    var number: UInt64
    var filling = Bytes<1214>()
}

@WireMessage
struct Report {
    var number: UInt64
}

/// Sends until a time, as much as the controller allows.
func transfer(by controller: any CongestionController, until end: MonotonicInstant) async throws {
    var sender = try Sender(controller, packetBytes: 1250)
    let place = Endpoint.udp("receiver", 8089)
    let outbox = try await Connection(to: place, receiving: Report.self, sending: Segment.self)
    while NetworkEnvironment.now < end {
        let now = NetworkEnvironment.now
        while let number = try sender.next(at: now) {
            try await outbox.send(Segment(number: number))
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
    let inbox = try await Mailbox(receiving: Segment.self, sending: Report.self, at: .udp(port: 8089))
    try await inbox.respond { letter in
        segments.count(letter.sender, letter.message.number)
        return Report(number: letter.message.number)
    }
}

/// The part of a way of 10 Mbit/s that is used from the second second on to the seventh.
func throughput(_ controller: any CongestionController, roundTrip: Duration, loss: Double) async throws -> Double {
    let segments = Counters()
    return try await SimulatedNetwork(seed: 1) { network in
        let (sender, receiver) = (network.host("sender"), network.host("receiver"))
        network.link(sender, receiver).conditions = LinkConditions(delay: .constant(roundTrip / 2))
        network.link(from: sender, to: receiver).change {
            $0.rate = 10_000_000
            if loss > 0 { $0.loss = .random(loss) }
        }
        receiver.start { try await acknowledgeAll(segments) }
        sender.start { try await transfer(by: controller, until: .distantFuture) }
        try await NetworkEnvironment.sleep(for: .seconds(2))
        let before = segments.counts[0]
        try await NetworkEnvironment.sleep(for: .seconds(5))
        return Double(segments.counts[0] - before) / 5000
    }
}

func congestion() async throws {
    var table = Table("used %", "round trip ms", "no loss", "0.1 % lost", "1 %", "5 %")
    for name in ["stop-and-wait", "window of 32", "NewReno", "CUBIC"] {
        for roundTrip in [20, 100] {
            var cells: [String] = []
            for loss in [0, 0.001, 0.01, 0.05] {
                let used = try await throughput(controller(name), roundTrip: .milliseconds(roundTrip), loss: loss)
                cells.append(used.percent)
            }
            table.add(name, "\(roundTrip)", cells[0], cells[1], cells[2], cells[3])
        }
    }
    // min(1, sqrt(3 / 2p) * L / (L + RTT * B))
    for roundTrip in [20.0, 100] {
        let cells = [0, 0.001, 0.01, 0.05].map { min(1, (1.5 / $0).squareRoot() / (roundTrip + 1)).percent }
        table.add("NewReno's formula", roundTrip.digits(0), cells[0], cells[1], cells[2], cells[3])
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

/// Two senders whose packets meet before the receiver: 10 Mbit/s, 40 ms, and a queue of 40 packets. Who begins a second
/// later is the second; what came from the fourth second on to the tenth counts.
func share(_ names: [String]) async throws -> (packets: [Int], lost: Double) {
    let segments = Counters()
    return try await SimulatedNetwork(seed: 1) { network in
        let receiver = network.host("receiver")
        network.conditions = LinkConditions(delay: .constant(.milliseconds(20)))
        receiver.downlink.conditions = LinkConditions(rate: 10_000_000, queue: LinkQueue(limit: .packets(40)))
        receiver.start { try await acknowledgeAll(segments) }
        for (index, name) in names.enumerated() {
            network.host("sender \(index)").start {
                try await NetworkEnvironment.sleep(for: .seconds(index))
                try await transfer(by: controller(name), until: .distantFuture)
            }
        }
        try await NetworkEnvironment.sleep(for: .seconds(4))
        let (before, link) = (segments.counts, receiver.downlink.statistics)
        try await NetworkEnvironment.sleep(for: .seconds(6))
        let after = receiver.downlink.statistics
        let lost = Double(after.dropped - link.dropped) / Double(after.received - link.received)
        return (zip(segments.counts, before).map { $0 - $1 }, lost)
    }
}

func fairness() async throws {
    var table = Table("first", "second", "Mbit/s", "Mbit/s", "Jain's index", "lost %")
    for names in [["NewReno", "NewReno"], ["CUBIC", "CUBIC"], ["NewReno", "CUBIC"], ["CUBIC", "window of 100"]] {
        let (packets, lost) = try await share(names)
        let rates = packets.map { Double($0) / 600 }
        let (sum, squares) = (rates.reduce(0, +), rates.reduce(0) { $0 + $1 * $1 })
        table.add(
            names[0], names[1], rates[0].digits(2), rates[1].digits(2), (sum * sum / (2 * squares)).digits(2),
            lost.percent
        )
    }
    table.show()
}
