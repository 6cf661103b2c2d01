import Glibc
import ParleySimulation

/// Long and fast simulations: what `swift test` has no time for.
///
///     SimulationProgram rates                 packets and messages a second
///     SimulationProgram trace SEED            the trace of a bustle of hosts, to be compared between two processes
///     SimulationProgram trace SEED events     each event of it, to find the first that differs
///     SimulationProgram soak SECONDS          many seeds, one after another, in so many seconds of real time
@main struct Simulation {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("rates", nil):
            for _ in 0..<3 {
                let engines = try await Rates.engines(packets: 8_000_000)
                let mailboxes = try await Rates.mailboxes(messages: 2_000_000)
                print("\(Int(engines.rate)) packets/s between engines")
                print("\(Int(mailboxes.rate)) messages/s through mailboxes")
            }
        case ("trace", let seed?):
            let network = SimulatedNetwork(seed: UInt64(seed) ?? 0)
            network.keepsEvents = arguments.last == "events"
            try await Bustle.run(on: network)
            for event in network.events { print(event) }
            print(
                "seed \(network.seed): \(network.counts.sent) packets in \(network.time), trace \(network.traceHash)"
            )
        case ("soak", let seconds?): try await Bustle.soak(seconds: Int(seconds) ?? 60)
        default:
            print("usage: SimulationProgram rates | trace SEED [events] | soak SECONDS")
            exit(2)
        }
    }
}
