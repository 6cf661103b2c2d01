import Glibc
import ParleyNetwork
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyEventLoop

private let patience = Duration.seconds(60)

extension Network {
    fileprivate var soon: MonotonicInstant { now.advanced(by: patience) }
}

/// What a call throws, nil if nothing.
private func code(_ body: () async throws(SocketError) -> Void) async -> ErrorCode? {
    do throws(SocketError) {
        try await body()
        return nil
    } catch {
        return error.code
    }
}

private func send(_ bytes: [UInt8], over port: any Port) throws -> Bool {
    try unsafe port.transmit(bytes.span.bytes)
}

/// The ports of the kernel's network, without the library above.
@Suite(.timeLimit(.minutes(5))) struct PortTests {
    private static func pair(_ network: KernelNetwork) async throws -> (any StreamPort, any StreamPort) {
        let listener = try await network.listen(at: .tcp("127.0.0.1", 0), until: network.soon)
        let target = Endpoint.tcp("127.0.0.1", listener.localAddress.port!)
        defer { listener.close() }
        guard case .stream(let near) = try await network.connect(to: target, until: network.soon),
            case .stream(let far) = try await listener.accept()
        else { throw SocketError(.connect, .wrongProtocolType) }
        return (near, far)
    }

    @Test(arguments: [0, 1, 2])
    func `no wake-up is lost between an attempt and the wait for the next`(tasksOnLoop: Int) async throws {
        // On the loop's own thread the descriptor stays armed from wait to wait; elsewhere each wait arms anew.
        let network = KernelNetwork()
        let loop = try network.loop()
        let (near, far) = try await Self.pair(network)
        try await withThrowingTaskGroup { group in
            for (index, port) in [near, far].enumerated() {
                group.addTask(executorPreference: index < tasksOnLoop ? loop : nil) {
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
                    defer { unsafe buffer.deallocate() }
                    if index == 0 { _ = try send([1], over: port) }
                    for round in 0..<5000 {
                        // Now and then it comes back late: an event meets nobody.
                        if round % 7 == 0 { await Task.yield() }
                        if round % 100 == 0 {
                            try await network.sleep(until: network.now.advanced(by: .microseconds(50)))
                        }
                        while try unsafe port.read(into: buffer) == .wouldBlock {
                            try await port.waitUntilReadable(until: network.soon)
                        }
                        _ = try send([1], over: port)
                    }
                }
            }
            try await group.waitForAll()
        }
        near.close()
        far.close()
    }

    @Test func `all who wait for one port are woken, each direction for itself`() async throws {
        let network = KernelNetwork()
        let (near, far) = try await Self.pair(network)
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 { group.addTask { try await near.waitUntilReadable(until: network.soon) } }
            // Writable all the time, and no matter to those who wait to read.
            for _ in 0..<10 { try await near.waitUntilWritable(until: network.soon) }
            #expect(
                await code { () throws(SocketError) in try await near.waitUntilReadable(until: network.now) }
                    == .timedOut
            )
            _ = try send([1], over: far)
            try await group.waitForAll()
        }
        near.close()
        far.close()
    }

    @Test func `closing wakes all who wait, and lets nobody begin`() async throws {
        let network = KernelNetwork()
        let (near, far) = try await Self.pair(network)
        let box = try await network.open(.udp("127.0.0.1", 0), until: network.soon)
        let listener = try await network.listen(at: .tcp("127.0.0.1", 0), until: network.soon)
        // What is kept because the kernel is full makes the stream linger: waiting ends all the same.
        #expect(try send([UInt8](repeating: 1, count: 16 << 20), over: near))
        let ports: [any Port] = [near, box]
        await withTaskGroup(of: ErrorCode?.self) { group in
            // Who reads is woken to hear that it is over.
            for port in ports {
                group.addTask {
                    await code { () throws(SocketError) in
                        try await port.waitUntilReadable(until: network.soon)
                        throw SocketError(.wait, .badDescriptor)
                    }
                }
            }
            group.addTask {
                await code { () throws(SocketError) in try await near.waitUntilWritable(until: network.soon) }
            }
            group.addTask {
                await code { () throws(SocketError) in try await near.flush(until: network.soon) }
            }
            group.addTask { await code { () throws(SocketError) in _ = try await listener.accept() } }
            try? await network.sleep(until: network.now.advanced(by: .milliseconds(5)))
            near.close()
            box.close()
            listener.close()
            for await ended in group { #expect(ended == .badDescriptor) }
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
        defer { unsafe bytes.deallocate() }
        #expect(try unsafe near.read(into: bytes) == .over)
        #expect(try box.receive(into: box.makeBatch(messageBytes: 16, slots: 1)) == .over)
        for port in ports {
            #expect(
                await code { () throws(SocketError) in try await port.waitUntilReadable(until: network.soon) }
                    == nil
            )
            #expect(
                await code { () throws(SocketError) in try await port.waitUntilWritable(until: network.soon) }
                    == .badDescriptor
            )
        }
        far.close()
    }

    @Test func `what came before receiving was finished is taken, and then it is over`() async throws {
        let network = KernelNetwork()
        let (near, far) = try await Self.pair(network)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
        defer { unsafe bytes.deallocate() }
        #expect(try send([1, 2, 3], over: far))
        try await near.waitUntilReadable(until: network.soon)
        near.finishReceiving()
        #expect(try unsafe near.read(into: bytes) == .received(3))
        try await near.waitUntilReadable(until: network.soon)
        #expect(try unsafe near.read(into: bytes) == .over)
        // The other direction goes on.
        #expect(try send([4], over: near))
        try await far.waitUntilReadable(until: network.soon)
        #expect(try unsafe far.read(into: bytes) == .received(1))
        near.close()
        far.close()
    }

    @Test func `whoever waits for a closed port is told when it has passed on everything`() async throws {
        let network = KernelNetwork()
        let (near, far) = try await Self.pair(network)
        let large = [UInt8](repeating: 1, count: 16 << 20)
        #expect(try send(large, over: near))
        near.close()
        #expect(
            await code { () throws(SocketError) in try await near.drain(until: network.now) } == .timedOut
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await near.drain(until: network.soon) }
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 8)
            defer { unsafe bytes.deallocate() }
            var count = 0
            reading: while true {
                switch try unsafe far.read(into: bytes) {
                case .received(let more): count += more
                case .wouldBlock: try await far.waitUntilReadable(until: network.soon)
                case .end, .over: break reading
                }
            }
            #expect(count == large.count)
            try await group.waitForAll()
        }
        far.close()
        // Nothing is left to wait for.
        try await near.drain(until: network.soon)
    }

    @Test func `what was received says by which interface it came`() async throws {
        let network = KernelNetwork()
        let box = try await network.open(.udp("127.0.0.1", 0), until: network.soon)
        let sender = try await network.open(.udp("127.0.0.1", 0), until: network.soon)
        #expect(try unsafe sender.transmit([UInt8](1...3).span.bytes, to: box.localAddress, from: nil))
        try await box.waitUntilReadable(until: network.soon)
        let batch = box.makeBatch(messageBytes: 16, slots: 4)
        #expect(try box.receive(into: batch) == .received(1))
        let loopback = unsafe if_nametoindex("lo")
        #expect(batch.entry(0).interface == loopback)
        box.close()
        sender.close()
    }

    @Test func `a descriptor is closed once, after the last call that uses it`() async throws {
        for _ in 0..<200 {
            let socket = SharedSocket(try Socket(.ipv4, .datagram))
            await withTaskGroup { group in
                for index in 0..<8 {
                    group.addTask {
                        for _ in 0..<20 {
                            let ended = await code { () throws(SocketError) in
                                try socket.use(.inspect) { (socket) throws(SocketError) in
                                    // Fails with EBADF if the number is no socket of ours any more.
                                    _ = try socket.localAddress
                                }
                            }
                            if let ended { #expect(ended == .badDescriptor && socket.isClosed) }
                        }
                        if index % 2 == 0 { socket.close() }
                    }
                }
            }
            #expect(socket.isClosed)
        }
    }

    @Test func `a lookup is waited for no longer than the deadline and the task allow`() async throws {
        let network = KernelNetwork()
        let endpoint = Endpoint.udp("localhost", 9)
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    let addresses = try await network.resolve(endpoint, until: network.soon)
                    #expect(addresses.contains(.ipv4(.loopback, port: 9)))
                }
            }
            try await group.waitForAll()
        }
        let slow = BlockingWork()
        let loop = try EventLoop()
        let stuck: @Sendable () -> Result<Int, SocketError> = {
            usleep(200_000)
            return .success(1)
        }
        let passed = EventLoop.now
        #expect(
            await code { () throws(SocketError) in _ = try await slow.run(on: loop, until: passed, stuck) }
                == .timedOut
        )
        let task = Task {
            await code { () throws(SocketError) in
                _ = try await slow.run(on: loop, until: .distantFuture, stuck)
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
        // More than there are threads: the rest waits its turn.
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    let answer = try await slow.run(on: loop, until: .distantFuture) { .success(number) }
                    #expect(answer == number)
                }
            }
            try await group.waitForAll()
        }
    }
}
