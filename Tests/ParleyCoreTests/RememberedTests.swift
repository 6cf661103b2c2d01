import ExampleMessages
import ParleyCore
import ParleyFlow
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// Questions under numbers, and services that run each once.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct RememberedTests {
    enum Place: CaseIterable {
        case udp, spread, unixgram

        /// A new one each time.
        var endpoint: Endpoint {
            switch self {
            case .udp: .udp("127.0.0.1", 0)
            case .spread: .udp("127.0.0.1", 0).loadBalanced(over: 3)
            case .unixgram: .unixgram(abstract: Fresh.name)
            }
        }
    }

    private static func outbox<M: PlainMessage>(_ type: M.Type, for place: Endpoint) async throws -> Mailbox<
        M, M
    > {
        let own: Endpoint = place.transport == .udp ? .udp("127.0.0.1", 0) : .unixgram(abstract: Fresh.name)
        return try await Mailbox(M.self, at: own)
    }

    /// A service that adds amounts up, by both kinds of closure, while `body` asks it.
    private func serving(
        at place: Endpoint,
        waits: Bool,
        _ limits: AnswerLimits = .usual,
        _ body: (SocketAddress, Mailbox<Order, Order>) async throws -> Void
    ) async throws -> UInt32 {
        let sum = Sum()
        let inbox = try await Mailbox(Order.self, at: place)
        try await withThrowingTaskGroup { group in
            group.addTask {
                if waits {
                    try await inbox.respond(remembering: limits) { letter async in
                        await Task.yield()
                        return sum.add(letter.message)
                    }
                } else {
                    try await inbox.respond(remembering: limits) { letter in sum.add(letter.message) }
                }
            }
            do {
                try await body(inbox.localAddress, inbox)
            } catch {
                group.cancelAll()
                throw error
            }
            inbox.close()
            try await group.waitForAll()
        }
        return sum.value
    }

    /// What all questions together say; one of 0 has no answer.
    private final class Sum: Sendable {
        private let sum = Mutex<UInt32>(0)

        var value: UInt32 { sum.withLock(\.self) }

        func add(_ order: Order) -> Order? {
            if order.amount == 0 { return nil }
            let sum = sum.withLock { sum in
                sum += order.amount
                return sum
            }
            return Order(amount: sum)
        }
    }

    @Test(arguments: Place.allCases, [false, true])
    func `each question has its answer, and is run once`(_ place: Place, _ waits: Bool) async throws {
        let place = place.endpoint
        let sum = try await serving(at: place, waits: waits) { target, inbox in
            for _ in 0..<3 {
                let outbox = try await Self.outbox(Order.self, for: place)
                for _ in 0..<20 {
                    let answer = try await outbox.request(Order(amount: 1), to: target, retrying: .usual)
                    #expect(answer.sender == target)
                }
            }
            #expect(inbox.statistics.refused == 0)
        }
        #expect(sum == 60)
    }

    @Test(arguments: Place.allCases, [false, true])
    func `a copy of a question gets the same bytes and runs nothing`(_ place: Place, _ waits: Bool)
        async throws
    {
        let place = place.endpoint
        let sum = try await serving(at: place, waits: waits) { target, inbox in
            let outbox = try await Self.outbox([UInt8].self, for: place)
            var first: [UInt8]?
            for _ in 0..<5 {
                let answer = try await outbox.request(
                    [0x12, 0x34, 0, 0, 0, 5],
                    to: target,
                    timeout: patience
                )
                first = first ?? answer.message
                #expect(answer.message == first)
                #expect(answer.message == [0x12, 0x34, 0, 0, 0, 5])
            }
            let other = try await outbox.request([0x12, 0x35, 0, 0, 0, 5], to: target, timeout: patience)
            #expect(other.message == [0x12, 0x35, 0, 0, 0, 10])
            #expect(inbox.statistics.remembered == 4)
        }
        #expect(sum == 10)
    }

    @Test(arguments: [false, true])
    func `a question without an answer is remembered, too, and its asker told by its limits`(
        waits: Bool
    ) async throws {
        let quick = try TimeoutSettings(
            initial: .milliseconds(20),
            minimum: .milliseconds(20),
            maximum: .milliseconds(20)
        )
        _ = try await serving(at: .udp("127.0.0.1", 0), waits: waits) { target, inbox in
            let outbox = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
            await #expect {
                let retrying = try Retrying(tries: 3, timeouts: quick)
                _ = try await outbox.request(Order(amount: 0), to: target, retrying: retrying)
            } throws: { error in
                guard case ParleyError.unanswered(let end) = error else { return false }
                return end.limit == .tries && end.tries == 3
            }
            #expect(inbox.statistics.remembered == 2)
            #expect(outbox.statistics.repeated == 2)
        }
    }

    @Test func `many tasks ask at once on one connection and each has its own answer`() async throws {
        let sum = try await serving(at: .udp("127.0.0.1", 0), waits: false) { target, _ in
            let server = try await Connection(Order.self, to: .udp("127.0.0.1", target.port ?? 0))
            let retrying = try Retrying(tries: 20, window: 32)
            let answers = try await withThrowingTaskGroup { group in
                for _ in 0..<200 {
                    group.addTask {
                        try await server.request(Order(amount: 1), retrying: retrying).message.amount
                    }
                }
                return try await group.reduce(into: Set<UInt32>()) { $0.insert($1) }
            }
            #expect(answers == Set(1...200))
        }
        #expect(sum == 200)
    }

    @Test func `a reader beside it gets what is nobody's answer, and no late one`() async throws {
        let near = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        let far = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        try await withThrowingTaskGroup { group in
            group.addTask {
                // Answers twice, and says something else in between.
                guard let letter = try await far.next(timeout: patience) else { return }
                try await far.reply(Order(number: letter.message.number, amount: 1), to: letter)
                try await far.reply(
                    Order(number: MessageNumber(letter.message.number.value &+ 500), amount: 2),
                    to: letter
                )
                try await far.reply(Order(number: letter.message.number, amount: 3), to: letter)
                try await far.reply(
                    Order(number: MessageNumber(letter.message.number.value &+ 500), amount: 4),
                    to: letter
                )
            }
            let answer = try await near.request(Order(amount: 7), to: far.localAddress, retrying: .usual)
            #expect(answer.message.amount == 1)
            #expect(try await near.next(timeout: patience)?.message.amount == 2)
            #expect(try await near.next(timeout: patience)?.message.amount == 4)
            #expect(near.statistics.doubled == 1)
            try await group.waitForAll()
        }
    }

    @Test func `cancelling ends the question alone, and closing all`() async throws {
        let outbox = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        let silent = try await Mailbox(Order.self, at: .udp("127.0.0.1", 0))
        let target = silent.localAddress
        await withTaskGroup { group in
            group.addTask {
                await #expect(throws: ParleyError.cancelled) {
                    _ = try await outbox.request(Order(amount: 1), to: target, retrying: .usual)
                }
            }
            await Ground.breath(.milliseconds(5))
            group.cancelAll()
        }
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    await #expect(throws: ParleyError.closed) {
                        _ = try await outbox.request(Order(amount: 1), to: target, retrying: .usual)
                    }
                }
            }
            await Ground.breath(.milliseconds(5))
            outbox.close()
        }
    }

    @Test func `impossible limits say what is possible`() {
        #expect(throws: FlowError.outOfRange(.windowCount, 0, allowed: 1...1024)) {
            _ = try Retrying(window: 0)
        }
        #expect(throws: FlowError.outOfRange(.tries, 0, allowed: 1...1_000_000)) {
            _ = try Retrying(tries: 0)
        }
        #expect(throws: FlowError.unlimited(.tries, .tryTime)) { _ = try Retrying(tries: nil) }
        #expect(throws: FlowError.self) { _ = try Retrying(within: .seconds(-1)) }
    }

    @Test func `letters are as before where nothing is remembered`() async throws {
        await #expect(throws: ParleyError.unnumbered(.questions)) {
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            try await inbox.respond(remembering: .usual) { $0.message }
        }
    }
}
