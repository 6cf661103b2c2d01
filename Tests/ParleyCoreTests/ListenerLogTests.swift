import ExampleMessages
import Logging
import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization
import Testing

/// What a listener writes into a log. A process of its own: the log is set up once for a process.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ListenerLogTests {
    @Test func `a flood of failing and refused peers writes few lines, each with address and transport`()
        async throws
    {
        await #expect(processExitsWith: .success) {
            struct Mishap: Error {}
            let log = LineList()
            LoggingSystem.bootstrap { _ in LineLog(list: log) }
            let listener = try await Listener(Score.self, at: .loopback)
            let target = Endpoint.reaching(listener.localAddress, by: .tcp).fromElsewhere
            let start = NetworkEnvironment.now
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await listener.run(limits: ListenerLimits(connectionsPerPeerMax: 1)) { connection in
                        _ = try await connection.next(timeout: patience)
                        throw Mishap()
                    }
                }
                for round in 1...60 {
                    // One is inside until it leaves; who comes meanwhile is refused.
                    let inside = try await Connection(Score.self, to: target, timeout: patience)
                    require(await eventually { listener.statistics.accepted == round }, "not let in")
                    for _ in 0..<3 {
                        // The reset may come before the handshake is over here.
                        let refused = try? await Connection(Score.self, to: target, timeout: patience)
                        _ = try? await refused?.next(timeout: patience)
                    }
                    inside.close()
                    require(await eventually { listener.statistics.failed == round }, "still inside")
                }
                listener.close()
                try await group.waitForAll()
            }
            let seconds = Int(start.duration(to: NetworkEnvironment.now).components.seconds) + 1
            let statistics = listener.statistics
            require(statistics.failed == 60 && statistics.refused == 180, "\(statistics)")
            let lines = log.all
            // One line a second of each of the two kinds.
            require(!lines.isEmpty && lines.count <= 2 * (seconds + 1), "\(lines.count) in \(seconds) s")
            for line in lines {
                require(line.metadata["transport"] == "tcp", "\(line)")
                require(line.metadata["address"] == "\(listener.localAddress)", "\(line)")
                require(line.metadata["peer"] != nil, "\(line)")
            }
        }
    }

    @Test(arguments: [false, true])
    func `what the program is told of the end of a connection is not logged besides`(_ later: Bool) async {
        await #expect(processExitsWith: .success) { [later] in
            let log = LineList()
            LoggingSystem.bootstrap { _ in LineLog(list: log) }
            let listener = try await Listener(Score.self, at: .loopback)
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let told = Atomic<Int>(0)
            let ended: @Sendable (Peer, (any Error)?) -> Void = { _, error in
                if error is ClosureMishap { told.add(1, ordering: .relaxed) }
            }
            for isTold in [true, false] {
                let serving = Task {
                    if later {
                        try await listener.respond(onEnded: isTold ? ended : nil) { _, _ async throws in
                            throw ClosureMishap()
                        }
                    } else {
                        try await listener.respond(onEnded: isTold ? ended : nil) { _, _ in
                            throw ClosureMishap()
                        }
                    }
                }
                let client = try await Connection(Score.self, to: target, timeout: patience)
                try await client.send(score(1))
                require(try await client.next(timeout: patience) == nil, "it ends")
                serving.cancel()
                _ = await serving.result
                require(told.load(ordering: .relaxed) == 1, "it is told of")
                require(log.all.count == (isTold ? 0 : 1), "\(log.all)")
            }
        }
    }
}

private struct Line: Sendable {
    var message: String
    var metadata: Logger.Metadata
}

private final class LineList: Sendable {
    private let lines = Mutex<[Line]>([])
    var all: [Line] { lines.withLock { $0 } }
    func add(_ line: Line) { lines.withLock { $0.append(line) } }
}

private struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    let list: LineList

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        list.add(Line(message: "\(event.message)", metadata: metadata.merging(event.metadata ?? [:]) { $1 }))
    }
}
