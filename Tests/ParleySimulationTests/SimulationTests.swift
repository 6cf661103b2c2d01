import ExampleMessages
import ParleyCore
import ParleyLinks
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct SimulationTests {
    @Test func `a question is answered over datagrams, and takes the time of the way`() async throws {
        let network = SimulatedNetwork(seed: 7)
        try await network { network in
            network.host("server").grade()
            try await network.host("client").run {
                let outbox = try await Mailbox(Score.self, at: .udp)
                let answer = try await outbox.request(score(21), to: "server:8089", timeout: .seconds(1))
                #expect(answer.message.math == 22)
                #expect(answer.sender == .ipv4(network.host("server").ipv4, port: 8089))
            }
        }
        #expect(network.counts.sent == 2)
        #expect(network.time == .microseconds(200))
    }

    @Test func `a stream keeps order and ends`() async throws {
        try await SimulatedNetwork(seed: 7) { network in
            network.host("server").gradeStreams()
            try await network.host("client").run {
                let connection = try await Connection(Score.self, to: .tcp("server", 8086))
                for number in 0..<100 {
                    let answer = try await connection.request(score(number), timeout: .seconds(1))
                    #expect(answer.math == UInt32(number + 1))
                }
                try connection.finishSending()
                #expect(try await connection.next() == nil)
            }
        }
    }

    @Test func `what the program throws is thrown, and a background program's failure is told`() async {
        struct Mishap: Error {}
        let thrown = await SimulatedNetwork(seed: 1).failure { _ in throw Mishap() }
        #expect(thrown is Mishap)
        let told = await SimulatedNetwork(seed: 1).failure { network in
            network.host("server").start("accountant") { throw Mishap() }
            try await NetworkEnvironment.sleep(for: .seconds(1))
        }
        #expect(told as? SimulationError == .programFailed(program: "accountant", reason: "Mishap()"))
    }

    @Test func `a program that waits for what never comes is told what it waits for`() async throws {
        let error = await SimulatedNetwork(seed: 1).failure { network in
            try await network.host("client").run {
                let inbox = try await Mailbox(Score.self, at: .udp(port: 9))
                for try await _ in inbox {}
            }
        }
        guard case SimulationError.stalled(let waits)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(waits == ["test for datagrams at [::]:9"])
    }

    @Test func `a simulation that goes on for ever ends at its limit`() async {
        let error = await SimulatedNetwork(seed: 1, timeLimit: .seconds(60)).failure { _ in
            while true { try await NetworkEnvironment.sleep(for: .seconds(1)) }
        }
        guard case SimulationError.tooLong(.seconds(60), _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a program that lets no time pass is told by its name`() async {
        let error = await SimulatedNetwork(seed: 1).failure { network in
            network.host("server").start("spinner") {
                while !Task.isCancelled { await Task.yield() }
            }
            try await NetworkEnvironment.sleep(for: .seconds(1))
        }
        #expect(error as? SimulationError == .spinning(program: "spinner"))
    }

    @Test func `a task that sleeps in real time is found out`() async {
        let error = await SimulatedNetwork(seed: 1).failure { network in
            network.host("server").start("dreamer") {
                try await Task.sleep(for: .milliseconds(1))
            }
            for _ in 0..<1_000_000 {
                try await NetworkEnvironment.sleep(for: .milliseconds(1))
            }
        }
        #expect(error as? SimulationError == .escaped(program: "dreamer"))
    }

    @Test func `cancelling the caller ends the simulation`() async throws {
        let task = Task {
            try await SimulatedNetwork(seed: 1, timeLimit: .seconds(1_000_000_000)) { network in
                network.keepsPackets = false
                while true { try await NetworkEnvironment.sleep(for: .milliseconds(1)) }
            }
        }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
    }

    @Test func `a simulation that is over leaves nothing behind, whatever it left open`() async throws {
        weak var gone: SimulatedNetwork?
        weak var goneHost: SimulatedHost?
        do {
            let network = SimulatedNetwork(seed: 1)
            gone = network
            goneHost = network.host("server")
            try await network { network in
                network.host("server").gradeStreams(at: 8086)
                network.host("server").start {
                    let listener = try await Listener(Score.self, at: .tcp(port: 8087))
                    try await NetworkEnvironment.sleep(for: .seconds(1))
                    withExtendedLifetime(listener) {}
                }
                try await network.host("client").run {
                    let served = try await Connection(Score.self, to: .tcp("server", 8086))
                    _ = try await served.request(score(1), timeout: .seconds(1))
                    // Nobody accepts it, and what it sends is lost.
                    let waiting = try await Connection(Score.self, to: .tcp("server", 8087))
                    network.link(network.host("client"), network.host("server")).partition()
                    try await waiting.send(score(1))
                    try await served.send(score(2))
                }
            }
        }
        for _ in 0..<1000 where gone != nil || goneHost != nil {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(gone == nil && goneHost == nil)
    }

    @Test func `a simulation runs once`() async throws {
        let network = SimulatedNetwork(seed: 1)
        try await network { _ in }
        #expect(await network.failure { _ in } as? SimulationError == .usedTwice)
    }

    @Test func `sleeping takes no time, and a year passes`() async throws {
        let network = SimulatedNetwork(seed: 1, timeLimit: .seconds(400 * 86_400))
        try await network { _ in
            for _ in 0..<365 { try await NetworkEnvironment.sleep(for: .seconds(86_400)) }
        }
        #expect(network.time == .seconds(365 * 86_400))
    }

    @Test func `a thousand hosts ask one`() async throws {
        let network = SimulatedNetwork(seed: 3)
        let answered = try await network { network in
            network.host("server").start {
                var place = Endpoint.udp(port: 8089)
                place.options.receiveBufferBytes = 1 << 20
                let inbox = try await Mailbox(Score.self, at: place)
                try await inbox.respond { letter in graded(letter.message) }
            }
            return try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1000 {
                    let host = network.host("client \(number)")
                    group.addTask {
                        try await host.run {
                            let outbox = try await Mailbox(Score.self, at: .udp)
                            let place = SocketAddress.ipv4(network.host("server").ipv4, port: 8089)
                            let question = score(number)
                            let answer = try await outbox.request(question, to: place, timeout: .seconds(1))
                            return answer.message.math == UInt32(number + 1) ? 1 : 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(answered == 1000)
        #expect(network.counts.inside == 0)
    }
}
