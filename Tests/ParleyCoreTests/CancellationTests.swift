import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Cancellation and deadlines end a call; what it was called on stays as it was.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct CancellationTests {
    @Test func `a cancelled receive leaves the mailbox as it was`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        for number in 0..<20 {
            let task = Task.here { await refusal { try await inbox.next() } }
            if number % 2 == 0 { try await NetworkEnvironment.sleep(for: .milliseconds(1)) }
            task.cancel()
            #expect(await task.value == .cancelled)
        }
        try await inbox.send(score(1), to: inbox.localAddress)
        #expect(try await inbox.next(timeout: patience)?.message == score(1))
    }

    @Test func `a cancelled receive leaves the connection as it was`() async throws {
        let pair = try await Pair(Score.self)
        let task = Task.here { await refusal { for try await _ in pair.server.messages {} } }
        try await pair.client.send(score(0))
        #expect(await eventually { pair.server.statistics.received == 1 })
        task.cancel()
        #expect(await task.value == .cancelled)
        try await pair.client.send(score(1))
        #expect(try await pair.server.next(timeout: patience) == score(1))
    }

    @Test func `a cancelled reader stops, although more has come`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let pair = try await Pair([UInt8].self)
        // One by one: as a burst they would arrive joined, and be received all at once.
        for number in 0..<150 { try await inbox.send(score(number), to: inbox.localAddress) }
        try await pair.client.send([UInt8](repeating: 1, count: 1 << 20))
        let letters = Task.here {
            var count = 0
            let ended = await refusal {
                for try await _ in inbox {
                    count += 1
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                }
            }
            #expect(ended == .cancelled)
            return count
        }
        let chunks = Task.here {
            await refusal {
                for try await _ in pair.server.messages {
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                }
            }
        }
        // It is handed what it has received, and the next reader the rest.
        let count = await letters.value
        #expect(count < 150)
        #expect(await chunks.value == .cancelled)
        for number in count..<150 {
            #expect(try await inbox.next(timeout: patience)?.message == score(number))
        }
        #expect(try await pair.server.next(timeout: patience) != nil)
    }

    @Test func `a reader that never has to wait is cancelled all the same`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let pair = try await Pair([UInt8].self)
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await inbox.send(score(1), to: inbox.localAddress)
                    await Ground.breath()
                }
            }
            group.addTask {
                let bytes = [UInt8](repeating: 1, count: 1 << 20)
                while await refusal({ try await pair.client.send(bytes) }) == nil {}
            }
            let letters = Task.here { await refusal { for try await _ in inbox {} } }
            let messages = Task.here { await refusal { for try await _ in pair.server.messages {} } }
            #expect(
                await eventually { inbox.statistics.received > 1000 && pair.server.statistics.received > 10 }
            )
            letters.cancel()
            messages.cancel()
            #expect(await letters.value == .cancelled)
            #expect(await messages.value == .cancelled)
            pair.client.close()
            pair.server.close()
            group.cancelAll()
        }
    }

    @Test func `a cancelled accept leaves the listener as it was`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let task = Task.here { await refusal { try await listener.accept() } }
        try await NetworkEnvironment.sleep(for: .milliseconds(5))
        task.cancel()
        #expect(await task.value == .cancelled)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let client = try await Connection(Score.self, to: target, timeout: patience)
        let server = try await listener.accept()
        try await server.send(score(1))
        #expect(try await client.next(timeout: patience) == score(1))
    }

    @Test(arguments: [false, true])
    func `a send that was cancelled or timed out has sent nothing`(isTimeout: Bool) async throws {
        let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
        // Taken over whole, although the system has no room for it.
        let large = [UInt8](repeating: 1, count: 8 << 20)
        try await pair.client.send(large)
        if isTimeout {
            let limit = Duration.milliseconds(20)
            #expect(
                await refusal { try await pair.client.send([2], timeout: limit) } == .timedOut(limit, .room)
            )
            #expect(await refusal { try await pair.client.flush(timeout: limit) } == .timedOut(limit, .flush))
        } else {
            let task = Task.here { await refusal { try await pair.client.send([2]) } }
            try await NetworkEnvironment.sleep(for: .milliseconds(5))
            task.cancel()
            #expect(await task.value == .cancelled)
        }
        let last = Task.here { try await pair.client.send([3], timeout: patience) }
        #expect(try await pair.server.next(timeout: patience) == large)
        #expect(try await pair.server.next(timeout: patience) == [3])
        try await last.value
        try await pair.client.flush(timeout: patience)
    }

    @Test func `a connect that is not answered ends with its deadline or its task`() async throws {
        // A listener whose queue is full answers nobody: one waits with a backlog of 0, the next is not
        // answered.
        var place = Endpoint.tcp("127.0.0.1", 0)
        place.options.backlog = 0
        let listener = try await Listener(Score.self, at: place)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        var waiting = [try await Connection(Score.self, to: target, timeout: patience)]
        let limit = Duration.milliseconds(50)
        var refused: ParleyError?
        while refused == nil, waiting.count < 5 {
            do throws(ParleyError) {
                waiting.append(try await Connection(Score.self, to: target, timeout: limit))
            } catch {
                refused = error
            }
        }
        #expect(refused == .timedOut(limit, .connection))
        let task = Task.here { await refusal { try await Connection(Score.self, to: target) } }
        try await NetworkEnvironment.sleep(for: .milliseconds(20))
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test func `a full queue of a Unix listener is waited for`() async throws {
        var place = Endpoint.unix(abstract: Fresh.name)
        place.options.backlog = 0
        let listener = try await Listener(Score.self, at: place)
        let target = Endpoint.reaching(listener.localAddress, by: .unix)
        let first = try await Connection(Score.self, to: target, timeout: patience)
        let limit = Duration.milliseconds(30)
        #expect(
            await refusal { try await Connection(Score.self, to: target, timeout: limit) }
                == .timedOut(limit, .connection)
        )
        let second = Task.here { try await Connection(Score.self, to: target, timeout: patience) }
        try await NetworkEnvironment.sleep(for: .milliseconds(20))
        _ = try await listener.accept()
        _ = try await second.value
        #expect(first.peer == listener.localAddress)
    }

    @Test func `a deadline that has passed still takes what is there`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let limit = Duration.seconds(-1)
        #expect(await refusal { try await inbox.next(timeout: limit) } == .timedOut(limit))
        try await inbox.send(contentsOf: (0..<100).map(score), to: inbox.localAddress)
        await Ground.breath()
        for number in 0..<100 { #expect(try await inbox.next(timeout: .zero)?.message == score(number)) }
    }
}
