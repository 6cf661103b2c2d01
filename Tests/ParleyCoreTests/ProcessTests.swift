import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Laws about a whole process: its descriptors, its processor time, its namespaces. Each runs in a process of
/// its own.
///
/// One at a time: waiting for such a process occupies one of the few threads that the other tests' tasks
/// share.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProcessTests {
    @Test func `no descriptor is left when the last reference is gone`() async throws {
        await #expect(processExitsWith: .success) {
            // What stays for the life of the process: whatever the first use opens.
            _ = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let before = openSockets()
            for round in 0..<20 {
                let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let local = try await Mailbox(Score.self, at: .unixgram(path: Fresh.path))
                let friend = try await Connection(Score.self, to: .reaching(inbox.localAddress, by: .udp))
                let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
                try await friend.send(score(round))
                try await local.send(score(round), to: local.localAddress)
                // Calls that end early in every way.
                _ = await refusal { try await pair.client.next(timeout: .milliseconds(1)) }
                let task = Task { await refusal { for try await _ in pair.server.messages {} } }
                await Task.yield()
                task.cancel()
                _ = await task.value
                let refused = await code {
                    try await Connection(Score.self, to: .tcp("127.0.0.1", 1), timeout: patience)
                }
                require(refused == .connectionRefused, "\(String(describing: refused))")
                // Much is left unread and unsent.
                let large = [UInt8](repeating: 1, count: 4 << 20)
                try await pair.client.send(large)
            }
            let isClean = await eventually { openSockets() <= before }
            require(isClean, "\(openSockets()) sockets are open, \(before) were")
        }
    }

    @Test func `a handler that leaves much unsent leaves no descriptor when the peer goes`() async throws {
        await #expect(processExitsWith: .success) {
            let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let before = openSockets()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await listener.run { try await $0.send([UInt8](repeating: 1, count: 8 << 20)) }
                }
                for _ in 0..<10 {
                    let client = try await Connection(
                        [UInt8].self,
                        to: target,
                        framing: .lengthPrefixed(),
                        timeout: patience
                    )
                    require(try await client.next(timeout: patience)?.count == 8 << 20, "not all came")
                    require(try await client.next(timeout: patience) == nil, "no end came")
                }
                for _ in 0..<10 {
                    // This one leaves before it has all.
                    _ = try await Connection([UInt8].self, to: target, timeout: patience).next(
                        timeout: patience
                    )
                }
                let isClean = await eventually { openSockets() <= before }
                require(isClean, "\(openSockets()) sockets are open, \(before) were")
                listener.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func `descriptors that a stranger passes are not left open here`() async throws {
        await #expect(processExitsWith: .success) {
            let inbox = try await Mailbox([UInt8].self, at: .unixgram(abstract: Fresh.name))
            let sender = try Socket(.unix, .datagram)
            _ = try sender.connect(to: inbox.localAddress)
            let before = openSockets()
            for _ in 0..<5 {
                _ = unsafe try sender.send(([9] as [UInt8]).span.bytes, passing: [sender.fileDescriptor])
                require(try await inbox.next(timeout: patience)?.message == [9], "no letter came")
            }
            require(openSockets() == before, "\(openSockets()) sockets are open, \(before) were")
        }
    }

    @Test func `without descriptors the listener rests, the others live, and then it goes on`() async throws {
        await #expect(processExitsWith: .success) {
            let listener = try await Listener(Score.self, at: .unix(abstract: Fresh.name))
            let target = Endpoint.reaching(listener.localAddress, by: .unix)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await listener.run { connection in
                        for try await score in connection.messages { try await connection.send(score) }
                    }
                }
                let early = try await Connection(Score.self, to: target, timeout: patience)
                require(try await early.request(score(1), timeout: patience) == score(1), "no answer")
                // Connects without a descriptor of ours, as a stranger's would.
                let late = try Socket(.unix, .stream)
                let before = setDescriptorLimit(3)
                require(try late.connect(to: listener.localAddress) == .connected, "the backlog takes it")
                let start = processorTime
                for number in 0..<100 {
                    require(
                        try await early.request(score(number), timeout: patience) == score(number),
                        "no answer"
                    )
                    // Task.sleep may need descriptors of its own, this does not.
                    _ = await refusal { try await early.next(timeout: .milliseconds(5)) }
                }
                require(processorTime - start < .milliseconds(300), "it spins: \(processorTime - start)")
                require(listener.statistics.acceptPauses > 0, "the pauses are not counted")
                _ = setDescriptorLimit(before)
                let next = try await Connection(Score.self, to: target, timeout: patience)
                require(try await next.request(score(2), timeout: patience) == score(2), "no answer")
                early.close()
                next.close()
                late.close()
                listener.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func `waiting for a full recipient's queue does not spin`() async throws {
        await #expect(processExitsWith: .success) {
            let inbox = try await Mailbox(Score.self, at: .unixgram)
            let outbox = try await Mailbox(Score.self, at: .unixgram)
            let before = processorTime
            let limit = Duration.seconds(1)
            let refused = await refusal {
                while true { try await outbox.send(score(0), to: inbox.localAddress, timeout: limit) }
            }
            require(refused == .timedOut(limit, .room), "\(String(describing: refused))")
            require(processorTime - before < .milliseconds(500), "it spins: \(processorTime - before)")
        }
    }
}

/// Sets how many descriptors this process may have; returns how many it might have before.
private func setDescriptorLimit(_ count: UInt) -> UInt {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    unsafe getrlimit(resource, &limit)
    let before = limit.rlim_cur
    limit.rlim_cur = count
    unsafe setrlimit(resource, &limit)
    return before
}
