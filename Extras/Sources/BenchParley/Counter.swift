import BenchKit
import Parley
import Synchronization

/// What the receiver counts and the watcher reads every 50 ms.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    private let wrong = Atomic<Int>(0)
    private let result = Mutex(0.0)

    var rate: Double { result.withLock { $0 } }

    @inline(__always)
    func take(_ score: Score) {
        count.store(count.load(ordering: .relaxed) + 1, ordering: .relaxed)
        if score.chinese != 97 { wrong.store(1, ordering: .relaxed) }
    }

    func watch(seconds: Double) async throws {
        let giveUp = secondsNow() + 10
        while count.load(ordering: .relaxed) == 0 {
            guard secondsNow() < giveUp else { fail("nothing came") }
            try await Task.sleep(for: .milliseconds(1))
        }
        let first = secondsNow()
        let base = count.load(ordering: .relaxed)
        var last = (time: first, count: base)
        var idleTicks = 0
        while secondsNow() - first < seconds, idleTicks < 10 {
            try await Task.sleep(for: .milliseconds(50))
            let now = (time: secondsNow(), count: count.load(ordering: .relaxed))
            if now.count == last.count {
                idleTicks += 1
                continue
            }
            idleTicks = 0
            // This tick counts only if another one follows it with messages: the last may have been cut
            // short.
            result.withLock { $0 = last.time > first ? Double(last.count - base) / (last.time - first) : 0 }
            last = now
        }
        if rate == 0 { result.withLock { $0 = Double(last.count - base) / max(last.time - first, 1e-3) } }
        if wrong.load(ordering: .relaxed) > 0 { fail("wrong values came") }
    }
}
