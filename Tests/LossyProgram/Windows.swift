// swift-format-ignore-file
// docs/lossy-networks.md, windows. Tests/TidyTests finds each block of the page here.

import Parley
import ParleySimulation

/// What a window of questions brings in a second, on a way of 10 Mbit/s and 20 ms that lets twenty packets wait.
func measure(window: Int) async throws -> (arrived: Int, lost: Int, roundTrip: Duration) {
    try await SimulatedNetwork(seed: 1) { network in
        let (client, server) = (network.host("client"), network.host("server"))
        let way = network.link(from: client, to: server)
        way.conditions = LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(10)))
        network.link(from: server, to: client).conditions = LinkConditions(delay: .constant(.milliseconds(10)))
        server.start { try await serveOrders(Counter()) }
        return try await client.run {
            let outbox = try await Mailbox(Order.self, at: .udp)
            let end = NetworkEnvironment.now.advanced(by: .milliseconds(1500))
            async let asking = ask(by: outbox, window: window, until: end)
            try await NetworkEnvironment.sleep(for: .milliseconds(500))
            let before = way.statistics
            try await NetworkEnvironment.sleep(for: .seconds(1))
            let after = way.statistics
            let roundTrips = try await asking.compactMap(\.roundTrip).sorted()
            return (after.arrived - before.arrived, after.dropped, roundTrips[roundTrips.count / 2])
        }
    }
}

func windows() async throws {
    var table = Table("window", "Mbit/s", "used %", "min(1, n * L / (L + RTT * B)) %", "round trip ms", "lost")
    for window in [1, 2, 5, 10, 21, 32, 41, 64] {
        let (arrived, lost, roundTrip) = try await measure(window: window)
        table.add(
            "\(window)", (Double(arrived) / 100).digits(1), (Double(arrived) / 1000).percent,
            min(1, Double(window) / 21).percent, roundTrip.inMilliseconds.digits(1), "\(lost)"
        )
    }
    table.show()
}
