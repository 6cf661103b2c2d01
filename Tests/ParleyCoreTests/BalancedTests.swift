import ExampleMessages
import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// One mailbox or listener over several event loops.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct BalancedTests {
    private static let place = Endpoint.udp("127.0.0.1", 0).loadBalanced(over: 3)
    private static let stream = Endpoint.loopback.loadBalanced(over: 3)

    /// Forty senders of five letters each: the sender's number, and the letter's.
    private static func sendToAll(_ inbox: SocketAddress) async throws {
        for sender in 0..<40 {
            let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            for number in 0..<5 {
                try await outbox.send(
                    Score(name: "Li", math: UInt32(sender), chinese: UInt32(number)),
                    to: inbox
                )
            }
        }
    }

    private static func isInOrder(_ scores: [Score]) -> Bool {
        (0..<40).allSatisfy { sender in
            scores.filter { $0.math == UInt32(sender) }.map(\.chinese) == [0, 1, 2, 3, 4]
        }
    }

    @Test func `one reader hears all sockets of a spread mailbox, each sender in order`() async throws {
        let inbox = try await Mailbox(Score.self, at: Self.place)
        async let sending: Void = Self.sendToAll(inbox.localAddress)
        var scores: [Score] = []
        while scores.count < 200 {
            scores.append(try #require(try await inbox.next(timeout: patience)).message)
        }
        try await sending
        #expect(Self.isInOrder(scores))
        #expect(await refusal { try await inbox.next(timeout: .zero) } == .timedOut(.zero))
        #expect(inbox.statistics.received == 200)
    }

    @Test func `on the network's thread no letter waits for the next one`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0).loadBalanced(over: 2))
        var outboxes: [Mailbox<Score, Score>] = []
        for _ in 0..<8 { outboxes.append(try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))) }
        let senders = outboxes
        try await withNetworkExecutor {
            for round in 0..<200 {
                // One letter to each socket, most likely; then nothing more comes.
                for sender in senders { try await sender.send(score(round), to: inbox.localAddress) }
                for _ in senders {
                    let letter = try await inbox.next(timeout: .seconds(5))
                    #expect(letter?.message == score(round))
                }
            }
        }
    }

    @Test func `a run takes the letters of all sockets until the mailbox is closed`() async throws {
        let inbox = try await Mailbox(Score.self, at: Self.place)
        let scores = Shared<[Score]>([])
        async let running: Void = inbox.run { letter in scores.state.withLock { $0.append(letter.message) } }
        try await Self.sendToAll(inbox.localAddress)
        #expect(await eventually { scores.state.withLock { $0.count } == 200 })
        inbox.close()
        try await running
        #expect(Self.isInOrder(scores.state.withLock { $0 }))
    }

    @Test func `a run that fails leaves the other letters to the next one`() async throws {
        struct Mishap: Error {}
        let inbox = try await Mailbox(Score.self, at: Self.place)
        try await Self.sendToAll(inbox.localAddress)
        let count = Count()
        await #expect(throws: Mishap.self) {
            try await inbox.run { _ in
                if count.add() == 50 { throw Mishap() }
            }
        }
        async let running: Void = inbox.run { _ in _ = count.add() }
        #expect(await eventually { count.value == 200 })
        inbox.close()
        try await running
    }

    @Test func `a spread listener serves peers on all its loops, within one limit`() async throws {
        let listener = try await Listener(Score.self, at: Self.stream)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let threads = Shared<Set<UInt>>([])
        let served = Shared(Served())
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await withNetworkExecutor {
                    try await listener.run(connectionsMax: 20) { connection in
                        threads.state.withLock { _ = $0.insert(UInt(pthread_self())) }
                        served.state.withLock { served in
                            served.now += 1
                            served.most = max(served.most, served.now)
                        }
                        defer { served.state.withLock { $0.now -= 1 } }
                        for try await score in connection.messages { try await connection.send(score) }
                    }
                }
            }
            for wave in 0..<4 {
                let clients = try await (0..<20).asyncMap { _ in
                    try await Connection(Score.self, to: target, timeout: patience)
                }
                for (number, client) in clients.enumerated() {
                    let question = score(wave * 100 + number)
                    #expect(try await client.request(question, timeout: patience) == question)
                }
                for client in clients { client.close() }
            }
            listener.close()
            try await group.waitForAll()
        }
        #expect(served.state.withLock { $0.most } <= 20 && listener.statistics.accepted == 80)
        // The chance that a hash gives 80 peers to one of three is nil.
        #expect(Ground.isSimulated || threads.state.withLock { $0.count } > 1)
    }

    @Test func `who accepts by hand gets every peer of a spread listener`() async throws {
        let listener = try await Listener(Score.self, at: Self.stream)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let clients = try await (0..<30).asyncMap { _ in
            try await Connection(Score.self, to: target, timeout: patience)
        }
        var peers: Set<SocketAddress> = []
        var servers: [Connection<Score, Score>] = []
        for _ in clients {
            let server = try await listener.accept()
            peers.insert(server.peer)
            servers.append(server)
        }
        #expect(peers == Set(clients.map(\.localAddress)))
        let waiting = Task.here { await refusal { try await listener.accept() } }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        listener.close()
        #expect(await refusal { try await listener.accept() } == .closed)
    }

    @Test func `ports that the system chooses are shared with nobody else`() async throws {
        var ports: Set<UInt16> = []
        var inboxes: [Mailbox<Score, Score>] = []
        for _ in 0..<60 {
            let inbox = try await Mailbox(Score.self, at: Self.place)
            ports.insert(try #require(inbox.localAddress.port))
            inboxes.append(inbox)
        }
        #expect(ports.count == 60)
    }

    @Test func `what cannot be spread says so`() async throws {
        let group = Endpoint.udp(group: "239.7.7.7", port: 0, on: "lo").loadBalanced()
        #expect(await code { try await Mailbox(Score.self, at: group) } == .operationNotSupported)
        #expect(throws: EndpointError.optionDoesNotApply(.loops, .unix)) {
            try Endpoint(url: "unix:///tmp/a?loops=2")
        }
        for bad in ["1", "65", "many"] {
            #expect(throws: EndpointError.invalidOption(.loops, value: bad)) {
                try Endpoint(url: "udp://:1?loops=\(bad)")
            }
        }
        for text in ["udp://:8089?loops=4", "tcp://:8086?loops=auto"] {
            #expect(try Endpoint(url: text).description == text)
        }
    }
}

/// What several tasks change.
private final class Shared<Value: Sendable>: Sendable {
    let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }
}

private struct Served {
    var now = 0
    var most = 0
}

private final class Count: Sendable {
    private let state = Atomic<Int>(0)
    var value: Int { state.load(ordering: .relaxed) }
    func add() -> Int { state.add(1, ordering: .relaxed).newValue }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async throws -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
