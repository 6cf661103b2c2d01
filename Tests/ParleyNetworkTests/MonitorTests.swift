import ParleyTypes
import Testing

@testable import ParleyNetwork

/// A clock that never moves.
private final class StandingClock: Timekeeper {
    func schedule(_ deadline: MonotonicInstant, _ target: TimerHeap.Target) -> UInt64 { 0 }
    func cancel(_ timer: UInt64) {}
}

@Suite(.timeLimit(.minutes(5))) struct MonitorTests {
    private let clock = StandingClock()

    @Test func `who waits goes on when the condition holds, however often the state changes before`()
        async throws
    {
        let monitor = Monitor(0)
        try await withThrowingTaskGroup { group in
            for goal in 0...20 {
                group.addTask { [clock] in
                    try await monitor.wait(until: .distantFuture, by: clock) { $0 >= goal }
                    #expect(monitor.withLock { $0 } >= goal)
                }
            }
            for _ in 0..<20 {
                monitor.change { $0 += 1 }
                await Task.yield()
            }
            try await group.waitForAll()
        }
    }

    @Test func `a wait that was cancelled leaves nobody to be woken`() async {
        let monitor = Monitor(false)
        let task = Task { [clock] () -> ErrorCode? in
            do throws(SocketError) {
                try await monitor.wait(until: .distantFuture, by: clock) { $0 }
                return nil
            } catch {
                return error.code
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
        monitor.change { $0 = true }
        #expect(monitor.withLock { $0 })
    }
}
