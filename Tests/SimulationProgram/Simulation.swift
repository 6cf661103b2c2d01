import Glibc
import ParleySimulation

/// Long and fast simulations: what `swift test` has no time for.
///
///     SimulationProgram rates SECONDS         messages a second of real time, as lines of JSON
///     SimulationProgram trace SEED            the trace of a bustle of hosts, to be compared between two processes
///     SimulationProgram trace SEED events     each event of it, to find the first that differs
///     SimulationProgram questions HOURS       numbered questions, one a virtual second, and each run once
///     SimulationProgram soak SECONDS          many seeds, one after another, in so many seconds of real time
@main struct Simulation {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("rates", let seconds?):
            let seconds = Double(seconds) ?? 1
            report("messages, drivers", try await Rates.median(of: Rates.engines, for: seconds / 2))
            report("messages, mailboxes", try await Rates.median(of: Rates.mailboxes, for: seconds / 2))
        case ("trace", let seed?):
            let network = SimulatedNetwork(seed: UInt64(seed) ?? 0)
            network.keepsEvents = arguments.last == "events"
            try await Bustle.run(on: network)
            for event in network.events { print(event) }
            print(
                "seed \(network.seed): \(network.counts.sent) packets in \(network.time), trace \(network.traceHash)"
            )
        case ("questions", let hours?): try await Asking.run(hours: Int(hours) ?? 1, seed: 1)
        case ("soak", let seconds?): try await Bustle.soak(seconds: Int(seconds) ?? 60)
        default:
            print(
                "usage: SimulationProgram rates SECONDS | trace SEED [events] | questions HOURS | soak SECONDS"
            )
            exit(2)
        }
    }

    /// As the benchmarks' other programs say it.
    private static func report(_ row: String, _ rate: Double) {
        print(
            #"{"benchmark":"simulation","peer":"Parley","row":"\#(row)","unit":"messages/s","value":\#(rate)}"#
        )
    }
}
