// swift-format-ignore-file
// docs/lossy-networks.md, why datagrams are lost. Tests/TidyTests finds each block of the page here.

import Parley
import ParleySimulation

func receiveAll() async throws {
    for try await _ in try await Mailbox([UInt8].self, at: .udp(port: 8089)) {}
}

/// 1,250 bytes with the headers of IPv4 and UDP: 10,000 bits.
let packet = [UInt8](repeating: 0, count: 1222)

/// Sends so many packets a second, for four seconds, on a way that carries a thousand.
func send(packetsPerSecond: Int, loss: LossModel, queue: LinkQueue) async throws -> LinkStatistics {
    try await SimulatedNetwork(seed: 1) { network in
        let (sender, receiver) = (network.host("sender"), network.host("receiver"))
        let way = network.link(from: sender, to: receiver)
        way.conditions = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(10)), queue: queue, loss: loss)
        receiver.start { try await receiveAll() }
        try await sender.run {
            let outbox = try await Connection([UInt8].self, to: .udp("receiver", 8089))
            let packets = [[UInt8]](repeating: packet, count: 4 * packetsPerSecond)
            try await outbox.send(contentsOf: packets, rate: .messages(packetsPerSecond))
            try await NetworkEnvironment.sleep(for: .seconds(1))
        }
        return way.statistics
    }
}

func queue() async throws {
    var table = Table("Mbit/s", "sent", "arrived", "queue full", "early", "radio", "lost %", "excess %")
    let (plain, early) = (LinkQueue(limit: .packets(20)), LinkQueue(.red(), limit: .packets(20)))
    let cases: [(rate: Int, loss: LossModel, queue: LinkQueue)] = [
        (800, .none, plain), (1000, .none, plain), (1200, .none, plain), (2000, .none, plain), (1200, .none, early),
        (800, .random(0.05), plain), (1200, .random(0.05), plain),
    ]
    for (rate, loss, queue) in cases {
        let way = try await send(packetsPerSecond: rate, loss: loss, queue: queue)
        table.add(
            "\(rate / 100)", "\(way.received)", "\(way.arrived)", "\(way[.queueFull])", "\(way[.earlyDrop])",
            "\(way[.loss])", (Double(way.dropped) / Double(way.received)).percent,
            (1 - min(1, 1000 / Double(rate))).percent
        )
    }
    table.show()
}
