internal import Synchronization

/// One direction of one descriptor: how often the kernel has called it ready, and who waits for the next time.
///
/// The descriptor is registered edge-triggered, once. So that no edge is lost between an attempt that would have
/// blocked and the wait for the next, an attempt notes the edge count *before* its system call (``beginAttempt()``) and
/// the wait returns at once if the count has moved on since (``wait(_:)``).
final class Readiness: Sendable {
    /// The edge count before the kernel has said anything.
    static let firstEdge: UInt64 = 1
    private let edges = Atomic<UInt64>(Readiness.firstEdge)
    private let edgesSeen = Atomic<UInt64>(0)
    private let state = Mutex(State())

    private struct State {
        var waiters: [Suspension] = []
        var isClosed = false
    }

    /// The edge count before an attempt.
    func beginAttempt() -> UInt64 {
        edges.load(ordering: .acquiring)
    }

    /// Notes that the attempt which began at `edge` would have blocked.
    ///
    /// Two tasks may note in either order: an older edge makes a wait return early, never late.
    func noteBlocked(at edge: UInt64) {
        edgesSeen.store(edge, ordering: .releasing)
    }

    /// The kernel says that an attempt may succeed now.
    func signal() {
        edges.add(1, ordering: .acquiringAndReleasing)
        let waiters = state.withLock { state in
            let waiters = state.waiters
            state.waiters.removeAll()
            return waiters
        }
        for waiter in waiters { waiter.wake(.ready) }
    }

    /// Nobody needs to wait any more.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            let waiters = state.waiters
            state.waiters.removeAll()
            return waiters
        }
        for waiter in waiters { waiter.wake(.closed) }
    }

    /// Adds a waiter, unless there is nothing to wait for.
    func add(_ waiter: Suspension) {
        let reason = state.withLock { state -> Suspension.Wake? in
            if state.isClosed { return .closed }
            if edges.load(ordering: .acquiring) != edgesSeen.load(ordering: .acquiring) { return .ready }
            state.waiters.append(waiter)
            return nil
        }
        if let reason { waiter.wake(reason) }
    }

    /// Forgets a waiter that was woken by something else.
    func remove(_ waiter: Suspension) {
        state.withLock { $0.waiters.removeAll { $0 === waiter } }
    }
}
