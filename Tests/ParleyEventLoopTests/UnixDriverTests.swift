import ParleyNetwork
import ParleyTypes
import Synchronization
import Testing

@testable import ParleyEventLoop

/// Drivers of the ports that are not UDP's and not streams.
@Suite(.timeLimit(.minutes(5))) struct UnixDriverTests {
    @Test func `a driver without room where the kernel tells of some is told a millisecond later at least`()
        async throws
    {
        let network = KernelNetwork()
        let full = try await network.open("unixgram:")
        let port = try #require(try await network.open("unixgram:") as? KernelDatagramPort)
        let recipient = full.localAddress
        let sent = Atomic<Int>(0)
        let driver = RecordingDriver(port, takes: 4)
        let fill: @Sendable () -> Void = {
            while (try? port.say([1], to: recipient)) == true { sent.add(1, ordering: .relaxed) }
            port.tellOfRoom()
            // Asked for twice it is told once.
            port.tellOfRoom()
        }
        driver.onSignal = fill
        driver.onCall = { if $0 == .writable { fill() } }
        try port.drive(by: driver)
        port.signal()
        #expect(await eventually { driver.calls(.writable) >= 6 })
        let times = driver.times(.writable)
        for (time, next) in zip(times, times.dropFirst()) {
            #expect(time.duration(to: next) >= .milliseconds(1))
        }
        let before = sent.load(ordering: .relaxed)
        #expect(before > 0)
        let batch = full.makeBatch(messageBytes: 16, slots: 64)
        var taken = 0
        while taken < before {
            try await network.receive(from: full, into: batch)
            taken += batch.count
        }
        #expect(await eventually { sent.load(ordering: .relaxed) > before })
        port.close()
        full.close()
        #expect(await eventually { driver.calls(.ended) == 1 })
    }

    @Test func `a driver of unixgram is told of messages, signals, alarms and the end`() async throws {
        let network = KernelNetwork()
        let port = try #require(try await network.open("unixgram:") as? KernelDatagramPort)
        let other = try await network.open("unixgram:")
        try await exercise(port, on: network) { try other.say([7], to: port.localAddress) }
        other.close()
    }

    @Test func `a driver of seqpacket is told of messages, signals, alarms, the peer's end and its own`()
        async throws
    {
        let network = KernelNetwork()
        let place = Endpoint.seqpacket(abstract: "parley-\(UInt64.random(in: 0 ... .max))")
        let listener = try await network.listen(at: place, until: network.latest)
        async let connecting = network.connect(to: place, until: network.latest)
        let port = try #require(try await listener.accept().port as? KernelPacketPort)
        let peer = try #require(try await connecting.port as? KernelPacketPort)
        try await exercise(port, on: network) { try peer.say([7], to: nil) }
        listener.close()
        peer.close()
    }

    private func exercise(
        _ port: any MessagePort & DrivenPort,
        on network: KernelNetwork,
        _ send: () throws -> Bool
    ) async throws {
        #expect(try send())
        let driver = RecordingDriver(port, takes: 2)
        driver.onSignal = { port.setAlarm(at: network.now.advanced(by: .milliseconds(1))) }
        try port.drive(by: driver)
        #expect(await eventually { driver.taken == 1 })
        for _ in 0..<5 { #expect(try send()) }
        #expect(await eventually { driver.taken == 6 })
        port.signal()
        #expect(await eventually { driver.calls(.alarm) == 1 })
        port.close()
        #expect(await eventually { driver.calls(.ended) == 1 })
    }
}
