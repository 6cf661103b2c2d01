import ParleyNetwork
import ParleySockets
import ParleyTypes
import Synchronization
import Testing

@testable import ParleyEventLoop

/// A port that calls its driver on the loop's thread.
@Suite(.timeLimit(.minutes(5))) struct DriverTests {
    private static func ports() async throws -> (KernelNetwork, KernelDatagramPort, any MessagePort) {
        let network = KernelNetwork()
        let place = Endpoint.udp("127.0.0.1", 0)
        let port = try await network.open(place, until: .distantFuture)
        let other = try await network.open(place, until: .distantFuture)
        return (network, try #require(port as? KernelDatagramPort), other)
    }

    /// Takes so many bytes; an end before them is a failure.
    private static func read(
        _ byteCount: Int,
        from port: any StreamPort,
        until deadline: MonotonicInstant
    ) async throws {
        var count = 0
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { unsafe room.deallocate() }
        while count < byteCount {
            switch unsafe try port.read(into: room) {
            case .received(let more): count += more
            case .end, .over: throw SocketError(.receive, .connectionReset)
            case .wouldBlock: try await port.waitUntilReadable(until: deadline)
            }
        }
    }

    private static func send(_ count: Int, from port: any MessagePort, to target: any MessagePort) throws {
        for number in 0..<count {
            let bytes = [UInt8(truncatingIfNeeded: number)]
            _ = try unsafe port.transmit(bytes.span.bytes, to: target.localAddress, from: nil)
        }
    }

    @Test func `what is left is told again, until it is taken, and a burst is one call at least`()
        async throws
    {
        let (_, port, other) = try await Self.ports()
        try Self.send(20, from: other, to: port)
        let driver = RecordingDriver(port, takes: 2)
        try port.drive(by: driver)
        #expect(await eventually { driver.taken == 20 })
        #expect(driver.calls(.received) >= 10)
        port.close()
        other.close()
        #expect(await eventually { driver.calls(.ended) == 1 })
    }

    @Test func `a driver that pauses is not told, and goes on where it was`() async throws {
        let (_, port, other) = try await Self.ports()
        let driver = RecordingDriver(port, takes: 64)
        driver.onSignal = { port.pauseReceiving() }
        try port.drive(by: driver)
        port.signal()
        #expect(await eventually { driver.calls(.signalled) == 1 })
        try Self.send(3, from: other, to: port)
        try await Task.sleep(for: .milliseconds(20))
        #expect(driver.taken == 0)
        driver.onSignal = { port.resumeReceiving() }
        port.signal()
        #expect(await eventually { driver.taken == 3 })
        port.close()
        other.close()
    }

    @Test func `the alarm rings once, never early, at the time that was set last`() async throws {
        let (network, port, other) = try await Self.ports()
        let driver = RecordingDriver(port, takes: 64)
        let start = network.now
        driver.onSignal = {
            // Later, earlier, later: a thousand times, as an engine does that is busy.
            for step in 0..<1000 {
                port.setAlarm(at: start.advanced(by: .seconds(3600 + step)))
                port.setAlarm(at: start.advanced(by: .milliseconds(20)))
                port.setAlarm(at: start.advanced(by: .milliseconds(60)))
            }
        }
        try port.drive(by: driver)
        port.signal()
        #expect(await eventually { driver.calls(.alarm) == 1 })
        #expect(try #require(driver.times(.alarm).first) >= start.advanced(by: .milliseconds(60)))
        // One that was taken back does not ring.
        driver.onSignal = {
            port.setAlarm(at: network.now.advanced(by: .milliseconds(5)))
            port.setAlarm(at: nil)
        }
        port.signal()
        try await Task.sleep(for: .milliseconds(40))
        #expect(driver.calls(.alarm) == 1)
        port.close()
        other.close()
    }

    @Test func `an alarm of 50 microseconds is told, and not early`() async throws {
        let (network, port, other) = try await Self.ports()
        let driver = RecordingDriver(port, takes: 64)
        let deadlines = Mutex<[MonotonicInstant]>([])
        driver.onSignal = {
            let deadline = network.now.advanced(by: .microseconds(50))
            deadlines.withLock { $0.append(deadline) }
            port.setAlarm(at: deadline)
        }
        try port.drive(by: driver)
        for round in 1...100 {
            port.signal()
            #expect(await eventually { driver.calls(.alarm) == round })
        }
        for (told, deadline) in zip(driver.times(.alarm), deadlines.withLock(\.self)) {
            #expect(told >= deadline)
        }
        port.close()
        other.close()
    }

    @Test func `time goes forward only, whatever is told`() async throws {
        let (network, port, other) = try await Self.ports()
        let driver = RecordingDriver(port, takes: 1)
        driver.onSignal = { port.setAlarm(at: network.now.advanced(by: .microseconds(20))) }
        try port.drive(by: driver)
        for _ in 0..<200 {
            try Self.send(2, from: other, to: port)
            port.signal()
            try await Task.sleep(for: .microseconds(30))
        }
        #expect(await eventually { driver.taken == 400 })
        port.close()
        other.close()
        #expect(await eventually { driver.calls(.ended) == 1 })
        #expect(driver.isInOrder)
    }

    @Test func `a driver may close its port in any call, and then its end alone is told`() async throws {
        for call in [RecordingDriver.Call.received, .signalled, .alarm, .writable] {
            let (network, port, other) = try await Self.ports()
            let driver = RecordingDriver(port, takes: 64)
            driver.onCall = { [port] in
                guard $0 == call else { return }
                port.signal()
                port.setAlarm(at: network.now)
                port.tellOfRoom()
                port.close()
            }
            driver.onSignal = {
                port.setAlarm(at: network.now)
                port.tellOfRoom()
            }
            try Self.send(4, from: other, to: port)
            try port.drive(by: driver)
            if call != .received { port.signal() }
            #expect(await eventually { driver.calls(.ended) == 1 })
            port.signal()
            try await Task.sleep(for: .milliseconds(10))
            #expect(driver.all.last == .ended)
            #expect(driver.calls(.ended) == 1)
            #expect(throws: SocketError.self) { try port.drive(by: RecordingDriver(port, takes: 1)) }
            other.close()
        }
    }

    @Test func `a port that is closed on another thread tells the end once, or refuses the driver`()
        async throws
    {
        for _ in 0..<200 {
            let (_, port, other) = try await Self.ports()
            let driver = RecordingDriver(port, takes: 64)
            async let closing: Void = Task.detached { port.close() }.value
            let isDriven = (try? port.drive(by: driver)) != nil
            await closing
            #expect(await eventually { driver.calls(.ended) == (isDriven ? 1 : 0) })
            other.close()
        }
    }

    @Test func `who sends while a driver receives waits for room as ever`() async throws {
        let network = KernelNetwork()
        let listener = try await network.listen(at: .tcp("127.0.0.1", 0), until: .distantFuture)
        let target = Endpoint.tcp("127.0.0.1", try #require(listener.localAddress.port))
        async let connecting = network.connect(to: target, until: .distantFuture)
        let port = try #require(try await listener.accept().port as? KernelStreamPort)
        let peer = try #require(try await connecting.port as? KernelStreamPort)
        let driver = RecordingDriver(port, takes: 64)
        driver.onCall = { [port] in if $0 == .received { port.pauseReceiving() } }
        try port.drive(by: driver)
        let block = [UInt8](repeating: 1, count: 1 << 20)
        async let sending: Void = {
            for _ in 0..<32 {
                while try unsafe !port.transmit(block.span.bytes) {
                    try await port.waitUntilWritable(until: network.now.advanced(by: .seconds(60)))
                }
            }
        }()
        try await Self.read(32 << 20, from: peer, until: network.now.advanced(by: .seconds(60)))
        try await sending
        // And it is told of what comes as before.
        _ = try unsafe peer.transmit([7].span.bytes)
        #expect(await eventually { driver.calls(.received) > 0 })
        port.close()
        peer.close()
        listener.close()
    }

    @Test func `what a given-up wait has left behind hinders neither a driver nor the wait after it`()
        async throws
    {
        let (network, port, other) = try await Self.ports()
        func giveUp() async {
            let soon = network.now.advanced(by: .milliseconds(5))
            await #expect(throws: SocketError.self) { try await port.waitUntilReadable(until: soon) }
        }
        for isOnLoop in [false, true] {
            if isOnLoop {
                await withTaskExecutorPreference(network.executor) { await giveUp() }
            } else {
                await giveUp()
            }
            let driver = RecordingDriver(port, takes: 64)
            driver.onSignal = { port.stopDriving() }
            try port.drive(by: driver)
            try Self.send(1, from: other, to: port)
            #expect(await eventually { driver.taken == 1 })
            port.signal()
            #expect(await eventually { driver.calls(.signalled) == 1 })
            async let waiting: Void = port.waitUntilReadable(until: network.now.advanced(by: .seconds(60)))
            try await Task.sleep(for: .milliseconds(10))
            try Self.send(1, from: other, to: port)
            try await waiting
            #expect(try port.receive(into: port.makeBatch(messageBytes: 16, slots: 4)) == .received(1))
        }
        port.close()
        other.close()
    }

    @Test func `signals of many threads are told, none after the last is lost`() async throws {
        let (_, port, other) = try await Self.ports()
        let driver = RecordingDriver(port, takes: 64)
        let counts = SignalCounts()
        driver.onSignal = {
            counts.seen.store(counts.wanted.load(ordering: .acquiring), ordering: .relaxed)
        }
        try port.drive(by: driver)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        counts.wanted.add(1, ordering: .releasing)
                        port.signal()
                    }
                }
            }
        }
        #expect(await eventually { counts.seen.load(ordering: .relaxed) == 4000 })
        #expect(driver.calls(.signalled) <= 4000)
        port.close()
        other.close()
    }

    @Test func `a driver that is let go is not called, and tasks wait for the port as before`() async throws {
        let (network, port, other) = try await Self.ports()
        for _ in 0..<3 {
            let driver = RecordingDriver(port, takes: 64)
            driver.onSignal = { port.stopDriving() }
            try port.drive(by: driver)
            try Self.send(1, from: other, to: port)
            #expect(await eventually { driver.taken == 1 })
            port.signal()
            #expect(await eventually { driver.calls(.signalled) == 1 })
            async let waiting: Void = port.waitUntilReadable(until: network.now.advanced(by: .seconds(60)))
            try Self.send(1, from: other, to: port)
            try await waiting
            let batch = port.makeBatch(messageBytes: 16, slots: 4)
            #expect(try port.receive(into: batch) == .received(1))
            #expect(driver.taken == 1)
        }
        port.close()
        other.close()
    }

    @Test func `a stream tells when all that it took over has left, and a failure even to who reads nothing`()
        async throws
    {
        let network = KernelNetwork()
        let listener = try await network.listen(at: .tcp("127.0.0.1", 0), until: .distantFuture)
        let target = Endpoint.tcp("127.0.0.1", try #require(listener.localAddress.port))
        async let connecting = network.connect(to: target, until: .distantFuture)
        let port = try #require(try await listener.accept().port as? KernelStreamPort)
        let peer = try #require(try await connecting.port as? KernelStreamPort)
        let driver = RecordingDriver(port, takes: 64)
        driver.onSignal = {
            port.pauseReceiving()
            let bytes = [UInt8](repeating: 1, count: 32 << 20)
            _ = try? unsafe port.transmit(bytes.span.bytes)
        }
        try port.drive(by: driver)
        port.signal()
        try await Self.read(32 << 20, from: peer, until: network.now.advanced(by: .seconds(60)))
        #expect(await eventually { driver.calls(.writable) == 1 })
        #expect(driver.calls(.received) == 0)
        peer.abort()
        #expect(await eventually { driver.calls(.received) == 1 })
        // Silent from then on, although the failure lasts.
        try await Task.sleep(for: .milliseconds(20))
        #expect(driver.calls(.received) == 1)
        port.close()
        listener.close()
        #expect(await eventually { driver.calls(.ended) == 1 })
    }

    @Test
    func `a driver is freed when its port was closed, though its alarm was far away, and so is the loop`()
        async throws
    {
        /// Who must not be kept alive.
        struct Kept {
            weak var driver: RecordingDriver?
            weak var loop: EventLoop?
        }
        func use(closes: Bool) async throws -> Kept {
            let (network, port, other) = try await Self.ports()
            let driver = RecordingDriver(port, takes: 1)
            driver.onSignal = {
                port.setAlarm(at: network.now.advanced(by: .seconds(3600)))
                if !closes { port.stopDriving() }
            }
            try port.drive(by: driver)
            port.signal()
            #expect(await eventually { driver.calls(.signalled) == 1 })
            let kept = Kept(driver: driver, loop: port.loop)
            if !closes { #expect(port.watch.drive == nil) }
            port.close()
            other.close()
            return kept
        }
        for closes in [true, false] {
            let kept = try await use(closes: closes)
            #expect(await eventually { kept.driver == nil })
            #expect(await eventually { kept.loop == nil })
        }
    }

    @Test func `a driver is told that receiving was finished, before it came as well as after`() async throws
    {
        for isBefore in [true, false] {
            let (_, port, other) = try await Self.ports()
            let driver = RecordingDriver(port, takes: 1)
            if isBefore { port.finishReceiving() }
            try port.drive(by: driver)
            if !isBefore { port.finishReceiving() }
            #expect(await eventually { driver.calls(.signalled) == 1 })
            port.close()
            other.close()
        }
    }
}

private final class SignalCounts: Sendable {
    let wanted = Atomic<Int>(0)
    let seen = Atomic<Int>(0)
}
