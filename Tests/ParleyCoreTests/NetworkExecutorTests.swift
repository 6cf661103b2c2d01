import ExampleMessages
import ParleyCore
import ParleyTypes
import Testing

/// The laws of waiting, for readers that run on the network's own thread: there the descriptor stays armed.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct NetworkExecutorTests {
    @concurrent
    private func onNetwork(_ body: @Sendable () async throws -> Void) async throws {
        try await withNetworkExecutor { try await body() }
    }

    @Test func `what comes while a reader is cancelled is found by the next one`() async throws {
        try await onNetwork {
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let outbox = try await Mailbox(Score.self, at: .udp)
            for round in 0..<200 {
                try await withThrowingTaskGroup { group in
                    group.addTask { _ = await refusal { try await inbox.next(timeout: patience) } }
                    await Task.yield()
                    group.cancelAll()
                    try await outbox.send(score(round), to: inbox.localAddress)
                    try await group.waitForAll()
                }
                let letter = try await inbox.next(timeout: patience)
                #expect(letter?.message == score(round))
            }
        }
    }

    @Test func `what comes when a reader's time is up is found by the next one`() async throws {
        try await onNetwork {
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let outbox = try await Mailbox(Score.self, at: .udp)
            for round in 0..<50 {
                #expect(await refusal { try await inbox.next(timeout: .milliseconds(1)) } != nil)
                try await outbox.send(score(round), to: inbox.localAddress)
                #expect(try await inbox.next(timeout: patience)?.message == score(round))
            }
        }
    }

    @Test func `closing ends a reader's loop there too`() async throws {
        try await onNetwork {
            let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            try await withThrowingTaskGroup { group in
                group.addTask { for try await _ in inbox {} }
                for _ in 0..<10 { await Task.yield() }
                inbox.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func `a thousand questions over a stream are answered there`() async throws {
        try await onNetwork {
            let pair = try await Pair(Score.self)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await question in pair.server.messages { try await pair.server.send(question) }
                }
                for round in 0..<1000 {
                    #expect(try await pair.client.request(score(round), timeout: patience) == score(round))
                }
                try pair.client.finishSending()
                try await group.waitForAll()
            }
        }
    }
}
