internal import Synchronization

/// One task's wait, ended by whoever comes first: readiness, the deadline, cancellation, the end of what is
/// waited for.
package final class Suspension: Sendable {
    /// Why a wait ended.
    package enum Wake: Sendable {
        case ready, timedOut, cancelled, closed
    }

    @safe private enum State {
        case running
        case parked(UnsafeContinuation<Wake, Never>)
        case woken(Wake)
    }

    private let state = Mutex<State>(.running)

    package init() {}

    /// Ends the wait, unless it has ended already.
    ///
    /// - Returns: whether it was this call that ended it.
    @discardableResult
    package func wake(_ reason: Wake) -> Bool {
        let (isFirst, continuation) = unsafe state.withLock {
            state -> (Bool, UnsafeContinuation<Wake, Never>?) in
            defer { if case .woken = state {} else { state = .woken(reason) } }
            switch state {
            case .woken: return (false, nil)
            case .running: return (true, nil)
            case .parked(let continuation): return unsafe (true, continuation)
            }
        }
        unsafe continuation?.resume(returning: reason)
        return isFirst
    }

    /// Suspends the task until ``wake(_:)``; cancelling the task wakes it.
    package func wait() async -> Wake {
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
