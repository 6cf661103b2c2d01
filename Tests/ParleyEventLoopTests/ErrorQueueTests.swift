import ParleyNetwork
import ParleyTypes
import Testing

@testable import ParleyEventLoop

/// A socket that keeps ICMP errors (IP_RECVERR), which anybody on the way can send it.
@Suite(.timeLimit(.minutes(5))) struct ErrorQueueTests {
    static let urls =
        ["udp://127.0.0.1:0?recverr=1"] + (hasIPv6Loopback ? ["udp://[::1]:0?recverr=1"] : [])

    /// Attempts that a few errors may bring about; a reader that spins makes thousands.
    private static let attemptsMax = 20

    @Test(arguments: urls, [false, true])
    func `an ICMP error is told once, costs no turns after that, and receiving goes on`(
        url: String,
        isOnLoop: Bool
    ) async throws {
        let network = KernelNetwork()
        let box = try await network.open(url)
        let other = try await network.open(url)
        let closed = try await network.closedPlace(url)
        let loop = try network.loop()
        try await withTaskExecutorPreference(isOnLoop ? loop : nil) {
            let batch = box.makeBatch(messageBytes: 16, slots: 4)
            for _ in 0..<3 {
                #expect(try box.say([1], to: closed))
                var attempts = 0
                var errors = 0
                let end = network.now.advanced(by: .milliseconds(50))
                waiting: while attempts < 1000 {
                    attempts += 1
                    do {
                        guard try box.receive(into: batch) == .wouldBlock else { break }
                        try await box.waitUntilReadable(until: end)
                    } catch let error as SocketError where error.code == .timedOut {
                        break waiting
                    } catch let error as SocketError {
                        #expect(error.code == .connectionRefused)
                        errors += 1
                    }
                }
                #expect(errors == 1)
                #expect(attempts <= Self.attemptsMax)
                #expect(try other.say([2], to: box.localAddress))
                try await network.receive(from: box, into: batch)
                #expect(batch.count == 1)
            }
        }
        box.close()
        other.close()
    }

    @Test(arguments: urls)
    func `a driver is told of an ICMP error, and then only of what comes`(url: String) async throws {
        let network = KernelNetwork()
        let box = try #require(try await network.open(url) as? KernelDatagramPort)
        let other = try await network.open(url)
        let closed = try await network.closedPlace(url)
        let driver = RecordingDriver(box, takes: 4)
        driver.onSignal = { _ = try? box.say([1], to: closed) }
        try box.drive(by: driver)
        for round in 1...3 {
            box.signal()
            #expect(await eventually { driver.calls(.received) >= 2 * round - 1 })
            try await Task.sleep(for: .milliseconds(30))
            #expect(driver.calls(.received) <= round * Self.attemptsMax)
            #expect(try other.say([2], to: box.localAddress))
            #expect(await eventually { driver.taken == round })
        }
        box.close()
        other.close()
    }

    @Test func `a driver that has paused is told of an ICMP error once`() async throws {
        let network = KernelNetwork()
        let box = try #require(try await network.open(Self.urls[0]) as? KernelDatagramPort)
        let closed = try await network.closedPlace()
        let driver = RecordingDriver(box, takes: 4)
        driver.onSignal = {
            box.pauseReceiving()
            _ = try? box.say([1], to: closed)
        }
        try box.drive(by: driver)
        box.signal()
        #expect(await eventually { driver.calls(.received) == 1 })
        try await Task.sleep(for: .milliseconds(30))
        #expect(driver.calls(.received) == 1 && driver.taken == 0)
        box.close()
    }
}
