public import Synchronization

/// What a receiving task counts and a watcher reads every 50 ms: messages, or bytes.
public final class Counter: Sendable {
    @usableFromInline let count = Atomic<Int>(0)
    @usableFromInline let wrong = Atomic<Int>(0)
    private let result = Mutex(0.0)

    public init() {}

    /// What came in a second.
    public var rate: Double { result.withLock { $0 } }

    /// Counts a message, or the bytes of one.
    @inlinable
    @inline(__always)
    public func take(_ step: Int = 1, isRight: Bool) {
        count.store(count.load(ordering: .relaxed) + step, ordering: .relaxed)
        if !isRight { wrong.store(1, ordering: .relaxed) }
    }

    /// Returns when the time is over that began with the first message, or when no more come; the rate is taken
    /// up to the last tick of 50 ms after which messages still came.
    public func watch(seconds: Double) async throws {
        let giveUp = secondsNow() + seconds + 10
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
