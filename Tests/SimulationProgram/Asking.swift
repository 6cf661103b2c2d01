import ExampleMessages
import Glibc
import ParleyCore
import ParleyFlow
import ParleyLinks
import ParleySimulation
import ParleyTypes
import Synchronization

/// Hours of numbered questions, one a second, on a network that does everything that networks do: each is run once at
/// most, each that is answered exactly once and with its own answer, and all goes on when the trouble is over.
enum Asking {
    /// What was asked, run and answered.
    private final class Ledger: Sendable {
        struct State {
            var runs: [UInt8]
            var asked = 0
            var answered = 0
            var tries = 0
        }

        let state: Mutex<State>

        init(questions: Int) {
            state = Mutex(State(runs: [UInt8](repeating: 0, count: questions)))
        }
    }

    /// The longest that a question may take, and longer than that answers are remembered.
    private static let patience = Duration.seconds(60)
    private static let memory = Duration.seconds(300)

    static func run(hours: Int, seed: UInt64) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let questions = hours * 3600
        let ledger = Ledger(questions: questions)
        let network = SimulatedNetwork(seed: seed, timeLimit: .seconds((hours + 1) * 3600))
        network.keepsPackets = false
        try await network { network in
            let (server, client) = (network.host("server"), network.host("client"))
            let limits = try AnswerLimits(time: memory)
            server.start("service") {
                let inbox = try await Mailbox(Order.self, at: .udp(port: 1))
                try await inbox.respond(remembering: limits) { letter in
                    ledger.state.withLock { $0.runs[Int(letter.message.amount)] &+= 1 }
                    return Order(amount: ~letter.message.amount)
                }
            }
            try await withThrowingTaskGroup { group in
                group.addTask(name: "client") {
                    try await client.run { try await ask(questions, ledger) }
                }
                group.addTask(name: "trouble") { try await trouble(network, client, server) }
                try await group.next()
                group.cancelAll()
            }
        }
        try judge(ledger, questions, network, took: clock.now - start)
    }

    private static func ask(_ questions: Int, _ ledger: Ledger) async throws {
        let outbox = try await Mailbox(Order.self, at: .udp)
        let server = try await outbox.resolve("server:1")
        let retrying = try Retrying(tries: nil, within: patience, window: 256)
        try await withThrowingDiscardingTaskGroup { group in
            for index in 0..<UInt32(questions) {
                group.addTask {
                    ledger.state.withLock { $0.asked += 1 }
                    do {
                        // Which one it is says the amount.
                        let question = Order(amount: index)
                        let answer = try await outbox.request(question, to: server, retrying: retrying)
                        if answer.message.amount != ~index {
                            Bustle.fail("the answer to \(index) is another's")
                        }
                        ledger.state.withLock { state in
                            state.answered += 1
                            state.tries += answer.tries
                            if state.runs[Int(index)] != 1 {
                                Bustle.fail("\(index) was answered and not run once")
                            }
                        }
                    } catch ParleyError.unanswered {
                    }
                }
                try await NetworkEnvironment.sleep(for: .seconds(1))
            }
        }
        // All is well again: the next one is answered at once.
        try await NetworkEnvironment.sleep(for: .seconds(120))
    }

    /// A spell of something, and then a pause.
    private static func trouble(
        _ network: SimulatedNetwork,
        _ client: SimulatedHost,
        _ server: SimulatedHost
    ) async throws {
        let (there, back) = (network.link(from: client, to: server), network.link(from: server, to: client))
        while true {
            let spell = Duration.milliseconds(Int64(network.random() % 90_000))
            var conditions = LinkConditions(
                delay: Delay(floor: .milliseconds(1 + Int64(network.random() % 200)))
            )
            switch network.random() % 10 {
            case 0: conditions.loss = .random(Double(network.random() % 50) / 100)
            case 1: conditions.loss = .bursts(loss: Double(network.random() % 50) / 100, length: 5)
            case 2: conditions.duplication = 1
            case 3: conditions.reordering = .back(0.3, by: .seconds(10))
            case 4: conditions.corruption = 0.3
            case 5: conditions.delay = .constant(.seconds(9))
            case 6: [there, back][Int(network.random() % 2)].partition()
            case 7: [there, back][Int(network.random() % 2)].hold()
            case 8: client.jumpClock(by: .seconds(Int64(network.random() % 100)))
            default: there.clog(for: .seconds(20))
            }
            there.conditions = conditions
            back.conditions = conditions
            try await NetworkEnvironment.sleep(for: spell)
            for link in [there, back] {
                link.heal()
                link.release()
                link.conditions = LinkConditions(delay: .constant(.milliseconds(20)))
            }
            try await NetworkEnvironment.sleep(for: .milliseconds(Int64(network.random() % 240_000)))
        }
    }

    private static func judge(
        _ ledger: Ledger,
        _ questions: Int,
        _ network: SimulatedNetwork,
        took: Duration
    ) throws {
        ledger.state.withLock { state in
            let counter = state.runs.reduce(0) { $0 + Int($1) }
            if let index = state.runs.firstIndex(where: { $0 > 1 }) {
                Bustle.fail("\(index) was run more than once")
            }
            guard state.asked == questions, state.answered <= counter, counter <= state.asked else {
                Bustle.fail("\(state.asked) asked, \(counter) run, \(state.answered) answered")
            }
            // Trouble is there a quarter of the time.
            if state.answered * 10 < questions * 8 {
                Bustle.fail("only \(state.answered) of \(questions) were answered")
            }
            print(
                "\(questions / 3600) virtual hours: \(state.asked) asked, \(counter) run, \(state.answered) answered, "
                    + "\(state.tries) tries, \(took.components.seconds) s"
            )
        }
    }
}
