import ArgumentParser
import ParleyCore
import ParleyImpairment
import ParleyText
import ParleyTypes

struct ImpairCommand: AsyncParsableCommand {
    static let examples = [
        "parley impair udp://:9000 --to udp://127.0.0.1:9001 --loss 5%",
        """
        parley impair udp://:9000 --to udp://127.0.0.1:9001 \\
            --delay 40ms --jitter 10ms --rate 2mbit --queue 50
        """,
        """
        parley impair udp://:9000 --to udp://127.0.0.1:9001 \\
            --there 'loss=5% burst=3' --back delay=40ms
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "impair",
        abstract: "Stand between programs and break the network on purpose, without root.",
        discussion: manual(
            """
            Whoever writes to URL is passed on to --to, and answers back, through a network as bad as it is asked \
            for. Each peer has a socket of its own to the target; rate and queue are shared by all of a way, as a \
            cable is. Chance follows from --seed, from who came first, and from each datagram's number alone: the \
            same again brings the same fates, however fast. Ends on SIGINT and SIGTERM; then it says what \
            became of all that came, each way. What this program's own sockets lose is told apart.
            """,
            examples: examples,
            statuses: [.done, .failed, .couldNotBind, .usage, .notPermitted]
        )
    )

    @OptionGroup(title: "Endpoint") var place: EndpointOptions
    @Option(name: .customLong("to"), help: ArgumentHelp("Where to pass datagrams on to.", valueName: "url"))
    var target: String
    @OptionGroup(title: "Faults") var faults: WayOptions
    @Option(help: ArgumentHelp("What all chance follows from.", valueName: "number"))
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Peers that are told apart, 1 to 65536.", valueName: "count"))
    var peers = 1024
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (1...65_536).contains(peers) else { throw ValidationError("--peers \(peers): 1 to 65536.") }
    }

    func run() async throws {
        let console = output.console
        let endpoint = try place.settledEndpoint()
        let to: Endpoint
        do throws(EndpointError) { to = try Endpoint(url: target) } catch { throw Ending(error) }
        for (words, place) in [("", endpoint), ("--to ", to)] where place.transport.isConnectionOriented {
            throw Ending(
                .usage,
                "\(words)\(place.transport): impair passes datagrams on",
                remedy: "Name udp:// or unixgram://."
            )
        }
        let ways = try faults.ways
        let settings = ImpairmentSettings(there: ways.there, back: ways.back, seed: seed, peersMax: peers)
        let impairment: DatagramImpairment
        do throws(SocketError) {
            impairment = try await DatagramImpairment(
                at: endpoint,
                to: to,
                settings,
                on: NetworkEnvironment.current
            )
        } catch {
            throw Ending(ParleyError.socket(error))
        }
        defer { impairment.close() }
        console.announce("impairing at", endpoint, impairment.localAddress)
        let error = await serve(impairment, console)
        summarize(impairment.report, console)
        if let ending = Stop.shared.ending { throw ending }
        if let error, error.code != .cancelled { throw Ending(ParleyError.socket(error)) }
    }

    private func serve(_ impairment: DatagramImpairment, _ console: Console) async -> SocketError? {
        let line = Progress(console: console, total: nil, beside: .nothing)
        guard line.isShown else { return await Self.run(impairment) }
        async let end = Self.run(impairment)
        while Stop.shared.reason == nil, (try? await NetworkEnvironment.sleep(for: .milliseconds(250))) != nil
        {
            line.update(served: ImpairmentSummary(impairment.report).short)
        }
        line.erase()
        return await end
    }

    private static func run(_ impairment: DatagramImpairment) async -> SocketError? {
        do throws(SocketError) { try await impairment.run() } catch { return error }
        return nil
    }

    private func summarize(_ report: ImpairmentReport, _ console: Console) {
        let summary = ImpairmentSummary(report)
        guard console.isJSON else { return summary.lines.forEach { console.note($0) } }
        console.report(summary.json, summary.lines.joined(separator: "; "))
    }
}
