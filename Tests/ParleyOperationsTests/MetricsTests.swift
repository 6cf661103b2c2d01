import Logging
import Metrics
import MetricsTestKit
import ParleyCore
import ParleyOperations
import ParleyTypes
import ParleyWire
import ServiceLifecycle
import Testing

/// What an operator sees is what has happened.
@Suite(.timeLimit(.minutes(5))) struct MetricsTests {
    @Test func `a mailbox's letters are counted, with transport and address`() async throws {
        let metrics = TestMetrics()
        let reporter = MetricsReporter(factory: metrics)
        let inbox = try await Mailbox(Line<Int>.self, at: .inbox)
        let stranger = try await Mailbox([UInt8].self, at: .inbox)
        reporter.add(inbox)
        let dimensions = [("transport", "udp"), ("address", "\(inbox.localAddress)")]
        func total(_ name: String) -> Int64 {
            metrics.counterTotal(label: "parley.messages.\(name)", dimensions: dimensions)
        }
        for number in 0..<3 { try await inbox.send(Line(number), to: inbox.localAddress) }
        try await stranger.send(Array("no number".utf8), to: inbox.localAddress)
        let queue = try metrics.expectGauge("parley.queue.bytes", dimensions)
        #expect(
            await eventually {
                reporter.report()
                return queue.lastValue ?? 0 > 0
            }
        )
        for number in 0..<3 { #expect(try await inbox.next(timeout: patience)?.message.value == number) }
        await #expect(throws: ParleyError.self) { try await inbox.next(timeout: .milliseconds(20)) }
        reporter.report()
        #expect([total("sent"), total("received"), total("rejected"), total("dropped")] == [3, 3, 1, 0])
        #expect(queue.lastValue == 0)
        // Told once, not again and again.
        reporter.report()
        #expect(total("sent") == 3)
    }

    @Test func `a listener's connections are counted, with the messages of those that have gone`()
        async throws
    {
        let metrics = TestMetrics()
        let reporter = MetricsReporter(factory: metrics)
        let listener = try await Listener(Line<Int>.self, at: .loopback)
        reporter.add(listener)
        let dimensions = [("transport", "tcp"), ("address", "\(listener.localAddress)")]
        func total(_ name: String) -> Int64 {
            metrics.counterTotal(label: "parley.\(name)", dimensions: dimensions)
        }
        let active = try metrics.expectGauge("parley.connections.active", dimensions)
        let running = Task {
            try await listener.run(limits: ListenerLimits(connectionsPerPeerMax: 2)) { connection in
                for try await line in connection.messages {
                    if line.value == 13 { throw ParleyError.ended }
                    try await connection.send(line)
                }
            }
        }
        let target = Endpoint.reaching(listener.localAddress)
        let first = try await Connection(Line<Int>.self, to: target, timeout: patience)
        let second = try await Connection(Line<Int>.self, to: target, timeout: patience)
        // The reset may come before the handshake is over here.
        let third = try? await Connection(Line<Int>.self, to: target, timeout: patience)
        #expect(await eventually { listener.statistics.refused == 1 })
        for number in 0..<5 { _ = try await first.request(Line(number), timeout: patience) }
        try await second.send(Line(13))
        #expect(try await second.next(timeout: patience) == nil)
        #expect(await eventually { listener.statistics.active == 1 })
        reporter.report()
        #expect(active.lastValue == 1)
        #expect([total("connections.accepted"), total("connections.refused")] == [2, 1])
        #expect([total("connections.failed"), total("accept.pauses")] == [1, 0])
        #expect([total("messages.received"), total("messages.sent")] == [6, 5])
        third?.close()
        listener.drain()
        try await running.value
        reporter.report()
        #expect(active.lastValue == 0)
        #expect([total("messages.received"), total("messages.sent")] == [6, 5])
    }

    @Test func `what is watched is not kept alive, and its last numbers are told`() async throws {
        let metrics = TestMetrics()
        let reporter = MetricsReporter(factory: metrics)
        var inbox: Mailbox? = try await Mailbox(Line<Int>.self, at: .inbox)
        weak let watched = inbox
        reporter.add(inbox!)
        reporter.report()
        try await inbox!.send(Line(1), to: inbox!.localAddress)
        inbox = nil
        #expect(watched == nil)
        reporter.report()
        #expect(metrics.counterTotal(label: "parley.messages.sent") == 1)
        reporter.report()
        #expect(metrics.counterTotal(label: "parley.messages.sent") == 1)
    }

    @Test func `the service reports while it runs and once more at the end`() async throws {
        let metrics = TestMetrics()
        let reporter = MetricsReporter(factory: metrics)
        let inbox = try await Mailbox(Line<Int>.self, at: .inbox)
        reporter.add(inbox)
        let counter = { metrics.counterTotal(label: "parley.messages.sent") }
        let group = ServiceGroup(
            services: [MetricsService(reporter, every: .milliseconds(5))],
            logger: Logger(label: "test")
        )
        let running = Task { try await group.run() }
        try await inbox.send(Line(1), to: inbox.localAddress)
        #expect(await eventually { counter() == 1 })
        await group.triggerGracefulShutdown()
        try await running.value
        // Cancelled instead of asked: the same.
        let cancelled = Task { try? await MetricsService(reporter, every: .seconds(3600)).run() }
        try await inbox.send(Line(2), to: inbox.localAddress)
        cancelled.cancel()
        await cancelled.value
        #expect(counter() == 2)
    }
}
