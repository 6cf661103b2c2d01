internal import Synchronization

/// One task's wait, ended by whoever comes first: readiness, the deadline, cancellation, the end of the
/// descriptor.
final class Suspension: Sendable {
    /// Why a wait ended.
    enum Wake: Sendable {
        case ready, timedOut, cancelled, closed
    }

    @safe private enum State {
        case running
        case parked(UnsafeContinuation<Wake, Never>)
        case woken(Wake)
    }

    private let state = Mutex<State>(.running)

    /// Ends the wait, unless it has ended already.
    func wake(_ reason: Wake) {
        let continuation = unsafe state.withLock { state -> UnsafeContinuation<Wake, Never>? in
            switch state {
            case .woken: return nil
            case .running:
                state = .woken(reason)
                return nil
            case .parked(let continuation):
                state = .woken(reason)
                return unsafe continuation
            }
        }
        unsafe continuation?.resume(returning: reason)
    }

    /// Suspends the task until ``wake(_:)``; cancelling the task wakes it.
    func wait() async -> Wake {
        await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Wake, Never>) in
                let reason = state.withLock { state -> Wake? in
                    if case .woken(let reason) = state { return reason }
                    state = unsafe .parked(continuation)
                    return nil
                }
                if let reason { unsafe continuation.resume(returning: reason) }
            }
        } onCancel: {
            wake(.cancelled)
        }
    }
}
