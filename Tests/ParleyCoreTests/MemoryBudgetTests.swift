import ParleyNetwork
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

@testable import ParleyCore

/// What the connections of a listener hold for unfinished messages has one limit, and whoever holds most goes.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct MemoryBudgetTests {
    @Test func `the connections that are left never hold more than the budget, whatever comes in what order`()
        async throws
    {
        let seed = Ground.seed
        var generator = SeededGenerator(seed: seed)
        let port = try await NetworkEnvironment.current.open(.udp, until: .distantFuture)
        for _ in 0..<200 {
            let bytesMax = Int.random(in: 1...100_000, using: &generator)
            let budget = MemoryBudget(bytesMax: bytesMax)
            var shares: [MemoryShare] = []
            for _ in 0..<300 {
                switch Int.random(in: 0..<8, using: &generator) {
                case 0:
                    let share = MemoryShare(budget, port: port)
                    budget.join(share)
                    shares.append(share)
                case 1:
                    guard let index = shares.indices.randomElement(using: &generator) else { continue }
                    budget.leave(shares.remove(at: index))
                default:
                    guard let share = shares.randomElement(using: &generator) else { continue }
                    let before = Set(shares.filter(\.isEvicted).map(ObjectIdentifier.init))
                    let held = shares.map { ($0, $0.heldBytes) }
                    let bytes = Int.random(in: 0...bytesMax * 2, using: &generator)
                    let isHere = share.read(holding: bytes)
                    #expect(isHere == !share.isEvicted, "seed \(seed)")
                    // Whoever went held no less than anybody who stayed.
                    let gone = shares.filter { $0.isEvicted && !before.contains(ObjectIdentifier($0)) }
                    let least = gone.map { one in
                        held.first { $0.0 === one }.map { one === share ? bytes : $0.1 } ?? 0
                    }
                    let most = shares.filter { !$0.isEvicted }.map(\.heldBytes).max() ?? 0
                    if let least = least.min() { #expect(least >= most, "seed \(seed)") }
                }
                #expect(budget.heldBytes <= bytesMax, "seed \(seed)")
                let present = shares.filter { !$0.isEvicted }
                #expect(budget.heldBytes == present.reduce(0) { $0 + $1.heldBytes }, "seed \(seed)")
            }
            shares.forEach { budget.leave($0) }
            shares = []
            #expect(budget.heldBytes == 0, "seed \(seed)")
        }
    }

    @Test func `many tasks at once keep to the budget`() async throws {
        let budget = MemoryBudget(bytesMax: 10_000)
        let port = try await NetworkEnvironment.current.open(.udp, until: .distantFuture)
        let shares = (0..<32).map { _ in MemoryShare(budget, port: port) }
        shares.forEach { budget.join($0) }
        await withTaskGroup { group in
            for share in shares {
                group.addTask {
                    for round in 1...500 {
                        share.send(waiting: round)
                        _ = share.read(holding: (round * 37) % 900)
                        share.send(waiting: -round)
                    }
                    _ = share.read(holding: 0)
                }
            }
        }
        #expect(budget.heldBytes == 0)
    }

    private typealias Handler = @Sendable (Connection<[UInt8], [UInt8]>) async throws -> Void
    private static let echo: Handler = { connection in
        for try await bytes in connection.messages { try await connection.send(bytes) }
    }

    private func serving(
        _ place: Endpoint,
        _ limits: ListenerLimits,
        _ handler: @escaping Handler = echo,
        _ body: (Listener<[UInt8], [UInt8]>, Endpoint) async throws -> Void
    ) async throws {
        let framing: Framing? = place.transport == .seqpacket ? nil : .lengthPrefixed()
        let listener = try await Listener([UInt8].self, at: place, framing: framing)
        let running = Task.here { await refusal { try await listener.run(limits: limits, handler) } }
        let target = Endpoint.reaching(listener.localAddress, by: place.transport)
        defer {
            running.cancel()
            listener.close()
        }
        try await body(listener, target)
    }

    /// A message's length of four bytes, and less than that of it.
    private func begin(_ bytes: Int, of whole: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: whole >> (24 - 8 * $0)) }
            + [UInt8](repeating: 1, count: bytes)
    }

    @Test(arguments: [Transport.tcp, .unix])
    func
        `those who send the beginnings of large messages are reset, the largest first, and others are served`(
            transport: Transport
        ) async throws
    {
        let place: Endpoint = transport == .tcp ? .loopback : .unix(abstract: Fresh.name)
        try await serving(place, ListenerLimits(unfinishedBytesMax: 2 << 20)) { listener, target in
            let honest = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            try await honest.send(begin(3, of: 5))
            var large: [Connection<[UInt8], [UInt8]>] = []
            for _ in 0..<12 {
                let one = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
                // It may be reset while it sends.
                _ = await refusal { try await one.send(begin(400_000, of: 10 << 20), timeout: patience) }
                large.append(one)
            }
            #expect(await eventually { listener.statistics.evicted >= 8 })
            #expect(listener.statistics.evicted < 12)
            #expect(listener.statistics.cutOff == 0)
            try await honest.send([2, 2])
            var answer: [UInt8] = []
            while answer.count < 9 { answer += try await honest.next(timeout: patience) ?? [] }
            #expect(answer == [0, 0, 0, 5, 1, 1, 1, 2, 2])
        }
    }

    @Test func `a reader is told why its connection ended, by a typed error`() async throws {
        let limits = ListenerLimits(unfinishedBytesMax: 300_000)
        let reason = Reason()
        let handler: Handler = { connection in
            await reason.set(await refusal { for try await _ in connection.messages {} })
        }
        try await serving(.loopback, limits, handler) { listener, target in
            let one = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            _ = await refusal { try await one.send(begin(1 << 20, of: 2 << 20), timeout: patience) }
            #expect(await eventually { await reason.value != nil })
            guard case .evicted(let held, 300_000)? = await reason.value else {
                Issue.record("\(String(describing: await reason.value))")
                return
            }
            #expect(held > 300_000)
        }
    }

    @Test func `a connection that waits with one byte holds a few hundred`() async throws {
        let connections = Kept()
        let handler: Handler = { connection in
            connections.add(connection)
            for try await bytes in connection.messages { try await connection.send(bytes) }
        }
        try await serving(.loopback, ListenerLimits(), handler) { _, target in
            let client = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            for round in 0..<3 {
                try await client.send([0])
                #expect(await eventually { connections.first?.share?.heldBytes == 512 })
                guard case .stream(let intake, _)? = connections.first?.intake else { return }
                #expect(unsafe intake.storage.count == (round == 0 ? 512 : intake.storage.count))
                try await client.send([0, 0, 1, 7])
                var answer: [UInt8] = []
                while answer.count < 5 { answer += try await client.next(timeout: patience) ?? [] }
                #expect(answer == [0, 0, 0, 1, 7])
            }
        }
    }

    @Test func `bytes that come one by one, and messages of all sizes, are the same with a budget`()
        async throws
    {
        let seed = Ground.seed
        var generator = SeededGenerator(seed: seed)
        var sizes: [Int] = [
            0, 1, 511, 512, 513, 16_380, 16_384, 16_385, 65_532, 65_536, 70_000, 300_000, 1 << 20, 3,
        ]
        for _ in 0..<20 { sizes.append(Int.random(in: 0...200_000, using: &generator)) }
        let messages = sizes.map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) } }
        let wire = messages.flatMap { message in begin(0, of: message.count) + message }
        try await serving(.loopback, ListenerLimits()) { listener, target in
            let client = try await Connection([UInt8].self, to: target, framing: .chunks, timeout: patience)
            async let sending: Void = {
                var rest = wire[...]
                var generator = SeededGenerator(seed: seed)
                while !rest.isEmpty {
                    let size = [1, 2, 3, 100, 5000, 60_000].randomElement(using: &generator)!
                    try await client.send(Array(rest.prefix(size)), timeout: patience)
                    rest = rest.dropFirst(size)
                    if size < 100 { try await NetworkEnvironment.sleep(for: .microseconds(200)) }
                }
                try client.finishSending()
            }()
            var back: [UInt8] = []
            while let bytes = try await client.next(timeout: patience) { back += bytes }
            try await sending
            #expect(back == wire, "seed \(seed)")
            #expect(listener.statistics.evicted == 0)
        }
    }

    @Test func `packets that a handler leaves lying count, and who waits holds none`() async throws {
        let place = Endpoint.seqpacket(abstract: Fresh.name)
        let connections = Kept()
        let handler: Handler = { connection in
            connections.add(connection)
            while try await connection.next() != nil {}
        }
        try await serving(place, ListenerLimits(), handler) { _, target in
            let client = try await Connection([UInt8].self, to: target, timeout: patience)
            for _ in 0..<5 { try await client.send([UInt8](repeating: 1, count: 150_000), timeout: patience) }
            #expect(await eventually { connections.first?.statistics.received == 5 })
            #expect(await eventually { connections.first?.share?.heldBytes == 0 })
            guard case .packets(let intake, _)? = connections.first?.intake else { return }
            #expect(await eventually { intake.batch == nil })
        }
    }

    @Test func `answers that peers do not take count as well`() async throws {
        let limits = ListenerLimits(unfinishedBytesMax: 20 << 20)
        let handler: Handler = { connection in
            try await connection.send([UInt8](repeating: 1, count: 16 << 20))
            try await connection.send([1])
        }
        try await serving(.loopback, limits, handler) { listener, target in
            var sleepers: [Connection<[UInt8], [UInt8]>] = []
            for _ in 0..<4 {
                sleepers.append(
                    try await Connection(
                        [UInt8].self,
                        to: target,
                        framing: .lengthPrefixed(),
                        timeout: patience
                    )
                )
            }
            #expect(await eventually { listener.statistics.evicted >= 2 })
            #expect(await eventually { listener.statistics.active <= 2 })
            sleepers.forEach { $0.close() }
        }
    }
}

private actor Reason {
    var value: ParleyError?
    func set(_ reason: ParleyError?) { value = reason }
}

/// Connections that handlers have had.
private final class Kept: Sendable {
    private let list = Mutex<[Connection<[UInt8], [UInt8]>]>([])
    var first: Connection<[UInt8], [UInt8]>? { list.withLock { $0.first } }
    func add(_ connection: Connection<[UInt8], [UInt8]>) { list.withLock { $0.append(connection) } }
}
