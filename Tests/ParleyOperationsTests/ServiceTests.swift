import Glibc
import Logging
import ParleyCore
import ParleyOperations
import ParleyTypes
import ParleyWire
import ServiceLifecycle
import Synchronization
import Testing
import UnixSignals

/// A shutdown answers what has come, waits for nobody for ever, and leaves nothing open.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
    @Test func `a listener drains: what has come is answered, idle peers are let go, nobody gets in`()
        async throws
    {
        let listener = try await Listener(Line<Int>.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress)
        let (group, running) = start(ListenerService(listener, echo))
        let idle = try await Connection(Line<Int>.self, to: target, timeout: patience)
        #expect(try await idle.request(Line(1), timeout: patience).value == 1)
        let busy = try await Connection(Line<Int>.self, to: target, timeout: patience)
        #expect(try await busy.request(Line(1), timeout: patience).value == 1)
        try await busy.send(contentsOf: (0..<100).map(Line.init))
        await group.triggerGracefulShutdown()
        for number in 0..<100 { #expect(try await busy.next(timeout: patience)?.value == number) }
        #expect(try await busy.next(timeout: patience) == nil)
        #expect(try await idle.next(timeout: patience) == nil)
        try await running.value
        await #expect(throws: ParleyError.self) { try await Connection(Line<Int>.self, to: target) }
    }

    @Test func `a handler that does not end is cancelled when the time to drain is over`() async throws {
        let listener = try await Listener(Line<Int>.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress)
        let hasEnded = Flag()
        let service = ListenerService(listener, drain: .milliseconds(50)) { connection in
            defer { hasEnded.raise() }
            try await connection.send(Line(1))
            try await Task.sleep(for: .seconds(3600))
        }
        let (group, running) = start(service)
        let client = try await Connection(Line<Int>.self, to: target, timeout: patience)
        #expect(try await client.next(timeout: patience)?.value == 1)
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(hasEnded.isRaised)
        #expect(try await client.next(timeout: patience) == nil)
    }

    @Test func `a mailbox hands out what has come, answers it, and closes`() async throws {
        let inbox = try await Mailbox(Line<Int>.self, at: .inbox)
        let outbox = try await Mailbox(Line<Int>.self, at: .inbox)
        let gate = Flag()
        let (group, running) = start(
            MailboxService(inbox) { letter, mailbox in
                if letter.message.value == 0 { #expect(await eventually { gate.isRaised }) }
                if letter.message.value == 2 { throw ParleyError.ended }
                try await mailbox.reply(letter.message, to: letter)
            }
        )
        // The handler sits at the first one while the others come and the shutdown begins.
        for number in 0..<5 { try await outbox.send(Line(number), to: inbox.localAddress) }
        #expect(await eventually { inbox.statistics.received > 0 })
        await group.triggerGracefulShutdown()
        gate.raise()
        for number in [0, 1, 3, 4] {
            #expect(try await outbox.next(timeout: patience)?.message.value == number)
        }
        try await running.value
        #expect(try await inbox.next() == nil)
        await #expect(throws: ParleyError.closed) { try await inbox.send(Line(1), to: outbox.localAddress) }
    }

    @Test(arguments: 0..<20)
    func `a service whose task is cancelled ends with ParleyError's cancelled, or just ends`(
        round: Int
    ) async throws {
        let listener = try await Listener(Line<Int>.self, at: .loopback)
        let services: [any Service] = [
            ListenerService(listener, echo),
            MailboxService(try await Mailbox(Line<Int>.self, at: .inbox)) { _, _ in },
            MailboxService(try await Mailbox(Line<Int>.self, at: .inbox), lettersMax: 3) { _, _ in },
        ]
        for service in services {
            let task = Task { try await service.run() }
            if round % 2 == 0 { try await Task.sleep(for: .milliseconds(round)) }
            task.cancel()
            await #expect(throws: ParleyError.cancelled) { try await task.value }
        }
        let metrics = Task { try await MetricsService(MetricsReporter()).run() }
        if round % 2 == 0 { try await Task.sleep(for: .milliseconds(round)) }
        metrics.cancel()
        try await metrics.value
    }

    @Test func `a service takes the limits of its listener`() async throws {
        let listener = try await Listener(
            Line<Int>.self,
            at: .loopback,
            limits: ListenerLimits(connection: ConnectionLimits(idle: .milliseconds(20)))
        )
        let target = Endpoint.reaching(listener.localAddress)
        let (group, running) = start(ListenerService(listener, echo))
        let idle = try await Connection(Line<Int>.self, to: target, timeout: patience)
        #expect(try await idle.next(timeout: patience) == nil)
        #expect(await eventually { listener.statistics.cutOff == 1 })
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func `letters are handled at once where order does not matter, to a limit`() async throws {
        let inbox = try await Mailbox(Line<Int>.self, at: .inbox)
        let counts = Counts()
        let (group, running) = start(
            MailboxService(inbox, lettersMax: 3) { _, _ in
                counts.enter()
                defer { counts.leave() }
                #expect(await eventually { counts.most == 3 })
            }
        )
        for number in 0..<9 { try await inbox.send(Line(number), to: inbox.localAddress) }
        #expect(await eventually { counts.all == 9 })
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(counts.most == 3)
    }

    @Test func `SIGTERM ends a process after what has come is answered`() async throws {
        await #expect(processExitsWith: .success) {
            let listener = try await Listener(Line<Int>.self, at: .loopback)
            let target = Endpoint.reaching(listener.localAddress)
            let inbox = try await Mailbox(Line<Int>.self, at: .inbox)
            let group = ServiceGroup(
                services: [
                    ListenerService(listener, echo),
                    MailboxService(inbox) { letter, mailbox in
                        try await mailbox.reply(letter.message, to: letter)
                    },
                ],
                gracefulShutdownSignals: [.sigterm],
                logger: Logger(label: "test")
            )
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await group.run() }
                let client = try await Connection(Line<Int>.self, to: target, timeout: patience)
                let outbox = try await Mailbox(Line<Int>.self, at: .inbox)
                guard try await client.request(Line(7), timeout: patience).value == 7,
                    try await outbox.request(Line(8), to: inbox.localAddress, timeout: patience).message.value
                        == 8
                else { exit(EXIT_FAILURE) }
                try await client.send(contentsOf: (0..<100).map(Line.init))
                kill(getpid(), SIGTERM)
                for number in 0..<100 {
                    guard try await client.next(timeout: patience)?.value == number else {
                        exit(EXIT_FAILURE)
                    }
                }
                guard try await client.next(timeout: patience) == nil else { exit(EXIT_FAILURE) }
                try await tasks.waitForAll()
            }
        }
    }

    /// Runs one service in a group of its own.
    private func start(_ service: some Service) -> (ServiceGroup, Task<Void, any Error>) {
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        return (group, Task { try await group.run() })
    }
}

private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isRaised: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
}

/// How many are inside at once, and how many ever were.
private final class Counts: Sendable {
    private let state = Mutex((now: 0, most: 0, all: 0))
    var most: Int { state.withLock { $0.most } }
    var all: Int { state.withLock { $0.all } }
    func enter() {
        state.withLock { state in
            state.now += 1
            state.all += 1
            state.most = max(state.most, state.now)
        }
    }
    func leave() { state.withLock { $0.now -= 1 } }
}
