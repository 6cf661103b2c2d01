import ExampleMessages
import ParleyCore
import ParleyImpairment
import ParleyLinks
import ParleyNetwork
import ParleySimulation
import ParleyTypes
import ParleyWire
import Testing

/// A bad network between programs, on a good one that is simulated.
@Suite(.timeLimit(.minutes(2))) struct DatagramImpairmentTests {
    typealias Body = @Sendable (Mailbox<Order, Order>, SocketAddress, DatagramImpairment) async throws -> Void

    /// A server that echoes behind an impairment, and what a client makes of it.
    private static func echo(
        _ settings: ImpairmentSettings,
        seed: UInt64 = 1,
        _ body: @escaping Body
    ) async throws {
        try await SimulatedNetwork(seed: seed) { network in
            network.host("server").start {
                let inbox = try await Mailbox(Order.self, at: .udp(port: 9001))
                try await inbox.respond { $0.message }
            }
            let impairment = try await network.host("middle").run {
                try await DatagramImpairment(
                    at: .udp(port: 9000),
                    to: .udp("server", 9001),
                    settings,
                    on: NetworkEnvironment.current
                )
            }
            network.host("middle").start { try await impairment.run() }
            try await network.host("client").run {
                let outbox = try await Mailbox(Order.self, at: .udp)
                let place = try await outbox.resolve("middle:9000")
                try await body(outbox, place, impairment)
            }
        }
    }

    @Test func `what is sent comes to the target and its answers back`() async throws {
        try await Self.echo(ImpairmentSettings()) { outbox, place, impairment in
            for amount in 0..<UInt32(100) {
                try await outbox.send(Order(amount: amount), to: place)
                #expect(try await outbox.next(timeout: .seconds(10))?.message.amount == amount)
            }
            #expect(impairment.report.there.sent == 100)
            #expect(impairment.report.back.sent == 100)
        }
    }

    @Test func `delay is that of both ways`() async throws {
        let settings = ImpairmentSettings(
            there: LinkConditions(delay: .constant(.milliseconds(40))),
            back: LinkConditions(delay: .constant(.milliseconds(10)))
        )
        try await Self.echo(settings) { outbox, place, _ in
            // The first one waits for its peer's socket too.
            for _ in 0..<3 {
                let before = NetworkEnvironment.now
                try await outbox.send(Order(amount: 1), to: place)
                _ = try await outbox.next(timeout: .seconds(10))
                #expect(before.duration(to: NetworkEnvironment.now) >= .milliseconds(50))
            }
        }
    }

    @Test(arguments: 0..<4)
    func `every datagram is accounted for, and the rates are those that were asked for`(seed: UInt64)
        async throws
    {
        let conditions = LinkConditions(
            rate: 1_000_000_000,
            delay: Delay(floor: .milliseconds(5), adding: .uniform(width: .milliseconds(5))),
            loss: .random(0.05),
            duplication: 0.02,
            reordering: .back(0.03, by: .milliseconds(20)),
            corruption: 0.01
        )
        let settings = ImpairmentSettings(there: conditions, back: conditions, seed: seed)
        try await Self.echo(settings) { outbox, place, impairment in
            let count = 20_000
            try await outbox.send(
                contentsOf: (0..<UInt32(count)).lazy.map { Order(amount: $0) },
                to: place,
                rate: .messages(50_000)
            )
            try await NetworkEnvironment.sleep(for: .seconds(1))
            let report = impairment.report
            for way in [report.there, report.back] {
                #expect(way.link.received == way.link.arrived + way.link.dropped + way.inside)
                #expect(way.pending == 0 && way.inside == 0)
                let lost = Double(way.link.dropped) / Double(way.link.received)
                #expect((lost - 0.05).magnitude < 0.01)
                #expect((Double(way.link.copies) / Double(way.link.received) - 0.02 * 0.95).magnitude < 0.005)
            }
            #expect(report.there.link.received == count)
        }
    }

    @Test func `the same seed brings the same fates, another one others`() async throws {
        let conditions = LinkConditions(loss: .bursts(loss: 0.2, length: 3))
        func fates(_ seed: UInt64, pause: Duration) async throws -> [UInt32] {
            nonisolated(unsafe) var heard: [UInt32] = []
            try await Self.echo(ImpairmentSettings(there: conditions, seed: seed)) { outbox, place, _ in
                for amount in 0..<UInt32(200) {
                    try await outbox.send(Order(amount: amount), to: place)
                    try await NetworkEnvironment.sleep(for: pause)
                }
                while let letter = try? await outbox.next(timeout: .seconds(1)) {
                    unsafe heard.append(letter.message.amount)
                }
            }
            return unsafe heard
        }
        let one = try await fates(7, pause: .milliseconds(1))
        #expect(one.count > 100 && one.count < 190)
        #expect(try await fates(7, pause: .zero) == one)
        #expect(try await fates(8, pause: .zero) != one)
    }

    @Test func `peers have answers of their own, and one too many has none`() async throws {
        let settings = ImpairmentSettings(peersMax: 2)
        try await Self.echo(settings) { outbox, place, impairment in
            var boxes = [outbox]
            for _ in 0..<2 { boxes.append(try await Mailbox(Order.self, at: .udp)) }
            for (index, box) in boxes.enumerated() {
                try await box.send(Order(amount: UInt32(index)), to: place)
                let answer = try? await box.next(timeout: .seconds(1))
                #expect(answer?.message.amount == (index < 2 ? UInt32(index) : nil))
            }
            #expect(impairment.report.there.notLetIn == 1)
            // Silence gives a place away.
            try await NetworkEnvironment.sleep(for: .seconds(31))
            try await boxes[2].send(Order(amount: 2), to: place)
            #expect(try await boxes[2].next(timeout: .seconds(1))?.message.amount == 2)
            #expect(impairment.report.peersNow == 2)
        }
    }
}
