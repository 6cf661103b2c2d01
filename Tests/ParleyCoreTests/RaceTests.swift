import ParleyCore
import ParleySimulation
import ParleyTypes
import Synchronization
import Testing

@testable import ParleyNetwork

/// Addresses that are tried beside each other (RFC 8305, section 5), by the clock of a simulated network.
@Suite(.timeLimit(.minutes(5)), .simulatedOnly("times are exact there")) struct RaceTests {
    private static let refused = SocketError(.connect, .connectionRefused)

    /// What becomes of an attempt, after a while; nil: nothing, until it is cancelled.
    private struct Fate {
        var after: Int?
        var isSuccess = false
    }

    /// When each attempt began, in milliseconds, and which won.
    private func race(_ fates: [Fate]) async -> (starts: [Int], winner: UInt16?, error: SocketError?) {
        let network = NetworkEnvironment.current
        let addresses = fates.indices.map { SocketAddress.ipv4(.loopback, port: UInt16(1000 + $0)) }
        let starts = Mutex<[Int: Int]>([:])
        let begin = network.now
        var winner: UInt16?
        var failure: SocketError?
        do throws(SocketError) {
            let port = try await network.race(addresses) { (address) throws(SocketError) in
                let index = Int(address.port ?? 0) - 1000
                let start = Int(begin.duration(to: network.now) / .milliseconds(1))
                starts.withLock { $0[index] = start }
                guard let after = fates[index].after else {
                    try await network.sleep(until: .distantFuture)
                    throw SocketError(.wait, .cancelled)
                }
                try await network.sleep(until: network.now.advanced(by: .milliseconds(after)))
                guard fates[index].isSuccess else { throw Self.refused }
                let place = Endpoint.reaching(address, by: .udp)
                return .messages(try await network.open(place, until: .distantFuture))
            }
            winner = port.port.localAddress.port.map { $0 - 1000 }
            port.port.close()
        } catch {
            failure = error
        }
        return (starts.withLock { starts in starts.keys.sorted().map { starts[$0] ?? -1 } }, winner, failure)
    }

    @Test func `each attempt is alone for 250 ms, and the first that connects wins`() async {
        let outcome = await race([Fate(), Fate(), Fate(after: 10, isSuccess: true)])
        #expect(outcome.starts == [0, 250, 500] && outcome.winner == 2)
    }

    @Test func `a failure starts the next at once, and the wait of the one that failed starts none`() async {
        let outcome = await race([Fate(after: 240), Fate(), Fate(after: 1, isSuccess: true)])
        #expect(outcome.starts == [0, 240, 490] && outcome.winner == 2)
        let quick = await race([Fate(after: 1), Fate(after: 1), Fate(after: 1, isSuccess: true)])
        #expect(quick.starts == [0, 1, 2] && quick.winner == 2)
    }

    @Test func `when all have failed the first one's failure is told, and none where there is no address`()
        async
    {
        let outcome = await race([Fate(after: 1), Fate(after: 1)])
        #expect(outcome.error?.code == .connectionRefused && outcome.winner == nil)
        #expect(await race([]).error?.code == .destinationRequired)
    }

    @Test func `who is cancelled starts nothing more`() async {
        let network = NetworkEnvironment.current
        let starts = Atomic<Int>(0)
        let addresses = (0..<5).map { SocketAddress.ipv4(.loopback, port: UInt16($0)) }
        let task = Task.here { () -> ErrorCode? in
            do throws(SocketError) {
                _ = try await network.race(addresses) { (_) throws(SocketError) -> PeerPort in
                    starts.add(1, ordering: .relaxed)
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    try await network.sleep(until: .distantFuture)
                    throw SocketError(.wait, .cancelled)
                }
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await eventually { starts.load(ordering: .relaxed) > 0 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(starts.load(ordering: .relaxed) == 1)
    }
}
