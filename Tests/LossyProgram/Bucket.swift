// swift-format-ignore-file
// docs/lossy-networks.md, a rate that nobody corrects. Tests/TidyTests finds each block of the page here.

import Parley
import ParleyFlow
import ParleySimulation

/// Who always has thirty packets asks now and then: how many leave.
func bucket() async throws {
    var table = Table("ms", "asked", "let through")
    var bucket = try TokenBucket(rate: 1000, burst: 10)      // tokens a second; how many are kept
    for milliseconds in [0, 1, 2, 5, 105, 106] as [Int64] {
        let now = MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
        var count = 0
        while count < 30, try bucket.take(1, at: now) { count += 1 }
        table.add("\(milliseconds)", "30", "\(count)")
    }
    table.show()
}

/// 200 packets a second on average, on a way that carries a thousand and lets twenty wait.
func bursts() async throws {
    var table = Table("at once", "sent", "lost", "at once - 21")
    for burst in [1, 9, 21, 50, 100] {
        let lost = try await SimulatedNetwork(seed: 1) { network in
            let (sender, receiver) = (network.host("sender"), network.host("receiver"))
            let way = network.link(from: sender, to: receiver)
            way.conditions = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(10)))
            receiver.start { try await receiveAll() }
            try await sender.run {
                let outbox = try await Connection([UInt8].self, to: .udp("receiver", 8089))
                let packets = [[UInt8]](repeating: packet, count: 100)
                try await outbox.send(contentsOf: packets, rate: .messages(200, burst: burst))
            }
            return way.statistics[.queueFull]
        }
        table.add("\(burst)", "100", "\(lost)", "\(max(0, burst - 21))")
    }
    table.show()
}

/// The way has 10 Mbit/s for four seconds and 5 Mbit/s for four more. Nobody tells the sender.
func openLoop(packetsPerSecond: Int) async throws -> [LinkStatistics] {
    try await SimulatedNetwork(seed: 1) { network in
        let (sender, receiver) = (network.host("sender"), network.host("receiver"))
        let way = network.link(from: sender, to: receiver)
        way.conditions = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(10)))
        receiver.start { try await receiveAll() }
        return try await sender.run {
            let outbox = try await Connection([UInt8].self, to: .udp("receiver", 8089))
            let packets = [[UInt8]](repeating: packet, count: 4 * packetsPerSecond)
            var halves: [LinkStatistics] = []
            for rate in [10_000_000, 5_000_000] {
                way.conditions.rate = rate
                try await outbox.send(contentsOf: packets, rate: .messages(packetsPerSecond))
                halves.append(way.statistics)
            }
            return halves
        }
    }
}

/// Twenty questions under way, and the next one when an answer comes: the answers are the rate.
func closedLoop() async throws -> [LinkStatistics] {
    try await SimulatedNetwork(seed: 1) { network in
        let (client, server) = (network.host("client"), network.host("server"))
        let way = network.link(from: client, to: server)
        way.conditions = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(10)))
        network.link(from: server, to: client).conditions = LinkConditions(delay: .constant(.milliseconds(10)))
        server.start { try await serveOrders(Counter()) }
        return try await client.run {
            let outbox = try await Mailbox(Order.self, at: .udp)
            let end = NetworkEnvironment.now.advanced(by: .seconds(8))
            async let asking = ask(by: outbox, window: 20, until: end)
            try await NetworkEnvironment.sleep(for: .seconds(4))
            let half = way.statistics
            way.conditions.rate = 5_000_000
            _ = try await asking
            return [half, way.statistics]
        }
    }
}

func openLoop() async throws {
    var table = Table("sender", "way", "sent", "lost", "lost %", "excess %")
    func add(_ name: String, _ halves: [LinkStatistics], packetsPerSecond: Double? = nil) {
        var before = LinkStatistics()
        for (statistics, capacity) in zip(halves, [1000.0, 500]) {
            let (sent, lost) = (statistics.received - before.received, statistics.dropped - before.dropped)
            let excess = packetsPerSecond.map { (1 - min(1, capacity / $0)).percent } ?? "-"
            table.add(
                name, "\((capacity / 100).digits(0)) Mbit/s", "\(sent)", "\(lost)",
                (Double(lost) / Double(sent)).percent, excess
            )
            before = statistics
        }
    }
    for rate in [400, 800, 1200] {
        add("\(rate / 100) Mbit/s", try await openLoop(packetsPerSecond: rate), packetsPerSecond: Double(rate))
    }
    add("by answers", try await closedLoop())
    table.show()
}
