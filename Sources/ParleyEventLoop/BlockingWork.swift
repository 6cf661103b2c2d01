internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// Runs calls that block (getaddrinfo) on threads of their own, so that no loop and no task's thread waits
/// for them.
final class BlockingWork: Sendable {
    private let state = Mutex(State())

    private struct State {
        var threads = 0
        var queue: [@Sendable () -> Void] = []
    }

    /// More lookups at once than this wait for a thread.
    private static let threadsMax = 8
    /// More lookups than this in the queue are refused: the resolver is not keeping up.
    private static let queueMax = 1024

    /// Runs `work` and suspends until it is done, or the deadline has passed, or the task is cancelled. Work
    /// that nobody waits for any more ends by itself.
    func run<Value: Sendable>(
        on loop: EventLoop,
        until deadline: MonotonicInstant,
        _ work: @escaping @Sendable () -> Result<Value, SocketError>
    ) async throws(SocketError) -> Value {
        let waiter = Suspension()
        let box = ResultBox<Value>()
        try submit {
            box.result.withLock { $0 = work() }
            waiter.wake(.ready)
        }
        try await loop.wait(waiter, until: deadline) {}
        return try box.result.withLock { $0 }!.get()
    }

    private func submit(_ job: @escaping @Sendable () -> Void) throws(SocketError) {
        let needsThread = try state.withLock { (state) throws(SocketError) in
            guard state.queue.count < Self.queueMax else {
                throw SocketError(
                    .resolve,
                    .resolverUnavailable,
                    subject: "\(Self.queueMax) lookups wait already"
                )
            }
            state.queue.append(job)
            guard state.threads < Self.threadsMax else { return false }
            state.threads += 1
            return true
        }
        guard needsThread else { return }
        do throws(SocketError) {
            try startThread(named: "parley-lookup") { [self] in work() }
        } catch {
            state.withLock { $0.threads -= 1 }
            throw error
        }
    }

    /// Does what is queued, then ends.
    private func work() {
        while true {
            let job = state.withLock { state -> (@Sendable () -> Void)? in
                if state.queue.isEmpty {
                    state.threads -= 1
                    return nil
                }
                return state.queue.removeFirst()
            }
            guard let job else { return }
            job()
        }
    }
}

private final class ResultBox<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, SocketError>?>(nil)
}
